using FastSparseCoding.Imaging;
using Xunit;

namespace FastSparseCoding.Tests.Imaging.Denoising;

public sealed class ColourDenoisingTests
{
    /// <summary>Half a level of 16 bits, and what a few roundings of floats add.</summary>
    private const double HalfLevel = 0.5 / 65_535 + 2e-6;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void One_channel_cleans_luminance_and_opponent_colours_apart()
    {
        ColourImage noisy = ColourPictures.Leaves(37, 30, 1, hasAlpha: true);
        var denoiser = new DenoisingPictures.Mixing(4, 0.7f);

        ColourImage clean = PictureDenoiser.Denoise(noisy, denoiser, 25, cancellation: Stop);

        double[][] rgb = [.. Enumerable.Range(0, 3).Select(c => Widen(noisy.Plane(c)))];
        double[] l = Combined(rgb, (r, g, b) => (r + g + b) / 3), u = Combined(rgb, (r, g, b) => (r - b) / Math.Sqrt(2));
        double[] v = Combined(rgb, (r, g, b) => (r - 2 * g + b) / Math.Sqrt(6));
        (l, u, v) = (Cleaned(l, 25 / MathF.Sqrt(3)), Cleaned(u, 25), Cleaned(v, 25));
        Check(Combined([l, u, v], (a, b, c) => a + b / Math.Sqrt(2) + c / Math.Sqrt(6)), clean.Plane(0));
        Check(Combined([l, u, v], (a, b, c) => a - 2 * c / Math.Sqrt(6)), clean.Plane(1));
        Check(Combined([l, u, v], (a, b, c) => a - b / Math.Sqrt(2) + c / Math.Sqrt(6)), clean.Plane(2));
        Assert.Equal((37, 30, 3, true, 16, "leaves"), (clean.Width, clean.Height, clean.Channels, clean.HasAlpha, clean.Bits, clean.Name));
        Assert.Equal(noisy.Plane(3).Pixels, clean.Plane(3).Pixels);

        double[] Cleaned(double[] plane, float sigma)
            => Widen(DenoisingPictures.Denoise(new GrayImage(37, 30, [.. plane.Select(p => (float)p)]), denoiser, sigma));
    }

    [Fact]
    public void Three_channels_are_cleaned_together()
    {
        const int Size = 4;
        ColourImage noisy = ColourPictures.Leaves(23, 21, 1);
        double[][] rgb = [.. Enumerable.Range(0, 3).Select(c => Widen(noisy.Plane(c)))], sum = [.. rgb.Select(p => new double[p.Length])];
        var count = new double[rgb[0].Length];
        for (int place = 0; place < 20 * 18; place++)
        {
            int[] at = [.. Enumerable.Range(0, Size * Size).Select(j => (place / 20 + j / Size) * 23 + place % 20 + j % Size)];
            double[] means = [.. rgb.Select(plane => at.Average(i => plane[i]))];
            double[] patch = [.. Enumerable.Range(0, 3).SelectMany(c => at.Select(i => rgb[c][i] - means[c]))];
            for (int j = 0; j < patch.Length; j++)
                sum[j / at.Length][at[j % at.Length]] += 0.5 * patch[j] - 0.25 * patch[^(j + 1)] + 0.001 * j + means[j / at.Length];
            foreach (int i in at)
                count[i]++;
        }

        ColourImage clean = PictureDenoiser.Denoise(noisy, new DenoisingPictures.Mixing(Size, 0.7f, channels: 3), 1, cancellation: Stop);

        for (int c = 0; c < 3; c++)
            Check([.. sum[c].Select((s, i) => (s + 0.028 * rgb[c][i]) / (count[i] + 0.028))], clean.Plane(c));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Threads_and_bands_do_not_change_a_bit(int channels)
    {
        ColourImage noisy = ColourPictures.Leaves(40, 93, 2);
        var denoiser = new DenoisingPictures.Mixing(9, 0.3f, channels);
        ColourImage one = PictureDenoiser.Denoise(noisy, denoiser, 25, 1, cancellation: Stop);
        foreach (int threads in new[] { 2, 8 })
            Same(one, PictureDenoiser.Denoise(noisy, denoiser, 25, threads, cancellation: Stop));
        foreach (int strips in new[] { 1, 2, 5 })
        {
            var clean = new ColourImage(40, 93, 3, false, 16);
            var rows = ColourRows.Of(noisy, clean, apart: channels == 1);
            var bands = new PictureBands(120, 93, 9, new NoiseRemoval(40, 93, denoiser, rows.Sigmas(25)), strips);
            bands.Run(rows.Read, rows.Write, 2, null, Stop);
            Same(one, clean);
        }
    }

    [Fact]
    public void A_gray_picture_is_what_it_is_without_channels()
    {
        ColourImage noisy = ColourImage.OfGray(ColourPictures.Leaves(40, 30, 3).Plane(1), 8);
        var denoiser = new DenoisingPictures.Mixing(5, 0.3f);
        ColourImage clean = PictureDenoiser.Denoise(noisy, denoiser, 25, cancellation: Stop);
        Same(ColourImage.OfGray(DenoisingPictures.Denoise(noisy.Plane(0), denoiser, 25), 8), clean);
    }

    [Fact]
    public void Its_own_dictionary_takes_4_dB_of_noise_out_of_a_picture_in_colour()
    {
        ColourImage clean = ColourPictures.Leaves(128, 96, 3), noisy = ColourPictures.Noisy(clean, 25, 1);
        var quick = new DictionaryDenoiserOptions { Samples = 8_000 };
        DictionaryDenoiser denoiser = DictionaryDenoiser.Learn(noisy, 25, quick, cancellation: Stop);
        Assert.Equal(1, denoiser.Channels);
        ColourImage denoised = PictureDenoiser.Denoise(noisy, denoiser, 25, cancellation: Stop);
        Assert.InRange(ImageQuality.Psnr(clean, denoised), ImageQuality.Psnr(clean, noisy) + 4, 100);

        // The dictionary is that of the luminance, whose noise is less.
        GrayImage red = noisy.Plane(0), green = noisy.Plane(1), blue = noisy.Plane(2);
        for (int i = 0; i < red.Pixels.Length; i++)
            red.Pixels[i] = (red.Pixels[i] + green.Pixels[i] + blue.Pixels[i]) / 3;
        Assert.Equal(
            DictionaryDenoiser.Learn(red, 25 / MathF.Sqrt(3), quick, cancellation: Stop).Dictionary.Atoms.Values,
            denoiser.Dictionary.Atoms.Values);
        ColourImage gray = ColourImage.OfGray(red, 16);
        Assert.Equal(
            DictionaryDenoiser.Learn(gray.Plane(0), 25, quick, cancellation: Stop).Dictionary.Atoms.Values,
            DictionaryDenoiser.Learn(gray, 25, quick, cancellation: Stop).Dictionary.Atoms.Values);
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        var joint = new DenoisingPictures.Mixing(9, 0, channels: 3);
        Assert.StartsWith("'denoiser' cleans patches of 3 channels; gray.png has 1, and needs one for gray.",
            Message(new ColourImage(20, 20, 1, false, 8, "gray.png"), joint, 25), StringComparison.Ordinal);
        Assert.StartsWith("small.png: is 8×20 pixels; it must be at least 9×9, the size of a patch.",
            Message(new ColourImage(8, 20, 3, false, 8, "small.png"), joint, 25), StringComparison.Ordinal);
        Assert.StartsWith("'sigma' is 256; it must be 255 or less.",
            Message(new ColourImage(20, 20, 3, false, 8), joint, 256), StringComparison.Ordinal);
        Assert.StartsWith("'denoiser' cleans patches of 3 channels; the picture has 1, and needs one for gray.",
            Assert.Throws<ArgumentException>(() => DenoisingPictures.Denoise(new GrayImage(20, 20), joint, 25)).Message,
            StringComparison.Ordinal);

        static string Message(ColourImage noisy, IPatchDenoiser denoiser, float sigma)
            => Assert.ThrowsAny<ArgumentException>(() => PictureDenoiser.Denoise(noisy, denoiser, sigma, cancellation: Stop)).Message;
    }

    private static void Same(ColourImage expected, ColourImage actual)
    {
        for (int channel = 0; channel < expected.Channels; channel++)
            Assert.Equal(expected.Plane(channel).Pixels, actual.Plane(channel).Pixels);
    }

    private static double[] Widen(GrayImage plane) => [.. plane.Pixels.ToArray().Select(v => (double)v)];

    private static double[] Combined(double[][] planes, Func<double, double, double, double> combine)
        => [.. planes[0].Select((first, i) => combine(first, planes[1][i], planes[2][i]))];

    private static void Check(double[] expected, GrayImage actual)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(Math.Clamp(expected[i], 0, 1), actual.Pixels[i], HalfLevel);
    }
}
