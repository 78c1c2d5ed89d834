using System.Numerics;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>
/// PNG (W3C PNG, third edition), of every depth and colour type, interlaced or not. A colour that a chunk tRNS names is transparent.
/// </summary>
internal sealed class PngDecoder
{
    /// <summary>Where the first pixel of each pass lies, and how far the next is, across and down.</summary>
    private static readonly (int X, int Y, int Right, int Down)[]
        Passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)], Whole = [(0, 0, 1, 1)];

    private readonly string _path;
    private readonly PngHeader _header;
    private readonly Palette _palette;
    private readonly ushort[] _clear;       // the samples of the colour that is transparent; none if there is no such colour
    private readonly int _colours, _samples;
    private readonly bool _hasAlpha;
    private byte[] _unpacked = [], _narrow = [];
    private ushort[] _wide = [], _wideWithAlpha = [];

    private PngDecoder(string path, PngChunks chunks)
    {
        (_path, _header) = (path, chunks.Header);
        bool isPalette = _header.Colour == PngColour.Palette;
        _palette = new Palette(path, chunks.Palette, isPalette ? chunks.Transparency : []);
        _clear = isPalette ? [] : chunks.TransparentColour();
        _colours = isPalette ? _palette.Colours : _header.Colour is PngColour.Rgb or PngColour.RgbAlpha ? 3 : 1;
        _hasAlpha = _palette.HasAlpha || _clear.Length > 0 || _header.Colour is PngColour.GrayAlpha or PngColour.RgbAlpha;
        _samples = _hasAlpha ? _colours + 1 : _colours;
    }

    public static bool Matches(ReadOnlySpan<byte> bytes) => bytes.StartsWith(PngChunks.Signature);

    public static void Decode(string path, ImageBytes bytes, Canvas canvas)
    {
        PngChunks chunks = PngChunks.Read(path, bytes);
        long promised = Sizes(chunks.Header).Sum(p => p.Height * (1L + chunks.Header.RowBytes(p.Width)));
        using var data = new PngData(path, bytes, chunks.Data, promised);
        var decoder = new PngDecoder(path, chunks);
        canvas.Begin(new PixelLayout(
            decoder._header.Width, decoder._header.Height, decoder._colours, decoder._hasAlpha, decoder._header.Bits == 16 ? 65_535 : 255,
            chunks.Orientation));
        decoder.Decode(data, canvas);
    }

    /// <summary>Every pass with its size in pixels, but for those without any.</summary>
    private static IEnumerable<(int Width, int Height, (int X, int Y, int Right, int Down) Pass)> Sizes(PngHeader header)
    {
        foreach ((int X, int Y, int Right, int Down) pass in header.Interlaced ? Passes : Whole)
        {
            int width = (header.Width - pass.X + pass.Right - 1) / pass.Right,
                height = (header.Height - pass.Y + pass.Down - 1) / pass.Down;
            if (width > 0 && height > 0)
                yield return (width, height, pass);
        }
    }

    private void Decode(PngData data, Canvas canvas)
    {
        int pixelBytes = Math.Max(1, _header.Channels * _header.Bits / 8);
        foreach ((int width, int height, (int X, int Y, int Right, int Down) pass) in Sizes(_header))
        {
            int length = _header.RowBytes(width);
            byte[] row = new byte[1 + length], above = new byte[1 + length];
            for (int y = 0; y < height; y++)
            {
                data.ReadExactly(row);
                if (!PngFilter.Undo(row[0], row.AsSpan(1), above.AsSpan(1), pixelBytes))
                    Throw.InvalidFile(_path, $"is damaged: a row has the filter {row[0]}; expected 0 to 4.");
                if (_header.Bits == 16)
                    canvas.Put(pass.X, pass.Y + y * pass.Down, Wide(row.AsSpan(1), width), pass.Right);
                else
                    canvas.Put(pass.X, pass.Y + y * pass.Down, Narrow(row.AsSpan(1), width), pass.Right);
                (row, above) = (above, row);
            }
        }
        data.Finish();
    }

    /// <summary>The samples of a row of 16 bits.</summary>
    private ReadOnlySpan<ushort> Wide(ReadOnlySpan<byte> row, int width)
    {
        Span<ushort> samples = Room(ref _wide, width * _header.Channels);
        for (int i = 0; i < samples.Length; i++)
            samples[i] = (ushort)(row[2 * i] << 8 | row[2 * i + 1]);
        return _clear.Length == 0 ? samples : WithAlpha<ushort>(samples, ushort.MaxValue, 1, Room(ref _wideWithAlpha, width * _samples));
    }

    /// <summary>The samples of a row of up to 8 bits, as 8 bits.</summary>
    private ReadOnlySpan<byte> Narrow(ReadOnlySpan<byte> row, int width)
    {
        int largest = (1 << _header.Bits) - 1;
        ReadOnlySpan<byte> samples = row;
        if (_header.Bits < 8)
            samples = Unpack(row, Room(ref _unpacked, width));
        if (_header.Colour == PngColour.Palette)
        {
            Span<byte> colours = Room(ref _narrow, width * _samples);
            _palette.Expand(samples, colours);
            return colours;
        }
        if (_clear.Length > 0)
            return WithAlpha<byte>(samples, byte.MaxValue, (byte)(255 / largest), Room(ref _narrow, width * _samples));
        if (_header.Bits < 8)
            foreach (ref byte sample in _unpacked.AsSpan(0, width))
                sample = (byte)(sample * 255 / largest);
        return samples;
    }

    private Span<byte> Unpack(ReadOnlySpan<byte> row, Span<byte> samples)
    {
        int bits = _header.Bits;
        for (int x = 0, bit = 0; x < samples.Length; x++, bit += bits)
            samples[x] = (byte)((row[bit >> 3] >> (8 - bits - (bit & 7))) & ((1 << bits) - 1));
        return samples;
    }

    /// <summary>Samples brought to the full range, with alpha: that of the transparent colour is 0, that of others largest.</summary>
    private ReadOnlySpan<T> WithAlpha<T>(ReadOnlySpan<T> samples, T opaque, T scale, Span<T> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int from = 0, to = 0; to < target.Length; from += _colours, to += _samples)
        {
            bool isClear = true;
            for (int c = 0; c < _colours; c++)
            {
                isClear &= int.CreateTruncating(samples[from + c]) == _clear[c];
                target[to + c] = samples[from + c] * scale;
            }
            target[to + _colours] = isClear ? T.Zero : opaque;
        }
        return target;
    }

    /// <summary>A row's room, of which the passes of an interlaced picture take more and more.</summary>
    private static Span<T> Room<T>(ref T[] row, int length)
    {
        if (row.Length < length)
            row = new T[length];
        return row.AsSpan(0, length);
    }
}
