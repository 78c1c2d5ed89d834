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
/// mean, cleaned and given its mean back; a pixel becomes the average of the patches over it and, with a weight, of the noisy picture. Safe
/// to call from several threads at once.
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
    /// memory is that of some 600 rows of the picture at most, however many it has, and of fewer where they are long; pixels are the same
    /// bits as those of the picture denoised as a whole.
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
        RequireChannels("the picture", 1, denoiser);
        NoiseLevel.Check(sigma);
        Bands(width, height, denoiser, sigma).Run(read, write, threads, progress, cancellation);
    }

    /// <summary>
    /// Denoises a picture in colour or gray, of any depth, band after band: beside the two pictures it takes the memory of some 600 rows of
    /// floats at most. A denoiser of one channel cleans luminance and two opponent colours apart, (R + G + B)/3, (R − B)/√2 and (R − 2G +
    /// B)/√6; the first has noise of σ/√3. One of three channels cleans red, green and blue together.
    /// </summary>
    /// <param name="noisy">The picture, at least as large as a patch; its channels have noise of the same σ.</param>
    /// <param name="denoiser">What cleans patches: of one channel, or of three for a picture in colour.</param>
    /// <param name="sigma">Deviation σ of the noise in levels of 255: above 0, at most 255.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="progress">Told the part of the picture that is done, 0 to 1.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second.</param>
    /// <returns>The denoised picture, of the same size, channels, depth and name; alpha is copied as it is.</returns>
    /// <exception cref="ArgumentException">The picture is smaller than a patch or has fewer channels than the denoiser, or σ is out of its
    /// range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ColourImage Denoise(
        ColourImage noisy, IPatchDenoiser denoiser, float sigma, int threads = 0, IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        ArgumentNullException.ThrowIfNull(denoiser);
        var clean = new ColourImage(noisy.Width, noisy.Height, noisy.Channels, noisy.HasAlpha, noisy.Bits, noisy.Name);
        if (noisy.HasAlpha)
            clean.CopyAlphaFrom(noisy);
        Denoise(noisy, clean, denoiser, sigma, threads, progress, cancellation);
        return clean;
    }

    /// <summary>The same into a picture of the same size, channels and depth, which may be the noisy one itself: a row is written only
    /// after all patches over it have been cut.</summary>
    internal static void Denoise(
        ColourImage noisy, ColourImage clean, IPatchDenoiser denoiser, float sigma, int threads, IProgress<double>? progress,
        CancellationToken cancellation)
    {
        RequireFits(noisy.Name, noisy.Width, noisy.Height, denoiser.PatchSize);
        RequireChannels(noisy.Name, noisy.Channels, denoiser);
        NoiseLevel.Check(sigma);
        var rows = ColourRows.Of(noisy, clean, apart: noisy.Channels > denoiser.Channels);
        Bands(noisy.Width, noisy.Height, denoiser, rows.Sigmas(sigma)).Run(rows.Read, rows.Write, threads, progress, cancellation);
    }

    /// <summary>The same of channels that are pictures of their own, whose pixels may leave 0 to 1 as noise makes them.</summary>
    /// <param name="noisy">The channels: one, or red, green and blue, of one size.</param>
    /// <param name="denoiser">What cleans patches: of one channel, or of three for three.</param>
    /// <param name="sigma">Deviation σ of the noise in levels of 255: above 0, at most 255.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="progress">Told the part of the picture that is done, 0 to 1.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second.</param>
    /// <returns>The denoised channels.</returns>
    /// <exception cref="ArgumentException">There are neither one nor three channels, their sizes differ, the picture is smaller than a
    /// patch or has fewer channels than the denoiser, a pixel is not finite, or σ is out of its range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IReadOnlyList<GrayImage> Denoise(
        IReadOnlyList<GrayImage> noisy, IPatchDenoiser denoiser, float sigma, int threads = 0, IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        ArgumentNullException.ThrowIfNull(denoiser);
        if (noisy.Count is not (1 or 3))
            Throw.Argument(nameof(noisy), $"'noisy' has {noisy.Count} channels; it must have 1 or 3.");
        (int width, int height) = (noisy[0].Width, noisy[0].Height);
        foreach (GrayImage channel in noisy)
            if ((channel.Width, channel.Height) != (width, height))
                Throw.Argument(nameof(noisy), $"'noisy' has channels of {width}×{height} and of {channel.Width}×{channel.Height} pixels; "
                    + "all must have one size.");
        RequireFits(noisy[0].Name, width, height, denoiser.PatchSize);
        RequireChannels(noisy[0].Name, noisy.Count, denoiser);
        NoiseLevel.Check(sigma);
        GrayImage[] clean = [.. noisy.Select(channel => new GrayImage(width, height, new float[width * height], channel.Name))];
        var rows = ColourRows.Of(noisy, clean, apart: noisy.Count > denoiser.Channels);
        Bands(width, height, denoiser, rows.Sigmas(sigma)).Run(rows.Read, rows.Write, threads, progress, cancellation);
        return clean;
    }

    private static PictureBands Bands(int width, int height, IPatchDenoiser denoiser, params float[] sigmas)
    {
        var removal = new NoiseRemoval(width, height, denoiser, sigmas);
        return new PictureBands(removal.SumSize, height, denoiser.PatchSize, removal);
    }

    private static void RequireChannels(string name, int channels, IPatchDenoiser denoiser)
    {
        if (denoiser.Channels > channels)
            Throw.Argument(nameof(denoiser),
                $"'denoiser' cleans patches of {denoiser.Channels} channels; {name} has {channels}, and needs one for gray.");
    }

    internal static void RequireFits(string name, int width, int height, int patchSize)
    {
        if (PictureRule.TooSmall(width, height, patchSize, "a patch") is { } problem)
            Throw.Argument("noisy", $"{name}: {problem}");
    }
}
