using FastSparseCoding.Fuzz;
using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

/// <summary>Pictures from and to streams, and that their bytes are not in memory beside their samples.</summary>
public sealed class ImageStreamTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Formats => ["png", "jpeg", "gif", "bmp", "tiff", "pnm"];

    [Fact]
    public void A_stream_gives_the_picture_of_its_file_from_where_it_stands_whether_it_can_seek_or_not()
    {
        Assert.InRange(TestPictures.Fixtures.Length, 20, 100);
        foreach (string path in TestPictures.Fixtures.Select(TestPictures.Fixture))
        {
            byte[] bytes = File.ReadAllBytes(path);
            using var behind = new MemoryStream([1, 2, 3, .. bytes]);
            behind.Position = 3;
            using Stream once = new OneWay(new MemoryStream(bytes)), again = new OneWay(new MemoryStream(bytes));
            ColourImage expected = ImageFile.LoadColour(path);

            Assert.Equal(ImageFile.Load(path).Pixels, ImageFile.Load(behind).Pixels);
            Assert.Equal(ImageFile.Load(path).Pixels, ImageFile.Load(once).Pixels);
            ColourSamples.AssertEqual(expected, ImageFile.LoadColour(again));
            behind.Position = 3;        // it is still open
            ColourSamples.AssertEqual(expected, ImageFile.LoadColour(behind, "mine"));
            behind.Position = 3;
            Assert.Equal("mine", ImageFile.Load(behind, "mine").Name);
        }
    }

    /// <summary>Whatever the damage, a picture is read alike or refused alike through a window of few bytes.</summary>
    [Theory]
    [MemberData(nameof(Formats))]
    public void The_window_does_not_matter(string name)
    {
        Format format = Format.Named(name);
        byte[][] files = [.. format.Files.Select(f => f.Bytes), .. Enumerable.Range(0, 500).Select(i => format.Input(12, i))];
        int accepted = 0;
        foreach (byte[] bytes in files)
        {
            string expected = Outcome(bytes, 1 << 16);
            foreach (int window in (int[])[1, 33, 100])
                Assert.Equal(expected, Outcome(bytes, window));
            accepted += expected.StartsWith("an image", StringComparison.Ordinal) ? 0 : 1;
        }
        Assert.InRange(accepted, format.Files.Count, files.Length - 50);

        static string Outcome(byte[] bytes, int window)
        {
            try
            {
                ColourImage image = ImageFile.LoadColour(new MemoryStream(bytes), "an image", window);
                return $"{image.Description()}: {string.Join(' ', ColourSamples.Of(image))}";
            }
            catch (InvalidDataException e)
            {
                return e.Message;
            }
        }
    }

    /// <summary>Samples of 1.2 MB, or 2.4 MB of 16 bits, and at most a quarter of a megabyte for everything else, whatever the file
    /// has.</summary>
    [Theory]
    [InlineData(".ppm", 8)]
    [InlineData(".ppm", 16)]
    [InlineData(".tif", 8)]
    [InlineData(".tif", 16)]
    [InlineData(".png", 8)]
    [InlineData(".png", 16)]
    [InlineData(".bmp", 8)]
    [InlineData("one strip.tif", 16)]
    public void A_file_is_not_in_memory_beside_its_samples(string ending, int bits)
    {
        const int Width = 800, Height = 500;
        var random = new Random(1);
        ColourImage image = ColourSamples.Make(
            Width, Height, 3, false, bits, i => i / 3 / Width % 20 == 0 ? random.Next(1 << bits) : i % 251);
        int samples = Width * Height * 3 * bits / 8;
        string path = _folder.File("a" + ending);
        if (ending == ".bmp")
            _folder.Write("a.bmp", TestPictures.Bmp(Width, -Height, 24, [], Rows(image)));
        else if (ending == "one strip.tif")
            _folder.Write("aone strip.tif", TiffBytes.Build(
                TiffBytes.Strip(Width, Height, 16, photometric: 2, samples: 3, bytes: (uint)samples), [.. Rows(image).SelectMany(r => r)],
                bigEndian: true));
        else
            ImageFile.Save(path, image);
        ImageFile.LoadColour(path);

        long before = GC.GetAllocatedBytesForCurrentThread();
        ColourImage read = ImageFile.LoadColour(path);
        long taken = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(taken, samples, samples + (1 << 18));
        ColourSamples.AssertEqual(image, read);
    }

    [Fact]
    public void What_a_stream_does_wrong_is_told_with_its_name()
    {
        using var file = new MemoryStream(File.ReadAllBytes(TestPictures.Fixture("gray.png")));
        using var short5 = new Lying(new MemoryStream(file.ToArray()[..50]), file.Length);
        using var failing = new Lying(null, file.Length);

        Assert.Equal("up: ends at byte 50, but " + (file.Length - 50) + " more are expected.",
            Assert.Throws<InvalidDataException>(() => ImageFile.Load(short5, "up")).Message);
        using var broken = new OneWay(failing);
        foreach (Stream stream in (Stream[])[failing, broken])
            Assert.Equal("up: cannot be read: the line is dead.",
                Assert.Throws<IOException>(() => ImageFile.LoadColour(stream, "up")).Message);
        using var huge = new Lying(null, (1L << 30) + 1);
        Assert.Equal("up: has 1073741825 bytes; at most 1073741824 are read.",
            Assert.Throws<InvalidDataException>(() => ImageFile.Load(huge, "up")).Message);
        file.Position = file.Length;
        Assert.Equal("an image: is empty; expected an image.", Assert.Throws<InvalidDataException>(() => ImageFile.Load(file)).Message);
        file.Position = file.Length + 5;
        Assert.Equal("an image: is empty; expected an image.", Assert.Throws<InvalidDataException>(() => ImageFile.Load(file)).Message);
        file.Dispose();
        Assert.Equal("'stream' cannot be read; it must be readable. (Parameter 'stream')",
            Assert.Throws<ArgumentException>(() => ImageFile.Load(file)).Message);
        Assert.Throws<ArgumentNullException>("stream", () => ImageFile.Load((Stream)null!));
        Assert.Throws<ArgumentNullException>("name", () => ImageFile.LoadColour(failing, null!));
    }

    [Theory]
    [InlineData(ImageFormat.Png, ".png", 3, true)]
    [InlineData(ImageFormat.Tiff, ".tif", 1, true)]
    [InlineData(ImageFormat.Pgm, ".pgm", 1, false)]
    [InlineData(ImageFormat.Ppm, ".ppm", 3, false)]
    public void A_stream_receives_what_a_file_would(ImageFormat format, string ending, int channels, bool hasAlpha)
    {
        ColourImage image = ColourSamples.Make(61, 203, channels, hasAlpha, 16, i => i * 997 % 65_536);
        string path = _folder.File("a" + ending);
        ImageFile.Save(path, image);
        var target = new MemoryStream();
        using var stream = new OneWay(target);

        ImageFile.Save(stream, image, format);

        Assert.Equal(File.ReadAllBytes(path), target.ToArray());
    }

    [Fact]
    public void A_gray_picture_is_written_to_a_stream_with_8_bits_or_16()
    {
        var gray = new GrayImage(3, 1, [-1, 0.2f, 2]);
        MemoryStream narrow = new(), wide = new();

        ImageFile.Save(narrow, gray, ImageFormat.Pgm);
        ImageFile.Save(wide, gray, ImageFormat.Pgm, 16);

        Assert.Equal([.. "P5\n3 1\n255\n"u8, 0, 51, 255], narrow.ToArray());
        Assert.Equal([.. "P5\n3 1\n65535\n"u8, 0, 0, 51, 51, 255, 255], wide.ToArray());
    }

    [Fact]
    public void What_cannot_be_written_to_a_stream_is_refused_before_its_first_byte()
    {
        var stream = new MemoryStream();
        ColourImage gray = new(2, 2, 1, false, 8), clear = new(2, 2, 3, true, 8);

        Refused("'format' is Ppm, which holds red, green and blue without alpha; the picture is gray without alpha, which Png, Tiff, Pgm "
            + "hold. (Parameter 'format')", gray, ImageFormat.Ppm);
        Refused("'format' is Pgm, which holds gray without alpha; the picture is red, green and blue with alpha, which Png, Tiff hold. "
            + "(Parameter 'format')", clear, ImageFormat.Pgm);
        Refused("'format' is 9; it must be Png, Tiff, Pgm or Ppm. (Parameter 'format')", gray, (ImageFormat)9);
        Refused("'image' would be 1000001×1 pixels; at most 1000000 a side are written. (Parameter 'image')",
            new ColourImage(1_000_001, 1, 1, false, 8), ImageFormat.Png);
        Assert.Equal(0, stream.Length);
        stream.Dispose();
        Refused("'stream' cannot be written to; it must be writable. (Parameter 'stream')", gray, ImageFormat.Png);

        void Refused(string message, ColourImage image, ImageFormat format)
            => Assert.Equal(message, Assert.ThrowsAny<ArgumentException>(() => ImageFile.Save(stream, image, format)).Message);
    }

    /// <summary>The rows as a big-endian TIFF has them, or a BMP: blue, green, red.</summary>
    private static IEnumerable<byte[]> Rows(ColourImage image)
        => ColourSamples.Of(image).Chunk(image.Width * 3).Select(row => image.Bits == 16
            ? [.. row.SelectMany(v => new[] { (byte)(v >> 8), (byte)v })]
            : row.Chunk(3).SelectMany(p => new[] { (byte)p[2], (byte)p[1], (byte)p[0] }).ToArray());

    /// <summary>A stream that only goes forward, in small steps.</summary>
    private class OneWay(Stream inner) : Stream
    {
        protected Stream Inner => inner;

        public override bool CanRead => inner.CanRead;

        public override bool CanSeek => false;

        public override bool CanWrite => inner.CanWrite;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, Math.Min(count, 7));

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override void Flush() => inner.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }

    /// <summary>A stream that claims a length, and has what another has, or fails.</summary>
    private sealed class Lying(Stream? inner, long length) : OneWay(inner ?? Null)
    {
        private long _position;

        public override bool CanSeek => true;

        public override long Length => length;

        public override long Position
        {
            get => _position;
            set => Inner.Position = _position = value;
        }

        public override int Read(byte[] buffer, int offset, int count)
            => inner is null ? throw new IOException("the line is dead.") : base.Read(buffer, offset, count);
    }
}
