using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Input;

/// <summary>Signals to encode, block by block, so that inputs larger than memory pass through.</summary>
internal sealed class SignalStream
{
    /// <summary>Signals in a block: enough for every core, little enough to stay small.</summary>
    private const int BlockRows = 8192;

    private readonly Func<long> _total;
    private readonly Func<long?> _flat;

    private SignalStream(long total, IEnumerable<Matrix> blocks)
        : this(() => total, blocks.Select(x => (x, (Matrix?)null)))
    {
    }

    private SignalStream(Func<long> total, IEnumerable<(Matrix X, Matrix? Mask)> blocks, Func<long?>? flat = null)
    {
        _total = total;
        _flat = flat ?? (() => null);
        Blocks = blocks;
    }

    /// <summary>How many signals there are; of images cut on a grid, about how many, by those that were read so far.</summary>
    public long Total => _total();

    /// <summary>Places of the grid that were left out as flat so far; null where there is no grid.</summary>
    public long? FlatPlaces => _flat();

    /// <summary>The signals, in order, each block with a mask or null where all is known; to be walked once.</summary>
    public IEnumerable<(Matrix X, Matrix? Mask)> Blocks { get; }

    /// <summary>The rows of an array, of which another may tell what is known.</summary>
    public static SignalStream OfArray(FileSource source, ModelInput model, string? mask)
    {
        RowsReader reader = RowsReader.Open(source);
        model.RequireSize(reader.Path, reader.Columns);
        long rows = reader.Rows;
        return mask is null ? new SignalStream(rows, ReadArray(reader, finite: true))
            : new SignalStream(() => rows, MaskFile.Beside(RowsReader.Open(mask), reader, ReadArray(reader, finite: false)));
    }

    /// <summary>The pictures of an IDX file, each whole.</summary>
    public static SignalStream OfWholeImages(string path, PatchPreprocessing preprocessing)
    {
        Matrix x = WholeImageInput.Read(path, preprocessing);
        return new SignalStream(x.Rows, [x]);
    }

    /// <summary>Patches of images at random places.</summary>
    public static SignalStream OfRandomPatches(
        IReadOnlyList<string> paths, PatchPreprocessing preprocessing, int count, string output, CommandContext context)
        => new(count, Draw(new PatchSource(SignalInput.LoadImages(
            paths, output, context, context.AtLeast(preprocessing.PatchSize)), preprocessing, context.Seed), count));

    /// <summary>All patches of images on a grid. Where places are to be written, the grid goes to the edges, so that every pixel is in a
    /// patch.</summary>
    public static SignalStream OfGrid(
        IReadOnlyList<string> paths, PatchPreprocessing preprocessing, int stride, PatchPlacesWriter? places, CommandContext context)
    {
        SignalInput.WarnPassedOver(paths, context);
        var grid = new ImageGrid(paths, preprocessing, stride, places, context);
        return new SignalStream(() => grid.Total, grid.Blocks.Select(x => (x, (Matrix?)null)), () => grid.FlatPlaces);
    }

    private static IEnumerable<Matrix> ReadArray(RowsReader rows, bool finite)
    {
        using RowsReader reader = rows;
        for (long first = 0; first < reader.Rows; first += BlockRows)
        {
            var x = new Matrix((int)Math.Min(BlockRows, reader.Rows - first), reader.Columns);
            reader.Read(first, x);
            if (finite)
                SignalInput.RequireFinite(reader.Path, x, first);
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

    /// <summary>Patches on a grid of pictures that are read one after the other.</summary>
    private sealed class ImageGrid(
        IReadOnlyList<string> paths, PatchPreprocessing preprocessing, int stride, PatchPlacesWriter? places, CommandContext context)
    {
        private readonly IReadOnlyList<string> _files = ImageFolder.Find(paths);
        private long _places;       // in the pictures read
        private int _read;

        public long Total => _read == 0 ? 0 : (long)((double)_places / _read * _files.Count);

        public long FlatPlaces { get; private set; }

        public IEnumerable<Matrix> Blocks
        {
            get
            {
                bool some = false;
                foreach (GrayImage image in ImageFolder.Stream(
                    _files, context.Threads, context.AtLeast(preprocessing.PatchSize), context.Cancellation))
                {
                    _read++;
                    _places += PatchGrid.Count(image.Width, image.Height, preprocessing.PatchSize, stride, places is not null);
                    places?.BeginPicture(image);
                    foreach (PatchBlock block in PatchGrid.Cut(image, preprocessing, stride, BlockRows, toEdge: places is not null))
                    {
                        places?.Append(block);
                        FlatPlaces += block.Flat.Count;
                        if (block.X.Rows == 0)
                            continue;
                        some = true;
                        yield return block.X;
                    }
                }
                if (!some)
                    throw new UserError(FormattableString.Invariant(
                        $"{string.Join(", ", paths)}: too flat: no patch of the grid has a standard deviation of {preprocessing.MinimumDeviation} or more."));
            }
        }
    }
}
