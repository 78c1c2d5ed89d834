using System.Globalization;
using FastSparseCoding.Encoders;

namespace FastSparseCoding.Training;

/// <summary>What all trainings of an encoder share: signals of a source go through it, and its parameters follow the gradient of some loss
/// of its codes.</summary>
internal abstract class EncoderObjective : IObjective
{
    private readonly EncoderPass _pass;
    private readonly Matrix _dz;        // of the pass's rows
    private int _first, _count;         // of the samples, the rows of the pass

    protected EncoderObjective(TrainableEncoder encoder, ISignalSource source, TrainingOptions options)
    {
        Encoder = encoder;
        Source = source;
        Work = new SharedWork(options.Ranks);
        PassRows = options.LeafRows(encoder);
        _pass = encoder.CreatePass(PassRows);
        _dz = new Matrix(PassRows, encoder.CodeSize);
        float rate = options.InitialRate(encoder.CodeSize);
        Trained = [new TrainedSlab(encoder.Parameters, options.Optimizer, window => rate * options.RateFactor(window),
            _ => 0, encoder.RefreshRows)];
    }

    public virtual string Settings => string.Create(
        CultureInfo.InvariantCulture,
        $"{Encoder.Kind} [{Encoder.CodeSize}×{Encoder.SignalSize}], depth {Encoder.Depth}, {Encoder.Penalty.Settings}, dictionary "
            + $"{Encoder.Dictionary?.Hash ?? "none"}");

    public IReadOnlyList<TrainedSlab> Trained { get; }

    public long MultiplyAdds => Encoder.MultiplyAdds;

    public int PassRows { get; }

    public int PieceRows => RowBlocks.TrainingRows;

    /// <summary>What errors are told relative to.</summary>
    public abstract double Scale(CancellationToken cancellation);

    /// <summary>Held-out signals that are left out, because there is nothing certain to measure them against.</summary>
    public abstract int UncertifiedHeldOut(CancellationToken cancellation);

    public abstract void Load(long first, int count, int threads, CancellationToken cancellation);

    public abstract (int First, int Count) Usable(int row, int count);

    public void Begin(int first, int count)
    {
        (_first, _count) = (first, count);
        _pass.Begin(count);
    }

    public void Run(int first, Span<double> losses)
    {
        int count = losses.Length;
        MatrixView dz = _dz.RowRange(first, count);
        ReadOnlyMatrixView x = Signals.RowRange(_first + first, count);
        Loss(x, _pass.ForwardRows(x, first), _first + first, first, dz, losses);
        _pass.BackwardRows(dz, first, dx: default);
    }

    public void AddGradient(Part part) => _pass.AddGradient(Signals.RowRange(_first, _count), Trained[0].Gradient, part);

    public abstract Score Measure(int threads, CancellationToken cancellation);

    protected TrainableEncoder Encoder { get; }

    /// <summary>The ranks that share the loading.</summary>
    protected SharedWork Work { get; }

    protected ISignalSource Source { get; }

    /// <summary>The loaded signals that can be learned from, and perhaps others between them.</summary>
    protected abstract Matrix Signals { get; }

    /// <summary>What is lost on some rows, and its gradient by their codes.</summary>
    /// <param name="x">The signals.</param>
    /// <param name="z">Their codes.</param>
    /// <param name="sample">The first of them among the loaded.</param>
    /// <param name="row">The same in the pass.</param>
    /// <param name="dz">Receives the gradient.</param>
    /// <param name="losses">Receives what is lost on each.</param>
    protected abstract void Loss(ReadOnlyMatrixView x, ReadOnlyMatrixView z, int sample, int row, MatrixView dz, Span<double> losses);
}
