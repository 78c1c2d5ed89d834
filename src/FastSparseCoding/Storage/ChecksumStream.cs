namespace FastSparseCoding.Storage;

/// <summary>Passes reads through and keeps the checksum of what went by.</summary>
internal sealed class ChecksumStream(Stream inner) : Stream
{
    private readonly Crc32 _crc = new();

    /// <summary>Checksum of all bytes read so far.</summary>
    public uint Checksum => _crc.Value;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override int Read(Span<byte> buffer)
    {
        int read = inner.Read(buffer);
        _crc.Append(buffer[..read]);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin)
        => Throw.NotSupported<long>("A stream with a checksum is read from front to back.");

    public override void SetLength(long value) => Throw.NotSupported<long>("A stream with a checksum is only read.");

    public override void Write(byte[] buffer, int offset, int count) => Throw.NotSupported<long>("A stream with a checksum is only read.");
}
