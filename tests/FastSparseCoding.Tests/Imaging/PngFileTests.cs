using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

public sealed class PngFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 300)]
    [InlineData(257, 1)]
    [InlineData(64, 33)]
    public void A_written_picture_of_8_bit_grays_reads_back_bit_for_bit(int width, int height)
    {
        var random = new Random(width);
        var image = new GrayImage(width, height);
        foreach (ref float pixel in image.Pixels)
            pixel = random.Next(256) / 255f;

        PngFile.Write(_folder.File("x.png"), image);
        GrayImage read = ImageFile.Load(_folder.File("x.png"));

        Assert.Equal((width, height), (read.Width, read.Height));
        Assert.Equal(image.Pixels.ToArray(), read.Pixels.ToArray());
    }

    [Fact]
    public void Values_are_clamped_and_rounded_to_the_nearest_of_256_grays()
    {
        float[] values = [-1, -1e-9f, 0, 0.49f / 255, 0.51f / 255, 100.49f / 255, 100.51f / 255, 254.6f / 255, 1, 1.5f,
            float.PositiveInfinity, float.NegativeInfinity];
        PngFile.Write(_folder.File("x.png"), new GrayImage(4, 3, values));

        Assert.Equal([0, 0, 0, 0, 1, 100, 101, 255, 255, 255, 255, 0],
            ImageFile.Load(_folder.File("x.png")).Pixels.ToArray().Select(v => (int)MathF.Round(v * 255)));
    }

    [Fact]
    public void A_file_is_an_8_bit_gray_png_with_whole_chunks()
    {
        byte[] png = PngFile.Encode(new GrayImage(3, 2));

        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0,
            0], png[..29]);
        byte[] mended = [.. png];
        TestPictures.MendPng(mended);
        Assert.Equal(png, mended);
        Assert.Equal("IEND"u8.ToArray(), png[^8..^4]);
    }

    [Fact]
    public void The_file_holds_what_is_encoded_and_replaces_another_whole()
    {
        var image = new GrayImage(5, 4);
        image.Pixels.Fill(0.3f);
        string path = _folder.Write("x.png", new byte[10_000]);

        PngFile.Write(path, image);

        Assert.Equal(PngFile.Encode(image), File.ReadAllBytes(path));
        Assert.Equal(["x.png"], _folder.Names);
    }

    [Fact]
    public void A_target_that_cannot_be_written_is_refused()
    {
        Assert.Equal($"{_folder.Path}: cannot be written: it is a folder; a file name is expected.",
            Assert.Throws<IOException>(() => PngFile.Write(_folder.Path, new GrayImage(1, 1))).Message);
        Assert.Throws<ArgumentNullException>(() => PngFile.Write(_folder.File("x.png"), null!));
        Assert.Empty(_folder.Names);
    }
}
