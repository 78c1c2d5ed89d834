namespace FastSparseCoding.Imaging.Formats;

/// <summary>PNG (W3C PNG, third edition), of every depth and colour type, interlaced or not; alpha is ignored.</summary>
internal sealed class PngDecoder
{
    /// <summary>Where the first pixel of each pass lies, and how far the next is, across and down.</summary>
    private static readonly (int X, int Y, int Right, int Down)[]
        Passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)], Whole = [(0, 0, 1, 1)];

    private readonly string _path;
    private readonly PngHeader _header;
    private readonly byte[] _grays;         // of the palette's colours
    private readonly byte[] _levels = [];
    private readonly float[] _values = [];  // instead, for 16 bits

    private PngDecoder(string path, PngChunks chunks)
    {
        (_path, _header) = (path, chunks.Header);
        _grays = new byte[chunks.Palette.Length / 3];
        for (int i = 0; i < _grays.Length; i++)
            _grays[i] = Luma.Of8(chunks.Palette[3 * i], chunks.Palette[3 * i + 1], chunks.Palette[3 * i + 2]);
        if (_header.Bits == 16)
            _values = new float[_header.Width * _header.Height];
        else
            _levels = new byte[_header.Width * _header.Height];
    }

    public static bool Matches(ReadOnlySpan<byte> bytes) => bytes.StartsWith(PngChunks.Signature);

    public static Picture Decode(string path, byte[] bytes)
    {
        PngChunks chunks = PngChunks.Read(path, bytes);
        long promised = Sizes(chunks.Header).Sum(p => p.Height * (1L + chunks.Header.RowBytes(p.Width)));
        using var data = new PngData(path, bytes, chunks.Data, promised);
        return new PngDecoder(path, chunks).Decode(data).Upright(chunks.Orientation);
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

    private Picture Decode(PngData data)
    {
        int pixelBytes = Math.Max(1, _header.Channels * _header.Bits / 8);
        foreach ((int width, int height, (int X, int Y, int Right, int Down) pass) in Sizes(_header))
        {
            int length = _header.RowBytes(width);
            byte[] row = new byte[1 + length], above = new byte[1 + length];
            for (int y = 0; y < height; y++)
            {
                data.ReadExactly(row);
                Unfilter(row[0], row.AsSpan(1), above.AsSpan(1), pixelBytes);
                Place(row.AsSpan(1), width, (pass.Y + y * pass.Down) * _header.Width + pass.X, pass.Right);
                (row, above) = (above, row);
            }
        }
        data.Finish();
        return _header.Bits == 16 ? new Picture(_header.Width, _header.Height, _values)
            : new Picture(_header.Width, _header.Height, _levels);
    }

    /// <summary>
    /// Adds to every byte what its filter predicts from the byte of the pixel to the left, the one above, and the one above that (section
    /// 9.2).
    /// </summary>
    private void Unfilter(byte filter, Span<byte> row, ReadOnlySpan<byte> above, int pixelBytes)
    {
        int head = Math.Min(pixelBytes, row.Length);
        switch (filter)
        {
            case 0:
                break;
            case 1:
                for (int i = pixelBytes; i < row.Length; i++)
                    row[i] += row[i - pixelBytes];
                break;
            case 2:
                for (int i = 0; i < row.Length; i++)
                    row[i] += above[i];
                break;
            case 3:
                for (int i = 0; i < head; i++)
                    row[i] += (byte)(above[i] >> 1);
                for (int i = head; i < row.Length; i++)
                    row[i] += (byte)((row[i - pixelBytes] + above[i]) >> 1);
                break;
            case 4:
                for (int i = 0; i < head; i++)
                    row[i] += above[i];
                for (int i = head; i < row.Length; i++)
                    row[i] += Paeth(row[i - pixelBytes], above[i], above[i - pixelBytes]);
                break;
            default:
                Throw.InvalidFile(_path, $"is damaged: a row has the filter {filter}; expected 0 to 4.");
                break;
        }
    }

    /// <summary>Whichever of the three is nearest to left + above − corner.</summary>
    private static byte Paeth(byte left, byte above, byte corner)
    {
        int toLeft = Math.Abs(above - corner), toAbove = Math.Abs(left - corner), toCorner = Math.Abs(left + above - 2 * corner);
        return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }

    /// <summary>Puts a row's grays at <paramref name="at"/> and every <paramref name="step"/> pixels from there.</summary>
    private void Place(ReadOnlySpan<byte> row, int width, int at, int step)
    {
        int channels = _header.Channels, largest = (1 << Math.Min(_header.Bits, 8)) - 1;
        for (int x = 0; x < width; x++, at += step)
        {
            if (_header.Bits == 16)
                _values[at] = Wide(row[(2 * channels * x)..]);
            else if (_header.Bits == 8)
                _levels[at] = Gray(row.Slice(channels * x, channels));
            else
            {
                int bit = x * _header.Bits, value = (row[bit >> 3] >> (8 - _header.Bits - (bit & 7))) & largest;
                _levels[at] = _header.Colour == PngColour.Palette ? Colour(value) : (byte)(value * 255 / largest);
            }
        }
    }

    private byte Gray(ReadOnlySpan<byte> pixel) => _header.Colour switch
    {
        PngColour.Palette => Colour(pixel[0]),
        PngColour.Rgb or PngColour.RgbAlpha => Luma.Of8(pixel[0], pixel[1], pixel[2]),
        _ => pixel[0],
    };

    private float Wide(ReadOnlySpan<byte> pixel)
    {
        int first = pixel[0] << 8 | pixel[1];
        return (_header.Channels < 3 ? first : Luma.Of(first, pixel[2] << 8 | pixel[3], pixel[4] << 8 | pixel[5], 65_535)) / 65_535f;
    }

    private byte Colour(int index)
    {
        if (index >= _grays.Length)
            Throw.InvalidFile(_path, $"is damaged: a pixel has colour {index} of a palette of {_grays.Length}.");
        return _grays[index];
    }
}
