using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

/// <summary>What three or four components mean is told by JFIF's marker, Adobe's, or the components' names.</summary>
public sealed class JpegColourTests : IDisposable
{
    private static readonly byte[] Jfif = [.. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Three_components_are_luma_and_chroma_unless_a_marker_or_their_names_say_rgb()
    {
        (int a, int b, int c) = (100, 180, 90);
        double chroma = Luma(a + 1.402 * (c - 128), a - 0.714136 * (c - 128) - 0.344136 * (b - 128), a + 1.772 * (b - 128)),
            rgb = Luma(a, b, c);

        Assert.Equal(chroma, Gray([a, b, c]), 1.0);
        Assert.Equal(chroma, Gray([a, b, c], adobe: 1), 1.0);
        Assert.Equal(rgb, Gray([a, b, c], adobe: 0), 1.0);
        Assert.Equal(chroma, Gray([a, b, c], adobe: 0, jfif: true), 1.0);
        Assert.Equal(rgb, Gray([a, b, c], names: "RGB"u8.ToArray()), 1.0);
        Assert.InRange(Math.Abs(chroma - rgb), 5, 255);
    }

    [Fact]
    public void Four_components_are_inverted_cmyk_or_luma_and_chroma_of_it()
    {
        (int a, int b, int c, int k) = (100, 180, 90, 200);
        double cmyk = Luma(a * k / 255.0, b * k / 255.0, c * k / 255.0);
        double ycck = Luma(
            (255 - (a + 1.402 * (c - 128))) * k / 255, (255 - (a - 0.714136 * (c - 128) - 0.344136 * (b - 128))) * k / 255,
            (255 - (a + 1.772 * (b - 128))) * k / 255);

        Assert.Equal(cmyk, Gray([a, b, c, k]), 1.5);
        Assert.Equal(cmyk, Gray([a, b, c, k], adobe: 0), 1.5);
        Assert.Equal(ycck, Gray([a, b, c, k], adobe: 2), 1.5);
        Assert.InRange(Math.Abs(cmyk - ycck), 5, 255);
    }

    private static double Luma(double r, double g, double b) => 0.299 * r + 0.587 * g + 0.114 * b;

    /// <summary>The gray, 0 to 255, of a block whose components have these levels.</summary>
    private double Gray(int[] levels, byte? adobe = null, bool jfif = false, byte[]? names = null)
    {
        names ??= [.. Enumerable.Range(1, levels.Length).Select(i => (byte)i)];
        var jpeg = new JpegBytes();
        if (jfif)
            jpeg.Segment(0xE0, Jfif);
        if (adobe is { } transform)
            jpeg.Segment(0xEE, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, transform]);
        jpeg.Segment(0xDB, JpegBytes.Steps(8)).Segment(0xC4, JpegBytes.Sizes).Segment(0xC4, JpegBytes.OneCode(1, 0))
            .Segment(0xC0, [8, 0, 8, 0, 8, (byte)levels.Length, .. names.SelectMany(n => new byte[] { n, 0x11, 0 })])
            .Segment(0xDA, [(byte)levels.Length, .. names.SelectMany(n => new byte[] { n, 0 }), 0, 63, 0])
            .Means([.. levels.Select(v => v - 128)], levels.Length);
        return ImageFile.Load(_folder.Write("a.jpg", jpeg.End()))[3, 4] * 255.0;
    }
}
