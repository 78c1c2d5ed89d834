using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// The objective E(x, z) = ½‖x − zD‖² + P(z) of one signal, P being λ‖z‖₁ or another <see cref="Penalty"/>, its optimality conditions and
/// its certificate, in double precision. A code against the sign constraint of its penalty has no finite energy: its energy here leaves the
/// constraint out. The one place that scales E: it is never divided by n, by N or by anything else. Safe to call from several threads at
/// once.
/// </summary>
public static class LassoObjective
{
    /// <summary>E(x, z) = ½‖x − zD‖² + P(z).</summary>
    /// <param name="x">Signal [n].</param>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="z">Code [m].</param>
    /// <param name="penalty">The penalty; a number λ stands for λ‖z‖₁.</param>
    /// <returns>The energy.</returns>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public static double Energy(ReadOnlySpan<float> x, AtomDictionary dictionary, ReadOnlySpan<float> z, Penalty penalty)
    {
        double[] r = Residual(x, dictionary, z, penalty);
        return 0.5 * SumOfSquares(r) + penalty.Value(z);
    }

    /// <summary>The energy of every row of a batch.</summary>
    /// <param name="x">Signals [N×n].</param>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="z">Codes [N×m].</param>
    /// <param name="penalty">The penalty; a number λ stands for λ‖z‖₁.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <returns>N energies.</returns>
    /// <exception cref="ArgumentException">A shape is wrong.</exception>
    public static double[] Energies(Matrix x, AtomDictionary dictionary, Matrix z, Penalty penalty, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentNullException.ThrowIfNull(z);
        Throw.IfShapeNot(z.Rows, z.Columns, x.Rows, dictionary.AtomCount, nameof(z));
        var energies = new double[x.Rows];
        RowBlocks.Run(x.Rows, RowBlocks.MostRows, threads, CancellationToken.None, (start, count) =>
        {
            for (int i = start; i < start + count; i++)
                energies[i] = Energy(x.Row(i), dictionary, z.Row(i), penalty);
        });
        return energies;
    }

    /// <summary>Gradient of the smooth part, −(x − zD)Dᵀ.</summary>
    /// <param name="x">Signal [n].</param>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="z">Code [m].</param>
    /// <returns>The gradient [m].</returns>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public static double[] Gradient(ReadOnlySpan<float> x, AtomDictionary dictionary, ReadOnlySpan<float> z)
        => Array.ConvertAll(Correlations(dictionary, Residual(x, dictionary, z, 1)), c => -c);

    /// <summary>
    /// Largest violation of the optimality conditions: of the lasso |d_kᵀr − λ sign(z_k)| where z_k ≠ 0, max(|d_kᵀr| − λ, 0) elsewhere; see
    /// <see cref="Penalty.Violation"/> for the others. Zero at the optimum.
    /// </summary>
    /// <param name="x">Signal [n].</param>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="z">Code [m].</param>
    /// <param name="penalty">The penalty; a number λ stands for λ‖z‖₁.</param>
    /// <returns>The violation, in the units of λ.</returns>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public static double KktViolation(ReadOnlySpan<float> x, AtomDictionary dictionary, ReadOnlySpan<float> z, Penalty penalty)
    {
        double[] c = Correlations(dictionary, Residual(x, dictionary, z, penalty));
        double worst = 0;
        for (int k = 0; k < c.Length; k++)
            worst = Math.Max(worst, penalty.Violation(k, c[k] - penalty.Ridge * (double)z[k], z[k]));
        return worst;
    }

    /// <summary>
    /// Duality gap E(x, z) − (½‖x‖² − ½‖x − u‖²) with u = s·r the largest multiple of r up to r itself that is dual feasible: for the lasso
    /// s = min(1, λ/‖Dr‖∞). With a ridge, r is lengthened by −√μz and the signal by zeros, which makes of it a lasso. An upper bound of
    /// E(x, z) − E*.
    /// </summary>
    /// <param name="x">Signal [n].</param>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="z">Code [m].</param>
    /// <param name="penalty">The penalty; a number λ stands for λ‖z‖₁.</param>
    /// <returns>The gap, 0 or more but for rounding.</returns>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public static double DualityGap(ReadOnlySpan<float> x, AtomDictionary dictionary, ReadOnlySpan<float> z, Penalty penalty)
    {
        double[] r = Residual(x, dictionary, z, penalty), c = Correlations(dictionary, r);
        double scale = 1, xr = 0, zz = Reduction.Dot(z, z), rr = SumOfSquares(r);
        for (int k = 0; k < c.Length; k++)
            scale = Math.Min(scale, penalty.DualScale(k, c[k] - penalty.Ridge * (double)z[k]));
        for (int i = 0; i < r.Length; i++)
            xr += x[i] * r[i];
        // expanded so that nothing cancels
        return 0.5 * rr + penalty.Value(z) - (scale * xr - 0.5 * scale * scale * (rr + penalty.Ridge * zz));
    }

    /// <summary>λmax = ‖Dx‖∞: the smallest λ whose optimal code is zero.</summary>
    /// <param name="x">Signal [n].</param>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <returns>The weight.</returns>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public static double LambdaMax(ReadOnlySpan<float> x, AtomDictionary dictionary) => LambdaMax(x, dictionary, 1);

    /// <summary>λmax under the weights and the sign of a penalty, whatever its λ: see <see cref="Penalty.LambdaMax"/>.</summary>
    /// <param name="x">Signal [n].</param>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="penalty">The penalty.</param>
    /// <returns>The weight.</returns>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public static double LambdaMax(ReadOnlySpan<float> x, AtomDictionary dictionary, Penalty penalty)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentNullException.ThrowIfNull(penalty);
        return penalty.For(dictionary)
            .LambdaMax(Correlations(dictionary, Residual(x, dictionary, new float[dictionary.AtomCount], penalty)));
    }

    private static double[] Residual(ReadOnlySpan<float> x, AtomDictionary dictionary, ReadOnlySpan<float> z, Penalty penalty)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentNullException.ThrowIfNull(penalty);
        penalty.For(dictionary);
        Throw.IfLengthNot(x.Length, dictionary.SignalSize, nameof(x));
        Throw.IfLengthNot(z.Length, dictionary.AtomCount, nameof(z));
        var r = new double[x.Length];
        for (int i = 0; i < r.Length; i++)
            r[i] = x[i];
        for (int k = 0; k < z.Length; k++)
        {
            if (z[k] == 0)
                continue;
            ReadOnlySpan<float> atom = dictionary.Atoms.Row(k);
            for (int i = 0; i < r.Length; i++)
                r[i] -= (double)z[k] * atom[i];
        }
        return r;
    }

    private static double[] Correlations(AtomDictionary dictionary, double[] r)
    {
        var c = new double[dictionary.AtomCount];
        for (int k = 0; k < c.Length; k++)
        {
            ReadOnlySpan<float> atom = dictionary.Atoms.Row(k);
            double sum = 0;
            for (int i = 0; i < r.Length; i++)
                sum += atom[i] * r[i];
            c[k] = sum;
        }
        return c;
    }

    private static double SumOfSquares(double[] r)
    {
        double sum = 0;
        foreach (double value in r)
            sum += value * value;
        return sum;
    }
}
