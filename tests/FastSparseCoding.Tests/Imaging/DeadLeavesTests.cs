using FastSparseCoding.Imaging;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

public sealed class DeadLeavesTests
{
    [Fact]
    public void The_same_seed_gives_the_same_bits_and_another_seed_other_ones()
    {
        float[] picture = DeadLeaves.Generate(40, 30, 7).Pixels.ToArray();

        Assert.Equal(picture, DeadLeaves.Generate(40, 30, 7).Pixels.ToArray());
        Assert.NotEqual(picture, DeadLeaves.Generate(40, 30, 8).Pixels.ToArray());
        Assert.NotEqual(picture, DeadLeaves.Generate(40, 30, -7).Pixels.ToArray());
    }

    [Fact]
    public void A_series_has_the_same_bits_for_any_number_of_threads_and_pictures()
    {
        float[][] six = Series(6, 3);

        // One picture is made on the caller's thread, several on as many as there are cores.
        Assert.Equal(Series(1, 3)[0], six[0]);
        Assert.Equal(six[..4], Series(4, 3));
        Assert.Equal(six, Series(6, 3));
        Assert.Empty(Series(0, 3));
    }

    [Fact]
    public void All_pictures_of_series_differ()
    {
        float[][] pictures = [.. Series(20, 3), .. Series(20, 4), .. Series(20, -3)];

        Assert.Equal(60, pictures.Select(p => (p[0], p[100], p[200])).Distinct().Count());
    }

    [Theory]
    [InlineData(16, 16)]
    [InlineData(16, 50)]
    [InlineData(61, 17)]
    public void A_picture_has_its_size_and_grays_from_0_to_1(int width, int height)
    {
        GrayImage image = DeadLeaves.Generate(width, height, 1);

        Assert.Equal((width, height), (image.Width, image.Height));
        Assert.All(image.Pixels.ToArray(), v => Assert.InRange(v, 0f, 1f));
        Assert.All(DeadLeaves.GenerateMany(2, 20, 1), i => Assert.Equal((20, 20), (i.Width, i.Height)));
    }

    /// <summary>
    /// Derivatives of natural images are mostly small and now and then large: a kurtosis well above a Gaussian's 3 (Lee, Mumford and Huang
    /// 2001). Measured over these pictures: 12 in both directions, mean slopes of 0.03 a pixel, grays of mean 0.49 and deviation 0.22.
    /// </summary>
    [Fact]
    public void Derivatives_have_the_heavy_tails_of_natural_images_in_both_directions()
    {
        var across = new List<double>();
        var down = new List<double>();
        var grays = new List<double>();
        foreach (GrayImage image in DeadLeaves.GenerateMany(6, 128, 1))
            for (int y = 0; y < 127; y++)
                for (int x = 0; x < 127; x++)
                {
                    across.Add(image[x + 1, y] - image[x, y]);
                    down.Add(image[x, y + 1] - image[x, y]);
                    grays.Add(image[x, y]);
                }

        Assert.InRange(Kurtosis(across), 7, 25);
        Assert.InRange(Kurtosis(down), 7, 25);
        Assert.InRange(across.Average(Math.Abs), 0.01, 0.06);
        Assert.InRange(down.Average(Math.Abs), 0.01, 0.06);
        Assert.InRange(across.Average(Math.Abs) / down.Average(Math.Abs), 0.8, 1.25);
        Assert.InRange(grays.Average(), 0.35, 0.65);
        Assert.InRange(Math.Sqrt(Moment(grays, 2)), 0.12, 0.32);
    }

    [Fact]
    public void Sizes_out_of_range_are_refused()
    {
        Refused("'width' is 15; it must be from 16 to 8192.", () => DeadLeaves.Generate(15, 16, 1));
        Refused("'height' is 8193; it must be from 16 to 8192.", () => DeadLeaves.Generate(16, 8193, 1));
        Refused("'count' is -1; it must be 0 or more.", () => DeadLeaves.GenerateMany(-1, 16, 1));
        Refused("'width' is 0; it must be from 16 to 8192.", () => DeadLeaves.GenerateMany(2, 0, 1));

        static void Refused(string message, Action action)
            => Assert.StartsWith(message, Assert.Throws<ArgumentOutOfRangeException>(action).Message, StringComparison.Ordinal);
    }

    private static float[][] Series(int count, int seed) => [.. DeadLeaves.GenerateMany(count, 32, seed).Select(i => i.Pixels.ToArray())];

    private static double Kurtosis(List<double> values) => Moment(values, 4) / Math.Pow(Moment(values, 2), 2);

    private static double Moment(List<double> values, int power)
    {
        double mean = values.Average();
        return values.Average(v => Math.Pow(v - mean, power));
    }
}
