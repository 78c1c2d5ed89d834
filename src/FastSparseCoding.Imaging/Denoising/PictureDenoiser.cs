namespace FastSparseCoding.Imaging;

/// <summary>Reads consecutive rows of a picture.</summary>
/// <param name="first">Number of the first row.</param>
/// <param name="rows">Receives whole rows of pixels 0 to 1, as many as there is room for.</param>
public delegate void PictureRowReader(int first, Span<float> rows);

/// <summary>Takes consecutive rows of a picture.</summary>
/// <param name="first">Number of the first row.</param>
/// <param name="rows">Whole rows of pixels.</param>
public delegate void PictureRowWriter(int first, ReadOnlySpan<float> rows);

/// <summary>
/// Pictures without their noise, by way of patches (Elad and Aharon 2006): every patch of the picture, one at each pixel, is freed of its
/// mean, cleaned and given its mean back; a pixel becomes the average of the patches over it and, with a weight, of the noisy picture.
/// </summary>
public static class PictureDenoiser
{
    /// <summary>Denoises a picture.</summary>
    /// <param name="noisy">The picture, finite, at least as large as a patch.</param>
    /// <param name="denoiser">What cleans patches.</param>
    /// <param name="sigma">Deviation σ of the noise in levels of 255: above 0, at most 255.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="progress">Told the part of the picture that is done, 0 to 1.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second.</param>
    /// <returns>The denoised picture; nothing keeps its pixels from leaving 0 to 1 by a little.</returns>
    /// <exception cref="ArgumentException">The picture is smaller than a patch or holds NaN or infinity, or σ is out of its
    /// range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static GrayImage Denoise(
        GrayImage noisy, IPatchDenoiser denoiser, float sigma, int threads = 0, IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        ArgumentNullException.ThrowIfNull(denoiser);
        RequireFits(noisy.Name, noisy.Width, noisy.Height, denoiser.PatchSize);
        int width = noisy.Width;
        var clean = new GrayImage(width, noisy.Height, new float[width * noisy.Height], noisy.Name);
        Denoise(width, noisy.Height, (first, rows) => noisy.Pixels.Slice(first * width, rows.Length).CopyTo(rows),
            (first, rows) => rows.CopyTo(clean.Pixels[(first * width)..]), denoiser, sigma, threads, progress, cancellation);
        return clean;
    }

    /// <summary>
    /// Denoises a picture that need not be in memory, band after band: rows are read once, from the first to the last, and so written. The
    /// memory is that of some 2,000 rows of the picture, however many it has; pixels are the same bits as those of the picture denoised as a
    /// whole.
    /// </summary>
    /// <param name="width">Width in pixels, at least that of a patch.</param>
    /// <param name="height">Height in pixels, at least that of a patch.</param>
    /// <param name="read">Reads rows of the noisy picture, finite; called on the calling thread.</param>
    /// <param name="write">Takes rows of the denoised picture; called on the calling thread.</param>
    /// <param name="denoiser">What cleans patches.</param>
    /// <param name="sigma">Deviation σ of the noise in levels of 255: above 0, at most 255.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="progress">Told the part of the picture that is done, 0 to 1.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second.</param>
    /// <exception cref="ArgumentException">The picture is smaller than a patch or holds NaN or infinity, or σ is out of its
    /// range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the rows written so far are right.</exception>
    public static void Denoise(
        int width, int height, PictureRowReader read, PictureRowWriter write, IPatchDenoiser denoiser, float sigma, int threads = 0,
        IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(write);
        ArgumentNullException.ThrowIfNull(denoiser);
        RequireFits("the picture", width, height, denoiser.PatchSize);
        NoiseLevel.Check(sigma);
        var bands = new PictureBands(width, height, denoiser.PatchSize, new NoiseRemoval(width, height, denoiser, sigma));
        bands.Run(read, write, threads, progress, cancellation);
    }

    internal static void RequireFits(string name, int width, int height, int patchSize)
    {
        if (width < patchSize || height < patchSize)
            Throw.Argument("noisy",
                $"{name}: is {width}×{height} pixels; it must be at least {patchSize}×{patchSize}, the size of a patch.");
    }
}
