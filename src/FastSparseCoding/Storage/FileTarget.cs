namespace FastSparseCoding.Storage;

/// <summary>
/// Where a file is written to: a path, under which it appears whole or not at all, or a stream, which holds what was written so far when
/// the writing fails. Both convert to it by themselves.
/// </summary>
/// <remarks>A stream is written from where it stands and stays open. Immutable and safe to share between threads, as far as the stream
/// is.</remarks>
public readonly struct FileTarget
{
    private readonly string? _path;
    private readonly Stream? _stream;
    private readonly string? _name;

    /// <summary>A file.</summary>
    /// <param name="path">Its path; its folder must exist.</param>
    public FileTarget(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        _path = path;
    }

    /// <summary>A stream.</summary>
    /// <param name="stream">The stream, open for writing.</param>
    /// <param name="name">What messages call it.</param>
    public FileTarget(Stream stream, string name = "stream")
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        if (!stream.CanWrite)
            Throw.Argument(nameof(stream), $"'{nameof(stream)}' cannot be written; it must be open for writing.");
        (_stream, _name) = (stream, name);
    }

    /// <summary>What messages call it: the path as it was given, or the name.</summary>
    public string Name => _path ?? _name ?? "";

    /// <summary>A file.</summary>
    /// <param name="path">Its path; its folder must exist.</param>
    public static implicit operator FileTarget(string path) => new(path);

    /// <summary>A stream, called "stream".</summary>
    /// <param name="stream">The stream, open for writing.</param>
    public static implicit operator FileTarget(Stream stream) => new(stream);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Whether it is a stream, beside which there is no place for temporary files.</summary>
    internal bool IsStream => _stream is not null;

    /// <summary>Begins a file.</summary>
    internal IOutputFile Create() => _stream is null ? AtomicFile.Create(_path ?? "") : new StreamFile(_stream, Name);

    /// <summary>Writes a whole file.</summary>
    internal void Write(Action<Stream> write)
    {
        using IOutputFile file = Create();
        write(file.Stream);
        file.Commit();
    }
}
