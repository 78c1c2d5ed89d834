using System.Numerics.Tensors;
using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Imaging;

/// <summary>
/// Denoising with a dictionary learned from the noisy picture itself (Elad and Aharon 2006): a patch becomes the combination of few atoms
/// that comes within the noise of it, ‖x − zD‖ ≤ gain · p · σ. Needs nothing but the picture. Atoms are learned online from the lasso
/// (Mairal, Bach, Ponce and Sapiro 2010), and not by K-SVD. Immutable and safe to share between threads.
/// </summary>
public sealed class DictionaryDenoiser : IPatchDenoiser
{
    private readonly float _noisyWeight;
    private readonly OmpEncoder _pursuit;       // of patches in units of σ
    private readonly WorkspacePool<Workspace> _workspaces;

    /// <summary>Takes a dictionary of patches.</summary>
    /// <param name="dictionary">Atoms [m×p²] of square patches without their mean.</param>
    /// <param name="options">Gain and weight of the noisy picture; null for the defaults. What says how to learn is not looked at.</param>
    /// <exception cref="ArgumentException">The atoms are no square patches, or an option is out of its range.</exception>
    public DictionaryDenoiser(AtomDictionary dictionary, DictionaryDenoiserOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        options = (options ?? DictionaryDenoiserOptions.Default).Validated();
        PatchSize = SquarePatch.SideOf(dictionary, channels: 1);
        Dictionary = dictionary;
        _noisyWeight = options.NoisyWeight;
        _pursuit = new OmpEncoder(dictionary, new OmpOptions { Error = options.Gain * PatchSize });
        _workspaces = new WorkspacePool<Workspace>(() => new Workspace(dictionary));
    }

    /// <summary>The atoms [m×p²].</summary>
    public AtomDictionary Dictionary { get; }

    /// <inheritdoc/>
    public int PatchSize { get; }

    /// <summary>1: planes of a picture in colour are cleaned by themselves.</summary>
    public int Channels => 1;

    /// <summary>Learns a dictionary from patches of a noisy picture, beginning with the overcomplete DCT.</summary>
    /// <param name="noisy">The picture, finite, at least as large as a patch.</param>
    /// <param name="sigma">Deviation σ of its noise in levels of 255: above 0, at most 255.</param>
    /// <param name="options">How to learn and denoise; null for the defaults.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second.</param>
    /// <returns>The denoiser, meant for this picture and those like it.</returns>
    /// <exception cref="ArgumentException">The picture is smaller than a patch or holds NaN or infinity, or a number is out of its
    /// range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static DictionaryDenoiser Learn(
        GrayImage noisy, float sigma, DictionaryDenoiserOptions? options = null, IProgress<LearningProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        Throw.IfNotFinite(new ReadOnlyMatrixView(noisy.Pixels, noisy.Height, noisy.Width), nameof(noisy));
        return Learn(ImageStore.Of([noisy]), sigma, options, progress, cancellation);
    }

    /// <summary>The same from a picture in colour or gray: of one in colour the dictionary is learned from its luminance, and serves the
    /// opponent colours too.</summary>
    /// <param name="noisy">The picture, at least as large as a patch.</param>
    /// <param name="sigma">Deviation σ of the noise of its channels in levels of 255: above 0, at most 255.</param>
    /// <param name="options">How to learn and denoise; null for the defaults.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second.</param>
    /// <returns>The denoiser, meant for this picture and those like it.</returns>
    /// <exception cref="ArgumentException">The picture is smaller than a patch, or a number is out of its range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static DictionaryDenoiser Learn(
        ColourImage noisy, float sigma, DictionaryDenoiserOptions? options = null, IProgress<LearningProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        NoiseLevel.Check(sigma);
        float luminance = noisy.Channels == 1 ? sigma : OpponentColours.Sigmas(sigma)[0];
        return Learn(ImageStore.OfLuminance(noisy), luminance, options, progress, cancellation);
    }

    /// <summary>The same from pictures of which not all need be in memory: one dictionary for all of them.</summary>
    /// <param name="noisy">The pictures, finite, each at least as large as a patch.</param>
    /// <param name="sigma">Deviation σ of their noise in levels of 255: above 0, at most 255.</param>
    /// <param name="options">How to learn and denoise; null for the defaults.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second.</param>
    /// <returns>The denoiser.</returns>
    /// <exception cref="ArgumentException">There is no picture, one is smaller than a patch or holds NaN or infinity, or a number is out of
    /// its range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static DictionaryDenoiser Learn(
        ImageStore noisy, float sigma, DictionaryDenoiserOptions? options = null, IProgress<LearningProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        NoiseLevel.Check(sigma);
        options = (options ?? DictionaryDenoiserOptions.Default).Validated();
        var places = new PatchPreprocessing
        {
            PatchSize = options.PatchSize,
            Normalization = PatchNormalization.ZeroMean,
            MinimumDeviation = 0,
        };
        var patches = new PatchSource(noisy, places, options.Seed);
        AtomDictionary dictionary = OvercompleteDct.Create(options.PatchSize, options.Frequencies);
        if (options.Samples > 0)
            dictionary = DictionaryLearner.Learn(
                patches, options.Learning(sigma / 255), progress, start: dictionary, cancellation: cancellation);
        return new DictionaryDenoiser(dictionary, options);
    }

    /// <inheritdoc/>
    public void Denoise(ReadOnlyMatrixView x, MatrixView y, float sigma, CancellationToken cancellation)
    {
        NoiseLevel.Check(sigma);
        Throw.IfColumnsNot(x.Columns, Dictionary.SignalSize, nameof(x));
        Throw.IfShapeNot(y.Rows, y.Columns, x.Rows, x.Columns, nameof(y));
        float unit = sigma / 255;
        Workspace workspace = _workspaces.Rent();
        for (int start = 0; start < x.Rows; start += RowBlocks.MostRows)
        {
            int count = Math.Min(RowBlocks.MostRows, x.Rows - start);
            MatrixView scaled = workspace.X.RowRange(0, count), z = workspace.Z.RowRange(0, count), cleaned = y.RowRange(start, count);
            TensorPrimitives.Divide(x.RowRange(start, count).Values, unit, scaled.Values);
            _pursuit.Encode(scaled, z, cancellation);                                       // ‖x/σ − zD‖ ≤ gain · p
            Dictionary.Reconstruct(z, cleaned);
            TensorPrimitives.Multiply(cleaned.Values, unit, cleaned.Values);                // y = σzD
        }
        _workspaces.Return(workspace);
    }

    /// <summary>0.1 · 255 / σ, unless the options say otherwise.</summary>
    /// <param name="sigma">Deviation σ of the noise in levels of 255, above 0.</param>
    /// <returns>The weight.</returns>
    public float NoisyWeight(float sigma) => _noisyWeight * 255 / sigma;

    /// <summary>What a thread needs for a block of patches.</summary>
    private sealed class Workspace(AtomDictionary dictionary)
    {
        /// <summary>Patches in units of σ [block×p²].</summary>
        public Matrix X { get; } = new(RowBlocks.MostRows, dictionary.SignalSize);

        /// <summary>Their codes [block×m].</summary>
        public Matrix Z { get; } = new(RowBlocks.MostRows, dictionary.AtomCount);
    }
}
