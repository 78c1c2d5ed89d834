using System.Text;
using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

/// <summary>Files that are no pictures, or not whole, are refused with their path and what is wrong.</summary>
public sealed class BrokenImageTests : IDisposable
{
    private const string Unknown = "is no image of a known format; expected JPEG, PNG, BMP, GIF, TIFF, PGM or PPM.";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Fixtures => [.. TestPictures.Fixtures];

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void A_file_cut_short_anywhere_is_refused(string name)
    {
        byte[] whole = File.ReadAllBytes(TestPictures.Fixture(name));

        var accepted = new List<int>();
        for (int length = 0; length < whole.Length; length++)
            if (!Refuses(_folder.Write(name, whole[..length])))
                accepted.Add(length);

        // A TIFF may end in what only another page or another reader needs; what is read then is the whole picture.
        float[] picture = ImageFile.Load(TestPictures.Fixture(name)).Pixels.ToArray();
        Assert.All(accepted, length => Assert.Equal(picture, ImageFile.Load(_folder.Write(name, whole[..length])).Pixels.ToArray()));
        if (!name.EndsWith(".tif", StringComparison.Ordinal))
            Assert.Empty(accepted);
        Assert.DoesNotContain(whole.Length / 4, accepted);
    }

    [Fact]
    public void Netpbm_cut_short_anywhere_is_refused()
    {
        byte[][] files = [[.. "P5 12 10 255\n"u8, .. TestPictures.Gray], [.. "P6 12 10 255\n"u8, .. TestPictures.Rgb],
            [.. "P5 3 2 65535\n"u8, .. new byte[12]]];
        foreach (byte[] whole in files)
            for (int length = 0; length < whole.Length; length++)
                Assert.True(Refuses(_folder.Write("p.pgm", whole[..length])), $"{length} of {whole.Length} bytes were accepted");

        // A plain file says nothing of its end but for the number of its values.
        byte[] plain = "P2 3 2 255 10 20 30 40 50 6"u8.ToArray();
        for (int length = 0; length < plain.Length; length++)
            Assert.True(Refuses(_folder.Write("p.pgm", plain[..length])), $"{length} of {plain.Length} bytes were accepted");
        Assert.Equal(6, ImageFile.Load(_folder.Write("p.pgm", plain)).Pixels.Length);
    }

    /// <summary>Refused as documented, with the path in front.</summary>
    private static bool Refuses(string path)
    {
        try
        {
            ImageFile.Load(path);
            return false;
        }
        catch (InvalidDataException e)
        {
            Assert.StartsWith($"{path}: ", e.Message, StringComparison.Ordinal);
            Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
            return true;
        }
    }

    [Fact]
    public void Paths_that_lead_to_no_file_are_refused()
    {
        string missing = _folder.File("none.png");
        FileNotFoundException e = Assert.Throws<FileNotFoundException>(() => ImageFile.Load(missing));
        Assert.Equal(($"{missing}: there is no such file.", missing), (e.Message, e.FileName));
        Assert.Equal($"{missing}/x.png: there is no such file.",
            Assert.Throws<FileNotFoundException>(() => ImageFile.Load(missing + "/x.png")).Message);
        Assert.Equal($"{_folder.Path}: cannot be read: it is a folder; a file is expected.",
            Assert.Throws<IOException>(() => ImageFile.Load(_folder.Path)).Message);
        Assert.Throws<ArgumentException>(() => ImageFile.Load(""));
        Assert.Throws<ArgumentNullException>(() => ImageFile.Load(null!));
    }

    [Fact]
    public void A_file_that_is_no_picture_is_refused_whatever_its_name()
    {
        Refused("empty.png", [], "is empty; expected an image.");
        Refused("text.png", "just a text, no picture at all"u8, Unknown);
        Refused("photo.webp", [.. "RIFF"u8, 40, 0, 0, 0, .. "WEBPVP8 "u8, .. new byte[40]], Unknown);
        Refused("big.tif", [.. "II+\0"u8, .. new byte[40]], Unknown);
        Refused("bitmap.pbm", "P4 8 1\n\u0001"u8, Unknown);
        Refused("a.pgm", "P5"u8, Unknown);
        Refused("b.pgm", "P55 1 1 255 "u8, Unknown);
        Refused("c.bmp", "BM"u8, Unknown);
        Refused("zeros", new byte[1000], Unknown);
    }

    [Fact]
    public void A_wrong_magic_number_is_refused()
    {
        foreach (string name in TestPictures.Fixtures)
        {
            byte[] bytes = File.ReadAllBytes(TestPictures.Fixture(name));
            bytes[0] ^= 0x20;
            Refused(name, bytes, Unknown);
        }
    }

    public static TheoryData<string, string> BadNetpbm => new()
    {
        { "P2 0 2 255", "says that it is 0×2 pixels; expected 1×1 or more." },
        { "P2 2 -1 255", "has no number at byte 5, where its height is expected." },
        { "P2 99999999999 2 255", "has a width above 2147483647." },
        { "P5 100000 100000 255 ", "is 100000×100000 pixels; at most 100000000 pixels are read." },
        { "P5 10000 10000 255 ", "is cut short: its 10000×10000 pixels need 100000000 bytes or more, 0 follow." },
        { "P5 10000 10000 255", "is cut short: its 10000×10000 pixels need 100000000 bytes or more, 0 follow." },
        { "P2 1 1 0 0", "says that its largest value is 0; expected 1 to 65535." },
        { "P2 1 1 65536 0", "has a largest value above 65535." },
        { "P2 2 1 100 99 101", "holds the value 101, above its largest value 100." },
        { "P2 2 1 9 1 x", "has no number at byte 11, where its value is expected." },
        { "P5 1 1 100 \u007f", "holds the value 127, above its largest value 100." },
        { "P3 1 1 255 1 2   ", "has no number at byte 17, where its value is expected." },
        { "P2 # 1 1 255 7", "has no number at byte 14, where its width is expected." },
    };

    [Theory]
    [MemberData(nameof(BadNetpbm))]
    public void A_wrong_netpbm_header_is_refused_with_what_is_wrong(string text, string problem)
        => Refused("p.pgm", Encoding.ASCII.GetBytes(text), problem);

    [Fact]
    public void A_wrong_bmp_header_is_refused_with_what_is_wrong()
    {
        byte[][] rows = [[1, 2, 3], [4, 5, 6]];
        Refused("a.bmp", TestPictures.Bmp(0, 2, 24, [], rows), "says that it is 0×2 pixels; expected 1×1 or more.");
        Refused("a.bmp", TestPictures.Bmp(-1, 2, 24, [], rows), "says that it is -1×2 pixels; expected 1×1 or more.");
        Refused("a.bmp", TestPictures.Bmp(1, int.MinValue, 24, [], rows), "is 1×2147483648 pixels; at most 100000000 pixels are read.");
        Refused("a.bmp", TestPictures.Bmp(100_000, 100_000, 24, [], rows), "is 100000×100000 pixels; at most 100000000 pixels are read.");
        Refused("a.bmp", TestPictures.Bmp(1, 3, 24, [], rows), "is cut short: its 1×3 pixels need 66 bytes, it has 62.");
        Refused("a.bmp", TestPictures.Bmp(1, 2, 24, [], rows, headerSize: 16), "is no BMP that can be read: its header claims 16 bytes.");
    }

    [Fact]
    public void A_png_whose_bytes_do_not_match_their_check_sum_is_refused()
    {
        byte[] png = File.ReadAllBytes(TestPictures.Fixture("colour.png"));
        png[41] = 0;        // the first of its compressed bytes
        Refused("a.png", png, "is damaged: its chunk at byte 33 does not match its check sum.");
        TestPictures.MendPng(png);
        Refused("a.png", png, "is damaged: its data are not compressed as they should be.");
    }

    [Fact]
    public void A_jpeg_of_which_a_part_was_never_decoded_is_refused()
    {
        byte[] valid = File.ReadAllBytes(TestPictures.Fixture("colour-444.jpg"));
        int table = Marker(valid, 0xC4), scan = Marker(valid, 0xDA), frame = Marker(valid, 0xC0);

        byte[] damaged = [.. valid];
        damaged[table + 4] = 0x77;
        Refused("a.jpg", damaged, "is damaged: a Huffman table is cut short, has a number above 3, or more than 256 codes.");
        Refused("a.jpg", [.. valid[..scan], 0xFF, 0xD9], "is damaged: it has no scan of its component 1.");
        byte[] one = [.. valid];
        one[scan + 7] = 1;
        Refused("a.jpg", one,
            "is damaged: a scan is of coefficient 0 of component 1, and not the one that must follow the scans before it.");
        byte[] twice = [.. valid];
        twice[frame + 13] = 1;
        Refused("a.jpg", twice, "is damaged: it has two components 1.");

        static int Marker(byte[] jpeg, byte code) => jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, code]);
    }

    [Fact]
    public void A_picture_too_large_is_refused_before_it_is_decoded()
    {
        byte[] png = File.ReadAllBytes(TestPictures.Fixture("gray.png")), jpeg = File.ReadAllBytes(TestPictures.Fixture("gray.jpg"));
        byte[] gif = File.ReadAllBytes(TestPictures.Fixture("palette.gif")), tiff = File.ReadAllBytes(TestPictures.Fixture("gray.tif"));
        (png[18], png[22]) = (0x40, 0x40);
        TestPictures.MendPng(png);
        int frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        (jpeg[frame + 5], jpeg[frame + 7]) = (0xFF, 0xFF);
        (gif[7], gif[9]) = (0xFF, 0xFF);
        // the tag of the width, a number of 4 bytes
        int width = tiff.AsSpan().IndexOf((ReadOnlySpan<byte>)[0, 1, 4, 0, 1, 0, 0, 0, 12]);
        Assert.True(frame > 0 && width > 0);
        (tiff[width + 11], tiff[width + 23]) = (1, 1);

        Refused("a.png", png, "is 16396×16394 pixels; at most 100000000 pixels are read.");
        Refused("a.jpg", jpeg, "is 65292×65290 pixels; at most 100000000 pixels are read.");
        Refused("a.gif", gif, "is 65292×65290 pixels; at most 100000000 pixels are read.");
        Refused("a.tif", tiff, "is 16777228×16777226 pixels; at most 100000000 pixels are read.");
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Damaged_files_are_read_or_refused_and_nothing_else(string name)
    {
        string path = _folder.Write(name, File.ReadAllBytes(TestPictures.Fixture(name)));

        int refused = Mutation.Check(path, p => ReadTwice(p), 200);

        Assert.InRange(refused, 15, 200);
    }

    [Theory]
    [InlineData("colour.png")]
    [InlineData("palette-alpha.png")]
    [InlineData("gray-16.png")]
    [InlineData("bilevel.png")]
    public void Damaged_png_with_right_check_sums_is_read_or_refused_and_nothing_else(string name)
    {
        string path = _folder.Write(name, File.ReadAllBytes(TestPictures.Fixture(name)));

        int refused = Mutation.Check(path, p =>
        {
            byte[] png = File.ReadAllBytes(p);
            TestPictures.MendPng(png);
            ReadTwice(_folder.Write(name, png));
        }, 200);

        Assert.InRange(refused, 15, 199);
    }

    [Fact]
    public void Damaged_netpbm_is_read_or_refused_and_nothing_else()
    {
        string plain = _folder.Write("a.pgm", "P3 # a comment\n2 2\n255\n1 2 3 40 50 60 70 80 90 200 210 255"u8.ToArray());
        Assert.InRange(Mutation.Check(plain, p => ReadTwice(p), 500), 100, 499);
        string raw = _folder.Write("b.pgm", [.. "P5 12 10 255\n"u8, .. TestPictures.Gray]);
        Assert.InRange(Mutation.Check(raw, p => ReadTwice(p), 500), 50, 499);
    }

    /// <summary>What is read lies from 0 to 1 and is the same when it is read again: it comes from the file and not from stray
    /// memory.</summary>
    private static void ReadTwice(string path)
    {
        Span<float> pixels = ImageFile.Load(path).Pixels;
        Assert.False(pixels.ContainsAnyExceptInRange(0f, 1f));
        Assert.True(pixels.SequenceEqual(ImageFile.Load(path).Pixels), "the file read differently the second time");
    }

    private void Refused(string name, ReadOnlySpan<byte> bytes, string problem)
    {
        string path = _folder.Write(name, bytes.ToArray());
        Assert.Equal($"{path}: {problem}", Assert.Throws<InvalidDataException>(() => ImageFile.Load(path)).Message);
    }
}
