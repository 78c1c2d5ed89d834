namespace FastSparseCoding.Imaging.Formats;

/// <summary>A stream that is read from front to back; what it reads from is left to whoever derives from it.</summary>
internal abstract class ReadOnlyStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => Throw.NotSupported<long>("the length is not known.");

    public override long Position
    {
        get => Throw.NotSupported<long>("the position is not known.");
        set => Throw.NotSupported<long>("the position is not known.");
    }

    public abstract override int Read(Span<byte> buffer);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => Throw.NotSupported<long>("it is read from front to back.");

    public override void SetLength(long value) => Throw.NotSupported<long>("it is read only.");

    public override void Write(byte[] buffer, int offset, int count) => Throw.NotSupported<int>("it is read only.");
}
