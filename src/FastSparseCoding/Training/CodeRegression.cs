using System.Globalization;
using System.Numerics.Tensors;
using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Kernels;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Training;

/// <summary>The codes of an exact solver are to be predicted: ½‖Z − Z*‖² (Gregor and LeCun 2010, section 3).</summary>
internal sealed class CodeRegression : IObjective
{
    private readonly TrainableEncoder _encoder;
    private readonly ISignalSource _source;
    private readonly ITargetCodes _targets;
    private readonly Func<CancellationToken, CertifiedCodes> _encodeHeldOut;
    private CertifiedCodes? _heldOut;
    private readonly EncoderPass _pass;
    private readonly Matrix _dz;
    private Matrix? _x;
    private CertifiedCodes? _samples;
    private int _first, _count;         // of the samples, the rows of the pass

    public CodeRegression(
        TrainableEncoder encoder, ISignalSource source, ITargetCodes targets, Func<CancellationToken, CertifiedCodes> heldOut, TrainingOptions options)
    {
        _encoder = encoder;
        _source = source;
        _targets = targets;
        _encodeHeldOut = heldOut;
        PassRows = Math.Min(options.BatchSize, encoder.PassRows);
        _pass = encoder.CreatePass(PassRows);
        _dz = new Matrix(PassRows, encoder.CodeSize);
        float rate = options.InitialRate(encoder.CodeSize);
        Trained = [new TrainedSlab(encoder.Parameters, options.Optimizer, window => rate * options.RateFactor(window), _ => 0, encoder.RefreshRows)];
    }

    public string Settings => string.Create(
        CultureInfo.InvariantCulture,
        $"{_encoder.Kind} [{_encoder.CodeSize}×{_encoder.SignalSize}], depth {_encoder.Depth}, {_encoder.Penalty.Settings}, dictionary {_encoder.Dictionary?.Hash ?? "none"}");

    public IReadOnlyList<TrainedSlab> Trained { get; }

    public int PassRows { get; }

    public void Load(long first, int count, int threads, CancellationToken cancellation)
    {
        Matrix x = ReusedMatrix.Of(ref _x, count, _source.SignalSize);
        _source.Read(first, x, threads, cancellation);
        _samples = _targets.Of(first, x, threads, cancellation);
    }

    public (int First, int Count) Usable(int row, int count) => _samples!.Window(row, count);

    public void Begin(int first, int count)
    {
        (_first, _count) = (first, count);
        _pass.Begin(count);
    }

    public void Run(int first, Span<double> losses)
    {
        int count = losses.Length;
        MatrixView x = _samples!.Signals.RowRange(_first + first, count), target = _samples.Codes.RowRange(_first + first, count), dz = _dz.RowRange(first, count);
        ReadOnlyMatrixView z = _pass.ForwardRows(x, first);
        TensorPrimitives.Subtract(z.Values, target.Values, dz.Values);          // dZ = Z − Z*
        for (int i = 0; i < count; i++)
            losses[i] = Reduction.Dot(dz.Row(i), dz.Row(i));                    // ‖Z − Z*‖²
        _pass.BackwardRows(dz, first, dx: default);
    }

    public void AddGradient(Part part, bool accumulate) => _pass.AddGradient(_samples!.Signals.RowRange(_first, _count), Trained[0].Gradient, part, accumulate);

    public Score Measure(int threads, CancellationToken cancellation)
    {
        CertifiedCodes heldOut = HeldOut(cancellation);
        return new Score(CodeEvaluator.CodeError(_encoder.Encode(heldOut.Signals, threads, cancellation), heldOut.Codes), 0);
    }

    /// <summary>Held-out signals with their codes, which are worked out when they are first asked for.</summary>
    public CertifiedCodes HeldOut(CancellationToken cancellation)
    {
        if (_heldOut is not null)
            return _heldOut;
        _heldOut = _encodeHeldOut(cancellation);
        if (_heldOut.Codes.Rows == 0)
            Throw.NoneCertified(_heldOut.Uncertified, "held-out signals", "there is nothing to measure the error on");
        return _heldOut;
    }
}
