using Microsoft.Win32.SafeHandles;

namespace FastSparseCoding.Storage;

/// <summary>A file, or what a stream holds, opened for reading at any place, from any thread. A failure is one message that names the path
/// or the stream as the caller did.</summary>
internal sealed class InputFile : IDisposable
{
    /// <summary>Bytes of a stream that are read at a time.</summary>
    private const int CopyBytes = 1 << 16;

    private readonly Stream _stream;
    private readonly SafeFileHandle? _handle;       // of a file, which is read at any place without moving the stream
    private readonly Lock _reading = new();

    private InputFile(string path, Stream stream, SafeFileHandle? handle)
    {
        Path = path;
        _stream = stream;
        _handle = handle;
        Length = stream.Length;
    }

    /// <summary>The path as the caller gave it, or the name of the stream.</summary>
    public string Path { get; }

    /// <summary>Number of bytes when the file was opened.</summary>
    public long Length { get; }

    /// <summary>The same file as a stream, for readers that walk it; it has one position and belongs to one thread.</summary>
    public Stream Stream => _stream;

    public static InputFile Open(FileSource source) => source.Open();

    /// <summary>Opens what a stream holds from where it stands to its end.</summary>
    public static InputFile OfStream(Stream stream, string name, int most = int.MaxValue)
    {
        if (!stream.CanRead)
            Throw.Argument(nameof(stream), $"'{nameof(stream)}' cannot be read; it must be open for reading.");
        return Guard(name, () => new InputFile(
            name, stream.CanSeek && stream.Position == 0 ? stream : Hold(name, stream, Math.Min(most, Array.MaxLength)), null));
    }

    /// <summary>Opens a file.</summary>
    public static InputFile OfPath(string? path)
    {
        if (string.IsNullOrEmpty(path))
            Throw.Argument(nameof(path), $"'{nameof(path)}' is empty; it must be the name of a file.");
        if (Directory.Exists(path))
            Throw.Unreadable<InputFile>(path, "it is a folder; a file is expected.");
        if (Guard(path, () => FileKind.Special(path)) is { } kind)      // before it is opened, which might never end
            Throw.Unreadable<InputFile>(path, $"it is {kind}; a regular file is expected.");
        FileStream stream = Guard(path, () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1));
        if (stream.CanSeek)
            return new InputFile(path, stream, stream.SafeFileHandle);
        stream.Dispose();
        return Throw.Unreadable<InputFile>(path, "it is a pipe or a terminal; a regular file is expected.");
    }

    /// <summary>Fills the buffer with the bytes from <paramref name="offset"/> on. Safe to call from several threads at once.</summary>
    public void ReadExactly(Span<byte> buffer, long offset)
    {
        while (buffer.Length > 0)
        {
            int read = ReadSome(buffer, offset);
            if (read == 0)
                Throw.InvalidFile(Path, $"ends at byte {offset}, but {buffer.Length} more are expected.");
            buffer = buffer[read..];
            offset += read;
        }
    }

    /// <summary>Closes a file; a stream belongs to the caller, and stands at its end.</summary>
    public void Dispose()
    {
        if (_handle is not null)
            _stream.Dispose();
        else if (_stream.CanSeek)
            _stream.Position = Length;
    }

    /// <summary>The rest of a stream, in memory.</summary>
    private static MemoryStream Hold(string name, Stream stream, int most)
    {
        var held = new MemoryStream();
        var buffer = new byte[CopyBytes];
        try
        {
            for (int read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
            {
                if (held.Length + read > most)
                    Throw.InvalidFile(name, $"has more than {most} bytes; a stream that is read whole has {most} at most.");
                held.Write(buffer, 0, read);
            }
        }
        catch (OutOfMemoryException e)
        {
            Throw.Unreadable<Stream>(name, "it takes more memory than there is.", e);
        }
        held.Position = 0;
        return held;
    }

    private static T Guard<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Throw.NoSuchFile<T>(path);
        }
        catch (UnauthorizedAccessException e)
        {
            return Throw.Unreadable<T>(path, "access is denied.", e);
        }
        catch (IOException e)
        {
            return Throw.Unreadable<T>(path, e.Message, e);
        }
    }

    private int ReadSome(Span<byte> buffer, long offset)
    {
        try
        {
            if (_handle is not null)
                return RandomAccess.Read(_handle, buffer, offset);
            lock (_reading)
            {
                _stream.Position = offset;
                return _stream.Read(buffer);
            }
        }
        catch (IOException e)
        {
            return Throw.Unreadable<int>(Path, e.Message, e);
        }
    }
}
