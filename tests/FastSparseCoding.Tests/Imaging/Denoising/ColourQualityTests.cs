using FastSparseCoding.Imaging;
using Xunit;

namespace FastSparseCoding.Tests.Imaging.Denoising;

public sealed class ColourQualityTests
{
    [Fact]
    public void Psnr_is_over_all_channels_and_ssim_their_mean()
    {
        ColourImage a = Coloured(1), b = Coloured(2);
        double squares = 0;
        for (int channel = 0; channel < 3; channel++)
        {
            float[] u = a.Plane(channel).Pixels.ToArray(), v = b.Plane(channel).Pixels.ToArray();
            squares += u.Zip(v, (x, y) => ((double)x - y) * ((double)x - y)).Sum();
        }
        Assert.Equal(10 * Math.Log10(3 * 900 / squares), ImageQuality.Psnr(a, b), 1e-9);
        Assert.Equal(Enumerable.Range(0, 3).Average(c => ImageQuality.Ssim(a.Plane(c), b.Plane(c))), ImageQuality.Ssim(a, b), 1e-12);
        Assert.Equal((double.PositiveInfinity, 1), (ImageQuality.Psnr(a, a), ImageQuality.Ssim(a, a)));
        Assert.StartsWith("'b' has 1 channels; it must have 3, as 'a'.", Assert.Throws<ArgumentException>(
            () => ImageQuality.Psnr(a, new ColourImage(30, 30, 1, false, 8))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Noise_is_added_with_its_deviation_and_the_same_for_the_same_seed()
    {
        var gray = new GrayImage(301, 200);
        gray.Pixels.Fill(0.5f);
        GrayImage noisy = NoiseLevel.Add(gray, 30, seed: 4);
        double mean = noisy.Pixels.ToArray().Average(v => v - 0.5);
        double deviation = 255 * Math.Sqrt(noisy.Pixels.ToArray().Average(v => (v - 0.5) * (v - 0.5)));
        // Of 60,200 values the mean has a deviation of 1/245 of σ, and the deviation one of 1/347; five of them are never seen.
        Assert.InRange(mean * 255, -30 * 5 / 245.0, 30 * 5 / 245.0);
        Assert.InRange(deviation, 30 * (1 - 5 / 347.0), 30 * (1 + 5 / 347.0));
        Assert.Equal(noisy.Pixels, NoiseLevel.Add(gray, 30, seed: 4).Pixels);
        Assert.NotEqual(noisy.Pixels.ToArray(), NoiseLevel.Add(gray, 30, seed: 5).Pixels.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => NoiseLevel.Add(gray, 0, 1));
    }

    [Fact]
    public void The_noise_of_a_large_picture_is_that_of_its_bands()
    {
        // Of 4 megapixels; flat, so that nothing but noise counts.
        var gray = new GrayImage(1000, 4200);
        gray.Pixels.Fill(0.5f);
        GrayImage noisy = NoiseLevel.Add(gray, 12, seed: 1);
        Assert.Equal(12, NoiseLevel.Estimate(ColourImage.OfGray(noisy, 16)), 0.1);
        Assert.Equal(NoiseLevel.Estimate(noisy), NoiseLevel.Estimate(ColourImage.OfGray(noisy, 16)), 0.1);
        ColourImage coloured = Coloured(3);
        double squares = Enumerable.Range(0, 3).Average(c => Math.Pow(NoiseLevel.Estimate(coloured.Plane(c)), 2));
        Assert.Equal(Math.Sqrt(squares), NoiseLevel.Estimate(coloured), 1e-4);
    }

    private static ColourImage Coloured(int seed)
    {
        var picture = new ColourImage(30, 30, 3, hasAlpha: false, bits: 8);
        for (int channel = 0; channel < 3; channel++)
            picture.WriteRows(channel, 0, NoiseLevel.Add(DeadLeaves.Generate(30, 30, seed), 10, seed + channel).Pixels);
        return picture;
    }
}
