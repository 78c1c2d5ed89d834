using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Imaging.Denoising;

/// <summary>The shared rows of cosines against patches taken one by one, in double.</summary>
public sealed class CosineShrinkageTests
{
    private const int Width = 23, Height = 29, Planes = 2;
    private const float Threshold = 0.21f;

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(23)]
    public void It_is_the_average_of_patches_whose_small_cosines_are_zero(int p)
    {
        GrayImage[] planes = [DeadLeaves.Generate(Width, Height, seed: 1), DeadLeaves.Generate(Width, Height, seed: 2)];
        var actual = new float[Planes * Width * Height];
        var work = new CosineShrinkage(Width, Height, Planes, p, Threshold);

        new PictureBands(work.SumSize, Height, p, work).Run(
            (first, rows) =>
            {
                for (int i = 0; i < rows.Length; i++)
                    rows[i] = planes[i / Width % Planes].Row(first + i / (Planes * Width))[i % Width];
            },
            (first, rows) => rows.CopyTo(actual.AsSpan(first * Planes * Width)), 2, null, TestContext.Current.CancellationToken);

        double[][] expected = [.. planes.Select(plane => Twin(plane, p))];
        // Four sums of p products, of cosines whose magnitudes add up to at most √(2p) each, and one of p² patches.
        Tolerance.Check([.. Enumerable.Range(0, actual.Length).Select(i =>
            expected[i / Width % Planes][i / (Planes * Width) * Width + i % Width])], actual, 8 * p + p * p + 2, 4 * p * p);
    }

    [Fact]
    public void Without_a_threshold_a_picture_comes_back_and_above_all_thresholds_lie_its_means()
    {
        GrayImage picture = DeadLeaves.Generate(Width, Height, seed: 3);
        double[] same = Twin(picture, 5, 0), means = Twin(picture, 5, 1e9);

        Tolerance.Check(same, picture.Pixels, 100, 1);
        Assert.InRange(means.Max() - means.Min(), 0.01, picture.Pixels.ToArray().Max() - picture.Pixels.ToArray().Min());
    }

    private static double[] Twin(GrayImage picture, int p, double threshold = Threshold)
    {
        double[] sums = new double[Width * Height], counts = new double[Width * Height], z = new double[p * p];
        for (int y = 0; y + p <= Height; y++)
            for (int x = 0; x + p <= Width; x++)
            {
                for (int k = 0; k < z.Length; k++)
                {
                    z[k] = Enumerable.Range(0, p * p).Sum(
                        n => Wave(p, k / p, n / p) * Wave(p, k % p, n % p) * picture[x + n % p, y + n / p]);
                    // A value that rounding may lift over the threshold would make the comparison one of luck.
                    Assert.True(k == 0 || threshold == 0 || Math.Abs(Math.Abs(z[k]) - threshold) > 1e-6);
                    if (k > 0 && Math.Abs(z[k]) <= threshold)
                        z[k] = 0;
                }
                for (int n = 0; n < z.Length; n++)
                {
                    int i = (y + n / p) * Width + x + n % p;
                    sums[i] += Enumerable.Range(0, p * p).Sum(k => Wave(p, k / p, n / p) * Wave(p, k % p, n % p) * z[k]);
                    counts[i]++;
                }
            }
        return [.. sums.Select((sum, i) => sum / counts[i])];
    }

    private static double Wave(int p, int f, int i) => Math.Sqrt((f == 0 ? 1.0 : 2.0) / p) * Math.Cos(Math.PI * f * (i + 0.5) / p);
}
