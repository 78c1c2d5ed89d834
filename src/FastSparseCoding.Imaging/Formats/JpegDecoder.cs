using System.Buffers.Binary;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>
/// JPEG (ITU-T T.81): sequential and progressive with Huffman codes and 8 bits a sample. Every block of every component must be there: what
/// the data do not tell is refused, and no coefficient is told twice, which also bounds the work.
/// </summary>
internal sealed class JpegDecoder
{
    /// <summary>
    /// Scans that a picture may have. The progressions that encoders choose have about ten, ones of single coefficients and bits a few
    /// hundred.
    /// </summary>
    public const int MaxScans = 500;

    /// <summary>Scans times pixels: 40 scans of the largest picture, where encoders make a dozen.</summary>
    private const long MaxScanPixels = 40 * ImageFile.MaxPixels;

    private const byte StartOfImage = 0xD8, EndOfImage = 0xD9, StartOfScan = 0xDA;

    private readonly string _path;
    private readonly byte[] _bytes;
    private readonly ushort[]?[] _steps = new ushort[4][];
    private readonly JpegHuffmanTable?[] _dc = new JpegHuffmanTable[4];
    private readonly JpegHuffmanTable?[] _ac = new JpegHuffmanTable[4];
    private JpegFrame? _frame;
    private int _restartInterval;
    private int _scans;
    private bool _jfif;
    private int? _adobe;            // the transform that Adobe's marker names
    private int _orientation = 1;

    private JpegDecoder(string path, byte[] bytes)
    {
        (_path, _bytes) = (path, bytes);
    }

    public static bool Matches(ReadOnlySpan<byte> bytes) => bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, StartOfImage, 0xFF]);

    public static void Decode(string path, byte[] bytes, Canvas canvas) => new JpegDecoder(path, bytes).Decode(canvas);

    private void Decode(Canvas canvas)
    {
        int at = 2;
        while (true)
        {
            byte marker = NextMarker(ref at);
            if (marker == EndOfImage)
            {
                Finish(canvas);
                return;
            }
            if (marker is (>= 0xD0 and <= 0xD7) or 0x01)
                continue;
            ReadOnlySpan<byte> segment = NextSegment(marker, ref at);
            switch (marker)
            {
                case 0xC4:
                    ReadHuffmanTables(segment);
                    break;
                case 0xDB:
                    ReadQuantisationTables(segment);
                    break;
                case 0xDD when segment.Length == 2:
                    _restartInterval = BinaryPrimitives.ReadUInt16BigEndian(segment);
                    break;
                case >= 0xC0 and <= 0xC2:
                    if (_frame is not null)
                        Throw.InvalidFile(_path, "is damaged: it has two frame headers.");
                    _frame = new JpegFrame(_path, segment, progressive: marker == 0xC2, _bytes.Length - at);
                    break;
                case StartOfScan:
                    at = ReadScan(segment, at);
                    break;
                case 0xE0:
                    _jfif |= segment.StartsWith("JFIF\0"u8);
                    break;
                case 0xE1 when segment.StartsWith("Exif\0\0"u8):
                    _orientation = Exif.Orientation(segment[6..]);
                    break;
                case 0xEE when segment.Length >= 12 && segment.StartsWith("Adobe"u8):
                    _adobe = segment[11];
                    break;
                case (>= 0xE0 and <= 0xEF) or 0xFE:
                    break;
                default:
                    Refuse(marker);
                    break;
            }
        }
    }

    private void Refuse(byte marker)
    {
        string what = marker switch
        {
            0xC9 or 0xCA or 0xCB or 0xCC or 0xCD or 0xCE or 0xCF => "is coded arithmetically",
            0xC3 => "is lossless",
            0xC5 or 0xC6 or 0xC7 or 0xDE or 0xDF => "is hierarchical",
            _ => $"is damaged: it has a marker {marker:X2} where none can be",
        };
        Throw.InvalidFile(_path, $"{what}; expected a sequential or progressive JPEG with Huffman codes.");
    }

    private byte NextMarker(ref int at)
    {
        int start = at;
        while (at + 1 < _bytes.Length && _bytes[at] == 0xFF && _bytes[at + 1] == 0xFF)
            at++;
        if (at + 1 >= _bytes.Length)
            Throw.InvalidFile(_path, "is cut short: it has no end-of-image marker.");
        if (_bytes[at] != 0xFF || _bytes[at + 1] == 0)
            Throw.InvalidFile(_path, $"is damaged: at byte {start} a marker is expected.");
        at += 2;
        return _bytes[at - 1];
    }

    private ReadOnlySpan<byte> NextSegment(byte marker, ref int at)
    {
        if (marker == StartOfImage)
            Throw.InvalidFile(_path, $"is damaged: at byte {at} another picture begins.");
        if (_bytes.Length - at < 2)
            Throw.InvalidFile(_path, "is cut short: it ends within a segment.");
        int length = BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(at));
        if (length < 2 || length > _bytes.Length - at)
            Throw.InvalidFile(_path,
                $"is damaged or cut short: its segment at byte {at} claims {length} bytes, {_bytes.Length - at} follow.");
        ReadOnlySpan<byte> segment = _bytes.AsSpan(at + 2, length - 2);
        at += length;
        return segment;
    }

    private void ReadQuantisationTables(ReadOnlySpan<byte> data)
    {
        while (data.Length > 0)
        {
            int wide = data[0] >> 4, number = data[0] & 15, length = 1 + 64 * (wide + 1);
            if (wide > 1 || number > 3 || data.Length < length)
                Throw.InvalidFile(_path, "is damaged: a quantisation table is cut short or has a number above 3.");
            var steps = new ushort[64];
            for (int k = 0; k < 64; k++)
                steps[JpegBlockReader.Natural[k]] = wide == 0 ? data[1 + k] : BinaryPrimitives.ReadUInt16BigEndian(data[(1 + 2 * k)..]);
            _steps[number] = steps;
            data = data[length..];
        }
    }

    private void ReadHuffmanTables(ReadOnlySpan<byte> data)
    {
        while (data.Length > 0)
        {
            int kind = data[0] >> 4, number = data[0] & 15, symbols = 0;
            for (int i = 1; i <= 16 && i < data.Length; i++)
                symbols += data[i];
            if (kind > 1 || number > 3 || symbols > 256 || data.Length < 17 + symbols)
                Throw.InvalidFile(_path, "is damaged: a Huffman table is cut short, has a number above 3, or more than 256 codes.");
            (kind == 0 ? _dc : _ac)[number] = new JpegHuffmanTable(_path, data.Slice(1, 16), data.Slice(17, symbols));
            data = data[(17 + symbols)..];
        }
    }

    /// <summary>Most scans of a picture: each goes over all of it, even when it takes but two bytes to say that nothing changes.</summary>
    internal static int MostScans(int width, int height) => (int)Math.Min(MaxScans, MaxScanPixels / ((long)width * height));

    private int ReadScan(ReadOnlySpan<byte> header, int at)
    {
        if (_frame is null)
            Throw.InvalidFile(_path, "is damaged: a scan comes before the frame header.");
        if (++_scans > MostScans(_frame.Width, _frame.Height))
            Throw.InvalidFile(_path, $"has more than {MostScans(_frame.Width, _frame.Height)} scans.");
        JpegScan scan = JpegScan.Parse(_path, _frame, header, _dc, _ac);
        foreach (JpegComponent c in scan.Components)
            c.Steps ??= _steps[c.Table] ?? Throw.InvalidFile<ushort[]>(_path,
                $"is damaged: it has no quantisation table {c.Table}, which its component {c.Name} needs.");
        return scan.Read(new JpegBlockReader(_path, new JpegBits(_path, _bytes, at), scan.Band), _restartInterval);
    }

    private void Finish(Canvas canvas)
    {
        if (_frame is null)
            Throw.InvalidFile(_path, "is damaged: it has no frame header.");
        foreach (JpegComponent c in _frame.Components)
        {
            if (c.Unknown[0] < 0)
                Throw.InvalidFile(_path, $"is damaged: it has no scan of its component {c.Name}.");
            if (c.Unknown.AsSpan().IndexOfAnyExcept((sbyte)0) is >= 0 and int k)
                Throw.InvalidFile(_path, $"is cut short or damaged: no scan completes coefficient {k} of its component {c.Name}.");
        }
        if (_frame.Progressive)
            foreach (JpegComponent c in _frame.Components)
                c.Transform(_frame.Rows(c));
        new JpegColours(_frame, Space(_frame)).Draw(canvas, _orientation);
    }

    /// <summary>As libjpeg guesses: JFIF is YCbCr; Adobe's marker names a transform; else the components' names tell.</summary>
    private JpegColourSpace Space(JpegFrame frame) => frame.Components.Length switch
    {
        1 => JpegColourSpace.Gray,
        4 => _adobe == 2 ? JpegColourSpace.Ycck : JpegColourSpace.Cmyk,
        _ when _jfif => JpegColourSpace.YCbCr,
        _ when _adobe is { } transform => transform == 0 ? JpegColourSpace.Rgb : JpegColourSpace.YCbCr,
        _ => (frame.Components[0].Name, frame.Components[1].Name, frame.Components[2].Name) is ((byte)'R', (byte)'G', (byte)'B')
            ? JpegColourSpace.Rgb : JpegColourSpace.YCbCr,
    };
}
