using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Training;

/// <summary>
/// Codes are to cost little, E(x, Z), with no exact codes to go by (Ablin, Moreau, Massias and Gramfort 2019). Errors are told relative to
/// what codes of zero cost, ½‖x‖².
/// </summary>
internal sealed class EnergyDescent(TrainableEncoder encoder, ISignalSource source, Matrix heldOut, TrainingOptions options)
    : EncoderObjective(encoder, source, options)
{
    private readonly LassoLoss _loss = new(encoder, options.LeafRows(encoder));
    private double? _zeroEnergy;
    private Matrix? _x;

    public override string Settings => $"objective lasso, {base.Settings}";

    protected override Matrix Signals => _x!;

    public override void Load(long first, int count, int threads, CancellationToken cancellation)
        => Source.Read(first, ReusedMatrix.Of(ref _x, count, Source.SignalSize), threads, Work, cancellation);

    public override (int First, int Count) Usable(int row, int count) => (row, count);

    public override Score Measure(int threads, CancellationToken cancellation)
        => new(MeanEnergy(Encoder.EncodeRows(heldOut, threads, cancellation), threads), 0);

    public override double Scale(CancellationToken cancellation)
        => _zeroEnergy ??= MeanEnergy(new Matrix(heldOut.Rows, Encoder.CodeSize), threads: 1);

    public override int UncertifiedHeldOut(CancellationToken cancellation) => 0;

    protected override void Loss(ReadOnlyMatrixView x, ReadOnlyMatrixView z, int sample, int row, MatrixView dz, Span<double> losses)
        => _loss.Evaluate(x, z, row, dz, losses);

    private double MeanEnergy(Matrix z, int threads)
        => LassoObjective.Energies(heldOut, Encoder.Dictionary!, z, Encoder.Penalty, threads).Average();
}
