namespace FastSparseCoding.Imaging.Formats;

/// <summary>
/// The bytes of a picture's file or stream, of which a window lies in memory: decoders look here and there, walk it, or take pieces into
/// memory of their own, so that a picture and its file are not in memory together. Belongs to one thread.
/// </summary>
internal sealed class ImageBytes
{
    /// <summary>Bytes that are read at once.</summary>
    public const int WindowBytes = 1 << 16;

    private const long MaxBytes = 1L << 30;

    private readonly string _path;
    private readonly Stream _stream;
    private readonly long _origin;      // where the picture begins in the stream
    private byte[] _window;
    private long _start;                // place of the window's first byte
    private int _count;                 // how many of its bytes are there

    /// <summary>Takes what a stream holds from where it stands.</summary>
    /// <param name="path">Its name, for messages.</param>
    /// <param name="stream">A stream that can seek.</param>
    /// <param name="windowBytes">Bytes that are read at once, 1 or more.</param>
    public ImageBytes(string path, Stream stream, int windowBytes = WindowBytes)
    {
        (_path, _stream, _origin) = (path, stream, stream.Position);
        Length = Math.Max(0, stream.Length - _origin);
        RequireNotTooMany(path, Length);
        _window = new byte[Math.Min(windowBytes, Length)];
    }

    /// <summary>How many there are.</summary>
    public long Length { get; }

    /// <summary>How many are in memory at a time; more where more are asked for together.</summary>
    public int Window => _window.Length;

    /// <summary>A byte, which must be there.</summary>
    public byte this[long at]
    {
        get
        {
            if ((ulong)(at - _start) >= (ulong)_count)
                Fill(at, 1);
            return _window[at - _start];
        }
    }

    /// <summary>What a stream that cannot seek holds, read to its end; memory grows with what comes.</summary>
    public static MemoryStream Hold(string path, Stream stream)
    {
        var held = new MemoryStream();
        var piece = new byte[WindowBytes];
        while (ReadSome(path, stream, piece) is > 0 and int count)
        {
            RequireNotTooMany(path, held.Length + count);
            held.Write(piece, 0, count);
        }
        held.Position = 0;
        return held;
    }

    /// <summary>Bytes side by side, which must be there; to be used before the next are asked for.</summary>
    public ReadOnlySpan<byte> Slice(long at, int length)
    {
        if (at < _start || at + length > _start + _count)
            Fill(at, length);
        return _window.AsSpan((int)(at - _start), length);
    }

    /// <summary>The same into the caller's memory.</summary>
    public void Read(long at, Span<byte> target)
    {
        if (target.Length > _window.Length)
            ReadExactly(at, target);
        else
            Slice(at, target.Length).CopyTo(target);
    }

    /// <summary>A copy of some bytes.</summary>
    public byte[] ToArray(long at, long length)
    {
        RequireThere(at, length);
        var bytes = new byte[length];
        Read(at, bytes);
        return bytes;
    }

    /// <summary>The bytes as a stream of its own, for libraries that take one.</summary>
    public Stream AsStream() => new View(this);

    /// <summary>Makes the window begin with a byte, and as long as is asked for; what it holds already is not read again.</summary>
    private void Fill(long at, int length)
    {
        RequireThere(at, length);
        int kept = at >= _start && at < _start + _count ? (int)(_start + _count - at) : 0;
        ReadOnlySpan<byte> there = _window.AsSpan(_count - kept, kept);
        if (length > _window.Length)
            _window = new byte[length];
        there.CopyTo(_window);
        (_start, _count) = (at, kept);
        int wanted = (int)Math.Min(_window.Length, Length - at);
        ReadExactly(at + kept, _window.AsSpan(kept, wanted - kept));
        _count = wanted;
    }

    private void RequireThere(long at, long length)
    {
        if (at < 0 || length < 0 || at > Length - length)
            Throw.InvalidFile(_path, $"ends at byte {Length}, but {length} are expected at byte {at}.");
    }

    private void ReadExactly(long at, Span<byte> target)
    {
        RequireThere(at, target.Length);
        int read = 0;
        _stream.Position = _origin + at;
        for (int count = 1; read < target.Length && count > 0; read += count)
            count = ReadSome(_path, _stream, target[read..]);
        if (read < target.Length)
            Throw.InvalidFile(_path, $"ends at byte {at + read}, but {target.Length - read} more are expected.");
    }

    private static int ReadSome(string path, Stream stream, Span<byte> target)
    {
        try
        {
            return stream.Read(target);
        }
        catch (IOException e)
        {
            return Throw.Unreadable<int>(path, e.Message, e);
        }
    }

    private static void RequireNotTooMany(string path, long bytes)
    {
        if (bytes > MaxBytes)
            Throw.InvalidFile(path, $"has {bytes} bytes; at most {MaxBytes} are read.");
    }

    /// <summary>A position in the bytes; what is read beyond their end is nothing.</summary>
    private sealed class View(ImageBytes bytes) : ReadOnlyStream
    {
        private long _position;

        public override bool CanSeek => true;

        public override long Length => bytes.Length;

        public override long Position
        {
            get => _position;
            set
            {
                Throw.IfBelow(value, 0);
                _position = value;
            }
        }

        public override int Read(Span<byte> buffer)
        {
            int count = (int)Math.Clamp(bytes.Length - _position, 0, buffer.Length);
            bytes.Read(_position, buffer[..count]);
            _position += count;
            return count;
        }

        public override long Seek(long offset, SeekOrigin origin)
            => Position = offset + (origin == SeekOrigin.Begin ? 0 : origin == SeekOrigin.Current ? _position : bytes.Length);
    }
}
