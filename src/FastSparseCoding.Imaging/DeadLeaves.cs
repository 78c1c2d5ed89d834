namespace FastSparseCoding.Imaging;

/// <summary>
/// Pictures with the statistics of natural images (Lee, Mumford and Huang 2001): opaque leaves that cover each other, their radii following
/// a power law, so that edges of every length and direction occur at every scale. Safe to call from several threads at once.
/// </summary>
public static class DeadLeaves
{
    /// <summary>Leaf pixels drawn for each pixel of the picture: what is left of the ground is less than e^−6 of it.</summary>
    private const double Coverage = 6;
    private const double SmallestRadius = 9;

    /// <summary>Side of the grid of samples inside a pixel.</summary>
    private const int Samples = 2;

    /// <summary>Generates pictures, each from a seed of its own that follows from the one given and its place.</summary>
    /// <param name="count">Number of pictures, 0 or more.</param>
    /// <param name="size">Side in pixels, 16 or more.</param>
    /// <param name="seed">The same seed gives the same pictures.</param>
    /// <returns>The pictures.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static IReadOnlyList<GrayImage> GenerateMany(int count, int size, int seed)
    {
        Throw.IfBelow(count, 0);
        var images = new GrayImage[count];
        RowBlocks.Run(count, 1, 0, CancellationToken.None, (i, _) => images[i] = Generate(size, size, HashCode(seed, i)));
        return images;
    }

    /// <summary>Generates one picture.</summary>
    /// <param name="width">Width in pixels, from 16 to 8192.</param>
    /// <param name="height">Height in pixels, from 16 to 8192.</param>
    /// <param name="seed">The same seed gives the same picture.</param>
    /// <returns>The picture.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of its range.</exception>
    public static GrayImage Generate(int width, int height, int seed)
    {
        Throw.IfOutside(width, 16, 8192);
        Throw.IfOutside(height, 16, 8192);
        var random = new Random(seed >= 0 ? seed : HashCode(seed, 0));      // Random itself ignores the sign
        var fine = new GrayImage(width * Samples, height * Samples);
        fine.Pixels.Fill(0.5f);
        double largest = Math.Min(width, height) / 2.0, drawn = 0;
        while (drawn < Coverage * (width + 2 * largest) * (height + 2 * largest))
        {
            Leaf leaf = Leaf.Draw(random, width, height, largest);
            leaf.Paint(fine);
            drawn += leaf.Area;
        }
        return Soften(Shrink(fine, width, height));
    }

    /// <summary>Averages the samples of every pixel.</summary>
    private static GrayImage Shrink(GrayImage fine, int width, int height)
    {
        var image = new GrayImage(width, height);
        for (int y = 0; y < fine.Height; y++)
            for (int x = 0; x < fine.Width; x++)
                image.Row(y / Samples)[x / Samples] += fine[x, y] / (Samples * Samples);
        return image;
    }

    /// <summary>The blur of a lens: a binomial kernel (1 2 1)/4 along both axes.</summary>
    private static GrayImage Soften(GrayImage image)
    {
        var across = new GrayImage(image.Width, image.Height);
        for (int y = 0; y < image.Height; y++)
            for (int x = 0; x < image.Width; x++)
                across.Row(y)[x] = (image[Math.Max(x - 1, 0), y] + 2 * image[x, y] + image[Math.Min(x + 1, image.Width - 1), y]) / 4;
        var down = new GrayImage(image.Width, image.Height);
        for (int y = 0; y < image.Height; y++)
            for (int x = 0; x < image.Width; x++)
                down.Row(y)[x] = Math.Clamp(
                    (across[x, Math.Max(y - 1, 0)] + 2 * across[x, y] + across[x, Math.Min(y + 1, image.Height - 1)]) / 4, 0, 1);
        return down;
    }

    private static int HashCode(int seed, int index) => (int)(CounterRandom.Mix(((ulong)(uint)seed << 32) | (uint)index) >> 33);

    /// <summary>An ellipse of one gray with a gradient and a wavy texture; lengths in pixels of the final picture.</summary>
    private sealed record Leaf(
        double X, double Y, double Long, double Short, double Angle, float Gray, float Slope, double SlopeAngle, float Wave,
        double WaveLength, double WaveAngle)
    {
        public double Area => Math.PI * Long * Short;

        public static Leaf Draw(Random random, int width, int height, double largest)
        {
            // Density ∝ r⁻³ between the two radii, by inversion of its distribution.
            double a = 1 / (SmallestRadius * SmallestRadius), b = 1 / (largest * largest);
            double radius = 1 / Math.Sqrt(a - random.NextDouble() * (a - b));
            double squash = 0.3 + 0.7 * random.NextDouble();
            return new Leaf(
                -largest + random.NextDouble() * (width + 2 * largest),
                -largest + random.NextDouble() * (height + 2 * largest),
                radius,
                radius * squash,
                random.NextDouble() * Math.PI,
                0.1f + 0.8f * random.NextSingle(),
                0.25f * random.NextSingle(),
                random.NextDouble() * 2 * Math.PI,
                0.12f * random.NextSingle(),
                4 + 12 * random.NextDouble(),
                random.NextDouble() * Math.PI);
        }

        public void Paint(GrayImage fine)
        {
            (double sin, double cos) = Math.SinCos(Angle);
            int left = (int)Math.Max(0, (X - Long) * Samples), right = (int)Math.Min(fine.Width - 1, (X + Long) * Samples + 1);
            int top = (int)Math.Max(0, (Y - Long) * Samples), bottom = (int)Math.Min(fine.Height - 1, (Y + Long) * Samples + 1);
            for (int row = top; row <= bottom; row++)
            {
                Span<float> pixels = fine.Row(row);
                double dy = (row + 0.5) / Samples - Y;
                for (int column = left; column <= right; column++)
                {
                    double dx = (column + 0.5) / Samples - X;
                    double u = (dx * cos + dy * sin) / Long, v = (dy * cos - dx * sin) / Short;
                    if (u * u + v * v <= 1)
                        pixels[column] = Shade(dx, dy);
                }
            }
        }

        private float Shade(double dx, double dy)
        {
            double along = (dx * Math.Cos(SlopeAngle) + dy * Math.Sin(SlopeAngle)) / Long;
            double shade = Gray + Slope * along;
            if (Wave > 0)
                shade += Wave * Math.Sin(2 * Math.PI * (dx * Math.Cos(WaveAngle) + dy * Math.Sin(WaveAngle)) / WaveLength);
            return (float)shade;
        }
    }
}
