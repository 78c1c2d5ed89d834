using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

public sealed class ImageSaveTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, int, bool, int> Kinds
    {
        get
        {
            var kinds = new TheoryData<string, int, bool, int>();
            foreach (int bits in (int[])[8, 16])
            {
                foreach (string ending in (string[])[".png", ".tif", ".TIFF"])
                    foreach (int channels in (int[])[1, 3])
                        foreach (bool hasAlpha in (bool[])[false, true])
                            kinds.Add(ending, channels, hasAlpha, bits);
                kinds.Add(".pgm", 1, false, bits);
                kinds.Add(".PPM", 3, false, bits);
            }
            return kinds;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_written_picture_reads_back_sample_for_sample(string ending, int channels, bool hasAlpha, int bits)
    {
        // A row alone, a column alone, more rows than a strip or a piece of packed data has, noise that no filter helps and none hurts.
        foreach ((int width, int height) in ((int, int)[])[(1, 1), (300, 1), (1, 257), (61, 1203)])
        {
            var random = new Random(width);
            ColourImage image = ColourSamples.Make(width, height, channels, hasAlpha, bits,
                i => (i / 5 % 3 == 0 ? random.Next(1 << bits) : 7 * i) & ((1 << bits) - 1));

            ImageFile.Save(_folder.File("a" + ending), image);

            ColourSamples.AssertEqual(image, ImageFile.LoadColour(_folder.File("a" + ending)));
            Assert.Equal(ColourSamples.Luma(image), ImageFile.Load(_folder.File("a" + ending)).Pixels.ToArray());
        }
        Assert.Single(_folder.Names);
    }

    [Theory]
    [InlineData(".png")]
    [InlineData(".tif")]
    [InlineData(".pgm")]
    public void All_levels_of_a_12_bit_ramp_survive_reading_and_writing(string ending)
    {
        byte[] ramp = [.. Enumerable.Range(0, 4096).SelectMany(v => new[] { (byte)(v >> 8), (byte)v })];
        ColourImage first = ImageFile.LoadColour(_folder.Write("ramp.pgm", [.. "P5 64 64 4095\n"u8, .. ramp]));
        var second = new ColourImage(64, 64, 1, false, 16);
        var rows = new float[64 * 8];

        for (int y = 0; y < 64; y += 8)
        {
            first.ReadRows(0, y, rows);
            second.WriteRows(0, y, rows);
        }
        ImageFile.Save(_folder.File("a" + ending), second);
        int[] samples = ColourSamples.Of(ImageFile.LoadColour(_folder.File("a" + ending)));

        Assert.Equal([.. Enumerable.Range(0, 4096).Select(v => (int)Math.Round(v * 65_535.0 / 4095))], samples);
        Assert.Equal([.. Enumerable.Range(0, 4096)], samples.Select(s => (int)Math.Round(s * 4095.0 / 65_535)));
    }

    [Fact]
    public void Netpbm_is_a_header_and_the_samples_high_bytes_first()
    {
        Assert.Equal([.. "P5\n2 1\n255\n"u8, 1, 255], Saved("a.pgm", ColourSamples.Make(2, 1, 1, false, 8, i => i == 0 ? 1 : 255)));
        Assert.Equal([.. "P5\n2 1\n65535\n"u8, 0x12, 0x34, 0, 1],
            Saved("a.pgm", ColourSamples.Make(2, 1, 1, false, 16, i => i == 0 ? 0x1234 : 1)));
        Assert.Equal([.. "P6\n1 2\n255\n"u8, 0, 1, 2, 3, 4, 5], Saved("a.ppm", ColourSamples.Make(1, 2, 3, false, 8, i => i)));
        Assert.Equal([.. "P6\n1 1\n65535\n"u8, 1, 0, 1, 1, 1, 2], Saved("a.ppm", ColourSamples.Make(1, 1, 3, false, 16, i => 256 + i)));
    }

    [Theory]
    [InlineData(1, false, 8, 0)]
    [InlineData(1, true, 16, 4)]
    [InlineData(3, false, 16, 2)]
    [InlineData(3, true, 8, 6)]
    public void Png_says_its_depth_and_colours_in_whole_chunks(int channels, bool hasAlpha, int bits, byte type)
    {
        byte[] png = Saved("a.png", new ColourImage(300, 2, channels, hasAlpha, bits)), mended = [.. png];
        TestPictures.MendPng(mended);

        Assert.Equal([.. PngChunk.Signature, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 1, 44, 0, 0, 0, 2, (byte)bits, type, 0, 0, 0], png[..29]);
        Assert.Equal(png, mended);
        Assert.Equal([0, 0, 0, 0, .. "IEND"u8, 0xAE, 0x42, 0x60, 0x82], png[^12..]);
    }

    /// <summary>Noise of 256 bytes spread over 65,536, so that one filter alone finds it again in every row.</summary>
    [Fact]
    public void Png_rows_are_packed_by_the_filter_that_fits()
    {
        var random = new Random(3);
        byte[] noise = new byte[256];
        random.NextBytes(noise);
        int up = Saved("a.png", ColourSamples.Make(256, 256, 1, false, 8, i => noise[i % 256])).Length,
            sub = Saved("a.png", ColourSamples.Make(256, 256, 1, false, 8, i => noise[i / 256])).Length,
            paeth = Saved("a.png", ColourSamples.Make(256, 256, 1, false, 8, i => noise[Math.Max(i % 256, i / 256)])).Length,
            none = Saved("a.png", ColourSamples.Make(256, 256, 1, false, 8, i => noise[(i * 2_654_435_761L >> 7) % 256])).Length;

        Assert.InRange(up, 100, 2000);
        Assert.InRange(sub, 100, 2000);
        Assert.InRange(paeth, 100, 2000);
        Assert.InRange(none, 1, 256 * 256 + 1000);
    }

    [Fact]
    public void Tiff_is_read_by_the_library_that_reads_others_and_lies_in_strips()
    {
        byte[] tiff = Saved("a.tif", ColourSamples.Make(1000, 100, 3, true, 16, i => i % 65_536));
        using BitMiracle.LibTiff.Classic.Tiff file =
            BitMiracle.LibTiff.Classic.Tiff.ClientOpen("a", "r", new MemoryStream(tiff), new BitMiracle.LibTiff.Classic.TiffStream());
        var row = new byte[8000];

        Assert.Equal((13, 8), (file.NumberOfStrips(), file.GetField(BitMiracle.LibTiff.Classic.TiffTag.ROWSPERSTRIP)[0].ToInt()));
        Assert.True(file.ReadScanline(row, 99));
        Assert.Equal(99 * 4000 % 65_536, BitConverter.ToUInt16(row));
    }

    /// <summary>All that TIFF 6.0 asks of a baseline gray or RGB file (sections 4 and 6), in ascending order.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(3, true)]
    public void A_tiff_has_the_tags_that_baseline_readers_ask_for(int channels, bool hasAlpha)
    {
        byte[] tiff = Saved("a.tif", new ColourImage(7, 5, channels, hasAlpha, 8));
        Dictionary<int, (int Type, long Count, uint[] Values)> tags = Tags(tiff);

        int[] required = [256, 257, 258, 259, 262, 273, 277, 278, 279, 282, 283, 296];
        Assert.Equal([.. required, .. hasAlpha ? [338] : Array.Empty<int>()], tags.Keys);
        Assert.Equal((5, 1L), (tags[282].Type, tags[282].Count));       // one RATIONAL
        Assert.Equal([72u, 1u], tags[282].Values);
        Assert.Equal((5, 1L), (tags[283].Type, tags[283].Count));
        Assert.Equal([72u, 1u], tags[283].Values);
        Assert.Equal((3, 1L), (tags[296].Type, tags[296].Count));       // one SHORT: 2 is inch
        Assert.Equal([2u], tags[296].Values);
        Assert.Equal(tiff.Length, tags[273].Values[0] + 35L * (hasAlpha ? channels + 1 : channels));
    }

    /// <summary>The tags of the first directory of a big-endian TIFF, in its order; numbers of a fraction one after the other.</summary>
    private static Dictionary<int, (int Type, long Count, uint[] Values)> Tags(byte[] tiff)
    {
        var tags = new Dictionary<int, (int, long, uint[])>();
        Assert.Equal("MM\0*"u8, tiff.AsSpan(0, 4));
        int at = (int)Number(4, 4);
        Assert.Equal(0, at % 2);
        for (int i = 0, from = at + 2; i < Number(at, 2); i++, from += 12)
        {
            (int type, uint count) = ((int)Number(from + 2, 2), Number(from + 4, 4));
            (int size, int numbers) = type switch { 3 => (2, 1), 4 => (4, 1), 5 => (4, 2), _ => throw new InvalidDataException($"{type}") };
            int start = count * size * numbers > 4 ? (int)Number(from + 8, 4) : from + 8;
            Assert.Equal(0, start % 2);
            tags.Add((int)Number(from, 2),
                (type, count, [.. Enumerable.Range(0, (int)count * numbers).Select(k => Number(start + k * size, size))]));
        }
        return tags;

        uint Number(int place, int bytes) => tiff.AsSpan(place, bytes).ToArray().Aggregate(0u, (value, b) => value << 8 | b);
    }

    [Fact]
    public void Other_endings_and_what_a_format_cannot_hold_are_refused_and_nothing_is_lost()
    {
        ColourImage gray = new(2, 2, 1, false, 8), clear = new(2, 2, 1, true, 8), colour = new(2, 2, 3, false, 8);
        const string Endings = ": cannot be written: pictures are written to files ending in .png, .tif, .tiff, .pgm, .ppm.";

        Refused("a.jpg", gray, Endings);
        Refused("a", gray, Endings);
        Refused("a.pgm", colour,
            ": cannot be written: .pgm holds gray without alpha; the picture is red, green and blue without alpha, which .png, .tif, .tiff, .ppm hold.");
        Refused("a.PGM", clear,
            ": cannot be written: .PGM holds gray without alpha; the picture is gray with alpha, which .png, .tif, .tiff hold.");
        Refused("a.ppm", gray,
            ": cannot be written: .ppm holds red, green and blue without alpha; the picture is gray without alpha, which .png, .tif, .tiff, .pgm hold.");
        Refused("a.png", new ColourImage(1_000_001, 1, 1, false, 8),
            ": cannot be written: it would be 1000001×1 pixels; at most 1000000 a side are written.");
        Refused("a.tif", new ColourImage(10_000, 10_001, 1, false, 8),
            ": cannot be written: it would be 10000×10001 pixels; at most 100000000 pixels are written.");
        Assert.Throws<ArgumentNullException>(() => ImageFile.Save(null!, gray));
        Assert.Throws<ArgumentNullException>(() => ImageFile.Save("a.png", null!));

        void Refused(string name, ColourImage image, string problem)
        {
            string path = _folder.Write(name, [1, 2, 3]);
            Assert.Equal(path + problem, Assert.Throws<IOException>(() => ImageFile.Save(path, image)).Message);
            Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
            File.Delete(path);
            Assert.Empty(_folder.Names);
        }
    }

    [Fact]
    public void A_picture_in_colour_is_rounded_to_8_bits_by_the_file_of_pngs()
    {
        PngFile.WriteColor(_folder.File("a.png"), 2, [0, 0.5f, 1, 2, -1, 0.25f]);

        ColourImage image = ImageFile.LoadColour(_folder.File("a.png"));
        Assert.Equal((2, 1, 3, false, 8), (image.Width, image.Height, image.Channels, image.HasAlpha, image.Bits));
        Assert.Equal([0, 128, 255, 255, 0, 64], ColourSamples.Of(image));
        Assert.Equal("'rgb' has 7 values; it must have rows of 2 pixels of 3 values. (Parameter 'rgb')",
            Assert.Throws<ArgumentException>(() => PngFile.WriteColor(_folder.File("b.png"), 2, new float[7])).Message);
    }

    private byte[] Saved(string name, ColourImage image)
    {
        ImageFile.Save(_folder.File(name), image);
        return File.ReadAllBytes(_folder.File(name));
    }
}
