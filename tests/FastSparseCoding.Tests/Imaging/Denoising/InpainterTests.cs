using FastSparseCoding.Imaging;
using Xunit;

namespace FastSparseCoding.Tests.Imaging.Denoising;

public sealed class InpainterTests
{
    private static readonly GrayImage Clean = DeadLeaves.Generate(72, 64, 4);

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.8, 0)]
    [InlineData(0.5, 3_000)]
    public void Known_pixels_stay_bit_for_bit_and_missing_ones_beat_the_nearest_means(double missing, long samples)
    {
        bool[] known = Known(missing);
        GrayImage picture = Holed(known);

        GrayImage filled = Inpaint(picture, known, new InpaintOptions { Samples = samples });

        for (int i = 0; i < known.Length; i++)
            if (known[i])
                Assert.Equal(BitConverter.SingleToInt32Bits(Clean.Pixels[i]), BitConverter.SingleToInt32Bits(filled.Pixels[i]));
        var nearest = new GrayImage(72, 64, new KnownPixels(picture, known).NearestMeans(picture));
        var mean = new GrayImage(72, 64, [.. Enumerable.Range(0, known.Length).Select(i => known[i] ? Clean.Pixels[i] : 0.5f)]);
        double before = ImageQuality.Psnr(Clean, nearest), after = ImageQuality.Psnr(Clean, filled);
        Assert.True(after >= before + 0.5, $"nearest means {before:F2} dB, inpainted {after:F2} dB");
        Assert.True(after >= ImageQuality.Psnr(Clean, mean) + 6, $"gray {ImageQuality.Psnr(Clean, mean):F2} dB, inpainted {after:F2} dB");
    }

    [Fact]
    public void Smooth_surfaces_are_found_again()
    {
        var wave = new GrayImage(40, 40, [.. Enumerable.Range(0, 1600)
            .Select(i => 0.5f + 0.4f * MathF.Sin(i % 40 * 0.15f) * MathF.Cos(i / 40 * 0.12f))]);
        bool[] known = [.. Known(0.5).Take(1600)];

        GrayImage filled = Inpaint(Holed(known, wave), known, new InpaintOptions());

        Assert.True(ImageQuality.Psnr(wave, filled) > 45, $"{ImageQuality.Psnr(wave, filled):F2} dB");
    }

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        bool[] known = Known(0.6);
        GrayImage picture = Holed(known);
        var options = new InpaintOptions { Samples = 2_000 };
        float[] one = Inpaint(picture, known, options, 1).Pixels.ToArray();

        foreach (int threads in new[] { 2, 3, 8 })
            Assert.Equal(one, Inpaint(picture, known, options, threads).Pixels.ToArray());
    }

    [Fact]
    public void A_picture_that_is_known_comes_back()
        => Assert.Equal(Clean.Pixels.ToArray(), Inpaint(Clean, [.. Enumerable.Repeat(true, 72 * 64)], null).Pixels.ToArray());

    [Fact]
    public void A_hole_that_patches_bridge_is_filled_and_a_larger_one_refused_with_its_place()
    {
        bool[] small = [.. Enumerable.Repeat(true, 72 * 64)], large = [.. small];
        Clear(small, 20, 30, 10, 10);
        Clear(large, 20, 30, 17, 16);

        Assert.DoesNotContain(float.NaN, Inpaint(Holed(small), small, null).Pixels.ToArray());
        Assert.StartsWith("'known' leaves a hole of 17×16 pixels at row 30, column 20, over whose middle patches of 8×8 know nothing; take "
            + "patches of 10×10 or more, or for holes so large a tool that invents what it does not know.", Message(Holed(large), large),
            StringComparison.Ordinal);
        Assert.DoesNotContain(float.NaN, Inpaint(Holed(large), large, new InpaintOptions { PatchSize = 10 }).Pixels.ToArray());
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        bool[] none = new bool[72 * 64], all = [.. Enumerable.Repeat(true, 72 * 64)], some = Known(0.5);
        GrayImage holed = Holed(some);
        int place = Array.IndexOf(some, true);
        holed.Pixels[place] = float.NaN;

        Assert.StartsWith("'known' has no known pixel; there must be some to fill in the others.", Message(Clean, none),
            StringComparison.Ordinal);
        Assert.StartsWith("'known' has 4607 values; it must have 4608.", Message(Clean, all[1..]), StringComparison.Ordinal);
        Assert.StartsWith($"'picture' holds NaN at row 0, column {place}; every known value must be finite.", Message(holed, some),
            StringComparison.Ordinal);
        Assert.StartsWith("an image: is 7×8 pixels; it must be at least 8×8, the size of a patch.",
            Message(new GrayImage(7, 8), new bool[56]), StringComparison.Ordinal);
        Assert.StartsWith("'Lambda' is 0; it must be a finite number above 0.", Message(Clean, all, new() { Lambda = 0 }),
            StringComparison.Ordinal);
        Assert.StartsWith("'FrequencyPower' is 9; it must be from 0 to 8.", Message(Clean, all, new() { FrequencyPower = 9 }),
            StringComparison.Ordinal);
    }

    private static GrayImage Inpaint(GrayImage picture, bool[] known, InpaintOptions? options, int threads = 0)
        => Inpainter.Inpaint(picture, known, options, threads, cancellation: TestContext.Current.CancellationToken);

    private static string Message(GrayImage picture, bool[] known, InpaintOptions? options = null)
        => Assert.ThrowsAny<ArgumentException>(() => Inpaint(picture, known, options)).Message;

    private static bool[] Known(double missing)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, 72 * 64).Select(_ => random.NextDouble() >= missing)];
    }

    /// <summary>The picture, with what is not a number where it is not known.</summary>
    private static GrayImage Holed(bool[] known, GrayImage? clean = null)
    {
        clean ??= Clean;
        return new GrayImage(clean.Width, clean.Height, [.. clean.Pixels.ToArray().Select((v, i) => known[i] ? v : float.NaN)]);
    }

    private static void Clear(bool[] known, int left, int top, int width, int height)
    {
        for (int y = top; y < top + height; y++)
            known.AsSpan(y * 72 + left, width).Clear();
    }
}
