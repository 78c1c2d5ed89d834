using FastSparseCoding.Evaluation;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Paper;

/// <summary>The curves that learned encoders are held against: error of the exact methods after k iterations from zero.</summary>
internal sealed record ExactCurves(PredictionCurve Ista, PredictionCurve Fista, PredictionCurve Cod)
{
    /// <summary>Where the curves of ISTA and FISTA end.</summary>
    private const int LastIteration = 200;

    /// <summary>Where the curve of coordinate descent ends, for every atom of the dictionary.</summary>
    private const int LastUpdatesPerAtom = 10;

    public static ExactCurves Measure(AtomDictionary dictionary, Penalty penalty, Matrix x, Matrix codes, RunContext context)
        => new(
            Run(new IstaSolver(dictionary, penalty), LastIteration, x, codes, context),
            Run(new FistaSolver(dictionary, penalty), LastIteration, x, codes, context),
            Run(new GreedyCoordinateDescentSolver(dictionary, penalty), LastUpdatesPerAtom * dictionary.AtomCount, x, codes, context));

    private static PredictionCurve Run(LassoSolver solver, int last, Matrix x, Matrix codes, RunContext context)
        => PredictionCurve.Measure(solver, x, codes, PredictionCurve.Spaced(last), null, context.Threads, context.Cancellation);
}
