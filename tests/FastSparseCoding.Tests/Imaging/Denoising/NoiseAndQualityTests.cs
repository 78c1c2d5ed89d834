using FastSparseCoding.Imaging;
using Xunit;

namespace FastSparseCoding.Tests.Imaging.Denoising;

public sealed class NoiseAndQualityTests
{
    [Theory]
    [InlineData(10, 0.07)]
    [InlineData(25, 0.03)]
    [InlineData(50, 0.03)]
    public void Noise_of_a_generated_picture_is_estimated_to_a_few_percent(float sigma, double share)
    {
        GrayImage clean = DeadLeaves.Generate(256, 256, 5);

        Assert.Equal(sigma, NoiseLevel.Estimate(DenoisingPictures.Noisy(clean, sigma, 1)), share * sigma);
    }

    [Fact]
    public void Slopes_have_no_noise_and_the_estimate_grows_with_the_contrast()
    {
        var slope = new GrayImage(40, 30, [.. Enumerable.Range(0, 1200).Select(i => i % 40 * 0.01f + i / 40 * 0.02f)]);
        GrayImage noise = DenoisingPictures.Noisy(new GrayImage(40, 30), 20, 2);
        GrayImage twice = DenoisingPictures.Noisy(new GrayImage(40, 30), 40, 2);

        Assert.InRange(NoiseLevel.Estimate(slope), 0, 1e-4);
        Assert.Equal(2 * NoiseLevel.Estimate(noise), NoiseLevel.Estimate(twice), 1e-3);
    }

    [Fact]
    public void Noise_of_what_is_no_picture_is_refused()
    {
        GrayImage holed = new(20, 20);
        holed.Row(1)[2] = float.NaN;

        Assert.StartsWith("an image: is 16×15 pixels; it must be at least 16×16 for its noise to be estimated.",
            Assert.Throws<ArgumentException>(() => NoiseLevel.Estimate(new GrayImage(16, 15))).Message, StringComparison.Ordinal);
        Assert.StartsWith("'picture' holds NaN at row 1, column 2; every value must be finite.",
            Assert.Throws<ArgumentException>(() => NoiseLevel.Estimate(holed)).Message, StringComparison.Ordinal);
    }

    /// <summary>Values of scikit-image 0.19.3: structural_similarity with gaussian_weights, sigma 1.5, use_sample_covariance
    /// false.</summary>
    [Fact]
    public void Quality_is_that_of_scikit_image()
    {
        (GrayImage a, GrayImage b) = Pair();

        Assert.Equal(20.99313979744845, ImageQuality.Psnr(a, b), 1e-6);
        Assert.Equal(0.9599457477135402, ImageQuality.Ssim(a, b), 1e-7);
        Assert.Equal(ImageQuality.Ssim(a, b), ImageQuality.Ssim(b, a), 1e-12);
    }

    [Fact]
    public void A_picture_is_like_itself()
    {
        (GrayImage a, _) = Pair();

        Assert.Equal(double.PositiveInfinity, ImageQuality.Psnr(a, a));
        Assert.Equal(1, ImageQuality.Ssim(a, a), 1e-12);
    }

    [Fact]
    public void Quality_of_pictures_of_two_sizes_or_too_small_ones_is_refused()
    {
        Assert.StartsWith("an image: is 12×11 pixels; it must be 11×11, as an image.",
            Assert.Throws<ArgumentException>(() => ImageQuality.Psnr(new GrayImage(11, 11), new GrayImage(12, 11))).Message,
            StringComparison.Ordinal);
        Assert.StartsWith("an image: is 11×10 pixels; it must be at least 11×11.",
            Assert.Throws<ArgumentException>(() => ImageQuality.Ssim(new GrayImage(11, 10), new GrayImage(11, 10))).Message,
            StringComparison.Ordinal);
    }

    private static (GrayImage A, GrayImage B) Pair()
    {
        GrayImage a = new(31, 24), b = new(31, 24);
        for (int i = 0; i < 24; i++)
        {
            for (int j = 0; j < 31; j++)
            {
                a.Row(i)[j] = (i * 7 + j * 13 + i * j % 11) % 64 / 63f;
                b.Row(i)[j] = a[j, i] * 0.8f + (i * 5 + j * 3) % 17 / 100f;
            }
        }
        (b.Row(0)[0], b.Row(3)[5]) = (1.4f, -0.25f);
        return (a, b);
    }
}
