using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

/// <summary>TIFFs in every arrangement of their samples, and colours that are turned upright.</summary>
public sealed class ColourTiffTests : IDisposable
{
    private const int Pixels = TestPictures.Pixels;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(8, 1, false)]
    [InlineData(8, 3, false)]
    [InlineData(8, 1, true)]
    [InlineData(8, 3, true)]
    [InlineData(16, 1, false)]
    [InlineData(16, 3, false)]
    [InlineData(16, 1, true)]
    [InlineData(16, 3, true)]
    public void Strips_tiles_and_planes_keep_every_sample(int bits, int channels, bool hasAlpha)
    {
        int n = hasAlpha ? channels + 1 : channels, bytes = bits / 8;
        int[] samples = [.. Enumerable.Range(0, n * Pixels).Select(i => i * 40_503 % (1 << bits))];
        byte[] together = Bytes(samples, bytes),
            apart = Bytes([.. Enumerable.Range(0, n).SelectMany(c => samples.Where((_, i) => i % n == c))], bytes);
        (int Tag, int, uint[])[] tags = Tags(bits, channels, hasAlpha ? [2] : []);
        uint plane = (uint)(Pixels * bytes), strip = (uint)(4 * 12 * n * bytes);
        byte[] tile = new byte[16 * 16 * n * bytes];
        for (int y = 0, row = 12 * n * bytes; y < 10; y++)
            together.AsSpan(y * row, row).CopyTo(tile.AsSpan(y * 16 * n * bytes));

        Check(tags, together);
        Check([.. Without(tags, 273, 278, 279), (273, TiffBytes.Long, [0, strip, 2 * strip]), (278, TiffBytes.Long, [4]),
            (279, TiffBytes.Long, [strip, strip, strip / 2])], together);
        Check([.. Without(tags, 273, 279), (273, TiffBytes.Long, [.. Enumerable.Range(0, n).Select(i => (uint)i * plane)]),
            (279, TiffBytes.Long, [.. Enumerable.Repeat(plane, n)]), (284, TiffBytes.Short, [2])], apart);
        Check([.. Without(tags, 273, 278, 279), (322, TiffBytes.Short, [16]), (323, TiffBytes.Short, [16]), (324, TiffBytes.Long, [0]),
            (325, TiffBytes.Long, [(uint)tile.Length])], tile);

        void Check((int, int, uint[])[] tags, byte[] pixels)
        {
            ColourImage image = Load(TiffBytes.Build(tags, pixels));
            Assert.Equal((12, 10, channels, hasAlpha, bits), (image.Width, image.Height, image.Channels, image.HasAlpha, image.Bits));
            Assert.Equal(samples, ColourSamples.Of(image));
            Assert.Equal(ImageFile.Load(_folder.File("a.tif")).Pixels.ToArray(), ColourSamples.Luma(image));
        }
    }

    /// <summary>
    /// 0 is of unknown meaning, 1 alpha that colours were multiplied by: both are left out, the colours stay as they are stored.
    /// </summary>
    [Theory]
    [InlineData(8, 0)]
    [InlineData(8, 1)]
    [InlineData(16, 0)]
    [InlineData(16, 1)]
    public void Other_extra_samples_are_left_out(int bits, uint kind)
    {
        int[] samples = [.. Enumerable.Range(0, 5 * Pixels).Select(i => i * 40_503 % (1 << bits))];

        ColourImage image = Load(TiffBytes.Build(Tags(bits, 3, [kind, 2]), Bytes(samples, bits / 8)));

        Assert.False(image.HasAlpha);
        Assert.Equal([.. samples.Where((_, i) => i % 5 < 3)], ColourSamples.Of(image));
    }

    [Fact]
    public void White_is_zero_where_a_tiff_says_so_but_alpha_is_not()
    {
        Assert.Equal([245, 20, 215, 40], ColourSamples.Of(Load(TiffBytes.Build(
            [.. TiffBytes.Strip(2, 1, 8, 0, 2, 4), (338, TiffBytes.Short, [2])], [10, 20, 40, 40]))));
        Assert.Equal([65535 - 0x1234, 0x5678], ColourSamples.Of(Load(TiffBytes.Build(
            [.. TiffBytes.Strip(1, 1, 16, 0, 2, 4), (338, TiffBytes.Short, [2])], [0x34, 0x12, 0x78, 0x56]))));
    }

    [Fact]
    public void A_tiff_that_is_cut_short_is_refused_in_colour_too()
    {
        byte[] tiff = TiffBytes.Build(Tags(8, 3, []), new byte[3 * Pixels]);
        string path = _folder.Write("a.tif", tiff[..^1]);

        Assert.Equal(Assert.Throws<InvalidDataException>(() => ImageFile.Load(path)).Message,
            Assert.Throws<InvalidDataException>(() => ImageFile.LoadColour(path)).Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Colours_and_alpha_are_turned_upright_together(int orientation)
    {
        byte[] exif = [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];
        byte[] jpeg = File.ReadAllBytes(TestPictures.Fixture("colour-420.jpg"));
        (int, int, uint[]) tag = (274, TiffBytes.Short, [(uint)orientation]);
        foreach (int bits in (int[])[8, 16])
        {
            int[] samples = [.. Enumerable.Range(0, 4 * Pixels).Select(i => i * 40_503 % (1 << bits))];
            byte[] png = TestPictures.Png(bits, 6, (i, c) => samples[4 * i + c]);
            Check(samples, 4, Load([.. png[..33], .. PngChunk.Build("eXIf"u8, exif), .. png[33..]]));
            Check(samples, 4, Load(TiffBytes.Build([.. Tags(bits, 3, [2]), tag], Bytes(samples, bits / 8))));
        }
        Check(ColourSamples.Of(ImageFile.LoadColour(TestPictures.Fixture("colour-420.jpg"))), 3,
            Load([.. jpeg[..2], 0xFF, 0xE1, 0, (byte)(exif.Length + 8), .. "Exif\0\0"u8, .. exif, .. jpeg[2..]]));

        void Check(int[] stored, int n, ColourImage image)
        {
            (int w, int h) = (TestPictures.Width, TestPictures.Height);
            Assert.Equal(orientation < 5 ? (w, h) : (h, w), (image.Width, image.Height));
            int[] seen = ColourSamples.Of(image);
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++)
                {
                    (int seenX, int seenY) = TestPictures.Seen(orientation, x, y);
                    Assert.Equal(stored.AsSpan((y * w + x) * n, n), seen.AsSpan((seenY * image.Width + seenX) * n, n));
                }
        }
    }

    private static (int Tag, int, uint[])[] Tags(int bits, int channels, uint[] extra)
    {
        int n = channels + extra.Length;
        List<(int Tag, int Type, uint[] Values)> tags =
            TiffBytes.Strip(12, 10, (uint)bits, channels == 3 ? 2u : 1, (uint)n, (uint)(n * Pixels * bits / 8));
        return extra.Length == 0 ? [.. tags] : [.. tags, (338, TiffBytes.Short, extra)];
    }

    private static IEnumerable<(int Tag, int, uint[])> Without((int Tag, int, uint[])[] tags, params int[] left)
        => tags.Where(t => !left.Contains(t.Tag));

    private static byte[] Bytes(int[] samples, int bytes)
        => [.. samples.SelectMany(s => bytes == 1 ? new[] { (byte)s } : [(byte)s, (byte)(s >> 8)])];

    private ColourImage Load(byte[] bytes) => ImageFile.LoadColour(_folder.Write("a.tif", bytes));
}
