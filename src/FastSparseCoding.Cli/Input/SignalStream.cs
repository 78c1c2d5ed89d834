using FastSparseCoding.Cli.Sharding;
using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Input;

/// <summary>Signals to encode, or one part of them, block by block, so that inputs larger than memory pass through.</summary>
internal sealed class SignalStream
{
    /// <summary>Signals in a block: enough for every core, little enough to stay small.</summary>
    private const int BlockRows = 8 * Shard.BlockRows;

    private readonly Func<long> _total;

    private SignalStream(long first, Func<long> total, IEnumerable<SignalBlock> blocks, Func<string> identity)
    {
        (FirstRow, _total) = (first, total);
        Units = (first / Shard.BlockRows, (first + total() + Shard.BlockRows - 1) / Shard.BlockRows);
        Blocks = blocks;
        Identity = new Lazy<string>(identity);
    }

    /// <summary>How many signals there are; of images cut on a grid, about how many, by those that were read so far.</summary>
    public long Total => _total();

    /// <summary>Number of the first signal in the input; 0 where images are cut on a grid.</summary>
    public long FirstRow { get; }

    /// <summary>The blocks of <see cref="Shard.BlockRows"/> rows, or the pictures of a grid, that the signals are of: from First to before
    /// End.</summary>
    public (long First, long End) Units { get; private init; }

    /// <summary>Whether a unit is a picture.</summary>
    public bool IsGrid => FlatPlaces is not null;

    /// <summary>Places of the grid that were left out as flat so far; null where there is no grid.</summary>
    public Func<long>? FlatPlaces { get; private init; }

    /// <summary>The signals, in order, each block with a mask or null where all is known; to be walked once.</summary>
    public IEnumerable<SignalBlock> Blocks { get; }

    /// <summary>Tells the whole input, of which this may be a part, from any other, without reading more than a part does.</summary>
    public Lazy<string> Identity { get; }

    /// <summary>The rows of an array, of which another may tell what is known.</summary>
    public static SignalStream OfArray(FileSource source, ModelInput model, string? mask, Shard shard)
    {
        RowsReader reader = RowsReader.Open(source);
        model.RequireSize(reader.Path, reader.Columns);
        (long first, long end) = shard.OfRows(reader.Rows);
        string identity = FormattableString.Invariant($"[{reader.Rows}×{reader.Columns}]");
        IEnumerable<Matrix> rows = ReadArray(reader, first, end, finite: mask is null);
        return new SignalStream(first, () => end - first,
            Numbered(first, mask is null ? rows.Select(x => (x, (Matrix?)null))
                : MaskFile.Beside(RowsReader.Open(mask), reader, rows, first)),
            () => $"{identity}, {InputIdentity.OfFile(source)}" + (mask is null ? "" : $"; mask {InputIdentity.OfFile(mask)}"));
    }

    /// <summary>The pictures of an IDX file, each whole.</summary>
    public static SignalStream OfWholeImages(string path, PatchPreprocessing preprocessing, Shard shard)
    {
        Matrix x = WholeImageInput.Read(path, preprocessing);
        (long first, long end) = shard.OfRows(x.Rows);
        return new SignalStream(first, () => end - first, Known(first, Cut(x, first, end)), () => $"digits {Fingerprint.Of(x)}");
    }

    /// <summary>Patches of images at random places: patch number i is the same in whichever part it is.</summary>
    public static SignalStream OfRandomPatches(
        IReadOnlyList<string> paths, PatchPreprocessing preprocessing, int count, string output, Shard shard, CommandContext context)
    {
        ImageStore images = SignalInput.LoadImages(paths, output, context, context.AtLeast(preprocessing.PatchSize));
        (long first, long end) = shard.OfRows(count);
        var source = new PatchSource(images, preprocessing, context.Seed);
        return new SignalStream(first, () => end - first, Known(first, Draw(source, first, end)),
            () => FormattableString.Invariant($"{count} patches of pixels {Fingerprint.Of(images)}, seed {context.Seed}"));
    }

    /// <summary>All patches of images on a grid. Where places are to be written, the grid goes to the edges, so that every pixel is in a
    /// patch; their writer is told of every picture.</summary>
    public static SignalStream OfGrid(
        IReadOnlyList<string> paths, PatchPreprocessing preprocessing, int stride, bool toEdge, PatchPlacesWriter? places, Shard shard,
        CommandContext context)
    {
        SignalInput.WarnPassedOver(paths, context);
        IReadOnlyList<string> files = ImageFolder.Find(paths);
        (long first, long end) = shard.Of(files.Count);
        var grid = new ImageGrid(files, (int)first, (int)end, preprocessing, stride, toEdge, places,
            isPart: shard != Shard.Whole, context);
        IEnumerable<SignalBlock> blocks = shard == Shard.Whole ? grid.SomeBlocks(string.Join(", ", paths)) : grid.Blocks;
        string how = FormattableString.Invariant($"stride {stride}{(toEdge ? " to the edges" : "")}")
            + (context.Skipped is null ? "" : ", bad ones left out");
        return new SignalStream(0, () => grid.Total, blocks, () => $"{InputIdentity.OfPictures(files)}; {how}")
        {
            FlatPlaces = () => grid.FlatPlaces,
            Units = (first, end),
        };
    }

    private static IEnumerable<SignalBlock> Known(long first, IEnumerable<Matrix> blocks)
        => Numbered(first, blocks.Select(x => (x, (Matrix?)null)));

    /// <summary>Blocks of rows, the first of which begins a block.</summary>
    private static IEnumerable<SignalBlock> Numbered(long first, IEnumerable<(Matrix X, Matrix? Mask)> blocks)
    {
        foreach ((Matrix x, Matrix? mask) in blocks)
        {
            yield return new SignalBlock(x, mask, first / Shard.BlockRows);
            first += x.Rows;
        }
    }

    private static IEnumerable<Matrix> ReadArray(RowsReader rows, long from, long end, bool finite)
    {
        using RowsReader reader = rows;
        for (long first = from; first < end; first += BlockRows)
        {
            var x = new Matrix((int)Math.Min(BlockRows, end - first), reader.Columns);
            reader.Read(first, x);
            if (finite)
                SignalInput.RequireFinite(reader.Path, x, first);
            yield return x;
        }
    }

    private static IEnumerable<Matrix> Cut(Matrix x, long from, long end)
    {
        for (long first = from; first < end; first += BlockRows)
        {
            int count = (int)Math.Min(BlockRows, end - first);
            yield return new Matrix(count, x.Columns, x.RowRange((int)first, count).Values.ToArray());
        }
    }

    private static IEnumerable<Matrix> Draw(PatchSource source, long from, long end)
    {
        for (long first = from; first < end; first += BlockRows)
        {
            var x = new Matrix((int)Math.Min(BlockRows, end - first), source.SignalSize);
            source.Read(first, x);
            yield return x;
        }
    }

    /// <summary>Patches on a grid of pictures that are read one after the other.</summary>
    private sealed class ImageGrid(
        IReadOnlyList<string> files, int first, int end, PatchPreprocessing preprocessing, int stride, bool toEdge,
        PatchPlacesWriter? places, bool isPart, CommandContext context)
    {
        private long _places;       // in the pictures read
        private int _read;

        public long Total => _read == 0 ? 0 : (long)((double)_places / _read * (end - first));

        public long FlatPlaces { get; private set; }

        public IEnumerable<SignalBlock> Blocks
        {
            get
            {
                int picture = first;
                foreach (GrayImage image in ImageFolder.Stream(
                    files.Skip(first).Take(end - first), context.Threads, context.AtLeast(preprocessing.PatchSize), context.Cancellation,
                    mayBeNone: isPart))
                {
                    while (files[picture] != image.Name)
                        picture++;      // those before it were left out
                    _read++;
                    _places += PatchGrid.Count(image.Width, image.Height, preprocessing.PatchSize, stride, toEdge);
                    places?.BeginPicture(image);
                    foreach (PatchBlock block in PatchGrid.Cut(image, preprocessing, stride, BlockRows, toEdge))
                    {
                        places?.Append(block);
                        FlatPlaces += block.Flat.Count;
                        if (block.X.Rows > 0)
                            yield return new SignalBlock(block.X, null, picture);
                    }
                    picture++;
                }
            }
        }

        /// <summary>The same, of which there must be some.</summary>
        public IEnumerable<SignalBlock> SomeBlocks(string pictures)
        {
            bool some = false;
            foreach (SignalBlock block in Blocks)
            {
                some = true;
                yield return block;
            }
            if (!some)
                throw new UserError(FormattableString.Invariant(
                    $"{pictures}: too flat: no patch of the grid has a standard deviation of {preprocessing.MinimumDeviation} or more."));
        }
    }
}
