using System.Buffers.Binary;
using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

/// <summary>The pictures that the files in Fixtures hold, and files of them built byte by byte.</summary>
internal static class TestPictures
{
    public const int Width = 12, Height = 10, Pixels = Width * Height;

    public static IReadOnlyList<byte> Gray { get; } = [.. Enumerable.Range(0, Pixels).Select(i => (byte)(30 + 12 * X(i) + 9 * Y(i)))];

    public static IReadOnlyList<(byte R, byte G, byte B)> Colour { get; } =
        [.. Enumerable.Range(0, Pixels).Select(i => ((byte)(40 + 15 * X(i)), (byte)(200 - 16 * Y(i)), (byte)(60 + 8 * (X(i) + Y(i)))))];

    public static IReadOnlyList<byte> Bilevel { get; } =
        [.. Enumerable.Range(0, Pixels).Select(i => (byte)((X(i) / 3 + Y(i) / 2) % 2 * 255))];

    /// <summary>The colour picture as bytes R, G, B.</summary>
    public static byte[] Rgb => [.. Colour.SelectMany(c => new[] { c.R, c.G, c.B })];

    /// <summary>The luma of ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B, not rounded.</summary>
    public static double[] Luma { get; } = [.. Colour.Select(c => 0.299 * c.R + 0.587 * c.G + 0.114 * c.B)];

    /// <summary>Values 0 to 255 that the picture of this name has, by what the name begins with.</summary>
    public static double[] Expected(string name)
    {
        if (name.StartsWith("bilevel", StringComparison.Ordinal))
            return [.. Bilevel.Select(v => (double)v)];
        bool gray = name.StartsWith("gray", StringComparison.Ordinal) || string.Equals(name, "frames.tif", StringComparison.Ordinal);
        return gray ? [.. Gray.Select(v => (double)v)] : Luma;
    }

    public static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Imaging", "Fixtures", name);

    public static string[] Fixtures
        => [.. Directory.EnumerateFiles(Fixture("")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    /// <summary>Fails unless the picture is 12×10 and every pixel within <paramref name="tolerance"/>/255 of the expected one.</summary>
    public static void Check(IReadOnlyList<double> expected, GrayImage image, double tolerance)
    {
        Assert.Equal((Width, Height), (image.Width, image.Height));
        for (int i = 0; i < Pixels; i++)
            Assert.True(Math.Abs(image.Pixels[i] * 255.0 - expected[i]) <= tolerance,
                $"pixel ({X(i)}, {Y(i)}): expected {expected[i]}/255, got {image.Pixels[i] * 255.0}/255");
    }

    /// <summary>
    /// A PNG of 12×10 pixels. <paramref name="sample"/>(i, c) is channel c of pixel i; the colour type is 0 gray, 2 RGB, 3 palette, 4 gray
    /// and alpha or 6 RGB and alpha. Rows are not filtered.
    /// </summary>
    public static byte[] Png(int bits, byte colourType, Func<int, int, int> sample, byte[]? palette = null, bool interlaced = false)
    {
        int channels = colourType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        byte[] header = [0, 0, 0, Width, 0, 0, 0, Height, (byte)bits, colourType, 0, 0, (byte)(interlaced ? 1 : 0)];
        (int X, int Y, int Dx, int Dy)[] passes = interlaced
            ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
            : [(0, 0, 1, 1)];
        var rows = new List<byte>();
        foreach ((int left, int top, int dx, int dy) in passes)
            for (int y = top; y < Height; y += dy)
                rows.AddRange(Row(y, left, dx));
        return
        [
            .. PngChunk.Signature, .. PngChunk.Build("IHDR"u8, header), .. palette is null ? [] : PngChunk.Build("PLTE"u8, palette),
            .. PngChunk.Build("IDAT"u8, PngChunk.Pack([.. rows])), .. PngChunk.Build("IEND"u8, []),
        ];

        List<byte> Row(int y, int left, int dx)
        {
            var row = new List<byte> { 0 };
            int used = 8;
            for (int x = left; x < Width; x += dx)
                for (int c = 0; c < channels; c++)
                {
                    int value = sample(y * Width + x, c);
                    if (bits == 16)
                        row.Add((byte)(value >> 8));
                    if (bits >= 8)
                    {
                        row.Add((byte)value);
                        continue;
                    }
                    if (used == 8)
                    {
                        row.Add(0);
                        used = 0;
                    }
                    used += bits;
                    row[^1] |= (byte)(value << (8 - used));
                }
            return row;
        }
    }

    /// <summary>Sets every chunk's check sum to what its bytes have, as far as the chunks can be followed.</summary>
    public static void MendPng(Span<byte> png)
    {
        for (int at = 8; png.Length - at >= 12;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(png[at..]);
            if (length > png.Length - at - 12)
                return;
            BinaryPrimitives.WriteUInt32BigEndian(png[(at + 8 + (int)length)..], CheckSum(png.Slice(at + 4, 4 + (int)length)));
            at += 12 + (int)length;
        }
    }

    /// <summary>A BMP with a header of 40 bytes; rows, bottom up unless the height is negative, are padded to 4 bytes.</summary>
    public static byte[] Bmp(int width, int height, int bits, byte[] palette, IEnumerable<byte[]> rows, int headerSize = 40)
    {
        byte[] pixels = [.. rows.SelectMany(r => r.Concat(new byte[(4 - r.Length % 4) % 4]))];
        int start = 14 + headerSize + palette.Length;
        byte[] sizes = headerSize == 12
            ? [.. Le(width)[..2], .. Le(height)[..2], 1, 0, (byte)bits, 0]
            : [.. Le(width), .. Le(height), 1, 0, (byte)bits, 0, .. Le(0), .. Le(pixels.Length), .. Le(2835), .. Le(2835),
                .. Le(palette.Length / 4), .. Le(0)];
        return [(byte)'B', (byte)'M', .. Le(start + pixels.Length), .. Le(0), .. Le(start), .. Le(headerSize), .. sizes, .. palette,
            .. pixels];
    }

    /// <summary>Where pixel (x, y) of what is stored lies when it is seen (TIFF 6.0, page 36).</summary>
    public static (int X, int Y) Seen(int orientation, int x, int y)
    {
        (int right, int bottom) = (Width - 1 - x, Height - 1 - y);
        return orientation switch
        {
            1 => (x, y),
            2 => (right, y),
            3 => (right, bottom),
            4 => (x, bottom),
            5 => (y, x),
            6 => (bottom, x),
            7 => (bottom, right),
            _ => (y, right),
        };
    }

    private static uint CheckSum(ReadOnlySpan<byte> bytes)
    {
        var crc = new Crc32();
        crc.Append(bytes);
        return crc.Value;
    }

    private static byte[] Le(int value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16), (byte)(value >> 24)];

    private static int X(int i) => i % Width;

    private static int Y(int i) => i / Width;
}
