using FastSparseCoding.Cli.Sharding;
using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Input;

/// <summary>Signals that have numbers: any of them can be read by itself.</summary>
internal sealed class RowSet : SignalSet
{
    private readonly long _rows;
    private readonly Func<long, int, (Matrix X, Matrix? Mask)> _read;       // so many from a first one on
    private readonly Lazy<string> _identity;
    private readonly IDisposable?[] _files;

    private RowSet(long rows, Func<long, int, (Matrix X, Matrix? Mask)> read, Func<string> identity, params IDisposable?[] files)
        => (_rows, _read, _identity, _files) = (rows, read, new Lazy<string>(identity), files);

    public override long Units => (_rows + Shard.BlockRows - 1) / Shard.BlockRows;

    public override string Identity => _identity.Value;

    /// <summary>The rows of an array, of which another may tell what is known.</summary>
    public static RowSet OfArray(FileSource source, ModelInput model, string? mask)
    {
        RowsReader reader = RowsReader.Open(source);
        model.RequireSize(reader.Path, reader.Columns);
        RowsReader? known = mask is null ? null : MaskFile.Open(mask, reader);
        return new RowSet(
            reader.Rows,
            (first, count) =>
            {
                var x = new Matrix(count, reader.Columns);
                reader.Read(first, x);
                if (known is not null)
                    return (x, MaskFile.Read(known, x, first, reader.Path));
                SignalInput.RequireFinite(reader.Path, x, first);
                return (x, null);
            },
            () => FormattableString.Invariant($"[{reader.Rows}×{reader.Columns}], {InputIdentity.OfFile(source)}")
                + (mask is null ? "" : $"; mask {InputIdentity.OfFile(mask)}"),
            reader, known);
    }

    /// <summary>The pictures of an IDX file, each whole.</summary>
    public static RowSet OfWholeImages(string path, PatchPreprocessing preprocessing)
    {
        Matrix x = WholeImageInput.Read(path, preprocessing);
        return new RowSet(
            x.Rows, (first, count) => (new Matrix(count, x.Columns, x.RowRange((int)first, count).Values.ToArray()), null),
            () => $"digits {Fingerprint.Of(x)}");
    }

    /// <summary>Patches of images at random places: patch number i is the same in whichever part it is.</summary>
    public static RowSet OfRandomPatches(
        IReadOnlyList<string> paths, PatchPreprocessing preprocessing, int count, string output, CommandContext context)
    {
        ImageStore images = SignalInput.LoadImages(paths, output, context, context.AtLeast(preprocessing.PatchSize));
        var source = new PatchSource(images, preprocessing, context.Seed);
        return new RowSet(
            count,
            (first, rows) =>
            {
                var x = new Matrix(rows, source.SignalSize);
                source.Read(first, x);
                return (x, null);
            },
            () => FormattableString.Invariant($"{count} patches of pixels {Fingerprint.Of(images)}, seed {context.Seed}"), images);
    }

    public override SignalStream Part(Shard shard, PatchPlacesWriter? places)
    {
        (long first, long end) = shard.OfRows(_rows);
        return new SignalStream
        {
            Blocks = Blocks(first, end),
            Total = () => end - first,
            Units = shard.Of(Units),
            FirstRow = first,
        };
    }

    public override void Dispose()
    {
        foreach (IDisposable? file in _files)
            file?.Dispose();
    }

    private IEnumerable<SignalBlock> Blocks(long from, long end)
    {
        for (long first = from; first < end; first += SignalStream.BlockRows)
        {
            (Matrix x, Matrix? mask) = _read(first, (int)Math.Min(SignalStream.BlockRows, end - first));
            yield return new SignalBlock(x, mask, first / Shard.BlockRows);
        }
    }
}
