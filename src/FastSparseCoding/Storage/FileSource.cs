using System.Runtime.InteropServices;

namespace FastSparseCoding.Storage;

/// <summary>
/// Where a file is read from: a path, a stream (an upload, an embedded resource) or bytes. All three convert to it by themselves, so
/// <c>ModelFile.Load("lista.safetensors")</c>, <c>ModelFile.Load(stream)</c> and <c>ModelFile.Load(bytes)</c> are one method, with the same
/// limits and the same messages; they name a stream as the path is named.
/// </summary>
/// <remarks>A stream is read from where it stands to its end, which every format here must be, and stays open. One that can seek and stands
/// at its beginning is read in place, so it must not be used otherwise until the reader is disposed; any other is read whole. Immutable and
/// safe to share between threads, as far as the stream is.</remarks>
public readonly struct FileSource
{
    private readonly string? _path;
    private readonly Stream? _stream;
    private readonly string? _name;

    /// <summary>A file.</summary>
    /// <param name="path">Its path.</param>
    public FileSource(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        _path = path;
    }

    /// <summary>What a stream holds from where it stands.</summary>
    /// <param name="stream">The stream, open for reading.</param>
    /// <param name="name">What messages call it.</param>
    public FileSource(Stream stream, string name = "stream")
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        (_stream, _name) = (stream, name);
    }

    /// <summary>The bytes of a file.</summary>
    /// <param name="bytes">The bytes; they are not copied and must stay as they are while they are read.</param>
    /// <param name="name">What messages call them.</param>
    public FileSource(ReadOnlyMemory<byte> bytes, string name = "bytes")
        : this(Over(bytes), name)
    {
    }

    /// <summary>What messages call it: the path as it was given, or the name.</summary>
    public string Name => _path ?? _name ?? "";

    /// <summary>A file.</summary>
    /// <param name="path">Its path.</param>
    public static implicit operator FileSource(string path) => new(path);

    /// <summary>A stream, called "stream".</summary>
    /// <param name="stream">The stream, open for reading.</param>
    public static implicit operator FileSource(Stream stream) => new(stream);

    /// <summary>Bytes, called "bytes".</summary>
    /// <param name="bytes">The bytes of a file.</param>
    public static implicit operator FileSource(byte[] bytes) => new((ReadOnlyMemory<byte>)bytes);

    /// <summary>Bytes, called "bytes".</summary>
    /// <param name="bytes">The bytes of a file.</param>
    public static implicit operator FileSource(ReadOnlyMemory<byte> bytes) => new(bytes);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The path as it was given; null for a stream or bytes.</summary>
    internal string? Path => _path;

    /// <summary>Opens it.</summary>
    internal InputFile Open() => _stream is null ? InputFile.OfPath(_path) : InputFile.OfStream(_stream, Name);

    private static MemoryStream Over(ReadOnlyMemory<byte> bytes)
        => MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> segment) && segment.Array is not null
            ? new MemoryStream(segment.Array, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(bytes.ToArray(), writable: false);
}
