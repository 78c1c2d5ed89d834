using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

/// <summary>BMPs with masks and with runs.</summary>
public sealed class BmpTests : IDisposable
{
    private const int Runs8 = 1, Runs4 = 2, Masks = 3;

    private static readonly byte[] Grays =
        [.. Enumerable.Range(0, 16).SelectMany(i => new[] { (byte)(17 * i), (byte)(17 * i), (byte)(17 * i), (byte)0 })];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Masks_of_any_width_are_brought_to_8_bits()
    {
        // Black, white, the red, green and blue of 5-6-5, and a green that is 21/63 = 85/255 bright.
        ushort[] pixels = [0, 0xFFFF, 0xF800, 0x07E0, 0x001F, 21 << 5];
        byte[] bmp = Bmp(6, -1, 16, Masks, [0, 0xF8, 0, 0, 0xE0, 7, 0, 0, 0x1F, 0, 0, 0],
            [.. pixels.SelectMany(p => new[] { (byte)p, (byte)(p >> 8) })]);
        Assert.Equal([0, 255, 76, 150, 29, 50], Levels(bmp));

        byte[] wide = Bmp(2, 1, 32, Masks, [0, 0, 0xF0, 0x3F, 0, 0xFC, 0x0F, 0, 0xFF, 3, 0, 0],
            [.. BitConverter.GetBytes(0x3FFFFFFF), .. BitConverter.GetBytes(0x200u << 20 | 0x200 << 10 | 0x200)]);
        Assert.Equal([255, 128], Levels(wide));
        Refused(Bmp(1, 1, 16, Masks, [5, 0, 0, 0, 2, 0, 0, 0, 8, 0, 0, 0], new byte[4]),
            "is damaged: its masks are not of bits side by side.");
    }

    [Fact]
    public void Pixels_of_16_bits_without_masks_have_5_bits_a_colour()
        => Assert.Equal([0, 255, 132], Levels(Bmp(3, 1, 16, 0, [], [0, 0, 0xFF, 0x7F, 0x10, 0x42, 0, 0])));

    [Fact]
    public void Runs_of_8_bits_decode_from_the_bottom_up()
    {
        // Three of colour 2, a row's end; colours 1, 2, 3 as they are and a byte of padding; a jump one to the right.
        byte[] runs = [3, 2, 0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 0, 2, 1, 0, 2, 5, 0, 1];

        Assert.Equal([0, 85, 85, 17, 34, 51, 34, 34, 34], Levels(Bmp(3, 3, 8, Runs8, Grays, runs)));
    }

    [Fact]
    public void Runs_of_4_bits_alternate()
        => Assert.Equal([17, 34, 17, 34, 17, 68, 85, 102, 119, 136],
            Levels(Bmp(5, 2, 4, Runs4, Grays, [0, 5, 0x45, 0x67, 0x80, 0, 0, 0, 5, 0x12, 0, 1])));

    [Fact]
    public void Runs_that_do_not_make_the_picture_are_refused()
    {
        Refused(Bmp(3, 3, 8, Runs8, Grays, [3, 2, 0, 0, 0, 1]), "is cut short or damaged: its runs end in row 2 of 3.");
        Refused(Bmp(3, 3, 8, Runs8, Grays, [3, 2, 0, 0, 3, 2, 0, 0, 3, 2]), "is cut short: its runs have no end.");
        Refused(Bmp(3, 3, 8, Runs8, Grays, [4, 2, 0, 0, 3, 2, 0, 0, 3, 2]), "is damaged: its runs leave its 3×3 pixels before byte 120.");
        Refused(Bmp(3, 1, 8, Runs8, Grays, [3, 16, 0, 1]), "is damaged: a pixel has colour 16 of a palette of 16.");
        Refused(Bmp(9_000, 9_000, 8, Runs8, Grays, [0, 1]),
            "is cut short or damaged: its 9000×9000 pixels do not come from 4 bytes of runs, from the bottom up.");
        Refused(Bmp(3, 1, 24, Runs8, [], new byte[12]), "is no BMP that can be read: it has 24 bits a pixel and compression 1.");
    }

    private int[] Levels(byte[] bmp)
        => [.. ImageFile.Load(_folder.Write("a.bmp", bmp)).Pixels.ToArray().Select(v => (int)MathF.Round(v * 255))];

    private void Refused(byte[] bytes, string problem)
    {
        string path = _folder.Write("a.bmp", bytes);
        Assert.Equal($"{path}: {problem}", Assert.Throws<InvalidDataException>(() => ImageFile.Load(path)).Message);
    }

    /// <summary>A BMP whose masks or palette lie behind a header of 40 bytes.</summary>
    private static byte[] Bmp(int width, int height, int bits, int compression, byte[] table, byte[] pixels)
    {
        byte[] bmp = TestPictures.Bmp(width, height, bits, table, [pixels]);
        bmp[30] = (byte)compression;
        return bmp;
    }
}
