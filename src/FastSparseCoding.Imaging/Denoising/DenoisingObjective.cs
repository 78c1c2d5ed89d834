using System.Globalization;
using System.Numerics.Tensors;
using FastSparseCoding.Encoders;
using FastSparseCoding.Training;

namespace FastSparseCoding.Imaging;

/// <summary>
/// Noisy pictures are to become the clean ones: Σ w(ŷ − y)² over the pixels of crops, through the average of their patches. A sample is a
/// crop; every crop of a pass has a gradient of its own, and these are summed in order. Errors are the negative of the mean PSNR in dB.
/// </summary>
internal sealed class DenoisingObjective : IObjective
{
    /// <summary>Crops of a pass: what their gradients take is bounded.</summary>
    private const int MostPassRows = 64;

    /// <summary>Rate of the thresholds as a multiple of the others': codes get sparser, and so a patch cheaper, at the same
    /// quality.</summary>
    private const float ThresholdRate = 3;

    private readonly Denoiser _denoiser;
    private readonly DenoiserTrainingOptions _options;
    private readonly NoisyCrops _source;
    private readonly WorkspacePool<CropPass> _passes;
    private readonly ParameterSlab[] _gradients;        // of every crop of a pass
    private readonly Crops _heldOut;
    private Crops _loaded;
    private int _first, _count;                         // of the loaded crops, those of the pass

    public DenoisingObjective(Denoiser denoiser, ImageStore learn, ImageStore measure, DenoiserTrainingOptions options)
    {
        (_denoiser, _options) = (denoiser, options);
        int side = options.CropSize;
        _source = new NoisyCrops(learn, side, options.SigmaFrom, options.SigmaTo, options.Seed);
        _passes = new WorkspacePool<CropPass>(() => new CropPass(denoiser, side));
        PassRows = Math.Min(options.BatchSize, MostPassRows);
        _gradients = [.. Enumerable.Range(0, PassRows).Select(_ => denoiser.Parameters.EmptyCopy())];
        _loaded = new Crops(0, 0);
        _heldOut = new Crops(options.HeldOut, CropLength);
        _heldOut.Read(new NoisyCrops(measure, side, options.SigmaFrom, options.SigmaTo, ~options.Seed), 0, options.Threads, default);
        float rate = options.InitialRate(denoiser.Depth, denoiser.Channels);
        Trained = [new TrainedSlab(denoiser.Parameters, OptimizerKind.Adam,
            window => rate * (window.IsThreshold ? ThresholdRate : 1), _ => 0, denoiser.RefreshRows)];
    }

    public string Settings => string.Create(
        CultureInfo.InvariantCulture,
        $"denoiser of {_denoiser.PatchSize}×{_denoiser.PatchSize} pixels{(_denoiser.Channels == 1 ? "" : " in colour")}, "
            + $"{_denoiser.AtomCount} atoms, depth {_denoiser.Depth}");

    public IReadOnlyList<TrainedSlab> Trained { get; }

    public long MultiplyAdds => _denoiser.MultiplyAdds * _options.PatchesOf(_denoiser.PatchSize);

    public int PassRows { get; }

    public int PieceRows => 1;

    /// <summary>Values of a crop, C·side².</summary>
    private int CropLength => _denoiser.Channels * _options.CropSize * _options.CropSize;

    public void Load(long first, int count, int threads, CancellationToken cancellation)
    {
        if (_loaded.Count != count)
            _loaded = new Crops(count, CropLength);
        _loaded.Read(_source, first, threads, cancellation);
    }

    public (int First, int Count) Usable(int row, int count) => (row, count);

    public void Begin(int first, int count) => (_first, _count) = (first, count);

    public void Run(int first, Span<double> losses)
    {
        CropPass pass = _passes.Rent();
        for (int i = 0; i < losses.Length; i++)
        {
            Crop crop = _loaded[_first + first + i];
            ParameterSlab gradient = _gradients[first + i];
            gradient.Values.Clear();
            pass.Forward(crop.Noisy, crop.Sigma);
            losses[i] = pass.Backward(crop.Clean, crop.Sigma, gradient);
        }
        _passes.Return(pass);
    }

    public void AddGradient(Part part)
    {
        (int first, int count) = part.Of(_denoiser.Parameters.Values.Length);
        Span<float> sum = Trained[0].Gradient.Values.Slice(first, count);
        foreach (ParameterSlab gradient in _gradients.AsSpan(0, _count))
            TensorPrimitives.Add(sum, gradient.Values.Slice(first, count), sum);
    }

    public Score Measure(int threads, CancellationToken cancellation)
    {
        var psnr = new double[_heldOut.Count];
        RowBlocks.Run(psnr.Length, 1, threads, cancellation, (i, _) =>
        {
            CropPass pass = _passes.Rent();
            Crop crop = _heldOut[i];
            pass.Forward(crop.Noisy, crop.Sigma);
            psnr[i] = 10 * Math.Log10(pass.Weight / pass.Distance(crop.Clean));
            _passes.Return(pass);
        });
        return new Score(-psnr.Average(), 0);
    }

    /// <summary>Crops in memory.</summary>
    private sealed class Crops(int count, int length)
    {
        private readonly Matrix _clean = new(count, length), _noisy = new(count, length);
        private readonly float[] _sigmas = new float[count];

        public int Count => _sigmas.Length;

        public Crop this[int i] => new(_clean.Row(i), _noisy.Row(i), _sigmas[i]);

        public void Read(NoisyCrops source, long first, int threads, CancellationToken cancellation)
            => source.Read(first, _clean, _noisy, _sigmas, threads, cancellation);
    }

    private readonly ref struct Crop(ReadOnlySpan<float> clean, ReadOnlySpan<float> noisy, float sigma)
    {
        public ReadOnlySpan<float> Clean { get; } = clean;

        public ReadOnlySpan<float> Noisy { get; } = noisy;

        public float Sigma { get; } = sigma;
    }
}
