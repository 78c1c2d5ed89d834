namespace FastSparseCoding.Imaging;

/// <summary>
/// Luminance and two opponent colours of a picture of red, green and blue: (R + G + B)/3, (R − B)/√2, (R − 2G + B)/√6. But for the scale of
/// the luminance, which goes from 0 to 1, the transform is orthonormal: white noise of deviation σ stays white, of σ in the colours and of
/// σ/√3 in the luminance, and the planes' noises are independent.
/// </summary>
internal static class OpponentColours
{
    private static readonly float Root2 = 1 / MathF.Sqrt(2), Root6 = 1 / MathF.Sqrt(6);

    /// <summary>Deviations of the planes' noise where red, green and blue have noise of one deviation.</summary>
    public static float[] Sigmas(float sigma) => [sigma / MathF.Sqrt(3), sigma, sigma];

    /// <summary>The luminance of three channels.</summary>
    public static GrayImage Luminance(IReadOnlyList<GrayImage> channels)
    {
        GrayImage red = channels[0];
        var luminance = new GrayImage(red.Width, red.Height, red.Pixels.ToArray(), red.Name);
        for (int i = 0; i < luminance.Pixels.Length; i++)
            luminance.Pixels[i] = (red.Pixels[i] + channels[1].Pixels[i] + channels[2].Pixels[i]) / 3;
        return luminance;
    }

    /// <summary>A row of red, then green, then blue becomes one of luminance and the two colours.</summary>
    public static void Split(Span<float> row)
    {
        int width = row.Length / 3;
        Span<float> red = row[..width], green = row.Slice(width, width), blue = row.Slice(2 * width, width);
        for (int x = 0; x < width; x++)
        {
            (float r, float g, float b) = (red[x], green[x], blue[x]);
            red[x] = (r + g + b) / 3;
            green[x] = (r - b) * Root2;
            blue[x] = (r - 2 * g + b) * Root6;
        }
    }

    /// <summary>The way back.</summary>
    public static void Join(Span<float> row)
    {
        int width = row.Length / 3;
        Span<float> red = row[..width], green = row.Slice(width, width), blue = row.Slice(2 * width, width);
        for (int x = 0; x < width; x++)
        {
            (float luminance, float redBlue, float green2) = (red[x], green[x] * Root2, blue[x] * Root6);
            red[x] = luminance + redBlue + green2;
            green[x] = luminance - 2 * green2;
            blue[x] = luminance - redBlue + green2;
        }
    }
}
