using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Imaging.Denoising;

public sealed class PictureDenoiserTests
{
    [Theory]
    [InlineData(2, 2, 2, 0)]
    [InlineData(5, 2, 2, 1)]
    [InlineData(2, 31, 2, 0.5)]
    [InlineData(9, 9, 9, 0)]
    [InlineData(37, 30, 4, 0.7)]
    [InlineData(23, 40, 9, 0)]
    [InlineData(300, 33, 12, 2)]
    [InlineData(600_000, 10, 3, 0.5)]      // rows too long for strips of eight
    public void Every_pixel_is_the_mean_of_the_patches_over_it_and_of_the_noisy_one(int width, int height, int size, float weight)
    {
        GrayImage noisy = Random(width, height);

        GrayImage clean = DenoisingPictures.Denoise(noisy, new DenoisingPictures.Mixing(size, weight), 25);

        // A sum of p² patches and p² means, each of p² values or of magnitude below 2 with a few roundings.
        Tolerance.Check(Twin(noisy, size, weight, 25), clean.Pixels, 4 * size * size + 20, 2 + 0.025 * size * size);
        Assert.Equal((width, height, noisy.Name), (clean.Width, clean.Height, clean.Name));
    }

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        GrayImage noisy = Random(150, 120);
        var denoiser = new DenoisingPictures.Mixing(7, 0.3f);
        float[] one = DenoisingPictures.Denoise(noisy, denoiser, 25, 1).Pixels.ToArray();

        foreach (int threads in new[] { 2, 3, 8 })
            Assert.Equal(one, DenoisingPictures.Denoise(noisy, denoiser, 25, threads).Pixels.ToArray());
    }

    [Theory]
    [InlineData(9, 1)]
    [InlineData(9, 2)]
    [InlineData(9, 5)]
    [InlineData(20, 1)]
    [InlineData(20, 3)]
    [InlineData(3, 1)]
    public void Bands_of_any_height_give_the_same_bits(int size, int strips)
    {
        GrayImage noisy = Random(40, 93);
        var denoiser = new DenoisingPictures.Mixing(size, 0.3f);
        var clean = new GrayImage(40, 93);
        int read = 0, written = 0;
        var bands = new PictureBands(40, 93, size, new NoiseRemoval(40, 93, denoiser, 25), strips);

        bands.Run(
            (first, rows) =>
            {
                Assert.Equal(read, first);
                noisy.Pixels.Slice(first * 40, rows.Length).CopyTo(rows);
                read += rows.Length / 40;
            },
            (first, rows) =>
            {
                Assert.Equal(written, first);
                rows.CopyTo(clean.Pixels[(first * 40)..]);
                written += rows.Length / 40;
            },
            2, null, TestContext.Current.CancellationToken);

        Assert.Equal((93, 93), (read, written));
        Assert.Equal(DenoisingPictures.Denoise(noisy, denoiser, 25).Pixels.ToArray(), clean.Pixels.ToArray());
    }

    /// <summary>Three arrays of the rows under a strip of floats, and little else.</summary>
    [Theory]
    [InlineData(500_000, 8)]
    [InlineData(1_000_000, 4)]
    [InlineData(3_000_000, 1)]
    public void Bands_of_long_rows_take_the_memory_of_few(int width, int rows)
    {
        var removal = new NoiseRemoval(width, 100, new DenoisingPictures.Mixing(3, 0), 25);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var bands = new PictureBands(width, 100, 3, removal);
        long taken = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(taken, 1, 3L * (rows + 2) * width * sizeof(float) + 10_000);
        GC.KeepAlive(bands);
    }

    [Fact]
    public void Progress_ends_at_all_and_never_goes_beyond()
    {
        var parts = new List<double>();

        DenoisingPictures.Denoise(Random(40, 93), new DenoisingPictures.Mixing(4, 0), 25, 1, new Told(parts));

        Assert.Equal(parts.Order(), parts);
        Assert.Equal(1, parts[^1]);
        Assert.Equal(12, parts.Count);      // 90 rows of patches in strips of 8
    }

    [Fact]
    public void A_cancelled_picture_stops()
        => Assert.Throws<OperationCanceledException>(() => PictureDenoiser.Denoise(Random(40, 40), new DenoisingPictures.Mixing(4, 0), 25,
            cancellation: new CancellationToken(true)));

    [Fact]
    public void Bad_input_is_refused()
    {
        var denoiser = new DenoisingPictures.Mixing(9, 0);
        GrayImage holed = Random(20, 20);
        holed.Row(7)[3] = float.NaN;

        Assert.StartsWith("an image: is 8×20 pixels; it must be at least 9×9, the size of a patch.",
            Assert.Throws<ArgumentException>(() => DenoisingPictures.Denoise(Random(8, 20), denoiser, 25)).Message,
            StringComparison.Ordinal);
        Assert.StartsWith("'noisy' holds NaN at row 7, column 3; every value must be finite.",
            Assert.Throws<ArgumentException>(() => DenoisingPictures.Denoise(holed, denoiser, 25)).Message, StringComparison.Ordinal);
        Assert.StartsWith("'sigma' is 0; it must be a finite number above 0.",
            Assert.Throws<ArgumentOutOfRangeException>(() => DenoisingPictures.Denoise(Random(20, 20), denoiser, 0)).Message,
            StringComparison.Ordinal);
        Assert.StartsWith("'sigma' is 256; it must be 255 or less.",
            Assert.Throws<ArgumentOutOfRangeException>(() => DenoisingPictures.Denoise(Random(20, 20), denoiser, 256)).Message,
            StringComparison.Ordinal);
    }

    private static GrayImage Random(int width, int height)
    {
        var random = new Random(width * 1000 + height);
        return new GrayImage(width, height, [.. Enumerable.Range(0, width * height).Select(_ => random.NextSingle())]);
    }

    private static double[] Twin(GrayImage noisy, int size, double weight, double sigma)
    {
        var sum = new double[noisy.Pixels.Length];
        var count = new double[sum.Length];
        for (int y = 0; y + size <= noisy.Height; y++)
        {
            for (int x = 0; x + size <= noisy.Width; x++)
            {
                double[] patch = [.. Enumerable.Range(0, size * size).Select(j => (double)noisy[x + j % size, y + j / size])];
                double mean = patch.Average();
                for (int j = 0; j < patch.Length; j++)
                {
                    int at = (y + j / size) * noisy.Width + x + j % size;
                    sum[at] += 0.5 * (patch[j] - mean) - 0.25 * (patch[^(j + 1)] - mean) + 0.001 * j * sigma + mean;
                    count[at]++;
                }
            }
        }
        return [.. sum.Select((s, i) => (s + weight * noisy.Pixels[i]) / (count[i] + weight))];
    }

    private sealed class Told(List<double> parts) : IProgress<double>
    {
        public void Report(double value) => parts.Add(value);
    }
}
