using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace FastSparseCoding.Storage;

/// <summary>
/// A message in the wire format of Protocol Buffers: fields, each a number with a value. What is added is complete by then, so that its
/// length is known; large values are kept where they are and written in their place.
/// </summary>
internal sealed class ProtoMessage
{
    private const int Varint = 0, LengthDelimited = 2, Fixed32 = 5;

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly List<(int At, byte[] Values)> _large = [];

    /// <summary>Bytes of the message.</summary>
    public long Length { get; private set; }

    /// <summary>A whole number; negative ones take ten bytes.</summary>
    public ProtoMessage Add(int field, long value)
    {
        Tag(field, Varint);
        Write((ulong)value);
        return this;
    }

    /// <summary>A number of single precision.</summary>
    public ProtoMessage Add(int field, float value)
    {
        Tag(field, Fixed32);
        BinaryPrimitives.WriteSingleLittleEndian(_bytes.GetSpan(4), value);
        Advance(4);
        return this;
    }

    /// <summary>A text.</summary>
    public ProtoMessage Add(int field, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Begin(field, bytes.Length);
        Write(bytes);
        return this;
    }

    /// <summary>Bytes, which are not copied.</summary>
    public ProtoMessage Add(int field, byte[] values)
    {
        Begin(field, values.Length);
        _large.Add((_bytes.WrittenCount, values));
        Length += values.Length;
        return this;
    }

    /// <summary>A message.</summary>
    public ProtoMessage Add(int field, ProtoMessage message)
    {
        Begin(field, message.Length);
        int at = _bytes.WrittenCount;
        foreach ((int place, byte[] values) in message._large)
            _large.Add((at + place, values));
        _bytes.Write(message._bytes.WrittenSpan);
        Length += message.Length;
        return this;
    }

    /// <summary>Writes all fields.</summary>
    public void WriteTo(Stream stream)
    {
        int from = 0;
        foreach ((int at, byte[] values) in _large)
        {
            stream.Write(_bytes.WrittenSpan[from..at]);
            stream.Write(values);
            from = at;
        }
        stream.Write(_bytes.WrittenSpan[from..]);
    }

    private void Begin(int field, long length)
    {
        Tag(field, LengthDelimited);
        Write((ulong)length);
    }

    private void Tag(int field, int wireType) => Write((ulong)(field << 3 | wireType));

    /// <summary>Seven bits a byte, the lowest first; all but the last byte have their highest bit set.</summary>
    private void Write(ulong value)
    {
        Span<byte> bytes = stackalloc byte[10];
        int count = 0;
        for (; value >= 0x80; value >>= 7)
            bytes[count++] = (byte)(value | 0x80);
        bytes[count++] = (byte)value;
        Write(bytes[..count]);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        Length += bytes.Length;
    }

    private void Advance(int count)
    {
        _bytes.Advance(count);
        Length += count;
    }
}
