using FastSparseCoding.Imaging;

namespace FastSparseCoding.Tests.Imaging;

/// <summary>Pictures to cut patches from.</summary>
internal static class PatchPictures
{
    /// <summary>Independent uniform grays.</summary>
    public static GrayImage Noise(int width, int height, int seed)
    {
        var random = new Random(seed);
        var image = new GrayImage(width, height);
        foreach (ref float pixel in image.Pixels)
            pixel = random.NextSingle();
        return image;
    }

    /// <summary>Every pixel another gray, so that a patch tells where it comes from: from <paramref name="first"/> on in steps of
    /// 2⁻¹⁰.</summary>
    public static GrayImage Numbered(int width, int height, int first)
    {
        var image = new GrayImage(width, height);
        for (int i = 0; i < image.Pixels.Length; i++)
            image.Pixels[i] = (first + i) / 1024f;
        return image;
    }

    /// <summary>One gray in the left half, a slope that grows steeper to the right in the other.</summary>
    public static GrayImage HalfFlat(int width, int height)
    {
        var image = new GrayImage(width, height);
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                image.Row(y)[x] = x < width / 2 ? 0.3f : 0.3f + 0.7f * MathF.Pow((x - width / 2f) / (width / 2f), 3) * (y % 3) / 2;
        return image;
    }

    public static GrayImage Constant(int width, int height, float gray)
    {
        var image = new GrayImage(width, height);
        image.Pixels.Fill(gray);
        return image;
    }

    /// <summary>The patch at (x, y), pixel by pixel.</summary>
    public static double[] Cut(GrayImage image, int x, int y, int size)
        => [.. Enumerable.Range(0, size * size).Select(i => (double)image[x + i % size, y + i / size])];

    public static double Deviation(IReadOnlyCollection<double> values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
    }

    public static double[] Row(Matrix x, int i) => Array.ConvertAll(x.Row(i).ToArray(), v => (double)v);
}
