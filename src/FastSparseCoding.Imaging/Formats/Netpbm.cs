using System.Globalization;
using System.Text;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>PGM and PPM, plain (P2, P3) and raw (P5, P6), with up to 16 bits a value.</summary>
internal sealed class Netpbm
{
    private readonly string _path;
    private readonly ImageBytes _bytes;
    private long _at = 2;

    private Netpbm(string path, ImageBytes bytes)
    {
        _path = path;
        _bytes = bytes;
    }

    public static bool Matches(ReadOnlySpan<byte> bytes)
        => bytes.Length > 2 && bytes[0] == 'P' && bytes[1] is (byte)'2' or (byte)'3' or (byte)'5' or (byte)'6'
            && (IsSpace(bytes[2]) || bytes[2] == '#');

    public static void Decode(string path, ImageBytes bytes, Canvas canvas) => new Netpbm(path, bytes).Decode(canvas);

    /// <summary>Writes a raw PGM or PPM of 8 or 16 bits, without alpha.</summary>
    public static void Write(Stream stream, ColourImage image)
    {
        stream.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"P{(image.Channels == 1 ? 5 : 6)}\n{image.Width} {image.Height}\n{image.Largest}\n")));
        var row = new byte[image.Width * image.Channels * image.Bits / 8];
        for (int y = 0; y < image.Height; y++)
        {
            image.CopyRow(y, row);
            stream.Write(row);
        }
    }

    private void Decode(Canvas canvas)
    {
        bool plain = _bytes[1] is (byte)'2' or (byte)'3', colour = _bytes[1] is (byte)'3' or (byte)'6';
        int width = ReadNumber("width", int.MaxValue), height = ReadNumber("height", int.MaxValue);
        ImageFile.CheckSize(_path, width, height);
        int largest = ReadNumber("largest value", 65_535);
        if (largest == 0)
            Throw.InvalidFile(_path, "says that its largest value is 0; expected 1 to 65535.");
        int channels = colour ? 3 : 1, size = largest > 255 ? 2 : 1;
        long values = (long)width * height * channels;
        if (!plain)
            _at++;      // exactly one white space before raw values
        long need = plain ? values : values * size, have = Math.Max(0, _bytes.Length - _at);
        if (have < need)
            Throw.InvalidFile(_path, $"is cut short: its {width}×{height} pixels need {need} bytes or more, {have} follow.");
        canvas.Begin(new PixelLayout(width, height, channels, HasAlpha: false, largest));
        var row = new ushort[width * channels];
        var levels = new byte[largest == 255 ? row.Length : 0];
        for (int y = 0; y < height; y++)
        {
            if (plain)
                ReadPlain(row, largest);
            else if (largest != 255)
                ReadRaw(row, size, largest);
            else
                ReadRaw(levels);
            if (plain)
                for (int i = 0; i < levels.Length; i++)
                    levels[i] = (byte)row[i];
            if (largest == 255)
                canvas.Put(0, y, levels);
            else
                canvas.Put(0, y, row);
        }
    }

    private void ReadPlain(Span<ushort> row, int largest)
    {
        foreach (ref ushort value in row)
            value = Checked(ReadNumber("value", 65_535), largest);
    }

    private void ReadRaw(Span<byte> levels)
    {
        _bytes.Read(_at, levels);
        _at += levels.Length;
    }

    private void ReadRaw(Span<ushort> row, int size, int largest)
    {
        ReadOnlySpan<byte> bytes = _bytes.Slice(_at, row.Length * size);
        for (int i = 0; i < row.Length; i++)
            row[i] = Checked(size == 1 ? bytes[i] : bytes[2 * i] << 8 | bytes[2 * i + 1], largest);
        _at += bytes.Length;
    }

    private ushort Checked(int value, int largest)
    {
        if (value > largest)
            Throw.InvalidFile(_path, $"holds the value {value}, above its largest value {largest}.");
        return (ushort)value;
    }

    /// <summary>A decimal number after white space and comments.</summary>
    private int ReadNumber(string what, int maximum)
    {
        while (_at < _bytes.Length && (IsSpace(_bytes[_at]) || _bytes[_at] == '#'))
        {
            if (_bytes[_at++] != '#')
                continue;
            while (_at < _bytes.Length && _bytes[_at] != '\n')
                _at++;
        }
        long number = 0;
        long start = _at;
        while (_at < _bytes.Length && _bytes[_at] is >= (byte)'0' and <= (byte)'9' && number <= maximum)
            number = number * 10 + _bytes[_at++] - '0';
        if (_at == start)
            Throw.InvalidFile(_path, $"has no number at byte {start}, where its {what} is expected.");
        if (number > maximum)
            Throw.InvalidFile(_path, $"has a {what} above {maximum}.");
        return (int)number;
    }

    private static bool IsSpace(byte value) => value is (byte)' ' or >= 9 and <= 13;
}
