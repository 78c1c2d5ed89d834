using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Imaging.Denoising;

public sealed class InpainterTests
{
    private static readonly GrayImage Clean = DeadLeaves.Generate(72, 64, 4);
    private static readonly Denoiser Model = Denoiser.FromDct(8, 100, 2);

    /// <summary>Few patches are enough to learn from such small pictures.</summary>
    private static readonly InpaintOptions Quick = new() { Samples = 5000 }, Cosines = new() { DictionaryRounds = 0 };

    [Theory]
    [InlineData(0.5, false)]
    [InlineData(0.8, false)]
    [InlineData(0.5, true)]
    public void Known_pixels_stay_bit_for_bit_and_missing_ones_beat_the_nearest_means(double missing, bool trained)
    {
        bool[] known = Known(missing);
        GrayImage picture = Holed(known);

        GrayImage filled = Inpaint(picture, known, Quick, trained ? Model : null);

        for (int i = 0; i < known.Length; i++)
            if (known[i])
                Assert.Equal(BitConverter.SingleToInt32Bits(Clean.Pixels[i]), BitConverter.SingleToInt32Bits(filled.Pixels[i]));
        var nearest = new GrayImage(
            72, 64, new KnownPixels(picture, known).NearestMeans(picture, 1, TestContext.Current.CancellationToken));
        double before = ImageQuality.Psnr(Clean, nearest), after = ImageQuality.Psnr(Clean, filled);
        Assert.True(after >= before + 1, $"nearest means {before:F2} dB, inpainted {after:F2} dB");
    }

    [Fact]
    public void Masked_coding_goes_on_from_the_cosines_and_both_are_averaged()
    {
        bool[] known = Known(0.5);
        GrayImage picture = Holed(known), cosines = Inpaint(picture, known, Cosines), x = cosines;
        var mask = new KnownPixels(picture, known);
        var coding = new MaskedCoding(mask, Quick, 1);
        var ignored = new Relay<double>(_ => { });
        for (int rounds = 1; rounds <= 2; rounds++)
        {
            coding.Learn([x], ignored, TestContext.Current.CancellationToken);
            x = coding.Fill([x], ignored, TestContext.Current.CancellationToken)[0];
            for (int i = 0; i < known.Length; i++)
                x.Pixels[i] = known[i] ? picture.Pixels[i] : 0.5f * (cosines.Pixels[i] + x.Pixels[i]);

            Assert.Equal(x.Pixels.ToArray(), Inpaint(picture, known, Quick with { DictionaryRounds = rounds }).Pixels.ToArray());
        }
    }

    [Fact]
    public void The_dictionary_adds_to_what_the_cosines_say()
    {
        bool[] known = Known(0.8);
        GrayImage picture = Holed(known);

        double cosines = ImageQuality.Psnr(Clean, Inpaint(picture, known, Cosines));
        double both = ImageQuality.Psnr(Clean, Inpaint(picture, known, Quick));

        Assert.True(both >= cosines + 0.1, $"cosines {cosines:F2} dB, with the dictionary {both:F2} dB");
    }

    [Fact]
    public void A_picture_of_one_gray_is_filled_with_it()
    {
        bool[] known = Known(0.5);
        var flat = new GrayImage(72, 64);
        flat.Pixels.Fill(0.25f);

        GrayImage filled = Inpaint(Holed(known, flat), known, Quick);

        Tolerance.Check(Enumerable.Repeat(0.25, 72 * 64).ToArray(), filled.Pixels, 1000, 0.25);
    }

    [Fact]
    public void Rounds_of_a_model_go_on_from_what_was_found_and_both_are_averaged()
    {
        bool[] known = Known(0.5);
        GrayImage picture = Holed(known);
        var options = new InpaintOptions { Rounds = 3, Samples = 2000, ModelRounds = 3, FirstSigma = 40, LastSigma = 10 };
        GrayImage alone = Inpaint(picture, known, options), x = alone;
        foreach (float sigma in new[] { 40f, 20f, 10f })
        {
            x = DenoisingPictures.Denoise(x, Model, sigma);
            for (int i = 0; i < known.Length; i++)
                if (known[i])
                    x.Pixels[i] = picture.Pixels[i] + 0.75f * (picture.Pixels[i] - x.Pixels[i]);
        }

        GrayImage both = Inpaint(picture, known, options, Model);

        for (int i = 0; i < known.Length; i++)
            Assert.Equal(known[i] ? picture.Pixels[i] : 0.5f * (alone.Pixels[i] + x.Pixels[i]), both.Pixels[i]);
    }

    [Fact]
    public void Planes_in_colour_are_filled_as_luminance_and_opponent_colours_whatever_the_model()
    {
        bool[] known = Known(0.5)[..(36 * 32)];
        var picture = new ColourImage(36, 32, 3, hasAlpha: true, bits: 16);
        for (int channel = 0; channel <= 3; channel++)
            picture.WriteRows(channel, 0, DeadLeaves.Generate(36, 32, seed: channel).Pixels);
        float[] all = [.. Enumerable.Range(0, 4).SelectMany(channel => picture.Plane(channel).Pixels.ToArray())];
        var seen = new List<string>();
        foreach (Denoiser? model in new[] { null, Model, Denoiser.FromDct(6, 64, 1, channels: 3) })
        {
            ColourImage one = Fill(model, 1), three = Fill(model, 3);

            float[] filled = [.. Enumerable.Range(0, 4).SelectMany(channel => one.Plane(channel).Pixels.ToArray())];
            Assert.Equal(filled, Enumerable.Range(0, 4).SelectMany(channel => three.Plane(channel).Pixels.ToArray()));
            for (int i = 0; i < all.Length; i++)
                if (i >= 3 * known.Length || known[i % known.Length])
                    Assert.Equal(all[i], filled[i]);
            seen.Add(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(
                System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(filled))));
        }
        Assert.Equal(3, seen.Distinct().Count());

        ColourImage Fill(Denoiser? model, int threads) => Inpainter.Inpaint(
            picture, known, new InpaintOptions { Rounds = 5, Samples = 2000 }, model, threads,
            cancellation: TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Progress_rises_to_the_end_and_it_can_be_cancelled()
    {
        bool[] known = Known(0.5);
        GrayImage picture = Holed(known);
        foreach (Denoiser? model in new[] { null, Model })
        {
            var told = new List<double>();
            Inpainter.Inpaint(picture, known, Quick, model, 1, new Relay<double>(told.Add), TestContext.Current.CancellationToken);
            Assert.Equal(told.Order(), told);
            // Of rounds and, where it codes, of five batches and of eight strips of rows of patches.
            Assert.Equal((model is null ? 30 : 38) + 5 + 8, told.Distinct().Count());
            Assert.Equal(1, told[^1], 12);

            foreach (double part in new[] { 0.02, 0.2, 0.45, 0.9 })
                Stopped(part, model);
        }

        void Stopped(double part, Denoiser? model)
        {
            using var source = new CancellationTokenSource();
            var stop = new Relay<double>(done =>
            {
                if (done > part)
                    source.Cancel();
            });
            Assert.ThrowsAny<OperationCanceledException>(() => Inpainter.Inpaint(picture, known, Quick, model, 1, stop, source.Token));
        }
    }

    [Fact]
    public void Smooth_surfaces_are_found_again()
    {
        var wave = new GrayImage(40, 40, [.. Enumerable.Range(0, 1600)
            .Select(i => 0.5f + 0.4f * MathF.Sin(i % 40 * 0.15f) * MathF.Cos(i / 40 * 0.12f))]);
        bool[] known = [.. Known(0.5).Take(1600)];

        GrayImage filled = Inpaint(Holed(known, wave), known, Quick);

        Assert.True(ImageQuality.Psnr(wave, filled) > 45, $"{ImageQuality.Psnr(wave, filled):F2} dB");
    }

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        bool[] known = Known(0.6);
        GrayImage picture = Holed(known);
        float[] one = Inpaint(picture, known, Quick, Model, 1).Pixels.ToArray();

        foreach (int threads in new[] { 2, 3, 8 })
            Assert.Equal(one, Inpaint(picture, known, Quick, Model, threads).Pixels.ToArray());
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

        Assert.DoesNotContain(float.NaN, Inpaint(Holed(small), small, Quick).Pixels.ToArray());
        Assert.StartsWith("'known' leaves a hole of 17×16 pixels at row 30, column 20, over whose middle patches of 8×8 know nothing; take "
            + "patches of 9×9.", Message(Holed(large), large, new() { PatchSize = 8 }),
            StringComparison.Ordinal);
        Assert.DoesNotContain(float.NaN, Inpaint(Holed(large), large, Quick with { PatchSize = 10 }).Pixels.ToArray());
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
        Assert.StartsWith("an image: is 11×12 pixels; it must be at least 12×12, the size of a patch.",
            Message(new GrayImage(11, 12), new bool[132]), StringComparison.Ordinal);
        Assert.StartsWith("'PatchSize' is 3; it must be from 4 to 32.", Message(Clean, all, new() { PatchSize = 3 }),
            StringComparison.Ordinal);
        Assert.StartsWith("'Rounds' is 0; it must be from 1 to 1000.", Message(Clean, all, new() { Rounds = 0 }), StringComparison.Ordinal);
        Assert.StartsWith("'LastThreshold' is 0; it must be a finite number above 0.", Message(Clean, all, new() { LastThreshold = 0 }),
            StringComparison.Ordinal);
        Assert.StartsWith("'FirstThreshold' is 4; it must be from 5 to ", Message(Clean, all, new() { FirstThreshold = 4 }),
            StringComparison.Ordinal);
        Assert.StartsWith("'DictionaryRounds' is 101; it must be from 0 to 100.", Message(Clean, all, new() { DictionaryRounds = 101 }),
            StringComparison.Ordinal);
        Assert.StartsWith("'Samples' is 0; it must be 1 or more.", Message(Clean, all, new() { Samples = 0 }), StringComparison.Ordinal);
        Assert.StartsWith("'ModelRounds' is 1001; it must be from 1 to 1000.", Message(Clean, all, new() { ModelRounds = 1001 }),
            StringComparison.Ordinal);
        Assert.StartsWith("'LastSigma' is 0; it must be a finite number above 0.", Message(Clean, all, new() { LastSigma = 0 }),
            StringComparison.Ordinal);
        Assert.StartsWith("'FirstSigma' is 256; it must be from 6 to 255.", Message(Clean, all, new() { FirstSigma = 256 }),
            StringComparison.Ordinal);
        Assert.StartsWith("'model' cleans patches of 3 channels; an image has 1, and needs one for gray.",
            Message(Clean, all, model: Denoiser.FromDct(4, 16, 0, channels: 3)), StringComparison.Ordinal);
        Assert.StartsWith("an image: is 12×13 pixels; it must be at least 13×13, the size of a patch of the model.",
            Message(new GrayImage(12, 13), new bool[156], model: Denoiser.FromDct(13, 169, 0)), StringComparison.Ordinal);
    }

    private static GrayImage Inpaint(GrayImage picture, bool[] known, InpaintOptions? options, Denoiser? model = null, int threads = 0)
        => Inpainter.Inpaint(picture, known, options, model, threads, cancellation: TestContext.Current.CancellationToken);

    private static string Message(GrayImage picture, bool[] known, InpaintOptions? options = null, Denoiser? model = null)
        => Assert.ThrowsAny<ArgumentException>(() => Inpaint(picture, known, options, model)).Message;

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
