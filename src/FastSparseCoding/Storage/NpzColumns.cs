using System.Numerics;

namespace FastSparseCoding.Storage;

/// <summary>
/// Named arrays of one dimension, or of rows, that grow while an .npz is being made: each is spooled to a temporary file beside the target,
/// and put into the archive on <see cref="Complete"/>. Without it nothing is left behind.
/// </summary>
internal sealed class NpzColumns : IDisposable
{
    private readonly string _path;
    private readonly Func<string, Stream>? _open;
    private readonly AtomicFile _file;
    private readonly List<(string Name, ElementType Type, int Width, Spool Values)> _columns = [];
    private readonly Dictionary<string, long> _lengths = new(StringComparer.Ordinal);

    /// <summary>Begins a file.</summary>
    /// <param name="path">The target.</param>
    /// <param name="open">Opens the temporary files, if given: the seam through which tests simulate a full disk.</param>
    public NpzColumns(string path, Func<string, Stream>? open)
    {
        (_path, _open) = (path, open);
        _file = AtomicFile.Create(path, open);
    }

    /// <summary>Adds an empty array: of one dimension, or where a width is given of rows of so many values.</summary>
    public void Add<T>(string name, int width = 0)
        where T : unmanaged, INumber<T>
    {
        _columns.Add((name, ElementType.Of<T>(), width, new Spool(_path, _open)));
        _lengths.Add(name, 0);
    }

    /// <summary>Appends values to an array.</summary>
    public void Append<T>(string name, ReadOnlySpan<T> values)
        where T : unmanaged, INumber<T>
    {
        _columns.Find(c => c.Name == name).Values.Write(values);
        _lengths[name] += values.Length;
    }

    /// <summary>Number of values in an array.</summary>
    public long LengthOf(string name) => _lengths[name];

    /// <summary>Puts the archive together, behind what <paramref name="first"/> writes, and in its place.</summary>
    public void Complete(Action<NpzOutput> first)
    {
        using (var npz = new NpzOutput(_file.Stream))
        {
            first(npz);
            foreach ((string name, ElementType type, int width, Spool values) in _columns)
                npz.Add(name, type, width == 0 ? [_lengths[name]] : [_lengths[name] / width, width], values.CopyTo);
        }
        // Before the file is there: whoever finds it whole does not begin it again, and would not clear them away.
        DisposeSpools();
        _file.Commit();
    }

    public void Dispose()
    {
        DisposeSpools();
        _file.Dispose();
    }

    private void DisposeSpools()
    {
        foreach ((_, _, _, Spool values) in _columns)
            values.Dispose();
    }
}
