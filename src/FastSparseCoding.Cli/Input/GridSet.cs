using FastSparseCoding.Cli.Sharding;
using FastSparseCoding.Imaging;

namespace FastSparseCoding.Cli.Input;

/// <summary>All patches of images on a grid. Where places are to be written, the grid goes to the edges, so that every pixel is in a
/// patch.</summary>
internal sealed class GridSet : SignalSet
{
    private readonly IReadOnlyList<string> _paths, _files;
    private readonly PatchPreprocessing _preprocessing;
    private readonly int _stride;
    private readonly bool _toEdge;
    private readonly CommandContext _context;

    public GridSet(IReadOnlyList<string> paths, PatchPreprocessing preprocessing, int stride, bool toEdge, CommandContext context)
    {
        SignalInput.WarnPassedOver(paths, context);
        (_paths, _files) = (paths, ImageFolder.Find(paths));
        (_preprocessing, _stride, _toEdge, _context) = (preprocessing, stride, toEdge, context);
    }

    public override long Units => _files.Count;

    public override string Identity
        => FormattableString.Invariant($"{InputIdentity.OfPictures(_files)}; stride {_stride}{(_toEdge ? " to the edges" : "")}")
            + (_context.Skipped is null ? "" : ", bad ones left out");

    public override SignalStream Part(Shard shard, PatchPlacesWriter? places)
    {
        (long first, long end) = shard.Of(_files.Count);
        var walk = new Walk(this, (int)first, (int)end, places, isPart: shard != Shard.Whole);
        return new SignalStream
        {
            Blocks = walk.Blocks(),
            Total = () => walk.Total,
            Units = (first, end),
            FlatPlaces = () => walk.FlatPlaces,
        };
    }

    public override void Dispose()
    {
        // Pictures are open only while they are read.
    }

    /// <summary>Pictures that are read one after the other.</summary>
    private sealed class Walk(GridSet grid, int first, int end, PatchPlacesWriter? places, bool isPart)
    {
        private long _places;       // in the pictures read
        private int _read;

        public long Total => _read == 0 ? 0 : (long)((double)_places / _read * (end - first));

        public long FlatPlaces { get; private set; }

        public IEnumerable<SignalBlock> Blocks()
        {
            bool some = isPart;
            int picture = first;
            foreach (GrayImage image in ImageFolder.Stream(
                grid._files.Skip(first).Take(end - first), grid._context.Threads, grid._context.AtLeast(grid._preprocessing.PatchSize),
                grid._context.Cancellation, mayBeNone: isPart))
            {
                while (grid._files[picture] != image.Name)
                    picture++;      // those before it were left out
                _read++;
                foreach (SignalBlock block in BlocksOf(image, picture))
                {
                    some = true;
                    yield return block;
                }
                picture++;
            }
            if (!some)
                throw new UserError(FormattableString.Invariant(
                    $"{string.Join(", ", grid._paths)}: too flat: no patch of the grid has a standard deviation of {grid._preprocessing.MinimumDeviation} or more."));
        }

        private IEnumerable<SignalBlock> BlocksOf(GrayImage image, int picture)
        {
            _places += PatchGrid.Count(image.Width, image.Height, grid._preprocessing.PatchSize, grid._stride, grid._toEdge);
            places?.BeginPicture(image);
            foreach (PatchBlock block in PatchGrid.Cut(image, grid._preprocessing, grid._stride, SignalStream.BlockRows, grid._toEdge))
            {
                places?.Append(block);
                FlatPlaces += block.Flat.Count;
                if (block.X.Rows > 0)
                    yield return new SignalBlock(block.X, null, picture);
            }
        }
    }
}
