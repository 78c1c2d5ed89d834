using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Imaging.Denoising;

public sealed class DictionaryDenoiserTests
{
    private static readonly DictionaryDenoiserOptions Quick = new() { Samples = 8_000 };

    [Fact]
    public void A_generated_picture_gains_four_decibels_at_sigma_25()
    {
        GrayImage clean = DeadLeaves.Generate(128, 128, 3), noisy = DenoisingPictures.Noisy(clean, 25, 1);

        GrayImage denoised = DenoisingPictures.Denoise(noisy, DenoisingPictures.Learn(noisy, 25, Quick), 25);

        Assert.True(ImageQuality.Psnr(clean, denoised) >= ImageQuality.Psnr(clean, noisy) + 4,
            $"{ImageQuality.Psnr(clean, noisy):F2} dB became {ImageQuality.Psnr(clean, denoised):F2} dB.");
    }

    [Fact]
    public void Learning_and_denoising_give_the_same_bits_for_every_number_of_threads()
    {
        GrayImage noisy = DenoisingPictures.Noisy(DeadLeaves.Generate(48, 48, 3), 25, 1);
        float[] one = Denoised(1);

        foreach (int threads in new[] { 2, 3, 8 })
            Assert.Equal(one, Denoised(threads));

        float[] Denoised(int threads)
        {
            DictionaryDenoiser denoiser = DenoisingPictures.Learn(noisy, 25, Quick with { Samples = 3_000, Threads = threads });
            return DenoisingPictures.Denoise(noisy, denoiser, 25, threads).Pixels.ToArray();
        }
    }

    [Fact]
    public void Residuals_are_within_the_gain_and_patches_within_the_noise_become_flat()
    {
        var denoiser = new DictionaryDenoiser(OvercompleteDct.Create(8, 16));
        Matrix x = RandomData.Normal(40, 64, 1), y = new(40, 64);
        for (int i = 0; i < x.Rows; i++)
            for (int j = 0; j < x.Columns; j++)
                x[i, j] *= (i + 1) * 0.01f;

        denoiser.Denoise(x, y, 25, TestContext.Current.CancellationToken);

        int flat = 0;
        for (int i = 0; i < x.Rows; i++)
        {
            double bound = 1.1 * 8 * 25 / 255, norm = Math.Sqrt(Squares(x.Row(i))), residual = Residual(x.Row(i), y.Row(i));
            Assert.True(residual <= bound * (1 + 1e-5), $"row {i}: {residual} of {bound}");
            flat += y.Row(i).ContainsAnyExcept(0f) ? 0 : 1;
            Assert.Equal(norm <= bound, !y.Row(i).ContainsAnyExcept(0f));
        }
        Assert.InRange(flat, 5, 20);
    }

    [Fact]
    public void Blocks_allocate_nothing_and_rows_do_not_depend_on_their_block()
    {
        var denoiser = new DictionaryDenoiser(OvercompleteDct.Create(8, 16));
        Matrix x = RandomData.Normal(300, 64, 1), y = new(300, 64), single = new(1, 64);

        Allocation.CheckNone(() => denoiser.Denoise(x.RowRange(0, 20), y.RowRange(0, 20), 255, TestContext.Current.CancellationToken));

        denoiser.Denoise(x, y, 255, TestContext.Current.CancellationToken);
        denoiser.Denoise(x.RowRange(280, 1), single, 255, TestContext.Current.CancellationToken);
        Assert.Equal(single.Row(0).ToArray(), y.Row(280).ToArray());
    }

    [Fact]
    public void The_overcomplete_DCT_has_atoms_without_mean_but_for_the_first()
    {
        AtomDictionary dct = OvercompleteDct.Create(8, 16);

        Assert.Equal((256, 64), (dct.AtomCount, dct.SignalSize));
        Assert.All(dct.Atoms.Row(0).ToArray(), v => Assert.Equal(0.125f, v, 1e-6f));
        for (int k = 1; k < dct.AtomCount; k++)
            Assert.True(Math.Abs(Enumerable.Sum(dct.Atoms.Row(k).ToArray())) < 64 * Tolerance.UnitRoundoff * 8, $"atom {k}");
        // Atom (f, g): cosines of f down and g across, here f = 2, g = 3.
        double[] down = Wave(2), across = Wave(3);
        double[] atom = [.. Enumerable.Range(0, 64).Select(i => down[i / 8] * across[i % 8])];
        Tolerance.Check(atom, dct.Atoms.Row(2 * 16 + 3), 4, 1);

        static double[] Wave(int f)
        {
            double[] wave = [.. Enumerable.Range(0, 8).Select(i => Math.Cos(Math.PI * f * (i + 0.5) / 16))];
            double mean = wave.Average(), norm = Math.Sqrt(wave.Sum(v => (v - mean) * (v - mean)));
            return [.. wave.Select(v => (v - mean) / norm)];
        }
    }

    [Fact]
    public void Without_samples_the_DCT_stays()
        => Assert.Equal(OvercompleteDct.Create(8, 16).Hash,
            DenoisingPictures.Learn(DeadLeaves.Generate(32, 32, 1), 25, Quick with { Samples = 0 }).Dictionary.Hash);

    [Fact]
    public void The_noisy_picture_weighs_less_the_more_noise_there_is()
    {
        var denoiser = new DictionaryDenoiser(OvercompleteDct.Create(8, 16), Quick with { NoisyWeight = 0.2f });

        Assert.Equal(0.2f * 255 / 25, denoiser.NoisyWeight(25));
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        GrayImage small = new(7, 20), fine = DeadLeaves.Generate(32, 32, 1);

        Assert.StartsWith("an image: is 7×20 pixels; it must be at least 8×8, the size of a patch.", Message(() => Learn(small, 25)),
            StringComparison.Ordinal);
        Assert.StartsWith("'sigma' is -1; it must be a finite number above 0.", Message(() => Learn(fine, -1)), StringComparison.Ordinal);
        Assert.StartsWith("'PatchSize' is 3; it must be from 4 to 32.", Message(() => Learn(fine, 25, new() { PatchSize = 3 })),
            StringComparison.Ordinal);
        Assert.StartsWith("'Gain' is 0; it must be a finite number above 0.", Message(() => Learn(fine, 25, new() { Gain = 0 })),
            StringComparison.Ordinal);
        Assert.StartsWith("'Frequencies' is 65; it must be from 2 to 64.", Message(() => Learn(fine, 25, new() { Frequencies = 65 })),
            StringComparison.Ordinal);
        Assert.StartsWith("'dictionary' has atoms of 10 values; it must have p² of them, for patches of p×p pixels, p from 2 to 32.",
            Message(() => _ = new DictionaryDenoiser(RandomData.Dictionary(12, 10, 1))), StringComparison.Ordinal);
        fine.Row(2)[5] = float.PositiveInfinity;
        Assert.StartsWith("'noisy' holds Infinity at row 2, column 5; every value must be finite.", Message(() => Learn(fine, 25)),
            StringComparison.Ordinal);

        static void Learn(GrayImage picture, float sigma, DictionaryDenoiserOptions? options = null)
            => DenoisingPictures.Learn(picture, sigma, options);
        static string Message(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;
    }

    private static double Squares(ReadOnlySpan<float> x)
    {
        double sum = 0;
        foreach (float value in x)
            sum += (double)value * value;
        return sum;
    }

    private static double Residual(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
            sum += ((double)x[i] - y[i]) * ((double)x[i] - y[i]);
        return Math.Sqrt(sum);
    }
}
