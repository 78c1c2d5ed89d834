using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// Exact codes of a batch for a list of sparsity weights, from the largest down, each found from those of the weight before: the path on
/// which λ is chosen (Osborne, Presnell and Turlach 2000; Efron et al. 2004). Every code carries its certificate, as if it had been found
/// alone. Immutable and safe to share between threads.
/// </summary>
public sealed class LassoPath
{
    private readonly LassoSolver[] _solvers;

    /// <summary>Creates the path.</summary>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="penalty">Weights, ridge and sign; its λ is replaced by those of the path.</param>
    /// <param name="lambdas">The sparsity weights, each above 0 and less than the one before; at least one.</param>
    /// <param name="options">When a code counts as exact, or null for the defaults.</param>
    /// <exception cref="ArgumentException">The weights do not descend, or there is none.</exception>
    public LassoPath(AtomDictionary dictionary, Penalty penalty, IReadOnlyList<float> lambdas, SolverOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentNullException.ThrowIfNull(penalty);
        ArgumentNullException.ThrowIfNull(lambdas);
        if (lambdas.Count == 0)
            Throw.Argument(nameof(lambdas), "'lambdas' is empty; it must hold at least one weight.");
        for (int i = 1; i < lambdas.Count; i++)
            if (!(lambdas[i] < lambdas[i - 1]))
                Throw.Argument(nameof(lambdas),
                    FormattableString.Invariant($"'lambdas' holds {lambdas[i]} after {lambdas[i - 1]}; it must descend."));
        _solvers = [.. lambdas.Select(lambda => new ActiveSetSolver(dictionary, penalty.WithLambda(lambda), options))];
        Lambdas = [.. lambdas];
    }

    /// <summary>The sparsity weights, descending.</summary>
    public IReadOnlyList<float> Lambdas { get; }

    /// <summary>Codes a batch at every weight, on all cores.</summary>
    /// <param name="x">Signals [N×n], finite; at least one.</param>
    /// <param name="observer">Called as (number of the weight, codes [N×m], their report) after each; the codes are valid during the call
    /// only. Or null.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second.</param>
    /// <returns>What the codes of every weight come to.</returns>
    /// <exception cref="ArgumentException">A shape is wrong, there is no signal, or a value is not finite.</exception>
    public IReadOnlyList<LassoPathPoint> Run(
        Matrix x, Action<int, Matrix, SolveReport>? observer = null, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rows == 0)
            Throw.Argument(nameof(x), "'x' has no rows; at least one signal is needed.");
        var points = new LassoPathPoint[_solvers.Length];
        var z = new Matrix(x.Rows, _solvers[0].CodeSize);
        for (int i = 0; i < points.Length; i++)
        {
            SolveReport report = _solvers[i].Solve(x, z, warmStart: i > 0, threads, cancellation);      // z(λ_i) from z(λ_{i−1})
            points[i] = LassoPathPoint.Of(x, z, _solvers[i], report, threads);
            observer?.Invoke(i, z, report);
        }
        return points;
    }

    /// <summary>λmax of a batch: the smallest λ for which all of its codes are zero.</summary>
    /// <param name="x">Signals [N×n], finite.</param>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="penalty">Weights and sign, whatever its λ.</param>
    /// <returns>The largest of the signals' own λmax; 0 when no code is anything but zero.</returns>
    /// <exception cref="ArgumentException">A shape is wrong.</exception>
    public static double LambdaMax(Matrix x, AtomDictionary dictionary, Penalty penalty)
    {
        ArgumentNullException.ThrowIfNull(x);
        double largest = 0;
        for (int i = 0; i < x.Rows; i++)
            largest = Math.Max(largest, LassoObjective.LambdaMax(x.Row(i), dictionary, penalty));
        return largest;
    }

    /// <summary>Weights that go down by equal factors.</summary>
    /// <param name="from">The first and largest, above 0.</param>
    /// <param name="to">The last and smallest, above 0 and below the first.</param>
    /// <param name="count">How many, 2 or more.</param>
    /// <returns>The weights, descending.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range, or there are more than float32 tells apart between the
    /// first and the last.</exception>
    public static float[] Geometric(float from, float to, int count)
    {
        Throw.IfNotPositive(from);
        Throw.IfNotPositive(to);
        Throw.IfBelow(count, 2);
        if (!(to < from))
            Throw.OutOfRange(nameof(to), to, FormattableString.Invariant($"below 'from', which is {from}"));
        var lambdas = new float[count];
        for (int i = 0; i < count; i++)
            lambdas[i] = (float)(from * Math.Pow((double)to / from, (double)i / (count - 1)));
        (lambdas[0], lambdas[^1]) = (from, to);
        for (int i = 1; i < count; i++)
            if (!(lambdas[i] < lambdas[i - 1]))
                Throw.OutOfRange(nameof(count), count,
                    FormattableString.Invariant($"less: float32 has too few numbers from {from} down to {to}"));
        return lambdas;
    }
}

/// <summary>What the codes of a batch come to at one sparsity weight: means over its signals. Immutable and safe to share between
/// threads.</summary>
/// <param name="Lambda">The sparsity weight λ.</param>
/// <param name="NonZeros">Number of coefficients that are not zero.</param>
/// <param name="SquaredError">‖x − zD‖².</param>
/// <param name="RelativeSquaredError">Σ‖x − zD‖² over Σ‖x‖²; 0 where all signals are zero.</param>
/// <param name="Energy">E = ½‖x − zD‖² + P(z).</param>
/// <param name="Uncertified">How many codes are not certified: not a mean.</param>
public sealed record LassoPathPoint(
    float Lambda, double NonZeros, double SquaredError, double RelativeSquaredError, double Energy, int Uncertified)
{
    internal static LassoPathPoint Of(Matrix x, Matrix z, LassoSolver solver, SolveReport report, int threads)
    {
        double[] energies = LassoObjective.Energies(x, solver.Dictionary, z, solver.Penalty, threads);
        double nonZeros = 0, errors = 0, squares = 0;
        for (int i = 0; i < x.Rows; i++)
        {
            nonZeros += Kernels.NonZeros.Count(z.Row(i));
            errors += Math.Max(0, 2 * (energies[i] - solver.Penalty.Value(z.Row(i))));      // ‖x − zD‖² = 2(E − P)
            squares += Reduction.Dot(x.Row(i), x.Row(i));
        }
        return new LassoPathPoint(
            solver.Lambda, nonZeros / x.Rows, errors / x.Rows, squares > 0 ? errors / squares : 0, energies.Sum() / x.Rows,
            report.Unconverged);
    }
}
