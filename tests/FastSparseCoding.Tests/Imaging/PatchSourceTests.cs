using FastSparseCoding.Imaging;
using FastSparseCoding.Learning;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

public sealed class PatchSourceTests
{
    private static readonly PatchPreprocessing Raw = new() { PatchSize = 3, MinimumDeviation = 0, Normalization = PatchNormalization.None };
    private static readonly GrayImage[] Photos =
        [PatchPictures.Noise(31, 17, 1), PatchPictures.HalfFlat(40, 20), PatchPictures.Noise(10, 10, 2)];

    [Fact]
    public void The_same_seed_gives_the_same_bits_and_another_seed_other_ones()
    {
        float[] patches = Sample(seed: 5);

        Assert.Equal(patches, Sample(seed: 5));
        Assert.NotEqual(patches, Sample(seed: 6));
        Assert.NotEqual(patches, Sample(seed: -5));

        static float[] Sample(int seed) => Patches.Sample(Photos, PatchPreprocessing.Default, 20, seed).Values.ToArray();
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(7, false)]
    [InlineData(64, false)]
    [InlineData(1, true)]
    [InlineData(7, true)]
    [InlineData(64, true)]
    public void A_patch_is_the_same_in_blocks_of_any_size_and_from_any_thread(int blockRows, bool whitened)
    {
        const int Count = 200;
        var preprocessing = new PatchPreprocessing { PatchSize = 5 };
        if (whitened)
            preprocessing = preprocessing with { Whitening = ZcaWhitening.Fit(Patches.Sample(Photos, preprocessing, 300, seed: 9)) };
        Matrix all = Patches.Sample(Photos, preprocessing, Count, seed: 3);
        var source = new PatchSource(Photos, preprocessing, seed: 3);

        var pieces = new Matrix(Count, source.SignalSize);
        RowBlocks.Run(Count, blockRows, 4, TestContext.Current.CancellationToken, (start, count) =>
        {
            var block = new Matrix(count, source.SignalSize);
            source.Read(start, block);
            for (int i = 0; i < count; i++)
                block.Row(i).CopyTo(pieces.Row(start + i));
        });

        Assert.Equal(25, source.SignalSize);
        Assert.Equal(all.Values.ToArray(), pieces.Values.ToArray());
        Assert.InRange(Enumerable.Range(0, Count).Select(i => (all[i, 0], all[i, 12], all[i, 24])).Distinct().Count(), Count / 2, Count);
    }

    [Fact]
    public void A_patch_is_a_square_of_a_picture_and_every_place_of_all_pictures_as_likely()
    {
        // 3×2, 1×4 and 1×1 places for 3×3 patches.
        GrayImage[] images = [PatchPictures.Numbered(5, 4, 0), PatchPictures.Numbered(3, 6, 100), PatchPictures.Numbered(3, 3, 200)];
        Dictionary<int, double[]> places = [];
        foreach (GrayImage image in images)
            for (int y = 0; y <= image.Height - 3; y++)
                for (int x = 0; x <= image.Width - 3; x++)
                    places.Add((int)(image[x, y] * 1024), PatchPictures.Cut(image, x, y, 3));
        const int Count = 11_000;

        Matrix patches = Patches.Sample(images, Raw, Count, seed: 1);

        Assert.Equal(11, places.Count);
        for (int i = 0; i < Count; i++)
            Assert.Equal(places[(int)(patches[i, 0] * 1024)], PatchPictures.Row(patches, i));
        IGrouping<int, int>[] visits = [.. Enumerable.Range(0, Count).GroupBy(i => (int)(patches[i, 0] * 1024))];
        Assert.Equal(11, visits.Length);
        // A binomial count of mean 1000 has a deviation of 30: five of them.
        Assert.All(visits, v => Assert.InRange(v.Count(), 850, 1150));
    }

    [Theory]
    [InlineData(1e-3f)]
    [InlineData(0.02f)]
    [InlineData(0.1f)]
    public void Unit_deviation_is_mean_zero_and_population_deviation_one(float minimum)
    {
        Matrix patches = Patches.Sample(Photos, new PatchPreprocessing { PatchSize = 4, MinimumDeviation = minimum }, 500, seed: 2);

        // A pixel up to 1 minus a mean up to 1, each rounded once, over a deviation of at least the minimum; the quotient's own roundings
        // are smaller.
        double bound = 4 * Tolerance.UnitRoundoff / minimum;
        for (int i = 0; i < patches.Rows; i++)
        {
            Assert.Equal(0, PatchPictures.Row(patches, i).Average(), bound);
            Assert.Equal(1, PatchPictures.Deviation(PatchPictures.Row(patches, i)), bound);
        }
    }

    [Fact]
    public void The_normalisations_treat_the_same_patches_as_they_say()
    {
        var preprocessing = new PatchPreprocessing { PatchSize = 6, MinimumDeviation = 0.05f, Normalization = PatchNormalization.None };
        Matrix raw = Patches.Sample(Photos, preprocessing, 200, seed: 4);
        Matrix centred = Patches.Sample(Photos, preprocessing with { Normalization = PatchNormalization.ZeroMean }, 200, seed: 4);
        Matrix scaled = Patches.Sample(Photos, preprocessing with { Normalization = PatchNormalization.UnitDeviation }, 200, seed: 4);

        for (int i = 0; i < 200; i++)
        {
            double[] patch = PatchPictures.Row(raw, i);
            double mean = patch.Average(), deviation = PatchPictures.Deviation(patch);
            Tolerance.Check(Array.ConvertAll(patch, v => v - mean), centred.Row(i), operations: 2, magnitude: 1);
            Tolerance.Check(Array.ConvertAll(patch, v => (v - mean) / deviation), scaled.Row(i), operations: 4, magnitude: 1 / deviation);
        }
    }

    [Fact]
    public void Patches_flatter_than_the_minimum_are_left_out_and_those_above_it_kept()
    {
        GrayImage[] images = [PatchPictures.HalfFlat(40, 20)];
        double[] all = [.. Enumerable.Range(0, 2000).Select(Deviations(0))],
            steep = [.. Enumerable.Range(0, 2000).Select(Deviations(0.1f))];

        Assert.InRange(all.Count(d => d == 0), 800, 1600);
        Assert.InRange(steep.Min(), 0.1, 0.12);
        Assert.Equal(all.Where(d => d >= 0.1).Distinct().Order(), steep.Distinct().Order());

        Func<int, double> Deviations(float minimum)
        {
            Matrix patches = Patches.Sample(images, Raw with { MinimumDeviation = minimum }, 2000, seed: 1);
            return i => Math.Round(PatchPictures.Deviation(PatchPictures.Row(patches, i)), 9);
        }
    }

    [Fact]
    public void Whitening_is_applied_to_the_normalised_patches()
    {
        var preprocessing = new PatchPreprocessing { PatchSize = 4 };
        Matrix plain = Patches.Sample(Photos, preprocessing, 100, seed: 1);
        ZcaWhitening whitening = ZcaWhitening.Fit(plain);

        Matrix whitened = Patches.Sample(Photos, preprocessing with { Whitening = whitening }, 100, seed: 1);

        Assert.NotEqual(plain.Values.ToArray(), whitened.Values.ToArray());
        whitening.Apply(plain);
        Assert.Equal(plain.Values.ToArray(), whitened.Values.ToArray());
    }

    [Fact]
    public void No_patches_are_an_empty_matrix()
    {
        Matrix none = Patches.Sample(Photos, PatchPreprocessing.Default, 0, seed: 1);

        Assert.Equal((0, 100), (none.Rows, none.Columns));
    }

    [Fact]
    public void Pictures_that_hold_no_patch_are_refused()
    {
        GrayImage narrow = new(9, 50, new float[450], "photos/narrow.png"), low = new(50, 9, new float[450], "low.png");

        Refused("photos/narrow.png: is 9×50 pixels; it must be at least 10×10, the size of a patch.",
            () => Patches.Sample([Photos[0], narrow], PatchPreprocessing.Default, 1, 1));
        Refused("low.png: is 50×9 pixels; it must be at least 10×10, the size of a patch.",
            () => Patches.Sample([low], PatchPreprocessing.Default, 1, 1));
        Refused("'images' is empty; it must hold at least one image.", () => Patches.Sample([], PatchPreprocessing.Default, 1, 1));
        Refused("an image and 1 more: too flat: none of 1000000 random patches has a standard deviation of 0.02 or more.",
            () => _ = new PatchSource(
                [PatchPictures.Constant(20, 20, 0.7f), PatchPictures.Constant(30, 20, 0.1f)], new PatchPreprocessing { PatchSize = 2 }, 1));
    }

    [Fact]
    public void Constant_pictures_are_patches_when_no_deviation_is_asked_for()
    {
        GrayImage[] images = [PatchPictures.Constant(5, 5, 0.7f)];

        Assert.All(Patches.Sample(images, Raw, 10, 1).Values.ToArray(), v => Assert.Equal(0.7f, v));
        Assert.All(Patches.Sample(images, Raw with { Normalization = PatchNormalization.ZeroMean }, 10, 1).Values.ToArray(),
            v => Assert.Equal(0, v));
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        var source = new PatchSource(Photos, PatchPreprocessing.Default, 1);
        Refused("'first' is -1; it must be 0 or more.", () => source.Read(-1, new Matrix(2, 100)));
        Refused("'x' has 99 columns; it must have 100.", () => source.Read(0, new Matrix(2, 99)));
        Refused("'PatchSize' is 0; it must be from 1 to 256.", () => Patches.Sample(Photos, Raw with { PatchSize = 0 }, 1, 1));
        Refused("'MinimumDeviation' is 0; it must be a finite number above 0.",
            () => Patches.Sample(Photos, new PatchPreprocessing { MinimumDeviation = 0 }, 1, 1));
        Refused("'MinimumDeviation' is NaN; it must be from 0 to 1.",
            () => Patches.Sample(Photos, Raw with { MinimumDeviation = float.NaN }, 1, 1));
        Refused("'Whitening' has 2 values; it must have 9.",
            () => Patches.Sample(Photos, Raw with { Whitening = new ZcaWhitening([0, 0], new Matrix(2, 2)) }, 1, 1));
        Assert.Throws<ArgumentNullException>(() => Patches.Sample((ImageStore)null!, Raw, 1, 1));
        Assert.Throws<ArgumentNullException>(() => Patches.Sample((GrayImage[])null!, Raw, 1, 1));
        Assert.Throws<ArgumentNullException>(() => Patches.Sample(Photos, null!, 1, 1));
        Assert.Throws<ArgumentNullException>(() => Patches.Sample([Photos[0], null!], Raw, 1, 1));
        Assert.ThrowsAny<ArgumentException>(() => Patches.Sample(Photos, Raw, -1, 1));
    }

    private static void Refused(string message, Action action)
        => Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
}
