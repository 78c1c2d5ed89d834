using System.Text;
using FastSparseCoding.Fuzz;
using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

/// <summary>Colours, alpha and depth of every format that is read.</summary>
public sealed class ColourFormatTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Fixtures => [.. TestPictures.Fixtures];

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void A_file_of_another_writer_keeps_its_colours(string name)
    {
        ColourImage image = ImageFile.LoadColour(TestPictures.Fixture(name));

        bool isGray = name.StartsWith("gray", StringComparison.Ordinal) || name.StartsWith("bilevel", StringComparison.Ordinal)
            || name is "frames.tif", hasAlpha = name.Contains("alpha", StringComparison.Ordinal) && name is not "colour-alpha.bmp";
        int bits = name.StartsWith("gray-16", StringComparison.Ordinal) ? 16 : 8, step = bits == 16 ? 257 : 1;
        Assert.Equal((12, 10, isGray ? 1 : 3, hasAlpha, bits, TestPictures.Fixture(name)),
            (image.Width, image.Height, image.Channels, image.HasAlpha, image.Bits, image.Name));
        // JPEG rounds luma, chroma and colours, and blue lies 1.772 times as far from gray as its chroma; chroma of every second row, which
        // changes by up to 9.3 a row, is half a row away at the edges.
        double tolerance = Path.GetExtension(name) is not (".jpg" or ".jpeg") ? 0
            : name.Contains("42", StringComparison.Ordinal) ? 4 + 1.772 * 9.3 / 2 : 4;
        int[] samples = ColourSamples.Of(image);
        double[] grays = TestPictures.Expected(name);
        for (int i = 0, at = 0; i < TestPictures.Pixels; i++)
        {
            (byte r, byte g, byte b) = TestPictures.Colour[i];
            foreach (double expected in isGray ? [grays[i]] : new double[] { r, g, b })
                Assert.Equal(expected * step, samples[at++], tolerance);
            if (hasAlpha)
                Assert.Equal(name.StartsWith("palette", StringComparison.Ordinal) ? i : 2 * i, samples[at++]);
        }
    }

    [Fact]
    public void The_luma_of_the_colours_is_the_gray_of_every_file()
    {
        string[] paths = [.. TestPictures.Fixtures.Select(TestPictures.Fixture),
            .. Format.All.Where(f => f.Name is "png" or "jpeg" or "gif" or "bmp" or "tiff")
                .SelectMany(f => f.Files.Select((file, i) => _folder.Write($"{i}{f.Extension}", file.Bytes)))];
        Assert.InRange(paths.Length, 70, 100);

        foreach (string path in paths)
            Assert.Equal(ImageFile.Load(path).Pixels.ToArray(), ColourSamples.Luma(ImageFile.LoadColour(path)));
    }

    [Theory]
    [InlineData(8, 0, 1, false)]
    [InlineData(16, 0, 1, false)]
    [InlineData(8, 2, 3, false)]
    [InlineData(16, 2, 3, false)]
    [InlineData(8, 4, 1, true)]
    [InlineData(16, 4, 1, true)]
    [InlineData(8, 6, 3, true)]
    [InlineData(16, 6, 3, true)]
    public void Png_keeps_every_sample(int bits, byte type, int channels, bool hasAlpha)
    {
        int n = hasAlpha ? channels + 1 : channels;
        foreach (bool interlaced in (bool[])[false, true])
        {
            ColourImage image = Load("a.png", TestPictures.Png(bits, type, (i, c) => Sample(n * i + c), interlaced: interlaced));

            Assert.Equal((channels, hasAlpha, bits), (image.Channels, image.HasAlpha, image.Bits));
            Assert.Equal([.. Enumerable.Range(0, n * TestPictures.Pixels).Select(Sample)], ColourSamples.Of(image));
        }

        int Sample(int i) => i * 40_503 % (1 << bits);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Png_of_few_bits_spans_black_to_white_and_its_palette_may_have_alpha(int bits)
    {
        int largest = (1 << bits) - 1, colours = Math.Min(1 << bits, TestPictures.Pixels);
        byte[] palette = TestPictures.Rgb[..(3 * colours)];

        int[] gray = ColourSamples.Of(Load("g.png", TestPictures.Png(bits, 0, (i, _) => i & largest)));
        int[] plain = ColourSamples.Of(Load("p.png", TestPictures.Png(bits, 3, (i, _) => i % colours, palette)));
        // The first colour alone has alpha; the rest is opaque. More than there are colours does no harm.
        int[] clear = ColourSamples.Of(Load("t.png", WithAlpha(TestPictures.Png(bits, 3, (i, _) => i % colours, palette), 7)));
        int[] many = ColourSamples.Of(
            Load("m.png", WithAlpha(TestPictures.Png(bits, 3, (i, _) => i % colours, palette), [.. Enumerable.Repeat((byte)9, 256)])));

        for (int i = 0; i < TestPictures.Pixels; i++)
        {
            (byte r, byte g, byte b) = TestPictures.Colour[i % colours];
            Assert.Equal((i & largest) * 255 / largest, gray[i]);
            Assert.Equal([r, g, b], plain[(3 * i)..(3 * i + 3)]);
            Assert.Equal([r, g, b, i % colours == 0 ? 7 : 255], clear[(4 * i)..(4 * i + 4)]);
            Assert.Equal([r, g, b, 9], many[(4 * i)..(4 * i + 4)]);
        }
    }

    [Fact]
    public void A_palette_of_grays_is_gray()
    {
        byte[] grays = [.. Enumerable.Range(0, 120).SelectMany(i => new[] { (byte)(2 * i), (byte)(2 * i), (byte)(2 * i) })];
        int[] expected = [.. Enumerable.Range(0, 120).Select(i => 2 * i)];
        byte[] bmp = TestPictures.Bmp(12, -10, 8, [.. grays.Chunk(3).SelectMany(c => c.Append((byte)0))],
            Enumerable.Range(0, 10).Select(y => Enumerable.Range(12 * y, 12).Select(i => (byte)i).ToArray()));

        foreach (ColourImage image in new[] { Load("a.png", TestPictures.Png(8, 3, (i, _) => i, grays)), Load("a.bmp", bmp) })
        {
            Assert.Equal((1, false), (image.Channels, image.HasAlpha));
            Assert.Equal(expected, ColourSamples.Of(image));
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(4, 0)]
    [InlineData(8, 0)]
    [InlineData(16, 0)]
    [InlineData(8, 2)]
    [InlineData(16, 2)]
    public void The_colour_that_a_png_names_is_transparent(int bits, byte type)
    {
        (int n, int largest) = (type == 2 ? 3 : 1, (1 << bits) - 1);
        // Three samples of which a pixel may share two with the transparent one.
        int[] key = [.. Enumerable.Range(0, n).Select(c => Sample(5, c))];
        byte[] png = WithAlpha(TestPictures.Png(bits, type, Sample), [.. key.SelectMany(k => new[] { (byte)(k >> 8), (byte)k })]);

        ColourImage image = Load("a.png", png);

        int scale = bits < 8 ? 255 / largest : 1;
        Assert.True(image.HasAlpha);
        Assert.Equal([.. Enumerable.Range(0, TestPictures.Pixels).SelectMany(i => Enumerable.Range(0, n).Select(c => Sample(i, c) * scale)
            .Append(Enumerable.Range(0, n).All(c => Sample(i, c) == key[c]) ? 0 : bits == 16 ? 65_535 : 255))], ColourSamples.Of(image));
        Assert.Equal(ImageFile.Load(_folder.File("a.png")).Pixels.ToArray(), ColourSamples.Luma(image));

        int Sample(int i, int c) => (c == 2 ? i / 40 * 911 : i / 3 * 12_345) & largest;
    }

    [Fact]
    public void A_transparent_colour_that_is_none_is_refused()
    {
        Refused("is damaged: its transparent colour at byte 33 has 3 bytes, or is its second; expected 2.",
            WithAlpha(TestPictures.Png(8, 0, (i, _) => i), 0, 1, 2));
        Refused("is damaged: its transparent colour at byte 33 has 2 bytes, or is its second; expected 6.",
            WithAlpha(TestPictures.Png(8, 2, (i, _) => i), 0, 1));
        Refused("is damaged: its transparent colour at byte 47 has 2 bytes, or is its second; expected 2.",
            WithAlpha(WithAlpha(TestPictures.Png(8, 0, (i, _) => i), 0, 1), 0, 1));
        Assert.True(Load("a.png", WithAlpha(TestPictures.Png(8, 4, (i, c) => c == 0 ? i : 50), 0, 1)) is { HasAlpha: true } image
            && ColourSamples.Of(image)[1] == 50);

        void Refused(string problem, byte[] png)
        {
            string path = _folder.Write("a.png", png);
            Assert.Equal($"{path}: {problem}", Assert.Throws<InvalidDataException>(() => ImageFile.LoadColour(path)).Message);
            Assert.Equal($"{path}: {problem}", Assert.Throws<InvalidDataException>(() => ImageFile.Load(path)).Message);
        }
    }

    [Fact]
    public void Netpbm_of_any_largest_value_keeps_its_levels_apart()
    {
        Check(8, 1, [0, 51, 102, 255], "P2 4 1 5  0 1 2 5");
        Check(8, 3, [255, 0, 128, 1, 2, 3], "P3 2 1 255  255 0 128  1 2 3");
        Check(16, 3, [65535, 0, 33, 66, 98, 131], "P3 2 1 2000  2000 0 1  2 3 4");
        Check(16, 1, [0, 1, 4660, 65535], "P2 4 1 65535  0 1 4660 65535");
        Assert.Equal([258, 772, 1286], ColourSamples.Of(Load("a.ppm", [.. "P6 1 1 65535\n"u8, 1, 2, 3, 4, 5, 6])));
        Assert.Equal([1, 2, 3], ColourSamples.Of(Load("a.ppm", [.. "P6 1 1 255\n"u8, 1, 2, 3])));

        void Check(int bits, int channels, int[] samples, string text)
        {
            ColourImage image = Load("a.pnm", Encoding.ASCII.GetBytes(text));
            Assert.Equal((bits, channels, false), (image.Bits, image.Channels, image.HasAlpha));
            Assert.Equal(samples, ColourSamples.Of(image));
        }
    }

    private ColourImage Load(string name, byte[] bytes) => ImageFile.LoadColour(_folder.Write(name, bytes));

    /// <summary>A PNG with a chunk tRNS before its data.</summary>
    private static byte[] WithAlpha(byte[] png, params byte[] alpha)
    {
        int at = png.AsSpan().IndexOf("IDAT"u8) - 4;
        return [.. png[..at], .. PngChunk.Build("tRNS"u8, alpha), .. png[at..]];
    }
}
