namespace FastSparseCoding.Imaging;

/// <summary>The patches of a picture on a grid, from the top left row by row, with their places; those flatter than the preprocessing
/// allows are left out of the signals, and told. Safe to call from several threads at once.</summary>
public static class PatchGrid
{
    /// <summary>Places left out after which a block ends, however few patches it has.</summary>
    private const int MostFlat = 1 << 16;

    /// <summary>Number of places in a picture.</summary>
    /// <param name="width">Width of the picture in pixels.</param>
    /// <param name="height">Its height.</param>
    /// <param name="size">Side of a patch in pixels, 1 or more.</param>
    /// <param name="stride">Pixels from one place to the next, 1 or more.</param>
    /// <param name="toEdge">Whether the last column and row lie at the picture's right and lower edge.</param>
    /// <returns>How many; 0 when the picture is smaller than a patch.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static long Count(int width, int height, int size, int stride, bool toEdge = false)
    {
        Throw.IfBelow(size, 1);
        Throw.IfBelow(stride, 1);
        return width < size || height < size ? 0 : Along(width - size, stride, toEdge) * Along(height - size, stride, toEdge);
    }

    /// <summary>Cuts a picture into blocks of patches.</summary>
    /// <param name="image">The picture, at least as large as a patch.</param>
    /// <param name="preprocessing">Size and treatment of the patches.</param>
    /// <param name="stride">Pixels from one patch to the next, 1 or more.</param>
    /// <param name="maxRows">Most patches in a block, 1 or more.</param>
    /// <param name="toEdge">Whether the last column and row of the grid lie at the picture's right and lower edge, nearer to the one before
    /// them than the stride where that does not divide what there is: so every pixel is in a patch if the stride is at most the patch's
    /// side.</param>
    /// <returns>Blocks, one after another the whole grid.</returns>
    /// <exception cref="ArgumentException">The picture is smaller than a patch, or the stride or the preprocessing is out of
    /// range.</exception>
    public static IEnumerable<PatchBlock> Cut(
        GrayImage image, PatchPreprocessing preprocessing, int stride, int maxRows, bool toEdge = false)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(preprocessing);
        Throw.IfBelow(stride, 1);
        Throw.IfBelow(maxRows, 1);
        var cutter = new PatchCutter(preprocessing);
        cutter.RequireFits(image);
        return Enumerate(image, cutter, preprocessing, stride, maxRows, toEdge);
    }

    private static IEnumerable<PatchBlock> Enumerate(
        GrayImage image, PatchCutter cutter, PatchPreprocessing preprocessing, int stride, int maxRows, bool toEdge)
    {
        int lastX = image.Width - preprocessing.PatchSize, lastY = image.Height - preprocessing.PatchSize;
        long across = Along(lastX, stride, toEdge), count = across * Along(lastY, stride, toEdge);
        var places = new List<PatchPlace>();
        var flat = new List<PatchPlace>();
        var values = new float[preprocessing.SignalSize];
        for (long i = 0; i < count; i++)
        {
            (int x, int y) = ((int)Math.Min(i % across * stride, lastX), (int)Math.Min(i / across * stride, lastY));
            (cutter.Cut(image, x, y, values, out PatchPlace place) ? places : flat).Add(place);
            if (places.Count < maxRows && flat.Count < MostFlat && i < count - 1)
                continue;
            yield return new PatchBlock(CutAll(image, cutter, preprocessing, places), places.ToArray(), flat.ToArray());
            places.Clear();
            flat.Clear();
        }
    }

    private static Matrix CutAll(GrayImage image, PatchCutter cutter, PatchPreprocessing preprocessing, List<PatchPlace> places)
    {
        var signals = new Matrix(places.Count, preprocessing.SignalSize);
        for (int i = 0; i < places.Count; i++)
            cutter.Cut(image, places[i].X, places[i].Y, signals.Row(i));
        preprocessing.Whitening?.Apply(signals);
        return signals;
    }

    /// <summary>Places along one side, of which the last may be at <paramref name="last"/>.</summary>
    private static long Along(int last, int stride, bool toEdge) => last / stride + 1L + (toEdge && last % stride > 0 ? 1 : 0);
}
