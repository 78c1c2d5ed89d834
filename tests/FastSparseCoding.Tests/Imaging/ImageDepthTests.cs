using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

/// <summary>16 bits are kept, and pictures are turned as their files say.</summary>
public sealed class ImageDepthTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("gray-16.png")]
    [InlineData("gray-16.tif")]
    public void A_16_bit_file_of_another_writer_is_read_to_its_last_bit(string name)
        => Assert.Equal(TestPictures.Gray.Select(g => 257 * g / 65535f), ImageFile.Load(TestPictures.Fixture(name)).Pixels.ToArray());

    [Fact]
    public void Gray_png_of_16_bits_keeps_what_8_bits_lose()
    {
        int[] samples = [.. Enumerable.Range(0, TestPictures.Pixels).Select(i => 541 * i)];

        Assert.Equal(samples.Select(s => s / 65535f), Load("a.png", TestPictures.Png(16, 0, (i, _) => samples[i])).Pixels.ToArray());
        Assert.Equal(samples.Select(s => s / 65535f),
            Load("a.png", TestPictures.Png(16, 4, (i, c) => c == 0 ? samples[i] : 7 * i)).Pixels.ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Colours_of_16_bits_become_grays_of_16_bits(bool bigEndian)
    {
        // A luma that is rounded once to 16 bits is within half a step of the exact one, and the weights' own rounding adds 3 · 65535 ·
        // 2⁻¹⁷.
        const double Rounding = (0.5 + 3 * 65535.0 / (1 << 17)) / 65535 + 1e-7;
        ushort[] rgb = [.. Enumerable.Range(0, 3 * TestPictures.Pixels).Select(i => (ushort)(40503 * i))];
        double[] expected = [.. Enumerable.Range(0, TestPictures.Pixels)
            .Select(i => (0.299 * rgb[3 * i] + 0.587 * rgb[3 * i + 1] + 0.114 * rgb[3 * i + 2]) / 65535)];
        byte[] together = Bytes(rgb), apart = Bytes([.. Enumerable.Range(0, 3).SelectMany(c => rgb.Where((_, i) => i % 3 == c))]);
        const uint Bytes1 = TestPictures.Pixels * 2;
        List<(int Tag, int Type, uint[] Values)> tags = TiffBytes.Strip(TestPictures.Width, TestPictures.Height, 16, 2, 3, 3 * Bytes1);
        (int, int, uint[])[] planes =
            [.. tags.Where(t => t.Tag is not (273 or 279)), (273, TiffBytes.Long, [0, Bytes1, 2 * Bytes1]),
            (279, TiffBytes.Long, [Bytes1, Bytes1, Bytes1]), (284, TiffBytes.Short, [2])];
        (int, int, uint[])[] strips =
            [.. tags.Where(t => t.Tag is not (273 or 278 or 279)), (273, TiffBytes.Long, [0, 288, 576]), (278, TiffBytes.Long, [4]),
            (279, TiffBytes.Long, [288, 288, 144])];
        byte[] tile = new byte[16 * 16 * 6];
        for (int y = 0; y < TestPictures.Height; y++)
            together.AsSpan(y * TestPictures.Width * 6, TestPictures.Width * 6).CopyTo(tile.AsSpan(y * 16 * 6));
        (int, int, uint[])[] tiles =
            [.. tags.Where(t => t.Tag is not (273 or 278 or 279)), (322, TiffBytes.Short, [16]), (323, TiffBytes.Short, [16]),
            (324, TiffBytes.Long, [0]), (325, TiffBytes.Long, [(uint)tile.Length])];

        Check(Load("a.tif", TiffBytes.Build(tags, together, bigEndian)));
        Check(Load("a.tif", TiffBytes.Build(strips, together, bigEndian)));
        Check(Load("a.tif", TiffBytes.Build(planes, apart, bigEndian)));
        Check(Load("a.tif", TiffBytes.Build(tiles, tile, bigEndian)));
        Check(Load("a.png", TestPictures.Png(16, 2, (i, c) => rgb[3 * i + c])));

        byte[] Bytes(ushort[] values)
            => [.. values.SelectMany(v => bigEndian ? new[] { (byte)(v >> 8), (byte)v } : [(byte)v, (byte)(v >> 8)])];

        void Check(GrayImage image)
            => Assert.All(Enumerable.Range(0, TestPictures.Pixels), i => Assert.Equal(expected[i], image.Pixels[i], Rounding));
    }

    [Fact]
    public void White_is_zero_where_a_tiff_says_so()
    {
        byte[] pixels = [0, 0, 0xFF, 0xFF, 0x34, 0x12];

        Assert.Equal([1, 0, (65535 - 0x1234) / 65535f],
            Load("a.tif", TiffBytes.Build(TiffBytes.Strip(3, 1, 16, 0, 1, 6), pixels)).Pixels.ToArray());
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
    public void A_picture_is_turned_upright(int orientation)
    {
        byte[] jpeg = File.ReadAllBytes(TestPictures.Fixture("gray.jpg")), png = File.ReadAllBytes(TestPictures.Fixture("gray.png"));
        byte[] little = [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0];
        byte[] big = [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];
        float[] stored = ImageFile.Load(TestPictures.Fixture("gray.jpg")).Pixels.ToArray(),
            exact = ImageFile.Load(TestPictures.Fixture("gray.png")).Pixels.ToArray();

        foreach (byte[] exif in (byte[][])[little, big])
        {
            Check(stored, Load("a.jpg", [.. jpeg[..2], 0xFF, 0xE1, 0, (byte)(exif.Length + 8), .. "Exif\0\0"u8, .. exif, .. jpeg[2..]]));
            Check(exact, Load("a.png", [.. png[..33], .. PngChunk.Build("eXIf"u8, exif), .. png[33..]]));
        }
        List<(int Tag, int Type, uint[] Values)> tags =
            TiffBytes.Strip(TestPictures.Width, TestPictures.Height, 8, 1, 1, TestPictures.Pixels);
        Check(exact, Load("a.tif", TiffBytes.Build(tags.Append((274, TiffBytes.Short, [(uint)orientation])), [.. TestPictures.Gray])));
        tags = TiffBytes.Strip(TestPictures.Width, TestPictures.Height, 16, 1, 1, 2 * TestPictures.Pixels);
        Check(exact, Load("a.tif",
            TiffBytes.Build(tags.Append((274, TiffBytes.Short, [(uint)orientation])),
            [.. TestPictures.Gray.SelectMany(g => new[] { g, g })])));

        void Check(float[] pixels, GrayImage image)
        {
            (int w, int h) = (TestPictures.Width, TestPictures.Height);
            Assert.Equal(orientation < 5 ? (w, h) : (h, w), (image.Width, image.Height));
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++)
                {
                    (int seenX, int seenY) = TestPictures.Seen(orientation, x, y);
                    Assert.Equal(pixels[y * w + x], image[seenX, seenY]);
                }
        }
    }

    [Fact]
    public void Notes_that_cannot_be_read_change_nothing()
    {
        byte[] jpeg = File.ReadAllBytes(TestPictures.Fixture("gray.jpg"));
        float[] stored = ImageFile.Load(TestPictures.Fixture("gray.jpg")).Pixels.ToArray();

        foreach (byte[] exif in (
            byte[][])[[], [.. "II*\0"u8], [.. "II*\0"u8, 255, 255, 255, 255], [.. "II*\0"u8, 8, 0, 0, 0, 255, 255],
            [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 9, 0, 0, 0]])
            Assert.Equal(stored, Load(
                "a.jpg", [.. jpeg[..2], 0xFF, 0xE1, 0, (byte)(exif.Length + 8), .. "Exif\0\0"u8, .. exif, .. jpeg[2..]]).Pixels.ToArray());
    }

    private GrayImage Load(string name, byte[] bytes) => ImageFile.Load(_folder.Write(name, bytes));
}
