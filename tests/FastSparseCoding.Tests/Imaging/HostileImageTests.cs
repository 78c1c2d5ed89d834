using System.IO.Compression;
using System.Text;
using FastSparseCoding.Imaging;
using FastSparseCoding.Imaging.Formats;
using FastSparseCoding.Tests.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

/// <summary>Files made to take memory, time, or what lies in memory from earlier: each was accepted or cost gigabytes once, and is refused
/// before it does.</summary>
public sealed class HostileImageTests : IDisposable
{
    /// <summary>What a refusal may allocate: the file a few times, tables, and a message.</summary>
    private const long SmallChange = 1 << 20;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_jpeg_without_its_restart_markers_is_refused()
    {
        // All but one of 1,024 blocks came from memory nobody had written.
        byte[] none = new JpegBytes().Segment(0xDD, 0, 1).Segment(0xDB, JpegBytes.Steps(16)).Segment(0xC4, JpegBytes.OneCode(0, 0))
            .Segment(0xC4, JpegBytes.OneCode(1, 0))
            .Frame(0xC0, 256, 256).Scan().Raw(new byte[40]).End();
        byte[] longer = new JpegBytes().Segment(0xDD, 0, 1).Segment(0xDB, JpegBytes.Steps(16)).Segment(0xC4, JpegBytes.OneCode(0, 0))
            .Segment(0xC4, JpegBytes.OneCode(1, 0))
            .Frame(0xC0, 256, 256).Scan().Raw(new byte[256]).End();

        Refused("a.jpg", none, "is cut short or damaged: its 256×256 pixels need 256 bytes or more, 52 follow.");
        Refused("a.jpg", longer, $"is damaged: at byte {longer.Length - 2} its restart marker 0 is expected.");
    }

    [Fact]
    public void A_progressive_jpeg_with_a_table_that_runs_to_the_end_of_the_file_is_refused()
    {
        byte[] jpeg = new JpegBytes().Segment(0xDB, JpegBytes.Steps(16)).Frame(0xC2, 256, 256).Segment(0xC4, [0, 1, .. new byte[16]])
            .Scan(last: 0).Raw(new byte[128])
            .Segment(0xC4, [0, .. new byte[7], 100, .. new byte[8]]).Segment(0xFE, new byte[94]).End();

        Refused("a.jpg", jpeg, "is damaged: a Huffman table is cut short, has a number above 3, or more than 256 codes.");
    }

    [Fact]
    public void A_picture_of_one_row_has_a_longest_side()
        => Refused("a.pgm", Encoding.ASCII.GetBytes("P5 1000001 1 255\n"), "is 1000001×1 pixels; at most 1000000 a side are read.");

    [Fact]
    public void A_progressive_jpeg_may_not_tell_a_bit_twice_nor_have_scans_without_end()
    {
        byte[] run = [0, 1];        // a '0' and 14 bits: 16,384 blocks, which is all, have no coefficient
        JpegBytes twice = Progressive(1024, 1024);
        twice.Segment(0xDA, 1, 1, 0, 1, 63, 0x01).Raw(run);
        for (int i = 0; i < 100; i++)
            twice.Segment(0xDA, 1, 1, 0, 1, 63, 0x10).Raw(run);
        Refused("a.jpg", twice.End(),
            "is damaged: a scan is of coefficient 1 of component 1, and not the one that must follow the scans before it.", 4 << 20);

        // Every bit of every coefficient by itself is within the rules, and more than any encoder does.
        JpegBytes many = Progressive(8, 8);
        for (byte low = 9; low < 10; low--)
            for (byte k = 1; k < 64; k++)
                many.Segment(0xDA, 1, 1, 0, k, k, (byte)(low == 9 ? 9 : (low + 1) << 4 | low)).Raw(0x7F);
        Refused("a.jpg", many.End(), "has more than 500 scans.");

        static JpegBytes Progressive(int width, int height) => new JpegBytes().Segment(0xDB, JpegBytes.Steps(16)).Frame(0xC2, width, height)
            .Segment(0xC4, JpegBytes.OneCode(0, 0)).Segment(0xC4, JpegBytes.OneCode(1, width > 8 ? (byte)0xE0 : (byte)0))
            .Scan(last: 0).Raw(new byte[((width + 7) / 8 * ((height + 7) / 8) + 7) / 8]);
    }

    [Fact]
    public void Tiff_tags_that_claim_more_than_the_file_has_are_refused()
    {
        (ushort, ushort, uint, uint)[] start =
            [(256, 4, 1, 1), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, 1),
            (279, 4, 1, 10)];

        Refused("a.tif", TiffBytes.Raw([.. start, (257, 4, 1, 1_000_000)]),
            "is damaged: it tells the place of 1 strips and the length of 1; its 1×1000000 pixels need 1000000.");
        Refused("b.tif", TiffBytes.Raw([.. start, (257, 4, 1, int.MaxValue)]),
            "is 1×2147483647 pixels; at most 100000000 pixels are read.");
        foreach (ushort tag in (ushort[])[270, 330, 338, 347, 34675, 33723, 40000])
            Refused("c.tif", TiffBytes.Raw([.. start, (257, 4, 1, 32), (tag, 2, 0x7FFFFFC7, 8)]),
                $"is cut short or damaged: its tag {tag} claims 2147483591 values of 1 bytes at byte 8, it has 134.");
        Refused("d.tif", TiffBytes.Raw([.. start, (257, 4, 1, 32), (700, 1, 0x7FFFFFC7, 8)]),
            "is cut short or damaged: its tag 700 claims 2147483591 values of 1 bytes at byte 8, it has 134.");
    }

    /// <summary>A scan may take two bytes of the file, and goes over all of the picture.</summary>
    [Theory]
    [InlineData(8, 8, 500)]
    [InlineData(2000, 4000, 500)]
    [InlineData(8000, 8000, 62)]
    [InlineData(10_000, 10_000, 40)]
    public void The_larger_a_jpeg_the_fewer_scans_it_may_have(int width, int height, int expected)
        => Assert.Equal(expected, JpegDecoder.MostScans(width, height));

    [Fact]
    public void A_jpeg_within_a_tiff_has_no_scans_without_end()
    {
        // The library walks all blocks for every scan, of which each has 12 bytes: 200 kB took a minute.
        const string Strip = "strips, number 0";
        byte[] means = [.. Enumerable.Repeat((byte)0, 4096)];
        JpegBytes progressive = new JpegBytes().Segment(0xDB, JpegBytes.Steps(16)).Frame(0xC2, 1024, 1024)
            .Segment(0xC4, JpegBytes.OneCode(0, 0)).Scan(last: 0).Raw(means);
        JpegBytes repeated = new JpegBytes().Segment(0xDB, JpegBytes.Steps(16)).Frame(0xC0, 1024, 1024, 3)
            .Segment(0xC4, JpegBytes.OneCode(0, 0)).Segment(0xC4, JpegBytes.OneCode(1, 0)).Raw(0xFF);
        for (int i = 0; i < 5; i++)
            repeated.Segment(0xDA, 1, 1, 0, 0, 63, 0).Raw(means).Raw(0xFF, 0, 0xFF, 0xD0);

        Refused("a.tif", Tiff(progressive.End()),
            $"has {Strip}, of a JPEG that is not sequential with Huffman codes; such are not read within a TIFF.");
        Refused("a.tif", Tiff(repeated.End()), $"is damaged: of its {Strip}, has more than 4 scans.");
        Refused("a.tif", Tiff([.. new byte[3000]]), $"is damaged: of its {Strip}, is no JPEG.");
        Refused("a.tif", Tiff([0xFF, 0xD8, .. new byte[3000]]), $"is damaged: of its {Strip}, byte 2 is no marker of a JPEG.");

        static byte[] Tiff(byte[] jpeg)
        {
            List<(int Tag, int Type, uint[] Values)> tags = TiffBytes.Strip(1024, 1024, 8, 1, 1, (uint)jpeg.Length);
            tags[tags.FindIndex(t => t.Tag == 259)] = (259, TiffBytes.Short, [7]);
            return TiffBytes.Build(tags, jpeg);
        }
    }

    [Fact]
    public void Strips_of_a_tiff_do_not_share_all_of_its_bytes()
    {
        // Each was unpacked from the whole of the file, as often as there are rows.
        const int Rows = 1000, Bytes = 100_000;
        List<(int Tag, int Type, uint[] Values)> tags = TiffBytes.Strip(8, Rows, 8, 1, 1, 0);
        tags[tags.FindIndex(t => t.Tag == 259)] = (259, TiffBytes.Short, [8]);
        tags[tags.FindIndex(t => t.Tag == 273)] = (273, TiffBytes.Long, new uint[Rows]);
        tags[tags.FindIndex(t => t.Tag == 278)] = (278, TiffBytes.Long, [1]);
        tags[tags.FindIndex(t => t.Tag == 279)] = (279, TiffBytes.Long, [.. Enumerable.Repeat((uint)Bytes, Rows)]);

        Refused("a.tif", TiffBytes.Build(tags, new byte[Bytes]),
            "is damaged: its strips lie over each other, 2 of them in more bytes than the file and its pixels have.");
    }

    [Fact]
    public void A_png_that_unpacks_past_its_header_is_stopped_there()
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            for (int i = 0; i < 256; i++)
                zlib.Write(new byte[1 << 20]);
        byte[] png = [.. PngChunk.Signature, .. PngChunk.Header(1, 1), .. PngChunk.Build("IDAT"u8, packed.ToArray()),
            .. PngChunk.Build("IEND"u8, [])];

        Refused("a.png", png, "is damaged: its data hold more than its header promises.");
    }

    [Fact]
    public void A_png_that_promises_more_than_its_data_can_unpack_to_takes_no_memory()
    {
        byte[] png = [.. PngChunk.Signature, .. PngChunk.Header(10_000, 10_000), .. PngChunk.Build("IDAT"u8, new byte[1000]),
            .. PngChunk.Build("IEND"u8, [])];

        Refused("a.png", png, "is cut short or damaged: it promises 100010000 bytes, and has 1000 that can unpack to 1032000 at most.");
    }

    [Fact]
    public void A_gif_whose_screen_its_bytes_cannot_fill_takes_no_memory()
    {
        byte[] small = [.. "GIF89a"u8, 0x10, 0x27, 0x10, 0x27, 0x81, 0, 0, .. new byte[3], .. Enumerable.Repeat((byte)255, 9), .. ","u8, 0,
            0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, .. ";"u8];

        Refused("a.gif", small, "is cut short or damaged: 10000×10000 pixels do not come from a GIF of 41 bytes.");
    }

    [Fact]
    public void A_gif_with_more_codes_than_there_can_be_is_read_or_refused_and_leaves_nothing()
    {
        // 8,300 codes without a clear between: only the first is of the one pixel.
        string path = _folder.Write(
            "a.gif", [.. "GIF89a"u8, 1, 0, 1, 0, 0x81, 0, 0, .. new byte[12], .. ","u8, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2,
            .. Pieces(GifWithoutEnd(8302)), .. ";"u8]);
        Assert.Equal(0, Assert.Single(ImageFile.Load(path).Pixels.ToArray()));

        Refused("b.gif", [.. "GIF89a"u8, 0, 4, 0, 4, 0x81, 0, 0, .. new byte[12], .. ","u8, 0, 0, 0, 0, 0, 4, 0, 4, 0, 2,
            .. Pieces(GifWithoutEnd(8302)), .. ";"u8],
            "is cut short or damaged: the data of its first frame end before its last pixel.", 3 << 20);
    }

    /// <summary>A clear, and then codes of colour 0 as wide as a decoder expects them.</summary>
    private static byte[] GifWithoutEnd(int codes)
    {
        var bits = new List<bool>();
        for (int i = 0, size = 3, next = 6; i < codes; i++)
        {
            int code = i == 0 ? 4 : 0;
            for (int bit = 0; bit < size; bit++)
                bits.Add((code >> bit & 1) != 0);
            if (i > 1 && next < 4096 && ++next == 1 << size && size < 12)
                size++;
        }
        return [.. bits.Chunk(8).Select(b => (byte)b.Select((on, i) => on ? 1 << i : 0).Sum())];
    }

    private static byte[] Pieces(byte[] data) => [.. data.Chunk(255).SelectMany(p => (byte[])[(byte)p.Length, .. p]), 0];

    private void Refused(string name, byte[] bytes, string problem, long memory = SmallChange)
    {
        string path = _folder.Write(name, bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Assert.Throws<InvalidDataException>(() => ImageFile.Load(path)).Message;
        long taken = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal($"{path}: {problem}", message);
        Assert.InRange(taken, 0, memory + 4L * bytes.Length);
    }
}
