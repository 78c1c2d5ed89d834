using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// The objective E(x, z) = ½‖x − zD‖² + λ‖z‖₁ of one signal, its optimality conditions and its certificate, in double precision.
/// The one place that scales E: it is never divided by n, by N or by anything else.
/// </summary>
public static class LassoObjective
{
    /// <summary>E(x, z) = ½‖x − zD‖² + λ‖z‖₁.</summary>
    /// <param name="x">Signal [n].</param>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="z">Code [m].</param>
    /// <param name="lambda">Sparsity weight λ, above 0.</param>
    /// <returns>The energy.</returns>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public static double Energy(ReadOnlySpan<float> x, AtomDictionary dictionary, ReadOnlySpan<float> z, float lambda)
    {
        double[] r = Residual(x, dictionary, z, lambda);
        return 0.5 * TensorPrimitives.SumOfSquares<double>(r) + lambda * Reduction.SumOfMagnitudes(z);
    }

    /// <summary>The energy of every row of a batch.</summary>
    /// <param name="x">Signals [N×n].</param>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="z">Codes [N×m].</param>
    /// <param name="lambda">Sparsity weight λ, above 0.</param>
    /// <returns>N energies.</returns>
    /// <exception cref="ArgumentException">A shape is wrong.</exception>
    public static double[] Energies(Matrix x, AtomDictionary dictionary, Matrix z, float lambda)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentNullException.ThrowIfNull(z);
        Throw.IfShapeNot(z.Rows, z.Columns, x.Rows, dictionary.AtomCount, nameof(z));
        var energies = new double[x.Rows];
        RowBlocks.Run(x.Rows, SparseEncoderExtensions.BlockRows, 0, CancellationToken.None, (start, count) =>
        {
            for (int i = start; i < start + count; i++)
                energies[i] = Energy(x.Row(i), dictionary, z.Row(i), lambda);
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
        => Array.ConvertAll(Correlations(dictionary, Residual(x, dictionary, z, lambda: 1)), c => -c);

    /// <summary>
    /// Largest violation of the optimality conditions: |d_kᵀr − λ sign(z_k)| where z_k ≠ 0, max(|d_kᵀr| − λ, 0) elsewhere. Zero at the optimum.
    /// </summary>
    /// <param name="x">Signal [n].</param>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="z">Code [m].</param>
    /// <param name="lambda">Sparsity weight λ, above 0.</param>
    /// <returns>The violation, in the units of λ.</returns>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public static double KktViolation(ReadOnlySpan<float> x, AtomDictionary dictionary, ReadOnlySpan<float> z, float lambda)
    {
        double[] c = Correlations(dictionary, Residual(x, dictionary, z, lambda));
        double worst = 0;
        for (int k = 0; k < c.Length; k++)
            worst = Math.Max(worst, z[k] != 0 ? Math.Abs(c[k] - lambda * Math.Sign(z[k])) : Math.Abs(c[k]) - lambda);
        return worst;
    }

    /// <summary>
    /// Duality gap E(x, z) − (½‖x‖² − ½‖x − u‖²) with u = r·min(1, λ/‖Dr‖∞), a dual feasible point: an upper bound of E(x, z) − E*.
    /// </summary>
    /// <param name="x">Signal [n].</param>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="z">Code [m].</param>
    /// <param name="lambda">Sparsity weight λ, above 0.</param>
    /// <returns>The gap, 0 or more but for rounding.</returns>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public static double DualityGap(ReadOnlySpan<float> x, AtomDictionary dictionary, ReadOnlySpan<float> z, float lambda)
    {
        double[] r = Residual(x, dictionary, z, lambda);
        double largest = 0;
        foreach (double c in Correlations(dictionary, r))
            largest = Math.Max(largest, Math.Abs(c));
        return 0.5 * TensorPrimitives.SumOfSquares<double>(r) + lambda * Reduction.SumOfMagnitudes(z) - DualValue(x, r, largest <= lambda ? 1 : lambda / largest);
    }

    /// <summary>λmax = ‖Dx‖∞: the smallest λ whose optimal code is zero.</summary>
    /// <param name="x">Signal [n].</param>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <returns>The weight.</returns>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public static double LambdaMax(ReadOnlySpan<float> x, AtomDictionary dictionary)
    {
        double largest = 0;
        foreach (double c in Gradient(x, dictionary, new float[dictionary?.AtomCount ?? 0]))
            largest = Math.Max(largest, Math.Abs(c));
        return largest;
    }

    /// <summary>½‖x‖² − ½‖x − u‖² for u = s·r, expanded so that nothing cancels: s·xᵀr − ½s²‖r‖².</summary>
    private static double DualValue(ReadOnlySpan<float> x, double[] r, double s)
    {
        double xr = 0;
        for (int i = 0; i < r.Length; i++)
            xr += x[i] * r[i];
        return s * xr - 0.5 * s * s * TensorPrimitives.SumOfSquares<double>(r);
    }

    private static double[] Residual(ReadOnlySpan<float> x, AtomDictionary dictionary, ReadOnlySpan<float> z, float lambda)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        Throw.IfLengthNot(x.Length, dictionary.SignalSize, nameof(x));
        Throw.IfLengthNot(z.Length, dictionary.AtomCount, nameof(z));
        Throw.IfNotPositive(lambda);
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
}
