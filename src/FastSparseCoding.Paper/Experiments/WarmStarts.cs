using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Paper;

/// <summary>An iterative exact method from zero and from a prediction.</summary>
/// <param name="Start">The encoder that predicts.</param>
/// <param name="Cold">The gap after k iterations from zero.</param>
/// <param name="Warm">The gap after k iterations from the prediction, for every seed.</param>
/// <param name="Milestones">What reaching a gap takes.</param>
internal sealed record WarmStart(
    Candidate Start, ConvergenceCurve Cold, IReadOnlyList<ConvergenceCurve> Warm, IReadOnlyList<Milestone> Milestones);

/// <summary>What reaching a mean relative gap takes; times are of the first seed, for a signal on one thread, prediction
/// included.</summary>
internal sealed record Milestone(
    double Gap, double ColdIterations, Spread WarmIterations, double ColdMicroseconds, double WarmMicroseconds);

/// <summary>The active-set method from zero (Start is null) and from predictions, every row to its certificate.</summary>
internal sealed record CertifiedStart(Candidate? Start, Spread Changes, Spread Certified, double Microseconds);

/// <summary>What it is worth to start an exact method from a prediction (the paper's section 5): iterations and time to the same
/// gap.</summary>
internal sealed class WarmStarts(ExperimentResult result, RunContext context)
{
    public static readonly double[] Gaps = [1e-2, 1e-4, 1e-6];

    private const int LastGradientStep = 400, LastUpdatesPerAtom = 20;

    private readonly Matrix _x = result.Sample.X;
    private readonly Matrix _codes = result.Sample.Codes;

    /// <summary>CoD from LCoD, FISTA from LISTA.</summary>
    public IReadOnlyList<WarmStart> Iterative()
        =>
        [
            Compare(new GreedyCoordinateDescentSolver(result.Dictionary, Plan.Lambda), LastUpdatesPerAtom * result.Atoms,
                result.Method("lcod", 20)),
            Compare(new FistaSolver(result.Dictionary, Plan.Lambda), LastGradientStep, result.Method("lista", 3)),
        ];

    /// <summary>The active-set method from nothing, from the deepest LISTA and from LCoD.</summary>
    public IReadOnlyList<CertifiedStart> ActiveSet()
        => [Certify(null), .. new[] { result.Method("lista", 3), result.Method("lista", 7), result.Method("lcod", 50),
            result.Method("lcod", 200) }.Select(Certify)];

    private WarmStart Compare(LassoSolver solver, int last, SeededResult start)
    {
        int[] iterations = [0, .. PredictionCurve.Spaced(last)];
        ConvergenceCurve Run(Matrix? from)
            => ConvergenceCurve.Measure(solver, _x, _codes, iterations, from, context.Threads, context.Cancellation);
        ConvergenceCurve cold = Run(null);
        ConvergenceCurve[] warm = [.. start.Seeds.Select(s => Run(s.Encoder.Encode(_x, context.Threads, context.Cancellation)))];
        return new WarmStart(start.Candidate, cold, warm, [.. Gaps.Select(gap => Reach(gap, solver, cold, warm, start.Seeds[0].Encoder))]);
    }

    private Milestone Reach(double gap, LassoSolver solver, ConvergenceCurve cold, ConvergenceCurve[] warm, TrainableEncoder start)
        => new(
            gap, cold.IterationsFor(gap), Spread.Of(warm.Select(w => w.IterationsFor(gap))),
            Time(solver, cold.IterationsFor(gap), null), Time(solver, warm[0].IterationsFor(gap), start));

    private double Time(LassoSolver solver, double iterations, TrainableEncoder? start)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        if (!double.IsFinite(iterations))
            return double.NaN;
        int[] count = [(int)Math.Ceiling(iterations)];
        return Timing.Median(() => solver.Trace(_x, count, (_, _, _) => { }, start?.Encode(_x, threads: 1), threads: 1), context)
            / _x.Rows;
    }

    private CertifiedStart Certify(SeededResult? start)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        var solver = new ActiveSetSolver(result.Dictionary, Plan.Lambda);
        SolveReport Solve(TrainableEncoder? encoder)
        {
            Matrix z = encoder?.Encode(_x, threads: 1) ?? new Matrix(_x.Rows, result.Atoms);
            return solver.Solve(_x, z, warmStart: encoder is not null, threads: 1);
        }
        TrainableEncoder?[] encoders = start is null ? [null] : [.. start.Seeds.Select(s => s.Encoder)];
        SolveReport[] reports = [.. encoders.Select(Solve)];
        return new CertifiedStart(
            start?.Candidate, Spread.Of(reports.Select(r => r.Iterations.Average())),
            Spread.Of(reports.Select(r => 1 - (double)r.Unconverged / _x.Rows)),
            Timing.Median(() => Solve(encoders[0]), context) / _x.Rows);
    }
}
