using FastSparseCoding.Solvers;

namespace FastSparseCoding.Evaluation;

/// <summary>
/// How an iterative solver approaches the optimum: the mean of (E − E*)/E* after k iterations, from zero or from a prediction. What a
/// prediction saves an exact method (Gregor and LeCun 2010, section 5) is the distance between two such curves. Immutable and safe to share
/// between threads.
/// </summary>
public sealed class ConvergenceCurve
{
    internal ConvergenceCurve(string method, int[] iterations, double[] gaps)
    {
        Method = method;
        Iterations = iterations;
        RelativeGaps = gaps;
    }

    /// <summary>The solver's name.</summary>
    public string Method { get; }

    /// <summary>Numbers of iterations, ascending, 0 or more.</summary>
    public IReadOnlyList<int> Iterations { get; }

    /// <summary>Mean of (E − E*)/E* after each, over the signals with E* above 0.</summary>
    public IReadOnlyList<double> RelativeGaps { get; }

    /// <summary>Runs a solver and measures its gap at the given numbers of iterations.</summary>
    /// <param name="solver">The solver.</param>
    /// <param name="x">Signals [N×n], at least one of them with E* above 0.</param>
    /// <param name="exact">Optimal codes [N×m].</param>
    /// <param name="iterations">Numbers of iterations, ascending, 0 or more.</param>
    /// <param name="start">Codes [N×m] to start from, or null for zero.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="cancellation">Stops between blocks of rows.</param>
    /// <returns>The curve.</returns>
    /// <exception cref="ArgumentException">A shape is wrong, the counts do not ascend, or no signal has an energy above 0.</exception>
    public static ConvergenceCurve Measure(
        LassoSolver solver, Matrix x, Matrix exact, IReadOnlyList<int> iterations, Matrix? start = null, int threads = 0,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(solver);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(exact);
        ArgumentNullException.ThrowIfNull(iterations);
        double[] optimal = LassoObjective.Energies(x, solver.Dictionary, exact, solver.Penalty, threads);
        int counted = optimal.Count(e => e > 0);
        if (counted == 0)
            Throw.Argument(nameof(x), "'x' has no signal with an energy above 0; at least one is needed.");
        int[] counts = [.. iterations];
        var sums = new double[RowBlocks.Count(x.Rows, RowBlocks.MostRows), counts.Length];
        solver.Trace(x, counts, (k, first, z) =>
        {
            int at = Array.BinarySearch(counts, k), block = first / RowBlocks.MostRows;
            for (int i = 0; i < z.Rows; i++)
                if (optimal[first + i] > 0)
                    sums[block, at] += LassoObjective.Energy(
                        x.Row(first + i), solver.Dictionary, z.Row(i), solver.Penalty) / optimal[first + i] - 1;
        }, start, threads, cancellation);
        double[] gaps = [.. Enumerable.Range(0, counts.Length)
            .Select(at => Enumerable.Range(0, sums.GetLength(0)).Sum(block => sums[block, at]) / counted)];
        return new ConvergenceCurve(solver.Name, counts, gaps);
    }

    /// <summary>
    /// The number of iterations after which the gap stays at or below <paramref name="relativeGap"/>, interpolated on log-log axes.
    /// </summary>
    /// <param name="relativeGap">A gap, above 0.</param>
    /// <returns>The iterations; positive infinity when the curve ends above the gap, its first number when it is never above it.</returns>
    public double IterationsFor(double relativeGap)
    {
        Throw.IfNotPositive(relativeGap);
        return LogLogCurve.FirstAtOrBelow(Iterations, RelativeGaps, relativeGap);
    }
}
