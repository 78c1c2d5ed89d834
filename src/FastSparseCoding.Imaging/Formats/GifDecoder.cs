using System.Buffers.Binary;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>
/// GIF (GIF87a, GIF89a): the first frame, on the background colour where it does not cover the screen. Transparent pixels keep the colour
/// that is stored, and no alpha. All blocks are walked to the end, so that a file that is cut short behind the first frame is noticed too.
/// </summary>
internal sealed class GifDecoder
{
    private const byte Extension = 0x21, Frame = 0x2C, Trailer = 0x3B;

    private readonly string _path;
    private readonly byte[] _bytes;
    private readonly int _width, _height;
    private readonly Palette _palette;      // for all frames

    private GifDecoder(string path, byte[] bytes)
    {
        (_path, _bytes) = (path, bytes);
        if (bytes.Length < 13 + PaletteBytes(bytes[10]))
            Throw.InvalidFile(path, "is cut short: it does not end as a GIF ends.");
        (_width, _height) = (Short(6), Short(8));
        ImageFile.CheckSize(path, _width, _height);
        if (GifCodes.MostPixels(bytes.Length) < (long)_width * _height)
            Throw.InvalidFile(path, $"is cut short or damaged: {_width}×{_height} pixels do not come from a GIF of {bytes.Length} bytes.");
        _palette = new Palette(path, bytes.AsSpan(13, PaletteBytes(bytes[10])), colours: 3);
    }

    public static bool Matches(ReadOnlySpan<byte> bytes)
        => (bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8)) && bytes.Length >= 13;

    public static void Decode(string path, byte[] bytes, Canvas canvas) => new GifDecoder(path, bytes).Decode(canvas);

    private void Decode(Canvas canvas)
    {
        int at = 13 + 3 * _palette.Count, first = -1;
        while (at < _bytes.Length)
        {
            switch (_bytes[at])
            {
                case Trailer:
                    if (first < 0)
                        Throw.InvalidFile(_path, "is damaged: it has no frame.");
                    DecodeFrame(first, canvas);
                    return;
                case Extension:
                    at = SkipData(at + 2);
                    break;
                case Frame when at + 9 < _bytes.Length:
                    if (first < 0)
                        first = at;
                    at = SkipData(at + 11 + PaletteBytes(_bytes[at + 9]));
                    break;
                case Frame:
                    at = _bytes.Length;
                    break;
                default:
                    Throw.InvalidFile(_path, $"is damaged: its byte {at} begins no block of a GIF.");
                    break;
            }
        }
        Throw.InvalidFile(_path, "is cut short: it does not end as a GIF ends.");
    }

    private void DecodeFrame(int at, Canvas canvas)
    {
        (int left, int top, int width, int height, byte flags) =
            (Short(at + 1), Short(at + 3), Short(at + 5), Short(at + 7), _bytes[at + 9]);
        if (width == 0 || height == 0 || left + width > _width || top + height > _height)
            Throw.InvalidFile(_path,
                $"is damaged: its first frame is {width}×{height} at ({left}, {top}) of a screen of {_width}×{_height}.");
        Palette palette = PaletteBytes(flags) > 0 ? new Palette(_path, _bytes.AsSpan(at + 10, PaletteBytes(flags)), colours: 3) : _palette;
        if (palette.Count == 0)
            Throw.InvalidFile(_path, "is damaged: it has no palette.");
        int data = at + 10 + PaletteBytes(flags);
        var codes = new GifCodes(_path, JoinData(data + 1), _bytes[data]);
        canvas.Begin(new PixelLayout(_width, _height, Colours: 3, HasAlpha: false, Largest: 255));
        if (_bytes[11] < _palette.Count && (width < _width || height < _height))
            canvas.Fill(_palette[_bytes[11]]);
        byte[] row = new byte[width], rgb = new byte[3 * width];
        foreach (int y in Rows(height, interlaced: (flags & 0x40) != 0))
        {
            codes.Read(row);
            palette.Expand(row, rgb);
            canvas.Put(left, top + y, rgb);
        }
    }

    /// <summary>Rows in the order of the file.</summary>
    private static IEnumerable<int> Rows(int height, bool interlaced)
    {
        (int Start, int Step)[] passes = interlaced ? [(0, 8), (4, 8), (2, 4), (1, 2)] : [(0, 1)];
        foreach ((int start, int step) in passes)
            for (int y = start; y < height; y += step)
                yield return y;
    }

    private int Short(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(at));

    /// <summary>Bytes of a palette, as the flags of a screen or frame tell.</summary>
    private static int PaletteBytes(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);

    /// <summary>Data run in pieces, each behind its length, to one of length 0.</summary>
    private int SkipData(int at)
    {
        while (at < _bytes.Length && _bytes[at] != 0)
            at += 1 + _bytes[at];
        return at + 1;
    }

    private byte[] JoinData(int at)
    {
        using var joined = new MemoryStream();
        for (; _bytes[at] != 0; at += 1 + _bytes[at])
            joined.Write(_bytes, at + 1, _bytes[at]);
        return joined.ToArray();
    }
}
