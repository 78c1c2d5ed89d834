using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

/// <summary>Pictures of which a part is missing or wrong, which once were shown black, gray, or as what lay in memory, are
/// refused.</summary>
public sealed class DamagedImageTests : IDisposable
{
    private const string NoRows = "is cut short or damaged: its data hold fewer rows than its header promises.";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_jpeg_cut_at_a_restart_marker_and_ended_there_is_refused()
    {
        int[] means = [.. Enumerable.Range(0, 16).Select(i => 40 * i - 300)];
        byte[] whole = Gray(means).End();
        for (int units = 2; units < 16; units += 2)
            Refused("a.jpg", Gray(means[..units]).End(),
                $"is damaged: at byte {Gray(means[..units]).End().Length - 2} its restart marker {(units / 2 - 1) % 8} is expected.");
        byte[] other = [.. whole];
        other[other.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xD2]) + 1] = 0xD3;
        Refused("a.jpg", other,
            $"is damaged: at byte {other.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xD3])} its restart marker 2 is expected.");

        // A mean m of 8 bits at step 2 is a gray of 128 + m/4, rounded.
        Assert.Equal(means.Select(m => (int)Math.Floor(128 + m / 4.0 + 0.5)),
            Levels(_folder.Write("a.jpg", whole), x => 8 * (x % 4), y => 8 * (y / 4), 16));

        static JpegBytes Gray(int[] means) => Tables(2).Segment(0xDD, 0, 2).Frame(0xC0, 32, 32).Scan().Means(means, restartInterval: 2);
    }

    [Fact]
    public void A_png_that_asks_for_a_dictionary_is_refused()
    {
        // The unpacker's complaint was an IOException that did not name the file.
        byte[] packed = PngChunk.Pack(0, 0);
        (packed[1], packed[2]) = (0x20, 0);      // 0x7820 is a multiple of 31: the check of the two bytes passes
        Refused("a.png", [.. PngChunk.Signature, .. PngChunk.Header(1, 1), .. PngChunk.Build("IDAT"u8, packed),
            .. PngChunk.Build("IEND"u8, [])],
            "is damaged: its data are not compressed as they should be.");
    }

    [Fact]
    public void A_tiff_of_gray_levels_in_a_fax_compression_is_refused_before_it_takes_memory()
    {
        // A row of a fax is a bit at least: 16 bytes could be 128 rows of 524,288 pixels.
        var tags = TiffBytes.Strip(1 << 19, 128, 8, photometric: 1, samples: 1, bytes: 16)
            .Select(t => t.Tag == 259 ? (259, TiffBytes.Short, [3]) : t);
        byte[] tiff = TiffBytes.Build(tags, new byte[16]);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Refused("a.tif", tiff, "has 1 samples of 8 bits a pixel; its compression by method 3 (CCITT) is of one bit.");

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_jpeg_without_its_tables_is_refused()
    {
        Refused("a.jpg", new JpegBytes().Segment(0xC4, JpegBytes.Sizes).Segment(0xC4, JpegBytes.OneCode(1, 0)).Frame(0xC0, 8, 8).Scan()
            .Means([9]).End(),
            "is damaged: it has no quantisation table 0, which its component 1 needs.");
        Refused("a.jpg", new JpegBytes().Segment(0xDB, JpegBytes.Steps(1)).Segment(0xC4, JpegBytes.OneCode(1, 0)).Frame(0xC0, 8, 8).Scan()
            .Means([9]).End(),
            "is damaged: a scan needs the Huffman table 0, which does not come before it.");
        Refused("a.jpg", new JpegBytes().Segment(0xDB, JpegBytes.Steps(1)).Segment(0xC4, JpegBytes.Sizes).Frame(0xC0, 8, 8).Scan()
            .Means([9]).End(),
            "is damaged: a scan needs the Huffman table 0, which does not come before it.");
    }

    [Fact]
    public void A_jpeg_with_fewer_or_more_data_than_blocks_is_refused()
    {
        byte[] few = Tables(1).Frame(0xC0, 24, 8).Scan().Means([9, 8]).End(),
            more = Tables(1).Frame(0xC0, 8, 8).Scan().Means([9]).Raw(0x12, 0x34).End();
        Refused("a.jpg", few, $"is cut short or damaged: the data that end at byte {few.Length - 2} are too few for its blocks.");
        Refused("a.jpg", more, $"is damaged: data without a block precede byte {more.Length - 2}.");
        Refused("a.jpg", Tables(1).Frame(0xC0, 8, 8).Scan().Means([9]).End()[..^1], "is cut short: it has no end-of-image marker.");
        // bytes FF before a marker fill up
        ImageFile.Load(_folder.Write("a.jpg", Tables(1).Frame(0xC0, 8, 8).Scan().Means([9]).Raw(0xFF, 0xFF).End()));
    }

    [Fact]
    public void A_progressive_jpeg_without_its_last_scans_is_refused()
    {
        byte[] jpeg = File.ReadAllBytes(TestPictures.Fixture("colour-progressive.jpeg"));
        int[] scans = [.. Enumerable.Range(0, jpeg.Length - 1).Where(i => jpeg[i] == 0xFF && jpeg[i + 1] == 0xDA)];
        Assert.InRange(scans.Length, 5, 20);

        foreach (int scan in scans)
        {
            string message = Refusal("a.jpg", [.. jpeg[..scan], 0xFF, 0xD9]);
            Assert.Matches(scan == scans[0] ? "it has no scan of its component 1.$"
                : "no scan completes coefficient [0-9]+ of its component [123].$|is expected.$", message);
        }
    }

    [Theory]
    [InlineData(0xC9, "is coded arithmetically")]
    [InlineData(0xC3, "is lossless")]
    [InlineData(0xC5, "is hierarchical")]
    [InlineData(0xF0, "is damaged: it has a marker F0 where none can be")]
    public void A_jpeg_of_another_kind_is_refused_by_its_kind(byte marker, string problem)
        => Refused("a.jpg", new JpegBytes().Frame(marker, 8, 8).End(),
            $"{problem}; expected a sequential or progressive JPEG with Huffman codes.");

    [Fact]
    public void A_gif_with_data_for_some_of_its_pixels_is_refused()
    {
        const string Few = "is cut short or damaged: the data of its first frame end before its last pixel.";
        byte[] head = [.. "GIF89a"u8, 4, 0, 4, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, .. ","u8, 0, 0, 0, 0, 4, 0, 4, 0, 0, 2];

        Refused("a.gif", [.. head, 0, .. ";"u8], Few);
        Refused("a.gif", [.. head, 2, 0x44, 1, 0, .. ";"u8], Few);
        Refused("a.gif", [.. head, 1, 0x0C, 0, .. ";"u8], Few);        // clear, colour 1, and a bit of nothing
        Refused("a.gif", [.. head, 2, 0x94, 0, 0, .. ";"u8], "is damaged: a pixel has colour 2 of a palette of 2.");
        Refused("a.gif", [.. head, 2, 0xBC, 0, 0, .. ";"u8], "is damaged: its first frame has a code 7 that stands for nothing yet.");
        head[13 + 6 + 5] = 5;
        Refused("a.gif", [.. head, 2, 0x44, 1, 0, .. ";"u8], "is damaged: its first frame is 5×4 at (0, 0) of a screen of 4×4.");
        Refused("a.gif", [.. "GIF89a"u8, 4, 0, 4, 0, 0, 0, 0, .. ";"u8], "is damaged: it has no frame.");
    }

    [Fact]
    public void A_png_whose_data_are_not_what_its_header_promises_is_refused()
    {
        Refused("a.png", Png(PngChunk.Header(2, 3), PngChunk.Pack(0, 1, 2, 0, 3, 4)), NoRows);
        Refused("a.png", Png(PngChunk.Header(2, 2), PngChunk.Pack(0, 1, 2, 0, 3, 4)[..^2]), NoRows,
            "is damaged: its data do not match their check sum.");
        Refused("a.png", Png(PngChunk.Header(2, 1), PngChunk.Pack(0, 1, 2, 0)), "is damaged: its data hold more than its header promises.");
        Refused("a.png", Png(PngChunk.Header(2, 1), PngChunk.Pack(5, 1, 2)), "is damaged: a row has the filter 5; expected 0 to 4.");
        byte[] wrong = PngChunk.Pack(0, 1, 2);
        wrong[^1] ^= 1;
        Refused("a.png", Png(PngChunk.Header(2, 1), wrong), "is damaged: its data are not compressed as they should be.",
            "is damaged: its data do not match their check sum.");
        Refused("a.png", [.. PngChunk.Signature, .. PngChunk.Header(1, 1), .. PngChunk.Build("IEND"u8, [])], "is damaged: it has no data.");
    }

    [Fact]
    public void A_png_with_a_colour_that_its_palette_does_not_have_is_refused()
    {
        byte[] palette = PngChunk.Build("PLTE"u8, [9, 9, 9, 255, 255, 255]);
        byte[] data = PngChunk.Build("IDAT"u8, PngChunk.Pack(0, 1, 2)), end = PngChunk.Build("IEND"u8, []);

        Refused("a.png", [.. PngChunk.Signature, .. PngChunk.Header(2, 1, 3), .. palette, .. data, .. end],
            "is damaged: a pixel has colour 2 of a palette of 2.");
        Refused("a.png", [.. PngChunk.Signature, .. PngChunk.Header(2, 1, 3), .. data, .. end], "is damaged: it has no palette.");
        Refused("a.png", [.. PngChunk.Signature, .. PngChunk.Header(2, 1, 7), .. data, .. end],
            "is damaged: its header claims 8 bits of colour type 7, compression 0, filter 0 and interlace 0, which do not go together.");
        Refused("a.png", [.. PngChunk.Signature, .. PngChunk.Header(2, 1), .. PngChunk.Build("\u001b[2J"u8, []), .. data, .. end],
            "has a chunk at byte 33 that is needed to read it and of no known type.");
    }

    [Fact]
    public void A_png_with_empty_pieces_of_data_is_a_png()
    {
        byte[] packed = PngChunk.Pack(0, 51, 102), empty = PngChunk.Build("IDAT"u8, []);
        byte[] png = [.. PngChunk.Signature, .. PngChunk.Header(2, 1), .. empty, .. PngChunk.Build("IDAT"u8, packed[..3]), .. empty,
            .. PngChunk.Build("IDAT"u8, packed[3..]), .. PngChunk.Build("IEND"u8, [])];

        Assert.Equal([51 / 255f, 102 / 255f], ImageFile.Load(_folder.Write("a.png", png)).Pixels.ToArray());
    }

    [Fact]
    public void A_tiff_whose_strips_do_not_hold_its_pixels_is_refused()
    {
        byte[] pixels = new byte[12 * 10];
        List<(int Tag, int Type, uint[] Values)> tags = TiffBytes.Strip(12, 10, 8, 1, 1, 120);
        Assert.Equal(120, ImageFile.Load(_folder.Write("a.tif", TiffBytes.Build(tags, pixels))).Pixels.Length);

        int start = TiffBytes.Build(tags, []).Length;
        Refused("a.tif", TiffBytes.Build(Changed(279, 5), pixels),
            "is cut short or damaged: of its strips, number 0 has 5 bytes, too few for 10 rows of 12.");
        Refused("a.tif", TiffBytes.Build(Changed(273, unchecked((uint)-start)), pixels),
            "is cut short or damaged: of its strips, number 0 has 120 bytes at byte 0, it has 242.");
        Refused("a.tif", TiffBytes.Build(Changed(259, 6), pixels),
            "is compressed by method 6; expected none (1), CCITT (2, 3, 4), LZW (5), JPEG (7), deflate (8) or PackBits (32773).");
        Refused("a.tif", TiffBytes.Build(tags.Append((256, TiffBytes.Long, [12])), pixels), "is damaged: it has two tags 256.");
        byte[] noise = new byte[120];
        new Random(1).NextBytes(noise);
        Assert.Contains("cannot be decoded: ",
            Refusal("a.tif", TiffBytes.Build(Replace(TiffBytes.Strip(96, 10, 1, 1, 1, 120), 259, 4), noise)), StringComparison.Ordinal);

        List<(int, int, uint[])> Changed(int tag, uint value) => Replace(tags, tag, value);
    }

    [Fact]
    public void A_jpeg_within_a_tiff_is_read_and_refused_when_it_is_cut_short()
    {
        int[] means = [.. Enumerable.Range(0, 16).Select(i => 40 * i - 300)];
        byte[] whole = Tables(2).Frame(0xC0, 32, 32).Scan().Means(means).End(),
            cut = Tables(2).Frame(0xC0, 32, 32).Scan().Means(means[..9]).End();

        Assert.Equal(means.Select(m => (int)Math.Floor(128 + m / 4.0 + 0.5)),
            Levels(_folder.Write("a.tif", Tiff(whole)), x => 8 * (x % 4), y => 8 * (y / 4), 16));
        Refused("a.tif", Tiff(cut), "cannot be decoded: Corrupt JPEG data: premature end of data segment.");

        static byte[] Tiff(byte[] jpeg) => TiffBytes.Build(Replace(TiffBytes.Strip(32, 32, 8, 1, 1, (uint)jpeg.Length), 259, 7), jpeg);
    }

    private static List<(int, int, uint[])> Replace(List<(int Tag, int Type, uint[] Values)> tags, int tag, uint value)
        => [.. tags.Select(t => t.Tag == tag ? (t.Tag, t.Type, [value]) : t)];

    private static byte[] Png(byte[] header, byte[] data)
        => [.. PngChunk.Signature, .. header, .. PngChunk.Build("IDAT"u8, data), .. PngChunk.Build("IEND"u8, [])];

    private static JpegBytes Tables(byte step)
        => new JpegBytes().Segment(0xDB, JpegBytes.Steps(step)).Segment(0xC4, JpegBytes.Sizes).Segment(0xC4, JpegBytes.OneCode(1, 0));

    private static IEnumerable<int> Levels(string path, Func<int, int> x, Func<int, int> y, int count)
    {
        GrayImage image = ImageFile.Load(path);
        return Enumerable.Range(0, count).Select(i => (int)Math.Round(image[x(i), y(i)] * 255));
    }

    private string Refusal(string name, byte[] bytes)
        => Assert.Throws<InvalidDataException>(() => ImageFile.Load(_folder.Write(name, bytes))).Message;

    private void Refused(string name, byte[] bytes, params string[] problems)
        => Assert.Contains(Refusal(name, bytes), problems.Select(p => $"{_folder.File(name)}: {p}"));
}
