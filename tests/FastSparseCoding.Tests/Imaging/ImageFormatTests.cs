using System.Text;
using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

/// <summary>Every format decodes to the luma of ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B.</summary>
public sealed class ImageFormatTests : IDisposable
{
    /// <summary>Half a gray level for rounding, and what 16-bit weights lose in a sum of three channels: 3 · 255 · 2⁻¹⁷.</summary>
    private const double Rounding = 0.5 + 3 * 255.0 / (1 << 17);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void All_files_of_other_writers_are_found_and_small()
    {
        Assert.Equal(35, TestPictures.Fixtures.Length);
        Assert.Equal([".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff"],
            TestPictures.Fixtures.Select(f => Path.GetExtension(f)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.All(TestPictures.Fixtures, f => Assert.InRange(new FileInfo(TestPictures.Fixture(f)).Length, 1, 2048));
    }

    public static TheoryData<string> Fixtures => [.. TestPictures.Fixtures];

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void A_file_of_another_writer_decodes_to_the_right_grays(string name)
    {
        string path = TestPictures.Fixture(name);
        bool lossy = Path.GetExtension(name) is ".jpg" or ".jpeg", coloured = name.StartsWith("colour", StringComparison.Ordinal)
            || name.StartsWith("palette", StringComparison.Ordinal);

        GrayImage image = ImageFile.Load(path);

        // float32 keeps a value of 0 to 1 to within 2⁻²⁴: less than 1e-4 of a gray level.
        TestPictures.Check(TestPictures.Expected(name), image, lossy ? 2 : coloured || name is "frames.gif" ? Rounding : 1e-4);
        Assert.Equal(path, image.Name);
    }

    [Fact]
    public void The_luma_weighs_red_green_and_blue_and_keeps_grays()
    {
        GrayImage image = ImageFile.Load(Text("c.ppm", "P3 6 1 255  255 0 0  0 255 0  0 0 255  255 255 255  77 77 77  10 20 31"));

        Assert.Equal([76, 150, 29, 255, 77, 18], Levels(image));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(4, false)]
    [InlineData(8, false)]
    [InlineData(8, true)]
    [InlineData(16, false)]
    [InlineData(16, true)]
    public void Gray_png_of_every_depth_spans_black_to_white(int bits, bool alpha)
    {
        int largest = (1 << bits) - 1;
        int[] samples = [.. TestPictures.Gray.Select(g => (int)Math.Round(g / 255.0 * largest))];

        byte[] png = TestPictures.Png(bits, (byte)(alpha ? 4 : 0), (i, c) => c == 0 ? samples[i] : i * largest / 119);

        TestPictures.Check([.. samples.Select(s => s * 255.0 / largest)], Load("g.png", png), bits == 16 ? 1 : 1e-4);
    }

    [Theory]
    [InlineData(8, 2)]
    [InlineData(16, 2)]
    [InlineData(8, 6)]
    [InlineData(16, 6)]
    public void Colour_png_of_either_depth_decodes_with_and_without_alpha(int bits, byte type)
    {
        byte[] rgb = TestPictures.Rgb;
        byte[] png = TestPictures.Png(bits, type, (i, c) => (c == 3 ? i : rgb[3 * i + c]) * (bits == 16 ? 257 : 1));

        TestPictures.Check(TestPictures.Luma, Load("c.png", png), Rounding);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Palette_png_of_every_depth_decodes(int bits)
    {
        int colours = Math.Min(1 << bits, TestPictures.Pixels);
        byte[] png = TestPictures.Png(bits, 3, (i, _) => i % colours, TestPictures.Rgb[..(3 * colours)]);

        TestPictures.Check([.. Enumerable.Range(0, TestPictures.Pixels).Select(i => TestPictures.Luma[i % colours])], Load("p.png", png),
            Rounding);
    }

    [Fact]
    public void Interlaced_png_decodes()
    {
        byte[] rgb = TestPictures.Rgb;
        TestPictures.Check(TestPictures.Luma, Load("i.png", TestPictures.Png(8, 2, (i, c) => rgb[3 * i + c], interlaced: true)), Rounding);
        TestPictures.Check(TestPictures.Expected("bilevel"),
            Load("b.png", TestPictures.Png(1, 0, (i, _) => TestPictures.Bilevel[i] / 255, interlaced: true)), 0);
    }

    [Theory]
    [InlineData(24, false, 40)]
    [InlineData(24, true, 40)]
    [InlineData(32, false, 40)]
    [InlineData(24, false, 12)]
    public void Bmp_decodes_in_both_directions_and_with_the_old_header(int bits, bool topDown, int header)
    {
        IEnumerable<byte[]> rows = Enumerable.Range(0, 10)
            .Select(y => TestPictures.Colour.Skip(12 * y).Take(12)
                .SelectMany(c => bits == 32 ? [c.B, c.G, c.R, (byte)7] : new[] { c.B, c.G, c.R }).ToArray());

        byte[] bmp = TestPictures.Bmp(12, topDown ? -10 : 10, bits, [], topDown ? rows : rows.Reverse(), header);

        TestPictures.Check(TestPictures.Luma, Load("c.bmp", bmp), Rounding);
    }

    [Fact]
    public void Palette_bmp_decodes()
    {
        byte[] palette = [.. TestPictures.Colour.SelectMany(c => new byte[] { c.B, c.G, c.R, 0 })];
        byte[] bmp = TestPictures.Bmp(
            12, 10, 8, palette, Enumerable.Range(0, 10).Select(y => Enumerable.Range(12 * y, 12).Select(i => (byte)i).ToArray()).Reverse());

        TestPictures.Check(TestPictures.Luma, Load("p.bmp", bmp), Rounding);
    }

    [Theory]
    [InlineData("P2 3 2 255 0 51 102 153 204 255")]
    [InlineData("P2\n# made by hand\n3 2\n255\n0 51 102\n153 204 255\n")]
    [InlineData("P2#x\n3#y\n2 5\r\n0\t1\v2 3 4 5")]
    [InlineData("P2 3 2 65535 0 13107 26214 39321 52428 65535 and what follows is ignored")]
    [InlineData("P3 3 2 5  0 0 0  1 1 1  2 2 2  3 3 3  4 4 4  5 5 5")]
    public void Plain_netpbm_decodes_whatever_its_spacing_and_comments(string text)
        => Assert.Equal([0, 51, 102, 153, 204, 255], Levels(ImageFile.Load(Text("p.pnm", text))));

    [Fact]
    public void Raw_netpbm_of_one_and_two_bytes_a_value_decodes()
    {
        Assert.Equal([0, 51, 102, 153, 204, 255], Levels(Load("a.pgm", [.. "P5\n3 2\n255\n"u8, 0, 51, 102, 153, 204, 255])));
        Assert.Equal([0, 255], Levels(Load("b.pgm", [.. "P5 # x\n2 1 1\n"u8, 0, 1])));
        Assert.Equal([10f / 1000, 999f / 1000], Load("c.pgm", [.. "P5 2 1 1000 "u8, 0, 10, 3, 231]).Pixels.ToArray());
        TestPictures.Check(TestPictures.Luma, Load("d.ppm", [.. "P6 12 10 255\n"u8, .. TestPictures.Rgb]), Rounding);
        TestPictures.Check(TestPictures.Luma, Load("e.ppm", [.. "P6 12 10 65535\n"u8, .. TestPictures.Rgb.SelectMany(v => new[] { v, v })]),
            Rounding);
    }

    [Fact]
    public void The_content_decides_and_not_the_name()
    {
        byte[] png = File.ReadAllBytes(TestPictures.Fixture("gray.png"));

        TestPictures.Check(TestPictures.Expected("gray"), Load("photo.jpg", png), 1e-4);
        TestPictures.Check(TestPictures.Expected("gray"), Load("photo.unknown", png), 1e-4);
        TestPictures.Check(TestPictures.Expected("gray"), Load("photo", png), 1e-4);
    }

    [Fact]
    public void Bytes_after_the_end_of_a_picture_are_ignored()
    {
        foreach (string name in (string[])["gray.jpg", "gray.png", "gray.bmp", "gray.tif"])
            TestPictures.Check(TestPictures.Expected(name), Load(name, [.. File.ReadAllBytes(TestPictures.Fixture(name)), 1, 2, 3]), 2);
    }

    private GrayImage Load(string name, byte[] bytes) => ImageFile.Load(_folder.Write(name, bytes));

    private string Text(string name, string text) => _folder.Write(name, Encoding.ASCII.GetBytes(text));

    private static int[] Levels(GrayImage image)
    {
        double[] levels = [.. image.Pixels.ToArray().Select(v => v * 255.0)];
        Assert.All(levels, v => Assert.Equal(Math.Round(v), v, 1e-4));
        return Array.ConvertAll(levels, v => (int)Math.Round(v));
    }
}
