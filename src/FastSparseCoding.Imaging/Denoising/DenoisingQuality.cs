using System.Diagnostics;
using FastSparseCoding.Learning;

namespace FastSparseCoding.Imaging;

/// <summary>What denoising does for a clean picture that noise was added to. Immutable and safe to share between threads.</summary>
/// <param name="PsnrBefore">PSNR of the noisy picture in dB.</param>
/// <param name="Psnr">PSNR of the denoised picture in dB.</param>
/// <param name="SsimBefore">Structural similarity of the noisy picture.</param>
/// <param name="Ssim">Structural similarity of the denoised picture.</param>
/// <param name="Seconds">Time that it took.</param>
public readonly record struct DenoisingQuality(double PsnrBefore, double Psnr, double SsimBefore, double Ssim, double Seconds)
{
    /// <summary>From one channel's seed to the next: far from those of other pictures.</summary>
    private const int ChannelSeed = 1 << 20;

    /// <summary>Adds noise to a picture, takes it out and measures both, over all channels.</summary>
    /// <param name="clean">The channels of the picture: one, or red, green and blue; at least as large as a patch and 11×11
    /// pixels.</param>
    /// <param name="sigma">Deviation of the noise in levels of 255: above 0, at most 255; the denoiser knows it.</param>
    /// <param name="denoiser">What denoises; null for a dictionary learned from the noisy picture.</param>
    /// <param name="seed">Seed of the noise, and of the dictionary.</param>
    /// <param name="threads">Threads, 1 or more; 0 for one per core.</param>
    /// <param name="learning">Told after every batch of patches that the dictionary is learned from.</param>
    /// <param name="progress">Told the part of the picture that is denoised, 0 to 1.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>What was measured.</returns>
    /// <exception cref="ArgumentException">The picture is too small, has neither one nor three channels or fewer than the denoiser, or σ is
    /// out of its range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static DenoisingQuality Measure(
        IReadOnlyList<GrayImage> clean, float sigma, IPatchDenoiser? denoiser, int seed, int threads = 0,
        IProgress<LearningProgress>? learning = null, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(clean);
        GrayImage[] noisy = [.. clean.Select((channel, c) => NoiseLevel.Add(channel, sigma, unchecked(seed + c * ChannelSeed)))];
        long start = Stopwatch.GetTimestamp();
        denoiser ??= DictionaryDenoiser.Learn(
            noisy.Length == 1 ? noisy[0] : OpponentColours.Luminance(noisy), noisy.Length == 1 ? sigma : OpponentColours.Sigmas(sigma)[0],
            DictionaryDenoiserOptions.Default with { Seed = seed, Threads = threads }, learning, cancellation);
        IReadOnlyList<GrayImage> denoised = PictureDenoiser.Denoise(noisy, denoiser, sigma, threads, progress, cancellation);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new DenoisingQuality(
            MeanPsnr(noisy, clean), MeanPsnr(denoised, clean), MeanSsim(noisy, clean), MeanSsim(denoised, clean), seconds);
    }

    private static double MeanPsnr(IReadOnlyList<GrayImage> a, IReadOnlyList<GrayImage> b)
        => -10 * Math.Log10(a.Zip(b, (u, v) => Math.Pow(10, ImageQuality.Psnr(u, v) / -10)).Average());

    private static double MeanSsim(IReadOnlyList<GrayImage> a, IReadOnlyList<GrayImage> b) => a.Zip(b, ImageQuality.Ssim).Average();
}
