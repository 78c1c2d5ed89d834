namespace FastSparseCoding.Tests.Storage;

/// <summary>A disk with room for so many bytes: the write that passes them fails as the system's does, and writes what still
/// fits.</summary>
internal sealed class FullDisk(string path, long room)
    : FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0)
{
    public static Func<string, Stream> WithRoomFor(long bytes) => path => new FullDisk(path, bytes);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        long fits = Math.Clamp(room - Position, 0, buffer.Length);
        base.Write(buffer.ToArray(), 0, (int)fits);
        if (fits < buffer.Length)
            throw new IOException($"No space left on device : '{Name}'");
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
}
