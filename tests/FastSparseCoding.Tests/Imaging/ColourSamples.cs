using FastSparseCoding.Imaging;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

/// <summary>The samples of pictures as whole numbers, through what everybody can call.</summary>
internal static class ColourSamples
{
    /// <summary>All samples of the first pixel, then of the next; fails unless the values are levels of the picture's depth.</summary>
    public static int[] Of(ColourImage image)
    {
        int n = image.HasAlpha ? image.Channels + 1 : image.Channels, largest = (1 << image.Bits) - 1;
        var samples = new int[image.Width * image.Height * n];
        var values = new float[image.Width * image.Height];
        for (int c = 0; c < n; c++)
        {
            image.ReadRows(c, 0, values);
            for (int i = 0; i < values.Length; i++)
            {
                samples[n * i + c] = (int)Math.Round((double)values[i] * largest);
                Assert.Equal(samples[n * i + c] / (float)largest, values[i]);
            }
        }
        return samples;
    }

    public static ColourImage Make(int width, int height, int channels, bool hasAlpha, int bits, Func<int, int> sample)
    {
        var image = new ColourImage(width, height, channels, hasAlpha, bits);
        int n = hasAlpha ? channels + 1 : channels;
        for (int c = 0; c < n; c++)
            image.WriteRows(c, 0, [.. Enumerable.Range(0, width * height).Select(i => sample(n * i + c) / (float)((1 << bits) - 1))]);
        return image;
    }

    /// <summary>The values that gray reading gives: the luma of ITU-R BT.601 with weights of 16 bits, rounded to the depth.</summary>
    public static float[] Luma(ColourImage image)
    {
        int[] samples = Of(image);
        int n = image.HasAlpha ? image.Channels + 1 : image.Channels, largest = (1 << image.Bits) - 1;
        return [.. samples.Chunk(n).Select(p => (image.Channels == 1 ? p[0] : OfPixel(p)) / (float)largest)];

        static int OfPixel(int[] p) => (int)((19_595L * p[0] + 38_470L * p[1] + 7_471L * p[2] + 32_768) >> 16);
    }

    public static void AssertEqual(ColourImage expected, ColourImage actual)
    {
        Assert.Equal((expected.Width, expected.Height, expected.Channels, expected.HasAlpha, expected.Bits),
            (actual.Width, actual.Height, actual.Channels, actual.HasAlpha, actual.Bits));
        Assert.Equal(Of(expected), Of(actual));
    }
}
