using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Paper;

/// <summary>How a predictor stands against the exact solver of its family: FISTA, or CoD for LCoD.</summary>
/// <param name="Predictor">The predictor's codes against the optimal ones.</param>
/// <param name="Solver">The solver's, stopped when it has spent the predictor's multiply-adds.</param>
/// <param name="Iterations">Iterations of the solver at equal work.</param>
/// <param name="Worth">Iterations after which the solver's error is that of the predictor; infinite beyond the end of the curve.</param>
internal sealed record EqualWorkPoint(CodeQuality Predictor, CodeQuality Solver, int Iterations, double Worth)
{
    /// <summary>The predictor's codes are farther from the optimal ones than the solver's at equal work.</summary>
    public bool BehindInError => Predictor.CodeError > Solver.CodeError;

    /// <summary>The predictor's objective is farther above the optimum than the solver's at equal work.</summary>
    public bool BehindInObjective => Predictor.RelativeObjectiveGap > Solver.RelativeObjectiveGap;
}

/// <summary>
/// A condition under which predictors are held against the exact solvers: signals that need not be like those trained on, and a penalty,
/// its λ above all, that need not be the trained one. The optimal codes are those of these signals under it; signals whose code is not
/// certified are left out.
/// </summary>
internal sealed class EqualWorkComparison
{
    /// <summary>Where the curve of FISTA ends.</summary>
    private const int LastIteration = 100;

    /// <summary>Where the curve of coordinate descent ends, for every atom of the dictionary.</summary>
    private const int LastUpdatesPerAtom = 4;

    private readonly AtomDictionary _dictionary;
    private readonly Matrix _x;
    private readonly int _threads;
    private readonly CancellationToken _cancellation;
    private readonly Lazy<PredictionCurve> _fista, _cod;

    /// <summary>Finds the optimal codes of the condition.</summary>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="penalty">What the codes pay for not being zero; a number λ stands for λ‖z‖₁.</param>
    /// <param name="x">Signals [N×n], N at least 1, finite.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="cancellation">Stops between blocks of rows.</param>
    /// <exception cref="ArgumentException">A shape is wrong, or a signal is not finite.</exception>
    /// <exception cref="ArithmeticException">No code was certified.</exception>
    public EqualWorkComparison(
        AtomDictionary dictionary, Penalty penalty, Matrix x, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentNullException.ThrowIfNull(x);
        Throw.IfBelow(x.Rows, 1, "x.Rows");
        CertifiedCodes certified = CertifiedCodes.Of(new ActiveSetSolver(dictionary, penalty), x, threads, cancellation);
        if (certified.Codes.Rows == 0)
            Throw.NoneCertified(certified.Uncertified, "signals", "there is nothing to compare with");
        (_dictionary, Penalty, _x, _threads, _cancellation) = (dictionary, penalty, certified.Signals, threads, cancellation);
        (Exact, Uncertified) = (certified.Codes, certified.Uncertified);
        _fista = new(() => Curve(new FistaSolver(dictionary, penalty), LastIteration));
        _cod = new(() => Curve(new GreedyCoordinateDescentSolver(dictionary, penalty), LastUpdatesPerAtom * dictionary.AtomCount));
    }

    /// <summary>What the codes pay for not being zero.</summary>
    public Penalty Penalty { get; }

    /// <summary>The sparsity weight λ.</summary>
    public float Lambda => Penalty.Lambda;

    /// <summary>Signals left out because their code was not certified.</summary>
    public int Uncertified { get; }

    /// <summary>The optimal codes [N×m], without those of the signals left out.</summary>
    public Matrix Exact { get; }

    /// <summary>Holds a predictor against the exact solver.</summary>
    /// <param name="encoder">The predictor; for another λ than the trained one, one with <see cref="Robustness.ScaleThresholds">scaled
    /// thresholds</see>.</param>
    /// <returns>Errors of both at equal work.</returns>
    /// <exception cref="ArgumentException">The encoder is for signals or codes of another size.</exception>
    public EqualWorkPoint Measure(TrainableEncoder encoder)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        if (encoder.CodeSize != _dictionary.AtomCount)
            Throw.Argument(nameof(encoder),
                $"'encoder' predicts codes of {encoder.CodeSize} values; it must predict codes of {_dictionary.AtomCount}.");
        bool greedy = encoder.Family.IsCoordinateDescent;
        int iterations = greedy
            ? WorkCount.CoordinateUpdates(encoder.SignalSize, encoder.CodeSize, encoder.MultiplyAdds)
            : WorkCount.GradientIterations(encoder.SignalSize, encoder.CodeSize, encoder.MultiplyAdds);
        LassoSolver solver = greedy ? new GreedyCoordinateDescentSolver(_dictionary, Penalty) : new FistaSolver(_dictionary, Penalty);
        var stopped = new Matrix(_x.Rows, _dictionary.AtomCount);
        solver.Trace(_x, [iterations],
            (_, first, z) => z.Values.CopyTo(stopped.RowRange(first, z.Rows).Values), null, _threads, _cancellation);
        CodeQuality predicted = CodeEvaluator.Compare(
            _x, _dictionary, Penalty, encoder.Encode(_x, _threads, _cancellation), Exact, _threads);
        double worth = predicted.CodeError > 0 ? (greedy ? _cod : _fista).Value.IterationsFor(predicted.CodeError)
            : double.PositiveInfinity;
        return new EqualWorkPoint(predicted, CodeEvaluator.Compare(_x, _dictionary, Penalty, stopped, Exact, _threads), iterations, worth);
    }

    private PredictionCurve Curve(LassoSolver solver, int last)
        => PredictionCurve.Measure(solver, _x, Exact, PredictionCurve.Spaced(last), null, _threads, _cancellation);
}
