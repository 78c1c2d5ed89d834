using System.Numerics.Tensors;
using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Kernels;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Training;

/// <summary>The codes of an exact solver are to be predicted: ½‖Z − Z*‖² (Gregor and LeCun 2010, section 3). Errors are told relative to
/// ‖Z*‖².</summary>
internal sealed class CodeRegression(
    TrainableEncoder encoder, ISignalSource source, ITargetCodes targets, Func<CancellationToken, CertifiedCodes> encodeHeldOut,
    TrainingOptions options)
    : EncoderObjective(encoder, source, options)
{
    private readonly SharedSolving _solving = new(new SharedWork(options.Ranks));
    private CertifiedCodes? _heldOut;
    private double? _energy;            // mean ‖Z*‖² of the held-out signals
    private Matrix? _x;
    private CertifiedCodes? _samples;

    protected override Matrix Signals => _samples!.Signals;

    public override void Load(long first, int count, int threads, CancellationToken cancellation)
    {
        Matrix x = ReusedMatrix.Of(ref _x, count, Source.SignalSize);
        Source.Read(first, x, threads, Work, cancellation);
        _samples = targets.Of(first, x, threads, _solving, cancellation);
    }

    public override (int First, int Count) Usable(int row, int count) => _samples!.Window(row, count);

    public override Score Measure(int threads, CancellationToken cancellation)
    {
        CertifiedCodes heldOut = HeldOut(cancellation);
        return new Score(CodeEvaluator.CodeError(Encoder.EncodeRows(heldOut.Signals, threads, cancellation), heldOut.Codes), 0);
    }

    public override double Scale(CancellationToken cancellation) => _energy ??= CodeEvaluator.MeanSquare(HeldOut(cancellation).Codes);

    public override int UncertifiedHeldOut(CancellationToken cancellation) => HeldOut(cancellation).Uncertified;

    protected override void Loss(ReadOnlyMatrixView x, ReadOnlyMatrixView z, int sample, int row, MatrixView dz, Span<double> losses)
    {
        TensorPrimitives.Subtract(z.Values, _samples!.Codes.RowRange(sample, z.Rows).Values, dz.Values);       // dZ = Z − Z*
        for (int i = 0; i < z.Rows; i++)
            losses[i] = Reduction.Dot(dz.Row(i), dz.Row(i));                                                    // ‖Z − Z*‖²
    }

    /// <summary>Held-out signals with their codes, which are worked out when they are first asked for.</summary>
    private CertifiedCodes HeldOut(CancellationToken cancellation)
    {
        if (_heldOut is not null)
            return _heldOut;
        _heldOut = encodeHeldOut(cancellation);
        if (_heldOut.Codes.Rows == 0)
            Throw.NoneCertified(_heldOut.Uncertified, "held-out signals", "there is nothing to measure the error on");
        return _heldOut;
    }
}
