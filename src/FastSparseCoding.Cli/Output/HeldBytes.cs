namespace FastSparseCoding.Cli.Output;

/// <summary>An output that is held in memory until it is whole; one of more bytes than that is refused with what to do instead.</summary>
/// <param name="most">Bytes that are held at most.</param>
internal sealed class HeldBytes(long most) : MemoryStream
{
    public HeldBytes()
        : this(Array.MaxLength)
    {
    }

    // Of a class that derives from it, a MemoryStream writes spans by this method too.
    public override void Write(byte[] buffer, int offset, int count)
    {
        if (Position + count > most)
            throw new IOException($"{most} bytes are held in memory at most; give the name of a file");
        base.Write(buffer, offset, count);
    }
}
