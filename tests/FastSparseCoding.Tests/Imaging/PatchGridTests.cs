using FastSparseCoding.Imaging;
using FastSparseCoding.Learning;
using FastSparseCoding.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

public sealed class PatchGridTests
{
    private static readonly PatchPreprocessing Raw = new() { PatchSize = 3, MinimumDeviation = 0, Normalization = PatchNormalization.None };

    [Theory]
    [InlineData(3, 3, 1, 1, 1)]
    [InlineData(5, 4, 1, 3, 2)]
    [InlineData(8, 6, 2, 3, 2)]
    [InlineData(9, 7, 2, 4, 3)]
    [InlineData(9, 12, 3, 3, 4)]
    [InlineData(11, 8, 4, 3, 2)]
    [InlineData(20, 10, int.MaxValue, 1, 1)]
    public void Patches_lie_on_a_grid_from_the_top_left_row_after_row(int width, int height, int stride, int across, int down)
    {
        GrayImage image = PatchPictures.Numbered(width, height, 0);

        Matrix patches = Patches.Grid(image, Raw, stride, out IReadOnlyList<(int X, int Y)> positions);

        Assert.Equal((across * down, 9), (patches.Rows, patches.Columns));
        Assert.Equal(Enumerable.Range(0, across * down).Select(i => (i % across * stride, i / across * stride)), positions);
        for (int i = 0; i < patches.Rows; i++)
            Assert.Equal(PatchPictures.Cut(image, positions[i].X, positions[i].Y, 3), PatchPictures.Row(patches, i));
    }

    [Fact]
    public void Flat_patches_are_left_out_with_their_positions()
    {
        GrayImage image = PatchPictures.HalfFlat(40, 20);
        (int X, int Y)[] steep = [.. All().Where(p => PatchPictures.Deviation(PatchPictures.Cut(image, p.X, p.Y, 3)) >= 0.1f)];

        Matrix patches = Patches.Grid(image, Raw with { MinimumDeviation = 0.1f }, 1, out IReadOnlyList<(int X, int Y)> positions);

        Assert.InRange(steep.Length, 50, 400);
        Assert.Equal(steep, positions);
        Assert.Equal(steep.Length, patches.Rows);
        for (int i = 0; i < patches.Rows; i++)
            Assert.Equal(PatchPictures.Cut(image, steep[i].X, steep[i].Y, 3), PatchPictures.Row(patches, i));

        static IEnumerable<(int X, int Y)> All() => Enumerable.Range(0, 38 * 18).Select(i => (i % 38, i / 38));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(7, false)]
    [InlineData(50, false)]
    [InlineData(int.MaxValue, false)]
    [InlineData(1, true)]
    [InlineData(7, true)]
    [InlineData(50, true)]
    [InlineData(int.MaxValue, true)]
    public void Blocks_one_after_another_are_the_grid(int maxRows, bool whitened)
    {
        GrayImage image = PatchPictures.HalfFlat(44, 25);
        var preprocessing = new PatchPreprocessing { PatchSize = 5, MinimumDeviation = 0.01f };
        if (whitened)
            preprocessing = preprocessing with { Whitening = ZcaWhitening.Fit(Patches.Sample([image], preprocessing, 300, seed: 1)) };
        Matrix grid = Patches.Grid(image, preprocessing, 2, out IReadOnlyList<(int X, int Y)> positions);

        PatchBlock[] blocks = [.. PatchGrid.Cut(image, preprocessing, 2, maxRows).Where(b => b.X.Rows > 0)];

        Assert.InRange(grid.Rows, 60, 200);
        Assert.Equal(grid.Values.ToArray(), blocks.SelectMany(b => b.X.Values.ToArray()));
        Assert.Equal(positions, blocks.SelectMany(b => b.Places.Select(p => (p.X, p.Y))));
        Assert.All(blocks, b => Assert.Equal(b.X.Rows, b.Places.Count));
        Assert.All(blocks[..^1], b => Assert.Equal(maxRows, b.X.Rows));
        Assert.InRange(blocks[^1].X.Rows, 1, maxRows);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    public void Blocks_that_fill_up_with_the_last_patch_are_followed_by_none(int maxRows)
        => Assert.Equal(Enumerable.Repeat(maxRows, 6 / maxRows),
            PatchGrid.Cut(PatchPictures.Numbered(5, 4, 0), Raw, 1, maxRows).Select(b => b.X.Rows));

    [Fact]
    public void The_grid_treats_patches_as_sampling_does()
    {
        // One place only, so that both cut the same patch.
        GrayImage image = PatchPictures.Noise(6, 6, 1);
        var preprocessing = new PatchPreprocessing { PatchSize = 6 };
        foreach (PatchNormalization normalization in Enum.GetValues<PatchNormalization>())
        {
            PatchPreprocessing treatment = preprocessing
                with
            { Normalization = normalization, Whitening = new ZcaWhitening(new float[36], Matrix.FromArray(Rotation())) };
            Assert.Equal(Patches.Sample([image], treatment, 1, seed: 1).Values.ToArray(),
                Patches.Grid(image, treatment, 1, out _).Values.ToArray());
        }

        static float[,] Rotation()
        {
            var values = new float[36, 36];
            for (int i = 0; i < 36; i++)
                (values[i, i], values[i, 35 - i]) = (0.6f, 0.8f);
            return values;
        }
    }

    [Fact]
    public void A_constant_picture_has_no_patches_but_when_no_deviation_is_asked_for()
    {
        GrayImage image = PatchPictures.Constant(12, 11, 0.4f);

        Matrix none = Patches.Grid(image, PatchPreprocessing.Default, 1, out IReadOnlyList<(int X, int Y)> positions);

        Assert.Equal((0, 100), (none.Rows, none.Columns));
        Assert.Empty(positions);
        Assert.All(PatchGrid.Cut(image, PatchPreprocessing.Default, 1, 10), b => Assert.Equal(0, b.X.Rows));
        Assert.Equal(90, Patches.Grid(image, Raw, 1, out _).Rows);
    }

    /// <summary>Flat places alone end a block too; the grid is whole all the same.</summary>
    [Fact]
    public void A_grid_of_very_many_flat_places_is_whole()
    {
        var image = new GrayImage(300, 301, new float[300 * 301]);
        (image.Row(0)[0], image.Row(300)[299]) = (1, 1);

        Matrix grid = Patches.Grid(
            image, new PatchPreprocessing { PatchSize = 2, MinimumDeviation = 0.01f }, 1, out IReadOnlyList<(int X, int Y)> positions);

        Assert.Equal([(0, 0), (298, 299)], positions);
        Assert.Equal(2, grid.Rows);
        Assert.Equal(grid.Row(0).ToArray(), grid.Row(1).ToArray().Reverse());
    }

    [Fact]
    public void Bad_arguments_are_refused_before_the_first_block_is_asked_for()
    {
        var image = new GrayImage(20, 9, new float[180], "wide.png");
        Refused("wide.png: is 20×9 pixels; it must be at least 10×10, the size of a patch.",
            () => PatchGrid.Cut(image, PatchPreprocessing.Default, 1, 1));
        Refused("wide.png: is 20×9 pixels; it must be at least 10×10, the size of a patch.",
            () => Patches.Grid(image, PatchPreprocessing.Default, 1, out _));
        Refused("'stride' is 0; it must be 1 or more.", () => PatchGrid.Cut(image, Raw, 0, 1));
        Refused("'maxRows' is 0; it must be 1 or more.", () => PatchGrid.Cut(image, Raw, 1, 0));
        Refused("'PatchSize' is 257; it must be from 1 to 256.", () => PatchGrid.Cut(image, Raw with { PatchSize = 257 }, 1, 1));
        Assert.Throws<ArgumentNullException>(() => PatchGrid.Cut(null!, Raw, 1, 1));
        Assert.Throws<ArgumentNullException>(() => PatchGrid.Cut(image, null!, 1, 1));

        static void Refused(string message, Action action)
            => Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
    }
}
