using System.Globalization;
using System.Numerics;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Imaging;

/// <summary>Places in the arrays of an .npz, read from the first to the last, each checked against its picture.</summary>
internal sealed class PlaceColumns : IDisposable
{
    private const int BlockRows = 1 << 13;

    private readonly NpzArchive _archive;
    private readonly string _prefix;
    private readonly int _patch;
    private readonly (string Name, int Width, int Height)[] _pictures;
    private readonly Column<int> _picture, _x, _y;
    private readonly Column<float> _mean;
    private readonly Column<float>? _deviation;
    private readonly List<IDisposable> _owned = [];
    private long _next, _start, _end;       // the next place, and those in memory

    /// <summary>Opens the arrays.</summary>
    /// <param name="archive">The archive, to be disposed later.</param>
    /// <param name="prefix">What their names begin with.</param>
    /// <param name="patch">Side of a patch in pixels.</param>
    /// <param name="pictures">The pictures.</param>
    /// <param name="hasDeviation">Whether there is a deviation; without it is 1.</param>
    public PlaceColumns(NpzArchive archive, string prefix, int patch, (string Name, int Width, int Height)[] pictures, bool hasDeviation)
    {
        (_archive, _prefix, _patch, _pictures) = (archive, prefix, patch, pictures);
        Count = archive.ReadHeader(prefix + PlacesFormat.Picture).Count;
        try
        {
            _picture = Open<int>(PlacesFormat.Picture);
            _x = Open<int>(PlacesFormat.X);
            _y = Open<int>(PlacesFormat.Y);
            _mean = Open<float>(PlacesFormat.Mean);
            _deviation = hasDeviation ? Open<float>(PlacesFormat.Deviation) : null;
        }
        catch
        {
            Dispose();
            throw;
        }
        if (pictures.Length == 0 && Count > 0)
            Throw.InvalidFile(archive.Path, $"holds {Count} places and no picture; expected the pictures that they are of.");
    }

    /// <summary>Number of places.</summary>
    public long Count { get; }

    /// <summary>The next place, if it is of this picture; pictures are asked for in their order.</summary>
    public bool TryTake(int picture, out PatchPlace place)
    {
        place = default;
        if (_next == Count)
            return false;
        if (_next == _end)
            Load();
        int at = (int)(_next - _start);
        if (_picture.Values[at] is var found && (found < picture || found >= _pictures.Length))
            Refuse($"is of picture {found}", $"pictures must ascend from 0 to {_pictures.Length - 1}");
        if (found > picture)
            return false;
        place = new PatchPlace(_x.Values[at], _y.Values[at], _mean.Values[at], _deviation?.Values[at] ?? 1);
        Check(place, _pictures[picture].Width, _pictures[picture].Height);
        _next++;
        return true;
    }

    public void Dispose()
    {
        foreach (IDisposable array in _owned)
            array.Dispose();
    }

    private void Load()
    {
        int count = (int)Math.Min(BlockRows, Count - _end);
        foreach (Column<int> column in (Column<int>[])[_picture, _x, _y])
            column.Load(count);
        _mean.Load(count);
        _deviation?.Load(count);
        (_start, _end) = (_end, _end + count);
    }

    private void Check(PatchPlace place, int width, int height)
    {
        if (place.X < 0 || place.Y < 0 || place.X > width - _patch || place.Y > height - _patch)
            Refuse($"is at ({place.X}, {place.Y})", $"a patch of {_patch}×{_patch} must lie within its {width}×{height} pixels");
        if (!float.IsFinite(place.Mean) || !float.IsFinite(place.Deviation))
            Refuse(string.Create(CultureInfo.InvariantCulture, $"has mean {place.Mean} and deviation {place.Deviation}"),
                "both must be finite");
    }

    private void Refuse(string what, string mustBe)
        => Throw.InvalidFile(_archive.Path, $"place {_next} of {_prefix}{PlacesFormat.Picture} {what}; {mustBe}.");

    private Column<T> Open<T>(string name)
        where T : unmanaged, INumber<T>
    {
        NpzValues<T> values = _archive.OpenValues<T>(_prefix + name, header =>
        {
            bool isInteger = typeof(T) == typeof(int);
            if ((isInteger ? !header.Type.IsInteger : !header.Type.IsFloat) || header.Shape.Length != 1 || header.Count != Count)
                Throw.InvalidFile(_archive.Where(_prefix + name),
                    $"holds {header.ShapeText} values of type '{header.Type}'; expected ({Count},) of "
                    + $"{(isInteger ? "'<i4' or '<i8'" : "'<f4' or '<f8'")}.");
        });
        _owned.Add(values);
        return new Column<T>(values);
    }

    /// <summary>One array, and the block of it in memory.</summary>
    private sealed class Column<T>(NpzValues<T> array)
        where T : unmanaged, INumber<T>
    {
        public T[] Values { get; } = new T[Math.Min(BlockRows, array.Count)];

        public void Load(int count) => array.Read(Values.AsMemory(0, count));
    }
}
