using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Input;

/// <summary>Signals to encode, block by block, so that inputs larger than memory pass through.</summary>
internal sealed class SignalStream
{
    /// <summary>Signals in a block: enough for every core, little enough to stay small.</summary>
    private const int BlockRows = 8192;

    private SignalStream(long total, IEnumerable<Matrix> blocks)
        : this(total, blocks.Select(x => (x, (Matrix?)null)))
    {
    }

    private SignalStream(long total, IEnumerable<(Matrix X, Matrix? Mask)> blocks)
    {
        Total = total;
        Blocks = blocks;
    }

    /// <summary>How many signals there are; of images cut on a grid, how many at most, because flat patches are left out.</summary>
    public long Total { get; }

    /// <summary>The signals, in order, each block with a mask or null where all is known; to be walked once.</summary>
    public IEnumerable<(Matrix X, Matrix? Mask)> Blocks { get; }

    /// <summary>The rows of an .npy file, of which another may tell what is known.</summary>
    public static SignalStream OfArray(string path, int signalSize, string? mask)
    {
        using NpyReader reader = NpyReader.Open(path);
        SignalInput.RequireSize([path], reader.Columns, signalSize);
        if (mask is null)
            return new SignalStream(reader.Rows, ReadArray(path, finite: true));
        using NpyReader masks = NpyReader.Open(mask);
        MaskFile.CheckShape(mask, masks.Rows, masks.Columns, reader.Rows, reader.Columns, path);
        return new SignalStream(reader.Rows, MaskFile.Beside(mask, path, ReadArray(path, finite: false)).Select(b => (b.X, (Matrix?)b.Mask)));
    }

    /// <summary>The pictures of an IDX file, each whole.</summary>
    public static SignalStream OfWholeImages(string path, PatchPreprocessing preprocessing)
    {
        Matrix x = WholeImageInput.Read(path, preprocessing);
        return new SignalStream(x.Rows, [x]);
    }

    /// <summary>Patches of images: at random places, or all on a grid.</summary>
    public static SignalStream OfImages(IReadOnlyList<string> paths, PatchPreprocessing preprocessing, int? samples, int stride, int seed, CancellationToken cancellation)
    {
        IReadOnlyList<GrayImage> images = ImageFolder.Load(paths, cancellation);
        // Also the check that the images are large enough and not all flat.
        var source = new PatchSource(images, preprocessing, seed);
        if (samples is { } count)
            return new SignalStream(count, Draw(source, count));
        long total = images.Sum(i => ((i.Width - preprocessing.PatchSize) / stride + 1L) * ((i.Height - preprocessing.PatchSize) / stride + 1));
        return new SignalStream(total, images.SelectMany(i => Patches.GridBlocks(i, preprocessing, stride, BlockRows).Select(b => b.X)));
    }

    private static IEnumerable<Matrix> ReadArray(string path, bool finite)
    {
        using NpyReader reader = NpyReader.Open(path);
        for (long first = 0; first < reader.Rows; first += BlockRows)
        {
            var x = new Matrix((int)Math.Min(BlockRows, reader.Rows - first), reader.Columns);
            reader.Read(first, x);
            if (finite)
                SignalInput.RequireFinite(path, x, first);
            yield return x;
        }
    }

    private static IEnumerable<Matrix> Draw(PatchSource source, int count)
    {
        for (int first = 0; first < count; first += BlockRows)
        {
            var x = new Matrix(Math.Min(BlockRows, count - first), source.SignalSize);
            source.Read(first, x);
            yield return x;
        }
    }
}
