namespace FastSparseCoding.Imaging;

/// <summary>Square patches of pictures as signals, one per row.</summary>
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
        Matrix? all = null;
        IReadOnlyList<(int X, int Y)> places = [];
        foreach ((Matrix x, IReadOnlyList<(int X, int Y)> at) in GridBlocks(image, preprocessing, stride, int.MaxValue))
            (all, places) = (x, at);
        positions = places;
        return all ?? new Matrix(0, preprocessing.SignalSize);
    }

    /// <summary>The same in blocks, for pictures whose patches would not all fit into memory.</summary>
    /// <param name="image">The picture, at least as large as a patch.</param>
    /// <param name="preprocessing">Size and treatment of the patches.</param>
    /// <param name="stride">Pixels from one patch to the next, 1 or more.</param>
    /// <param name="maxRows">Most patches in a block, 1 or more.</param>
    /// <returns>Blocks of signals [count×n] with the top-left pixel of each.</returns>
    /// <exception cref="ArgumentException">The picture is smaller than a patch, or the stride or the preprocessing is out of
    /// range.</exception>
    public static IEnumerable<(Matrix X, IReadOnlyList<(int X, int Y)> Positions)> GridBlocks(
        GrayImage image, PatchPreprocessing preprocessing, int stride, int maxRows)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(preprocessing);
        Throw.IfBelow(stride, 1);
        Throw.IfBelow(maxRows, 1);
        var cutter = new PatchCutter(preprocessing);
        cutter.RequireFits(image);
        return Enumerate(image, cutter, preprocessing, stride, maxRows);
    }

    private static IEnumerable<(Matrix X, IReadOnlyList<(int X, int Y)> Positions)> Enumerate(
        GrayImage image, PatchCutter cutter, PatchPreprocessing preprocessing, int stride, int maxRows)
    {
        int across = (image.Width - preprocessing.PatchSize) / stride + 1, down = (image.Height - preprocessing.PatchSize) / stride + 1;
        var places = new List<(int X, int Y)>();
        var values = new float[preprocessing.SignalSize];
        for (long i = 0; i < (long)across * down; i++)
        {
            (int x, int y) = ((int)(i % across) * stride, (int)(i / across) * stride);
            if (cutter.Cut(image, x, y, values))
                places.Add((x, y));
            if (places.Count == maxRows || (i == (long)across * down - 1 && places.Count > 0))
            {
                yield return (CutAll(image, cutter, preprocessing, places), places.ToArray());
                places.Clear();
            }
        }
    }

    private static Matrix CutAll(GrayImage image, PatchCutter cutter, PatchPreprocessing preprocessing, List<(int X, int Y)> places)
    {
        var signals = new Matrix(places.Count, preprocessing.SignalSize);
        for (int i = 0; i < places.Count; i++)
            cutter.Cut(image, places[i].X, places[i].Y, signals.Row(i));
        preprocessing.Whitening?.Apply(signals);
        return signals;
    }
}
