using Microsoft.Win32.SafeHandles;

namespace FastSparseCoding.Storage;

/// <summary>A file opened for reading at any place, from any thread. A failure is one message that names the path as the caller gave
/// it.</summary>
internal sealed class InputFile : IDisposable
{
    private readonly FileStream _stream;
    private readonly SafeFileHandle _handle;

    private InputFile(string path, FileStream stream)
    {
        Path = path;
        _stream = stream;
        _handle = stream.SafeFileHandle;
        Length = stream.Length;
    }

    /// <summary>The path as the caller gave it.</summary>
    public string Path { get; }

    /// <summary>Number of bytes when the file was opened.</summary>
    public long Length { get; }

    /// <summary>The same file as a stream, for readers that walk it; it has one position and belongs to one thread.</summary>
    public Stream Stream => _stream;

    public static InputFile Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0)
            Throw.Argument(nameof(path), $"'{nameof(path)}' is empty; it must be the name of a file.");
        if (Directory.Exists(path))
            Throw.Unreadable<InputFile>(path, "it is a folder; a file is expected.");
        if (Guard(path, () => FileKind.Special(path)) is { } kind)      // before it is opened, which might never end
            Throw.Unreadable<InputFile>(path, $"it is {kind}; a regular file is expected.");
        FileStream stream = Guard(path, () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1));
        if (stream.CanSeek)
            return new InputFile(path, stream);
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

    public void Dispose() => _stream.Dispose();

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
            return RandomAccess.Read(_handle, buffer, offset);
        }
        catch (IOException e)
        {
            return Throw.Unreadable<int>(Path, e.Message, e);
        }
    }
}
