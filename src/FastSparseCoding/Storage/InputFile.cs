using Microsoft.Win32.SafeHandles;

namespace FastSparseCoding.Storage;

/// <summary>A file opened for reading at any place, from any thread. A failure is one message that names the path as the caller gave it.</summary>
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
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
            Throw.Unreadable<InputFile>(path, "it is a folder; a file is expected.");
        try
        {
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
            if (stream.CanSeek)
                return new InputFile(path, stream);
            stream.Dispose();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            Throw.NoSuchFile(path);
        }
        catch (UnauthorizedAccessException e)
        {
            Throw.Unreadable<InputFile>(path, "access is denied.", e);
        }
        catch (IOException e)
        {
            Throw.Unreadable<InputFile>(path, e.Message, e);
        }
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
