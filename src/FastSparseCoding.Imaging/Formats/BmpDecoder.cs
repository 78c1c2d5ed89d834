using System.Buffers.Binary;
using System.Numerics;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>BMP of 1, 4, 8, 16, 24 and 32 bits a pixel, from the bottom up or the top down, with masks or runs; alpha is ignored.</summary>
internal sealed class BmpDecoder
{
    private const int FileHeader = 14, OldHeader = 12, Header = 40;
    private const int Rgb = 0, Runs8 = 1, Runs4 = 2, BitFields = 3, AlphaBitFields = 6;

    /// <summary>A run is 128 pixels a byte at most; rows that end before their last pixel may come to more, and not to much more.</summary>
    private const int MostPixelsPerByte = 1024;

    private readonly string _path;
    private readonly ImageBytes _bytes;
    private readonly int _width, _height, _bits, _compression, _start;
    private readonly bool _topDown;
    private readonly Palette _palette;                  // of pixels of up to 8 bits
    private readonly BmpChannel _red, _green, _blue;    // of pixels of 16 and 32 bits

    private BmpDecoder(string path, ImageBytes bytes)
    {
        (_path, _bytes) = (path, bytes);
        int header = Int(14);
        bool old = header == OldHeader;
        if (!old && (header is not (Header or 52 or 56 or 64 or 108 or 124) || bytes.Length < FileHeader + header))
            Throw.InvalidFile(path, $"is no BMP that can be read: its header claims {(uint)header} bytes.");
        long width = old ? Short(18) : Int(18), height = old ? Short(20) : Int(22);
        _topDown = height < 0;
        ImageFile.CheckSize(path, width, Math.Abs(height));
        (_width, _height) = ((int)width, (int)Math.Abs(height));
        (_bits, _compression) = (Short(old ? 24 : 28), old ? Rgb : Int(30));
        bool known = _compression switch
        {
            Rgb => _bits is 1 or 4 or 8 or 16 or 24 or 32,
            Runs8 => _bits == 8,
            Runs4 => _bits == 4,
            BitFields or AlphaBitFields => _bits is 16 or 32,
            _ => false,
        };
        if (!known)
            Throw.InvalidFile(path, $"is no BMP that can be read: it has {_bits} bits a pixel and compression {(uint)_compression}.");
        int masks = header > Header ? 0 : _compression == BitFields ? 12 : _compression == AlphaBitFields ? 16 : 0;
        int palette = FileHeader + header + masks;
        uint start = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Slice(10, 4));
        if (start < palette || start > bytes.Length)
            Throw.InvalidFile(path, $"is damaged: its pixels begin at byte {start} of {bytes.Length}, its header ends at {palette}.");
        _start = (int)start;
        (_red, _green, _blue) = ReadChannels();
        _palette = ReadPalette(palette, old ? 3 : 4);
    }

    /// <summary>Samples of a pixel: 1 where the palette is of grays.</summary>
    private int Colours => _bits > 8 ? 3 : _palette.Colours;

    public static bool Matches(ReadOnlySpan<byte> bytes) => bytes.StartsWith("BM"u8) && bytes.Length >= 26;

    public static void Decode(string path, ImageBytes bytes, Canvas canvas)
    {
        var decoder = new BmpDecoder(path, bytes);
        if (decoder._compression is Runs8 or Runs4)
            decoder.DecodeRuns(canvas);
        else
            decoder.DecodeRows(canvas);
    }

    private void DecodeRows(Canvas canvas)
    {
        long stride = ((long)_width * _bits + 31) / 32 * 4, need = _start + stride * _height;
        if (need > _bytes.Length)
            Throw.InvalidFile(_path, $"is cut short: its {_width}×{_height} pixels need {need} bytes, it has {_bytes.Length}.");
        Begin(canvas);
        var samples = new byte[Colours * _width];
        for (int i = 0; i < _height; i++)
        {
            ReadRow(_bytes.Slice(_start + stride * i, (int)stride), samples);
            canvas.Put(0, _topDown ? i : _height - 1 - i, samples);
        }
    }

    private void Begin(Canvas canvas) => canvas.Begin(new PixelLayout(_width, _height, Colours, HasAlpha: false, Largest: 255));

    private void ReadRow(ReadOnlySpan<byte> row, Span<byte> samples)
    {
        for (int x = 0; x < _width; x++, samples = samples[Colours..])
            switch (_bits)
            {
                case 16:
                    Split(BinaryPrimitives.ReadUInt16LittleEndian(row[(2 * x)..]), samples);
                    break;
                case 24:
                    (samples[0], samples[1], samples[2]) = (row[3 * x + 2], row[3 * x + 1], row[3 * x]);
                    break;
                case 32:
                    Split(BinaryPrimitives.ReadUInt32LittleEndian(row[(4 * x)..]), samples);
                    break;
                default:
                    _palette[(row[x * _bits >> 3] >> (8 - _bits - (x * _bits & 7))) & ((1 << _bits) - 1)].CopyTo(samples);
                    break;
            }
    }

    /// <summary>Runs go from the bottom up; pixels that they jump over have colour 0, and there must be a run in the last row.</summary>
    private void DecodeRuns(Canvas canvas)
    {
        long length = _bytes.Length - _start;
        if (_topDown || MostPixelsPerByte * length < (long)_width * _height)
            Throw.InvalidFile(_path,
                $"is cut short or damaged: its {_width}×{_height} pixels do not come from {length} bytes of runs, from the bottom up.");
        Begin(canvas);
        canvas.Fill(_palette[0]);
        var runs = new BmpRuns(_path, _bytes, _start, _bits);
        Span<byte> samples = new byte[Colours * byte.MaxValue];
        while (runs.Next(_width, _height))
        {
            for (int i = 0; i < runs.Length; i++)
                _palette[runs.Colour(i)].CopyTo(samples[(Colours * i)..]);
            canvas.Put(runs.X, _height - 1 - runs.Y, samples[..(Colours * runs.Length)]);
        }
    }

    private void Split(uint pixel, Span<byte> rgb)
        => (rgb[0], rgb[1], rgb[2]) = ((byte)_red.Of(pixel), (byte)_green.Of(pixel), (byte)_blue.Of(pixel));

    private (BmpChannel Red, BmpChannel Green, BmpChannel Blue) ReadChannels()
    {
        if (_compression is not (BitFields or AlphaBitFields))
            return _bits == 16 ? (new(0x7C00), new(0x3E0), new(0x1F)) : (new(0xFF0000), new(0xFF00), new(0xFF));
        var channels = (Red: new BmpChannel((uint)Int(54)), Green: new BmpChannel((uint)Int(58)), Blue: new BmpChannel((uint)Int(62)));
        if (!channels.Red.IsOneRun || !channels.Green.IsOneRun || !channels.Blue.IsOneRun)
            Throw.InvalidFile(_path, "is damaged: its masks are not of bits side by side.");
        return channels;
    }

    private Palette ReadPalette(int at, int entryBytes)
    {
        if (_bits > 8)
            return new Palette(_path, []);
        var colours = new byte[3 * Math.Min(1 << _bits, (_start - at) / entryBytes)];
        for (int i = 0; i < colours.Length; i += 3, at += entryBytes)
            (colours[i], colours[i + 1], colours[i + 2]) = (_bytes[at + 2], _bytes[at + 1], _bytes[at]);
        return new Palette(_path, colours);
    }

    private int Short(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.Slice(at, 2));

    private int Int(int at) => BinaryPrimitives.ReadInt32LittleEndian(_bytes.Slice(at, 4));
}

/// <summary>The bits of a pixel that are one colour, brought to 8: the top ones of more, fewer repeated.</summary>
internal readonly struct BmpChannel(uint mask)
{
    private readonly int _shift = mask == 0 ? 0 : BitOperations.TrailingZeroCount(mask);
    private readonly int _count = BitOperations.PopCount(mask);

    public bool IsOneRun => mask != 0 && BitOperations.IsPow2((ulong)(mask >> _shift) + 1);

    public int Of(uint pixel)
    {
        uint value = (pixel & mask) >> _shift;
        if (_count >= 8)
            return (int)(value >> (_count - 8));
        uint repeated = 0;
        for (int bits = 0; bits < 8; bits += _count)
            repeated = repeated << _count | value;
        return (int)(repeated >> (((8 + _count - 1) / _count * _count) - 8));
    }
}
