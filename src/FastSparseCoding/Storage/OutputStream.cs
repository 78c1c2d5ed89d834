namespace FastSparseCoding.Storage;

/// <summary>
/// Buffers writes to an unbuffered file or a stream of the caller's, of which position 0 is where it stood, and turns every failure into an
/// <see cref="IOException"/> that names the target the user asked for. After a failure nothing more reaches the file, so closing it cannot
/// fail again.
/// </summary>
internal sealed class OutputStream(Stream file, string path) : Stream
{
    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly long _start = file.CanSeek ? file.Position : 0;
    private int _count;
    private bool _abandoned;
    private string _problem = "it is closed.";

    public override bool CanRead => false;

    public override bool CanSeek => !_abandoned && file.CanSeek;

    public override bool CanWrite => !_abandoned;

    public override long Length => Math.Max(file.Length, file.Position + _count) - _start;

    public override long Position
    {
        get => file.Position + _count - _start;
        set => Seek(value, SeekOrigin.Begin);
    }

    /// <summary>What went wrong, in the system's words, without the temporary name that the user never gave.</summary>
    public static string Problem(Exception cause, string temporary)
    {
        if (cause is UnauthorizedAccessException)
            return $"access to the folder '{Path.GetDirectoryName(temporary)}' is denied.";
        if (cause is FileNotFoundException or DirectoryNotFoundException)
            return $"the folder '{Path.GetDirectoryName(temporary)}' takes no new files.";
        if (cause is ArgumentOutOfRangeException)
            return "the file is larger than the file system or the account's limit allows.";
        string problem = cause.Message.Replace($" : '{temporary}'", "", StringComparison.Ordinal).TrimEnd('.');
        return problem + ".";
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length > _buffer.Length - _count)
            Flush();
        if (buffer.Length >= _buffer.Length)
        {
            WriteThrough(buffer);
            return;
        }
        buffer.CopyTo(_buffer.AsSpan(_count));
        _count += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void WriteByte(byte value) => Write([value]);

    public override void Flush()
    {
        WriteThrough(_buffer.AsSpan(0, _count));
        _count = 0;
    }

    /// <summary>Writes the buffer out and waits until the file is on the disk.</summary>
    public void FlushToDisk()
    {
        Flush();
        Guard(() => (file as FileStream)?.Flush(flushToDisk: true));
        Guard(file.Flush);
    }

    /// <summary>Forgets what is buffered; later writes are refused.</summary>
    public void Abandon()
    {
        _abandoned = true;
        _count = 0;
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        Flush();
        return file.Seek(origin == SeekOrigin.Begin ? _start + offset : offset, origin) - _start;
    }

    public override void SetLength(long value)
    {
        Flush();
        Guard(() => file.SetLength(_start + value));
    }

    public override int Read(byte[] buffer, int offset, int count)
        => Throw.NotSupported<int>($"'{path}' is open for writing only.");

    /// <summary>Writes the buffer out; the file itself belongs to the <see cref="AtomicFile"/>.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_abandoned)
            Flush();
        base.Dispose(disposing);
    }

    private void WriteThrough(ReadOnlySpan<byte> bytes)
    {
        if (_abandoned)
            Throw.Unwritable<Stream>(path, _problem);     // the first failure is the one to tell, whoever writes next
        try
        {
            file.Write(bytes);
        }
        catch (Exception e) when (IsFailure(e))
        {
            Fail(e);
        }
    }

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (IsFailure(e))
        {
            Fail(e);
        }
    }

    // A file too large for its file system is an ArgumentOutOfRangeException in .NET, about an argument that nobody gave.
    private static bool IsFailure(Exception e) => e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException;

    private void Fail(Exception cause)
    {
        Abandon();
        _problem = Problem(cause, (file as FileStream)?.Name ?? path);
        Throw.Unwritable<Stream>(path, _problem, cause);
    }
}
