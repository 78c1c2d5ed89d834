using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

/// <summary>Patches know where they were cut and what was taken off them.</summary>
public sealed class PatchPlaceTests
{
    private static readonly PatchPreprocessing Raw =
        new() { PatchSize = 5, MinimumDeviation = 0, Normalization = PatchNormalization.None };

    [Theory]
    [InlineData(PatchNormalization.None)]
    [InlineData(PatchNormalization.ZeroMean)]
    [InlineData(PatchNormalization.UnitDeviation)]
    public void Mean_and_deviation_give_the_pixels_back(PatchNormalization normalization)
    {
        GrayImage image = PatchPictures.Noise(23, 17, 1);

        PatchBlock block = Assert.Single(
            PatchGrid.Cut(image, Raw with { Normalization = normalization, MinimumDeviation = 0.01f }, 3, int.MaxValue));

        Assert.Equal(7 * 5, block.Places.Count);
        for (int i = 0; i < block.X.Rows; i++)
        {
            PatchPlace place = block.Places[i];
            double[] pixels = PatchPictures.Cut(image, place.X, place.Y, 5);
            Tolerance.Check([normalization == PatchNormalization.None ? 0 : pixels.Average()], [place.Mean], operations: 1, magnitude: 1);
            Tolerance.Check([normalization == PatchNormalization.UnitDeviation ? PatchPictures.Deviation(pixels) : 1], [place.Deviation],
                operations: 1, magnitude: 1);
            // Subtract, scale by a rounded inverse, scale by a rounded deviation, add; none of the values is above 1 but x, by 1/deviation.
            Tolerance.Check(
                pixels, [.. block.X.Row(i).ToArray().Select(v => v * place.Deviation + place.Mean)], operations: 7, magnitude: 1);
        }
    }

    [Fact]
    public void Flat_places_are_told_with_their_means()
    {
        GrayImage image = PatchPictures.HalfFlat(40, 20);
        PatchPreprocessing preprocessing = Raw with { MinimumDeviation = 0.1f };

        PatchBlock[] blocks = [.. PatchGrid.Cut(image, preprocessing, 1, 7)];

        PatchPlace[] flat = [.. blocks.SelectMany(b => b.Flat)], steep = [.. blocks.SelectMany(b => b.Places)];
        Assert.InRange(flat.Length, 300, 36 * 16 - 50);
        Assert.Equal(Enumerable.Range(0, 36 * 16).Select(i => (i % 36, i / 36)),
            flat.Concat(steep).Select(p => (p.X, p.Y)).OrderBy(p => p.Y).ThenBy(p => p.X));
        Assert.All(flat, p => Assert.True(PatchPictures.Deviation(PatchPictures.Cut(image, p.X, p.Y, 5)) < 0.1));
        Tolerance.Check([.. flat.Select(p => PatchPictures.Cut(image, p.X, p.Y, 5).Average())], [.. flat.Select(p => p.Mean)],
            operations: 1, magnitude: 1);
        Assert.Equal(steep, Assert.Single(PatchGrid.Cut(image, preprocessing, 1, int.MaxValue)).Places);
    }

    [Fact]
    public void A_picture_without_a_steep_place_is_all_told()
    {
        PatchBlock block = Assert.Single(
            PatchGrid.Cut(PatchPictures.Constant(9, 8, 0.25f), Raw with { MinimumDeviation = 0.1f }, 2, 100));

        Assert.Equal((0, 0), (block.X.Rows, block.Places.Count));
        Assert.Equal(Enumerable.Range(0, 6).Select(i => new PatchPlace(i % 3 * 2, i / 3 * 2, 0.25f, 1)), block.Flat);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void To_the_edge_every_pixel_is_in_a_patch(int stride)
    {
        foreach ((int width, int height) in ((int, int)[])[(5, 5), (6, 5), (17, 9), (21, 14)])
        {
            PatchBlock whole = Assert.Single(PatchGrid.Cut(PatchPictures.Noise(width, height, 2), Raw, stride, int.MaxValue, toEdge: true)),
                inner = Assert.Single(PatchGrid.Cut(PatchPictures.Noise(width, height, 2), Raw, stride, int.MaxValue));

            int[] xs = Along(width - 5), ys = Along(height - 5);
            Assert.Equal(ys.SelectMany(y => xs.Select(x => (x, y))), whole.Places.Select(p => (p.X, p.Y)));
            Assert.Equal((whole.Places.Count, inner.Places.Count),
                (PatchGrid.Count(width, height, 5, stride, toEdge: true), PatchGrid.Count(width, height, 5, stride)));
            for (int y = 0; y < height; y++)
                for (int x = 0; x < width; x++)
                    Assert.Contains(whole.Places, p => x - p.X is >= 0 and < 5 && y - p.Y is >= 0 and < 5);
        }

        int[] Along(int last)
        {
            var places = new SortedSet<int> { last };
            for (int at = 0; at <= last; at += stride)
                places.Add(at);
            return [.. places];
        }
    }

    [Fact]
    public void A_picture_smaller_than_a_patch_has_no_place()
    {
        Assert.Equal(0, PatchGrid.Count(4, 9, 5, 1));
        Assert.Equal(0, PatchGrid.Count(9, 4, 5, 1, toEdge: true));
        Assert.StartsWith("'stride' is 0; it must be 1 or more.",
            Assert.Throws<ArgumentOutOfRangeException>(() => PatchGrid.Count(9, 9, 5, 0)).Message, StringComparison.Ordinal);
        Assert.StartsWith("'size' is 0; it must be 1 or more.",
            Assert.Throws<ArgumentOutOfRangeException>(() => PatchGrid.Count(9, 9, 0, 1)).Message, StringComparison.Ordinal);
    }
}
