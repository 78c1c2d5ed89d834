namespace FastSparseCoding.Imaging;

/// <summary>How near a picture comes to another, in double; pixels are clipped to 0..1 first, as a file would clip them. Safe to call from
/// several threads at once.</summary>
public static class ImageQuality
{
    /// <summary>Side of a window of SSIM in pixels.</summary>
    internal const int WindowSide = 2 * Radius + 1;

    private const int Radius = 5;
    private const double WindowDeviation = 1.5, C1 = 0.01 * 0.01, C2 = 0.03 * 0.03;

    private static readonly double[] Window = GaussianWindow();

    /// <summary>Peak signal-to-noise ratio, 10 log₁₀(1 / mean squared error).</summary>
    /// <param name="a">A picture.</param>
    /// <param name="b">Another of the same size.</param>
    /// <returns>Decibels; positive infinity where the pictures are the same.</returns>
    /// <exception cref="ArgumentException">The sizes differ, or a pixel is not finite.</exception>
    public static double Psnr(GrayImage a, GrayImage b)
    {
        Check(a, b, 1);
        double squares = 0;
        for (int i = 0; i < a.Pixels.Length; i++)
        {
            double difference = Clipped(a.Pixels[i]) - Clipped(b.Pixels[i]);
            squares += difference * difference;
        }
        return 10 * Math.Log10(a.Pixels.Length / squares);
    }

    /// <summary>
    /// Structural similarity (Wang, Bovik, Sheikh and Simoncelli 2004, equation 13): Gaussian windows of 11×11 pixels and deviation 1.5, K₁
    /// = 0.01, K₂ = 0.03, the mean over all windows that lie within the picture.
    /// </summary>
    /// <param name="a">A picture of at least 11×11 pixels.</param>
    /// <param name="b">Another of the same size.</param>
    /// <returns>Similarity, at most 1; 1 where the pictures are the same.</returns>
    /// <exception cref="ArgumentException">The sizes differ or are too small, or a pixel is not finite.</exception>
    public static double Ssim(GrayImage a, GrayImage b)
    {
        Check(a, b, WindowSide);
        int width = a.Width, across = width - 2 * Radius, down = a.Height - 2 * Radius;
        var moments = new double[5][];      // sums over a window's columns of a, b, a², b², ab, for every column
        for (int k = 0; k < moments.Length; k++)
            moments[k] = new double[width];
        double sum = 0;
        for (int y = 0; y < down; y++)
        {
            Columns(a, b, y, moments);
            for (int x = 0; x < across; x++)
                sum += Similarity(moments, x);
        }
        return sum / ((double)across * down);
    }

    /// <summary>The same of pictures with the same channels, over all of them; alpha does not count.</summary>
    /// <param name="a">A picture.</param>
    /// <param name="b">Another of the same size and channels.</param>
    /// <returns>Decibels; positive infinity where the pictures are the same.</returns>
    /// <exception cref="ArgumentException">Sizes or channels differ.</exception>
    public static double Psnr(ColourImage a, ColourImage b)
        => -10 * Math.Log10(Mean(a, b, (u, v) => Math.Pow(10, Psnr(u, v) / -10)));

    /// <summary>Mean of the structural similarities of the channels; alpha does not count.</summary>
    /// <param name="a">A picture of at least 11×11 pixels.</param>
    /// <param name="b">Another of the same size and channels.</param>
    /// <returns>Similarity, at most 1; 1 where the pictures are the same.</returns>
    /// <exception cref="ArgumentException">Sizes or channels differ, or the pictures are too small.</exception>
    public static double Ssim(ColourImage a, ColourImage b) => Mean(a, b, Ssim);

    private static double Mean(ColourImage a, ColourImage b, Func<GrayImage, GrayImage, double> measure)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Channels != b.Channels)
            Throw.Argument(nameof(b), $"'b' has {b.Channels} channels; it must have {a.Channels}, as 'a'.");
        return Enumerable.Range(0, a.Channels).Average(channel => measure(a.Plane(channel), b.Plane(channel)));
    }

    /// <summary>Weighted sums down the columns of the windows that begin in row y.</summary>
    private static void Columns(GrayImage a, GrayImage b, int y, double[][] moments)
    {
        foreach (double[] moment in moments)
            Array.Clear(moment);
        for (int i = 0; i < Window.Length; i++)
        {
            ReadOnlySpan<float> rowA = a.Row(y + i), rowB = b.Row(y + i);
            for (int x = 0; x < rowA.Length; x++)
            {
                double u = Clipped(rowA[x]), v = Clipped(rowB[x]), w = Window[i];
                moments[0][x] += w * u;
                moments[1][x] += w * v;
                moments[2][x] += w * u * u;
                moments[3][x] += w * v * v;
                moments[4][x] += w * u * v;
            }
        }
    }

    private static double Similarity(double[][] moments, int x)
    {
        Span<double> m = stackalloc double[5];
        for (int k = 0; k < m.Length; k++)
            for (int i = 0; i < Window.Length; i++)
                m[k] += Window[i] * moments[k][x + i];
        double meanA = m[0], meanB = m[1], varianceA = m[2] - meanA * meanA, varianceB = m[3] - meanB * meanB;
        double covariance = m[4] - meanA * meanB;
        return (2 * meanA * meanB + C1) * (2 * covariance + C2) / ((meanA * meanA + meanB * meanB + C1) * (varianceA + varianceB + C2));
    }

    private static void Check(GrayImage a, GrayImage b, int smallest)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Width != b.Width || a.Height != b.Height)
            Throw.Argument(nameof(b), $"{b.Name}: is {b.Width}×{b.Height} pixels; it must be {a.Width}×{a.Height}, as {a.Name}.");
        if (a.Width < smallest || a.Height < smallest)
            Throw.Argument(nameof(a), $"{a.Name}: is {a.Width}×{a.Height} pixels; it must be at least {smallest}×{smallest}.");
        Throw.IfNotFinite(new ReadOnlyMatrixView(a.Pixels, a.Height, a.Width), nameof(a));
        Throw.IfNotFinite(new ReadOnlyMatrixView(b.Pixels, b.Height, b.Width), nameof(b));
    }

    private static double Clipped(float pixel) => Math.Clamp(pixel, 0f, 1f);

    private static double[] GaussianWindow()
    {
        double[] weights = [.. Enumerable.Range(-Radius, 2 * Radius + 1)
            .Select(i => Math.Exp(-i * i / (2 * WindowDeviation * WindowDeviation)))];
        double sum = weights.Sum();
        return [.. weights.Select(w => w / sum)];
    }
}
