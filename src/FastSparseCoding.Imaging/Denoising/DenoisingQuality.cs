using System.Diagnostics;

namespace FastSparseCoding.Imaging;

/// <summary>What denoising does for a clean picture that noise was added to.</summary>
/// <param name="PsnrBefore">PSNR of the noisy picture in dB.</param>
/// <param name="Psnr">PSNR of the denoised picture in dB.</param>
/// <param name="SsimBefore">Structural similarity of the noisy picture.</param>
/// <param name="Ssim">Structural similarity of the denoised picture.</param>
/// <param name="Seconds">Time that it took.</param>
public readonly record struct DenoisingQuality(double PsnrBefore, double Psnr, double SsimBefore, double Ssim, double Seconds)
{
    /// <summary>Adds noise to a picture, takes it out and measures both.</summary>
    /// <param name="clean">The picture, at least as large as a patch and 11×11 pixels.</param>
    /// <param name="sigma">Deviation of the noise in levels of 255: above 0, at most 255; the denoiser knows it.</param>
    /// <param name="denoiser">What denoises; null for a dictionary learned from the noisy picture.</param>
    /// <param name="seed">Seed of the noise, and of the dictionary.</param>
    /// <param name="threads">Threads, 1 or more; 0 for one per core.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>What was measured.</returns>
    /// <exception cref="ArgumentException">The picture is too small, or σ is out of its range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static DenoisingQuality Measure(
        GrayImage clean, float sigma, IPatchDenoiser? denoiser, int seed, int threads = 0, CancellationToken cancellation = default)
    {
        GrayImage noisy = NoiseLevel.Add(clean, sigma, seed);
        long start = Stopwatch.GetTimestamp();
        denoiser ??= DictionaryDenoiser.Learn(
            noisy, sigma, DictionaryDenoiserOptions.Default with { Seed = seed, Threads = threads }, cancellation: cancellation);
        GrayImage denoised = PictureDenoiser.Denoise(noisy, denoiser, sigma, threads, null, cancellation);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new DenoisingQuality(
            ImageQuality.Psnr(noisy, clean), ImageQuality.Psnr(denoised, clean), ImageQuality.Ssim(noisy, clean),
            ImageQuality.Ssim(denoised, clean), seconds);
    }

    /// <summary>Sums of two.</summary>
    public static DenoisingQuality operator +(DenoisingQuality a, DenoisingQuality b)
        => new(a.PsnrBefore + b.PsnrBefore, a.Psnr + b.Psnr, a.SsimBefore + b.SsimBefore, a.Ssim + b.Ssim, a.Seconds + b.Seconds);

    /// <summary>All divided by a number: the mean of so many.</summary>
    public static DenoisingQuality operator /(DenoisingQuality sum, int count)
        => new(sum.PsnrBefore / count, sum.Psnr / count, sum.SsimBefore / count, sum.Ssim / count, sum.Seconds / count);
}
