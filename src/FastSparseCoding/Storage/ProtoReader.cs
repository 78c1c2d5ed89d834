using System.Text;

namespace FastSparseCoding.Storage;

/// <summary>The fields of a message in the wire format of Protocol Buffers, one after the other: values of fields that nobody asks for are
/// passed over unread. Every length is compared with what there is before it is believed.</summary>
internal sealed class ProtoReader
{
    /// <summary>Bytes of a text or of a message within this one: no field that is read here needs as many.</summary>
    private const int MostBytes = 1 << 20;

    /// <summary>Fields of a message: more of them than any has would only take time.</summary>
    private const int MostFields = 1 << 20;

    private const int Varint = 0, Fixed64 = 1, LengthDelimited = 2, Fixed32 = 5;

    private readonly string _path;
    private readonly Stream _stream;
    private readonly long _length;
    private long _at, _next;        // where the stream stands, and where the next field begins
    private long _value;            // a whole number, or the bytes of a text or a message
    private int _fields, _wireType;

    /// <summary>Reads a stream from its beginning.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="stream">The message and nothing else.</param>
    /// <param name="length">Its bytes.</param>
    public ProtoReader(string path, Stream stream, long length) => (_path, _stream, _length) = (path, stream, length);

    /// <summary>Number of the field.</summary>
    public int Field { get; private set; }


    /// <summary>Goes on to the next field; false at the end.</summary>
    public bool Next()
    {
        if (_at != _next)
            _stream.Position = _at = _next;
        if (_at == _length)
            return false;
        if (++_fields > MostFields)
            Throw.InvalidFile(_path, $"has a message of more than {MostFields} fields; it is no ONNX model.");
        ulong tag = ReadVarint();
        (Field, _wireType) = ((int)Math.Min(tag >> 3, int.MaxValue), (int)(tag & 7));
        _value = _wireType is Varint or LengthDelimited ? (long)ReadVarint() : 0;
        long bytes = _wireType switch
        {
            Varint => 0,
            Fixed64 => sizeof(ulong),
            Fixed32 => sizeof(uint),
            LengthDelimited => _value,
            _ => -1,
        };
        if (Field == 0 || bytes < 0 || bytes > _length - _at)
            Throw.InvalidFile(_path, $"is damaged or no ONNX model: its byte {_at} begins no field that it holds.");
        _next = _at + bytes;
        return true;
    }

    /// <summary>The value of a field that is a whole number.</summary>
    public long ReadNumber()
    {
        Require(Varint, "a whole number");
        return _value;
    }

    /// <summary>The value of a field that is a text.</summary>
    public string ReadText() => Encoding.UTF8.GetString(ReadBytes());

    /// <summary>The value of a field that is a message.</summary>
    public ProtoReader ReadMessage()
    {
        byte[] bytes = ReadBytes();
        return new ProtoReader(_path, new MemoryStream(bytes, writable: false), bytes.Length);
    }

    private byte[] ReadBytes()
    {
        Require(LengthDelimited, "a text or a message");
        if (_value > MostBytes)
            Throw.InvalidFile(_path, $"its field {Field} has {_value} bytes; at most {MostBytes} are read.");
        var bytes = new byte[_value];
        _stream.ReadExactly(bytes);
        _at += bytes.Length;
        return bytes;
    }

    private void Require(int wireType, string what)
    {
        if (_wireType != wireType)
            Throw.InvalidFile(_path, $"is damaged or no ONNX model: its field {Field} is not {what}.");
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64 && _at < _length; shift += 7)
        {
            int read = _stream.ReadByte();
            _at++;
            value |= (ulong)(read & 0x7F) << shift;
            if (read < 0x80)
                return value;
        }
        return Throw.InvalidFile<ulong>(_path, $"is damaged or no ONNX model: a number before its byte {_at} has no end.");
    }
}
