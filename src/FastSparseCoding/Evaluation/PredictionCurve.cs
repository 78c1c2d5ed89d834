using FastSparseCoding.Solvers;

namespace FastSparseCoding.Evaluation;

/// <summary>
/// The error of an iterative solver after k iterations from zero, and its inverse: how many iterations reach an error. The curves of
/// Figures 3 and 4. Immutable and safe to share between threads.
/// </summary>
public sealed class PredictionCurve
{
    internal PredictionCurve(string method, int[] iterations, double[] errors)
    {
        Method = method;
        Iterations = iterations;
        CodeErrors = errors;
    }

    /// <summary>The solver's name.</summary>
    public string Method { get; }

    /// <summary>Numbers of iterations, ascending from 0 or 1.</summary>
    public IReadOnlyList<int> Iterations { get; }

    /// <summary>‖Z − Z*‖² after each, summed over coefficients, averaged over signals.</summary>
    public IReadOnlyList<double> CodeErrors { get; }

    /// <summary>Runs a solver and measures its error at the given numbers of iterations.</summary>
    /// <param name="solver">The solver.</param>
    /// <param name="x">Signals [N×n], N at least 1.</param>
    /// <param name="exact">Optimal codes [N×m].</param>
    /// <param name="iterations">Numbers of iterations, ascending, 0 or more.</param>
    /// <param name="start">Codes [N×m] to start from, or null for zero.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core.</param>
    /// <param name="cancellation">Stops between blocks of rows.</param>
    /// <returns>The curve.</returns>
    /// <exception cref="ArgumentException">A shape is wrong, or the counts do not ascend.</exception>
    public static PredictionCurve Measure(
        LassoSolver solver, Matrix x, Matrix exact, IReadOnlyList<int> iterations, Matrix? start = null, int threads = 0,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(solver);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(exact);
        ArgumentNullException.ThrowIfNull(iterations);
        Throw.IfBelow(x.Rows, 1, "x.Rows");
        Throw.IfShapeNot(exact.Rows, exact.Columns, x.Rows, solver.CodeSize, nameof(exact));
        int blocks = RowBlocks.Count(x.Rows, RowBlocks.MostRows);
        var sums = new double[iterations.Count, blocks];
        solver.Trace(x, iterations, (k, first, z) => sums[IndexOf(iterations, k), first / RowBlocks.MostRows] =
            Kernels.Reduction.SquaredDistance(z.Values, exact.RowRange(first, z.Rows).Values), start, threads, cancellation);
        var errors = new double[iterations.Count];
        for (int i = 0; i < errors.Length; i++)
        {
            for (int b = 0; b < blocks; b++)
                errors[i] += sums[i, b];
            errors[i] /= x.Rows;
        }
        return new PredictionCurve(solver.Name, [.. iterations], errors);
    }

    /// <summary>Numbers of iterations from 1 to <paramref name="last"/>, close together at first: every one to 20, then about 10 %
    /// apart.</summary>
    /// <param name="last">The last number, 1 or more.</param>
    /// <returns>Ascending numbers that end with <paramref name="last"/>.</returns>
    internal static IReadOnlyList<int> Spaced(int last)
    {
        Throw.IfBelow(last, 1);
        var all = new List<int>();
        for (int k = 1; k < last; k = Math.Max(k + 1, (int)Math.Round(k * (k < 20 ? 1 : 1.1))))
            all.Add(k);
        all.Add(last);
        return all;
    }

    /// <summary>
    /// The number of iterations after which the solver's error stays at or below <paramref name="error"/>, interpolated on log-log axes.
    /// </summary>
    /// <param name="error">An error, above 0.</param>
    /// <returns>The iterations; positive infinity when the curve ends above the error, its first number when it is never above
    /// it.</returns>
    public double IterationsFor(double error)
    {
        Throw.IfNotPositive(error);
        return LogLogCurve.FirstAtOrBelow(Iterations, CodeErrors, error);
    }

    private static int IndexOf(IReadOnlyList<int> iterations, int k)
    {
        for (int i = 0; i < iterations.Count; i++)
            if (iterations[i] == k)
                return i;
        return -1;
    }
}
