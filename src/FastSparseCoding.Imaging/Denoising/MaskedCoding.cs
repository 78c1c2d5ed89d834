using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Imaging;

/// <summary>
/// Missing pixels by a dictionary of the picture's own and masked coding: from a picture that is filled in already, a dictionary is
/// learned; then each patch's known pixels are coded by it, min over z of ½‖K ⊙ (x − zD)‖² + λ Σ w_k|z_k|, and the codes say what the
/// others are.
/// </summary>
internal sealed class MaskedCoding
{
    /// <summary>Largest side of a patch: larger holes are those of whoever has filled the picture.</summary>
    private const int LargestPatch = 8;

    /// <summary>Cosines in each direction of the dictionary that learning begins with.</summary>
    private const int Frequencies = 16;

    /// <summary>Sparsity weight λ of the learning, in levels of 255.</summary>
    private const float LearningLambda = 20;

    /// <summary>Sparsity weight λ of the coding, in levels of 255: known pixels are right, and few of them must do.</summary>
    private const float Lambda = 0.1f;

    /// <summary>Power a of the weights w = (1 + f)ᵃ of atoms of f half waves.</summary>
    private const double FrequencyPower = 1.5;

    private readonly KnownPixels _known;
    private readonly InpaintOptions _options;
    private readonly int _threads;
    private AtomDictionary _dictionary;

    /// <summary>Begins with the overcomplete DCT.</summary>
    public MaskedCoding(KnownPixels known, InpaintOptions options, int threads)
    {
        (_known, _options, _threads) = (known, options, threads);
        _dictionary = OvercompleteDct.Create(Math.Min(options.PatchSize, LargestPatch), Frequencies);
    }

    /// <summary>Learns from patches of a picture, in colour from those of its luminance.</summary>
    public void Learn(IReadOnlyList<GrayImage> filled, Relay<double> progress, CancellationToken cancellation)
    {
        GrayImage gray = filled.Count == 1 ? filled[0] : OpponentColours.Luminance(filled);
        var places = new PatchPreprocessing
        {
            PatchSize = SquarePatch.SideOf(_dictionary, 1),
            Normalization = PatchNormalization.ZeroMean,
            MinimumDeviation = 0,
        };
        var learning = new DictionaryLearningOptions
        {
            AtomCount = _dictionary.AtomCount,
            Penalty = LearningLambda / 255,
            Samples = _options.Samples,
            BatchSize = 1024,
            Forgetting = 5,
            Seed = _options.Seed,
            Threads = _threads,
        };
        var told = new Relay<LearningProgress>(batch => progress.Report((double)batch.Samples / _options.Samples));
        _dictionary = DictionaryLearner.Learn(
            new PatchSource([gray], places, _options.Seed), learning, told, start: _dictionary, cancellation: cancellation);
    }

    /// <summary>Codes a picture's known pixels, the filled ones being in the patches' means alone.</summary>
    /// <returns>The picture with what the codes say of its missing pixels; the known ones up to rounding.</returns>
    public GrayImage[] Fill(IReadOnlyList<GrayImage> filled, Relay<double> progress, CancellationToken cancellation)
    {
        (int width, int height) = (filled[0].Width, filled[0].Height);
        GrayImage[] result = [.. filled.Select(channel => new GrayImage(width, height, new float[width * height], channel.Name))];
        var encoder = new ActiveSetSolver(_dictionary, new Penalty(Lambda / 255, Weights(_dictionary)));
        var rows = ColourRows.Of(filled, result, apart: filled.Count == 3);
        var work = new MaskedPatches(width, filled.Count, _known, _dictionary, encoder);
        new PictureBands(filled.Count * width, height, SquarePatch.SideOf(_dictionary, 1), work).Run(
            rows.Read, rows.Write, _threads, progress, cancellation);
        return result;
    }

    /// <summary>
    /// Photographs have a few smooth atoms with large coefficients and many fine ones with small: atoms that vary more cost more, (1 + f)ᵃ
    /// with f = p‖∇d‖/π, of a cosine the number of its half waves on the way over a patch.
    /// </summary>
    internal static float[] Weights(AtomDictionary dictionary)
    {
        int p = SquarePatch.SideOf(dictionary, 1);
        var weights = new float[dictionary.AtomCount];
        for (int k = 0; k < weights.Length; k++)
        {
            ReadOnlySpan<float> d = dictionary.Atoms.Row(k);
            double squares = 0;
            for (int i = 0; i < d.Length; i++)
            {
                double right = i % p < p - 1 ? d[i + 1] - d[i] : 0, down = i < d.Length - p ? d[i + p] - d[i] : 0;
                squares += right * right + down * down;
            }
            weights[k] = (float)Math.Pow(1 + p * Math.Sqrt(squares) / Math.PI, FrequencyPower);
        }
        return weights;
    }
}
