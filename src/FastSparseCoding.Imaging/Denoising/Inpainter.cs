namespace FastSparseCoding.Imaging;

/// <summary>
/// Missing pixels of a picture from those around them. From the means of the nearest known pixels on, every round keeps of all patches the
/// cosines above a threshold, which falls from round to round: the strong lines of a patch are found first and the fine ones by their help
/// (Guleryuz 2006; Elad, Starck, Querre and Donoho 2005). A trained denoiser goes on from there, told of less and less noise (plug and
/// play: Venkatakrishnan, Bouman and Wohlberg 2013), and missing pixels become the mean of what both say. Safe to call from several threads
/// at once.
/// </summary>
/// <remarks>A round is x ← y + 7/4 K ⊙ (x₀ − y), y the cleaned x, x₀ the picture and K its known pixels: what cleaning took from the known
/// pixels is given back 7/4 times, so that it reaches the missing ones sooner (Landweber's iteration, which needs less than
/// twice). The last round puts the known pixels back as they are.</remarks>
public static class Inpainter
{
    /// <summary>Part of the progress that the cosines have where a denoiser comes after them; its rounds take some four times as
    /// long.</summary>
    private const double CosineShare = 0.3;

    /// <summary>Fills the missing pixels.</summary>
    /// <param name="picture">The picture, at least as large as a patch; known pixels finite, missing ones anything, NaN too.</param>
    /// <param name="known">Whether a pixel is known, row after row [width × height].</param>
    /// <param name="options">Patches, rounds, thresholds and noise; null for the defaults.</param>
    /// <param name="model">A trained denoiser of one channel, which adds to what is found; null for none.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="progress">Told after every round the part of the work that is done, 0 to 1.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second.</param>
    /// <returns>A new picture: known pixels as they were, bit for bit, the others from 0 to 1 or a little beyond.</returns>
    /// <exception cref="ArgumentException">The picture is smaller than a patch, the mask is of another size or knows no pixel, a known
    /// pixel is not finite, a hole is too large for the patches, the model is one of colour, or an option is out of its
    /// range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static GrayImage Inpaint(
        GrayImage picture, ReadOnlySpan<bool> known, InpaintOptions? options = null, Denoiser? model = null, int threads = 0,
        IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(picture);
        return Fill([picture], known, options, model, threads, progress, cancellation)[0];
    }

    /// <summary>
    /// Fills the missing pixels of a picture in colour or gray, of any depth. Of red, green and blue, luminance and two opponent colours
    /// are cleaned each apart, but by a denoiser of three channels, which cleans them together.
    /// </summary>
    /// <param name="picture">The picture, at least as large as a patch.</param>
    /// <param name="known">Whether a pixel is known, row after row [width × height].</param>
    /// <param name="options">Patches, rounds, thresholds and noise; null for the defaults.</param>
    /// <param name="model">A trained denoiser, of one channel or for a picture in colour of three; null for none.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="progress">Told after every round the part of the work that is done, 0 to 1.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second.</param>
    /// <returns>A new picture of the same depth: known pixels and alpha as they were, to the last bit.</returns>
    /// <exception cref="ArgumentException">As for gray pictures.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ColourImage Inpaint(
        ColourImage picture, ReadOnlySpan<bool> known, InpaintOptions? options = null, Denoiser? model = null, int threads = 0,
        IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(picture);
        GrayImage[] channels = [.. Enumerable.Range(0, picture.Channels).Select(picture.Plane)];
        GrayImage[] filled = Fill(channels, known, options, model, threads, progress, cancellation);
        var whole = new ColourImage(picture.Width, picture.Height, picture.Channels, picture.HasAlpha, picture.Bits, picture.Name);
        if (picture.HasAlpha)
            whole.CopyAlphaFrom(picture);
        for (int channel = 0; channel < filled.Length; channel++)
            whole.WriteRows(channel, 0, filled[channel].Pixels);
        return whole;
    }

    /// <summary>Fills channels of the same mask.</summary>
    private static GrayImage[] Fill(
        GrayImage[] picture, ReadOnlySpan<bool> known, InpaintOptions? options, Denoiser? model, int threads, IProgress<double>? progress,
        CancellationToken cancellation)
    {
        options = (options ?? InpaintOptions.Default).Validated();
        int p = options.PatchSize;
        RequireFits(picture[0], p, "a patch");
        if (model is not null)
        {
            RequireFits(picture[0], model.PatchSize, "a patch of the model");
            if (model.Channels > picture.Length)
                Throw.Argument(nameof(model), $"'model' cleans patches of {model.Channels} channels; {picture[0].Name} has "
                    + $"{picture.Length}, and needs one for gray.");
        }
        var mask = new KnownPixels(picture[0], known);
        mask.RequireBridged(p);
        GrayImage[] x = [.. picture.Select(channel => With(channel, mask.NearestMeans(channel, threads, cancellation)))];
        if (!known.Contains(false))
            return x;

        double share = model is null ? 1 : CosineShare;
        x = Rounds(picture, mask, x, options.Rounds, new Relay<double>(done => progress?.Report(share * done)), (noisy, round) =>
        {
            float t = InpaintOptions.Falling(options.FirstThreshold, options.LastThreshold, round, options.Rounds);
            return Shrink(noisy, p, t / 255, threads, cancellation);
        });
        if (model is null)
            return x;

        var rest = new Relay<double>(done => progress?.Report(share + (1 - share) * done));
        GrayImage[] cleaned = Rounds(picture, mask, x, options.ModelRounds, rest, (noisy, round) =>
        {
            float sigma = InpaintOptions.Falling(options.FirstSigma, options.LastSigma, round, options.ModelRounds);
            return PictureDenoiser.Denoise(noisy, model, sigma, threads, null, cancellation);
        });
        for (int channel = 0; channel < x.Length; channel++)
            mask.Average(cleaned[channel].Pixels, x[channel].Pixels);
        return x;
    }

    /// <summary>Rounds from a filled picture on; what comes of them has its known pixels.</summary>
    private static GrayImage[] Rounds(
        GrayImage[] picture, KnownPixels mask, GrayImage[] filled, int rounds, Relay<double> progress,
        Func<IReadOnlyList<GrayImage>, int, IReadOnlyList<GrayImage>> clean)
    {
        IReadOnlyList<GrayImage> x = filled;
        for (int round = 0; round < rounds; round++)
        {
            x = clean(x, round);                                                            // y
            for (int channel = 0; channel < picture.Length; channel++)
            {
                if (round < rounds - 1)
                    mask.Correct(picture[channel].Pixels, x[channel].Pixels);               // x = y + 7/4 K(x₀ − y)
                else
                    mask.Restore(picture[channel].Pixels, x[channel].Pixels);               // x = y + K(x₀ − y)
            }
            progress.Report((round + 1.0) / rounds);
        }
        return [.. x];
    }

    /// <summary>The cosines of all patches above a threshold, of luminance and opponent colours apart.</summary>
    private static GrayImage[] Shrink(
        IReadOnlyList<GrayImage> noisy, int p, float threshold, int threads, CancellationToken cancellation)
    {
        (int width, int height) = (noisy[0].Width, noisy[0].Height);
        GrayImage[] clean = [.. noisy.Select(channel => With(channel, new float[width * height]))];
        var rows = ColourRows.Of(noisy, clean, apart: noisy.Count == 3);
        var work = new CosineShrinkage(width, height, noisy.Count, p, threshold);
        new PictureBands(work.SumSize, height, p, work).Run(rows.Read, rows.Write, threads, null, cancellation);
        return clean;
    }

    private static GrayImage With(GrayImage picture, float[] pixels) => new(picture.Width, picture.Height, pixels, picture.Name);

    private static void RequireFits(GrayImage picture, int p, string what)
    {
        if (picture.Width < p || picture.Height < p)
            Throw.Argument(nameof(picture),
                $"{picture.Name}: is {picture.Width}×{picture.Height} pixels; it must be at least {p}×{p}, the size of {what}.");
    }
}
