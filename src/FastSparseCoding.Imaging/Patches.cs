namespace FastSparseCoding.Imaging;

/// <summary>Square patches of pictures as signals, one per row. Safe to call from several threads at once.</summary>
public static class Patches
{
    /// <summary>Draws patches at random places.</summary>
    /// <param name="images">The pictures, each at least as large as a patch.</param>
    /// <param name="preprocessing">Size and treatment of the patches.</param>
    /// <param name="count">Number of patches N, 0 or more.</param>
    /// <param name="seed">The same seed gives the same patches.</param>
    /// <returns>Signals [N×n].</returns>
    /// <exception cref="ArgumentException">There is no picture, one is smaller than a patch, all are flat, or the preprocessing is out of
    /// range.</exception>
    /// <example><code>
    /// Matrix patches = Patches.Sample(ImageFolder.Load("photos"), PatchPreprocessing.Default, count: 100_000, seed: 1);
    /// </code></example>
    public static Matrix Sample(IReadOnlyList<GrayImage> images, PatchPreprocessing preprocessing, int count, int seed)
        => Sample(ImageStore.Of(images), preprocessing, count, seed);

    /// <summary>Draws patches at random places of pictures of which not all need be in memory.</summary>
    /// <param name="images">The pictures, each at least as large as a patch.</param>
    /// <param name="preprocessing">Size and treatment of the patches.</param>
    /// <param name="count">Number of patches N, 0 or more.</param>
    /// <param name="seed">The same seed gives the same patches.</param>
    /// <returns>Signals [N×n].</returns>
    /// <exception cref="ArgumentException">There is no picture, one is smaller than a patch, all are flat, or the preprocessing is out of
    /// range.</exception>
    public static Matrix Sample(ImageStore images, PatchPreprocessing preprocessing, int count, int seed)
    {
        var source = new PatchSource(images, preprocessing, seed);
        var x = new Matrix(count, source.SignalSize);
        source.Read(0, x);
        return x;
    }

    /// <summary>
    /// Cuts a picture into patches on a grid, from the top left; those flatter than the preprocessing allows are left out.
    /// </summary>
    /// <param name="image">The picture, at least as large as a patch.</param>
    /// <param name="preprocessing">Size and treatment of the patches.</param>
    /// <param name="stride">Pixels from one patch to the next, 1 or more.</param>
    /// <param name="positions">Receives the top-left pixel (X, Y) of every patch.</param>
    /// <returns>Signals [N×n].</returns>
    /// <exception cref="ArgumentException">The picture is smaller than a patch, or the stride or the preprocessing is out of
    /// range.</exception>
    public static Matrix Grid(GrayImage image, PatchPreprocessing preprocessing, int stride, out IReadOnlyList<(int X, int Y)> positions)
    {
        PatchBlock[] blocks = [.. PatchGrid.Cut(image, preprocessing, stride, int.MaxValue)];
        positions = [.. blocks.SelectMany(b => b.Places).Select(p => (p.X, p.Y))];
        var all = new Matrix(positions.Count, preprocessing.SignalSize);
        int row = 0;
        foreach (PatchBlock block in blocks)
        {
            block.X.Values.CopyTo(all.RowRange(row, block.X.Rows).Values);
            row += block.X.Rows;
        }
        return all;
    }
}
