using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Imaging;

/// <summary>
/// Missing pixels of a picture from those around them (Elad, Starck, Querre and Donoho 2005, by patches): every patch is coded by its known
/// pixels alone, as the lasso says, and the code says what the others are; a missing pixel becomes the mean of the patches over it.
/// </summary>
public static class Inpainter
{
    /// <summary>Fills the missing pixels.</summary>
    /// <param name="picture">The picture, at least as large as a patch; known pixels finite, missing ones anything, NaN too.</param>
    /// <param name="known">Whether a pixel is known, row after row [width × height].</param>
    /// <param name="options">Patches, dictionary and sparsity; null for the defaults.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="progress">Told the part of the picture that is done, 0 to 1; learning comes before.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second.</param>
    /// <returns>A new picture: known pixels as they were, bit for bit, the others from 0 to 1 or a little beyond.</returns>
    /// <exception cref="ArgumentException">The picture is smaller than a patch, the mask is of another size or knows no pixel, a known
    /// pixel is not finite, a hole is too large for the patches, or an option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static GrayImage Inpaint(
        GrayImage picture, ReadOnlySpan<bool> known, InpaintOptions? options = null, int threads = 0, IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(picture);
        options = (options ?? InpaintOptions.Default).Validated();
        int p = options.PatchSize, width = picture.Width, height = picture.Height;
        if (width < p || height < p)
            Throw.Argument(nameof(picture),
                $"{picture.Name}: is {width}×{height} pixels; it must be at least {p}×{p}, the size of a patch.");
        var mask = new KnownPixels(picture, known);
        mask.RequireBridged(p);
        var filled = new GrayImage(width, height, mask.NearestMeans(picture), picture.Name);
        if (!known.Contains(false))
            return filled;

        Penalty penalty = options.Penalty();
        AtomDictionary dictionary = Learn(filled, mask, options, penalty, threads, cancellation);
        var work = new InpaintingWork(width, mask, p, new ActiveSetSolver(dictionary, penalty), dictionary);
        var result = new GrayImage(width, height, new float[width * height], picture.Name);
        new PictureBands(width, height, p, work).Run(
            (first, rows) => filled.Pixels.Slice(first * width, rows.Length).CopyTo(rows),
            (first, rows) => rows.CopyTo(result.Pixels[(first * width)..]), threads, progress, cancellation);
        return result;
    }

    /// <summary>
    /// Fills the missing pixels of a picture in colour or gray, of any depth: of red, green and blue luminance and two opponent colours,
    /// each apart.
    /// </summary>
    /// <param name="picture">The picture, at least as large as a patch.</param>
    /// <param name="known">Whether a pixel is known, row after row [width × height].</param>
    /// <param name="options">Patches, dictionary and sparsity; null for the defaults.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="progress">Told the part of the picture that is done, 0 to 1.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second.</param>
    /// <returns>A new picture of the same depth: known pixels and alpha as they were, to the last bit.</returns>
    /// <exception cref="ArgumentException">As for gray pictures.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ColourImage Inpaint(
        ColourImage picture, ReadOnlySpan<bool> known, InpaintOptions? options = null, int threads = 0,
        IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(picture);
        int width = picture.Width, channels = picture.Channels;
        var rows = new float[channels * width * picture.Height];        // of a row all channels, side by side
        var whole = new ColourImage(width, picture.Height, channels, picture.HasAlpha, picture.Bits, picture.Name);
        if (picture.HasAlpha)
            whole.CopyAlphaFrom(picture);
        var colours = ColourRows.Of(picture, whole, apart: channels == 3);
        colours.Read(0, rows);
        for (int channel = 0; channel < channels; channel++)
        {
            int done = channel;
            var plane = new GrayImage(width, picture.Height, new float[width * picture.Height], picture.Name);
            for (int y = 0; y < picture.Height; y++)
                Row(y, done).CopyTo(plane.Row(y));
            var part = new Relay<double>(share => progress?.Report((done + share) / channels));
            GrayImage filled = Inpaint(plane, known, options, threads, part, cancellation);
            for (int y = 0; y < picture.Height; y++)
                filled.Row(y).CopyTo(Row(y, done));
        }
        colours.Write(0, rows);
        KeepKnown(picture, known, whole);
        return whole;

        Span<float> Row(int y, int channel) => rows.AsSpan((y * channels + channel) * width, width);
    }

    /// <summary>Known pixels keep their samples: colours may have lost a bit on the way there and back.</summary>
    private static void KeepKnown(ColourImage picture, ReadOnlySpan<bool> known, ColourImage whole)
    {
        float[] original = new float[picture.Width], row = new float[picture.Width];
        for (int channel = 0; channel < picture.Channels; channel++)
            for (int y = 0; y < picture.Height; y++)
            {
                picture.ReadRows(channel, y, original);
                whole.ReadRows(channel, y, row);
                for (int x = 0; x < row.Length; x++)
                    if (known[y * row.Length + x])
                        row[x] = original[x];
                whole.WriteRows(channel, y, row);
            }
    }

    /// <summary>The overcomplete DCT, or what becomes of it by learning from the known pixels of patches drawn at random.</summary>
    private static AtomDictionary Learn(
        GrayImage filled, KnownPixels mask, InpaintOptions options, Penalty penalty, int threads, CancellationToken cancellation)
    {
        AtomDictionary dct = OvercompleteDct.Create(options.PatchSize, options.Frequencies);
        if (options.Samples == 0)
            return dct;
        var learning = new DictionaryLearningOptions
        {
            AtomCount = dct.AtomCount,
            Penalty = penalty,
            Samples = options.Samples,
            BatchSize = 1024,
            Forgetting = 10,
            Seed = options.Seed,
            Threads = threads,
        };
        var signals = new PartlyKnownPatches(filled, mask, options.PatchSize, options.Seed, ofMask: false);
        var masks = new PartlyKnownPatches(filled, mask, options.PatchSize, options.Seed, ofMask: true);
        return DictionaryLearner.Learn(signals, learning, start: dct, masks: masks, cancellation: cancellation);
    }
}
