using System.Numerics;

namespace FastSparseCoding.Storage;

/// <summary>
/// Named arrays of one dimension that grow while an .npz is being made: each is spooled to a temporary file beside the target, and put into
/// the archive on <see cref="Complete"/>. Without it nothing is left behind.
/// </summary>
internal sealed class NpzColumns : IDisposable
{
    private readonly string _path;
    private readonly Func<string, Stream>? _open;
    private readonly AtomicFile _file;
    private readonly List<(string Name, ElementType Type, Spool Values)> _columns = [];
    private readonly Dictionary<string, long> _lengths = new(StringComparer.Ordinal);

    /// <summary>Begins a file.</summary>
    /// <param name="path">The target.</param>
    /// <param name="open">Opens the temporary files, if given: the seam through which tests simulate a full disk.</param>
    public NpzColumns(string path, Func<string, Stream>? open)
    {
        (_path, _open) = (path, open);
        _file = AtomicFile.Create(path, open);
    }

    /// <summary>Adds an empty array.</summary>
    public void Add<T>(string name)
        where T : unmanaged, INumber<T>
    {
        _columns.Add((name, ElementType.Of<T>(), new Spool(_path, _open)));
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
            foreach ((string name, ElementType type, Spool values) in _columns)
                npz.Add(name, type, [_lengths[name]], values.CopyTo);
        }
        _file.Commit();
    }

    public void Dispose()
    {
        foreach ((_, _, Spool values) in _columns)
            values.Dispose();
        _file.Dispose();
    }
}
