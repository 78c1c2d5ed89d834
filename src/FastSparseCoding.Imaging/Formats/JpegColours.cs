namespace FastSparseCoding.Imaging.Formats;

/// <summary>How a JPEG's components make a colour.</summary>
internal enum JpegColourSpace
{
    Gray,
    YCbCr,
    Rgb,
    Cmyk,
    Ycck,
}

/// <summary>
/// Colours of a JPEG's components: those sampled coarsely are brought to full size, by halves with weights 3 and 1 as libjpeg does, others
/// by repeating; then to RGB (JFIF 1.02), whose limits are part of the gray too. CMYK is stored inverted, as Adobe does.
/// </summary>
internal sealed class JpegColours(JpegFrame frame, JpegColourSpace space)
{
    private const int Red = (int)(1.40200f * 4096 + 0.5f) << 8, GreenOfRed = (int)(0.71414f * 4096 + 0.5f) << 8;
    private const int GreenOfBlue = (int)(0.34414f * 4096 + 0.5f) << 8, Blue = (int)(1.77200f * 4096 + 0.5f) << 8;

    private readonly byte[][] _lines = [.. frame.Components.Select(_ => new byte[frame.Width + 16])];

    /// <summary>Draws all rows.</summary>
    public void Draw(Canvas canvas, int orientation)
    {
        canvas.Begin(new PixelLayout(
            frame.Width, frame.Height, space == JpegColourSpace.Gray ? 1 : 3, HasAlpha: false, Largest: 255, orientation));
        var rgb = new byte[space == JpegColourSpace.Gray ? 0 : 3 * frame.Width];
        for (int y = 0; y < frame.Height; y++)
        {
            for (int c = 0; c < _lines.Length; c++)
                FillLine(frame.Components[c], y, _lines[c]);
            if (space == JpegColourSpace.Gray)
                canvas.Put(0, y, _lines[0].AsSpan(0, frame.Width));
            else
            {
                ConvertLine(rgb);
                canvas.Put(0, y, rgb);
            }
        }
    }

    private void ConvertLine(Span<byte> rgb)
    {
        int width = frame.Width;
        ReadOnlySpan<byte> first = _lines[0].AsSpan(0, width), second = _lines[1].AsSpan(0, width),
            third = _lines[2].AsSpan(0, width);
        ReadOnlySpan<byte> black = _lines.Length < 4 ? default : _lines[3];
        for (int x = 0, i = 0; x < width; x++, i += 3)
        {
            (int r, int g, int b) = (first[x], second[x], third[x]);
            if (space is JpegColourSpace.YCbCr or JpegColourSpace.Ycck)
                (r, g, b) = ToRgb(r, g - 128, b - 128);
            if (space == JpegColourSpace.Ycck)
                (r, g, b) = (255 - r, 255 - g, 255 - b);
            if (black.Length > 0)
                (r, g, b) = (Scaled(r, black[x]), Scaled(g, black[x]), Scaled(b, black[x]));
            (rgb[i], rgb[i + 1], rgb[i + 2]) = ((byte)r, (byte)g, (byte)b);
        }
    }

    private static (int R, int G, int B) ToRgb(int luma, int cb, int cr)
    {
        int y = (luma << 20) + (1 << 19);
        return (Clamp((y + cr * Red) >> 20), Clamp((y - cr * GreenOfRed + ((cb * -GreenOfBlue) & ~0xFFFF)) >> 20),
            Clamp((y + cb * Blue) >> 20));
    }

    private static int Clamp(int value) => Math.Clamp(value, 0, 255);

    /// <summary>value · by / 255, rounded.</summary>
    private static int Scaled(int value, int by)
    {
        int product = value * by + 128;
        return (product + (product >> 8)) >> 8;
    }

    /// <summary>Row <paramref name="y"/> of a component at full size.</summary>
    private void FillLine(JpegComponent c, int y, byte[] line)
    {
        (int across, int down) = (frame.Factors.Across / c.Factors.Across, frame.Factors.Down / c.Factors.Down);
        int width = (frame.Width + across - 1) / across, last = (frame.Height + down - 1) / down - 1;
        int below = y + down / 2;       // the rows whose centres lie above and below this one's
        int upper = Math.Clamp(below / down - 1, 0, last), lower = Math.Min(below / down, last);
        (int near, int far) = below % down >= down / 2 ? (lower, upper) : (upper, lower);
        ReadOnlySpan<byte> nearRow = c.Samples.AsSpan(near * c.Stride, width), farRow = c.Samples.AsSpan(far * c.Stride, width);
        if ((across, down) is (1, 1))
            nearRow.CopyTo(line);
        else if ((across, down) is (1, 2))
            Between(nearRow, farRow, line);
        else if ((across, down) is (2, 1))
            Widen(nearRow, line);
        else if ((across, down) is (2, 2))
            WidenBetween(nearRow, farRow, line);
        else
            for (int x = 0; x < frame.Width; x++)
                line[x] = nearRow[x / across];
    }

    private static void Between(ReadOnlySpan<byte> near, ReadOnlySpan<byte> far, Span<byte> line)
    {
        for (int x = 0; x < near.Length; x++)
            line[x] = (byte)((3 * near[x] + far[x] + 2) >> 2);
    }

    private static void Widen(ReadOnlySpan<byte> row, Span<byte> line)
    {
        for (int x = 0; x < row.Length; x++)
        {
            line[2 * x] = (byte)((3 * row[x] + row[Math.Max(x - 1, 0)] + 2) >> 2);
            line[2 * x + 1] = (byte)((3 * row[x] + row[Math.Min(x + 1, row.Length - 1)] + 2) >> 2);
        }
    }

    private static void WidenBetween(ReadOnlySpan<byte> near, ReadOnlySpan<byte> far, Span<byte> line)
    {
        int left = 3 * near[0] + far[0];
        line[0] = (byte)((left + 2) >> 2);
        for (int x = 1; x < near.Length; x++)
        {
            int right = 3 * near[x] + far[x];
            line[2 * x - 1] = (byte)((3 * left + right + 8) >> 4);
            line[2 * x] = (byte)((3 * right + left + 8) >> 4);
            left = right;
        }
        line[2 * near.Length - 1] = (byte)((left + 2) >> 2);
    }
}
