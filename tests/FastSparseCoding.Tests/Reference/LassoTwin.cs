namespace FastSparseCoding.Tests.Reference;

/// <summary>
/// Sparse coding in double precision with one obvious loop each: E(x, z) = ½‖x − zD‖² + λ‖z‖₁, its certificates, and coordinate descent on the
/// residual until nothing moves. It shares nothing with the library but the atoms.
/// </summary>
internal sealed class LassoTwin
{
    private readonly double[][] _atoms;
    private readonly double _lambda;

    public LassoTwin(AtomDictionary dictionary, double lambda)
    {
        _lambda = lambda;
        _atoms = new double[dictionary.AtomCount][];
        for (int k = 0; k < _atoms.Length; k++)
            _atoms[k] = Widen(dictionary.Atoms.Row(k));
    }

    public static double[] Widen(ReadOnlySpan<float> values)
    {
        var wide = new double[values.Length];
        for (int i = 0; i < wide.Length; i++)
            wide[i] = values[i];
        return wide;
    }

    /// <summary>z*, by coordinate descent until the largest change is 10⁻¹³ of the largest correlation.</summary>
    public double[] Solve(ReadOnlySpan<float> x, int mostSweeps = 200_000)
    {
        var z = new double[_atoms.Length];
        double[] r = Widen(x);
        double scale = LambdaMax(x);
        for (int sweep = 0; sweep < mostSweeps; sweep++)
        {
            double largest = 0;
            for (int k = 0; k < z.Length; k++)
            {
                double norm = Dot(_atoms[k], _atoms[k]);
                double next = KernelTwins.SoftThreshold(Dot(_atoms[k], r) + norm * z[k], _lambda) / norm, change = next - z[k];
                for (int i = 0; i < r.Length; i++)
                    r[i] -= change * _atoms[k][i];
                z[k] = next;
                largest = Math.Max(largest, Math.Abs(change));
            }
            if (largest <= 1e-13 * scale)
                break;
        }
        return z;
    }

    public double LambdaMax(ReadOnlySpan<float> x)
    {
        double[] wide = Widen(x);
        return _atoms.Max(atom => Math.Abs(Dot(atom, wide)));
    }

    public double Energy(ReadOnlySpan<float> x, ReadOnlySpan<double> z)
    {
        double[] r = Residual(x, z);
        return 0.5 * Dot(r, r) + _lambda * Norm1(z);
    }

    /// <summary>E(x, z) − (½‖x‖² − ½‖x − u‖²) with the dual feasible point u = r·min(1, λ/‖Dr‖∞): not less than E(x, z) − E*.</summary>
    public double Gap(ReadOnlySpan<float> x, ReadOnlySpan<double> z)
    {
        double[] r = Residual(x, z), wide = Widen(x), rest = new double[r.Length];
        double scale = Math.Min(1, _lambda / Math.Max(1e-300, _atoms.Max(atom => Math.Abs(Dot(atom, r)))));
        for (int i = 0; i < r.Length; i++)
            rest[i] = wide[i] - scale * r[i];
        return 0.5 * Dot(r, r) + _lambda * Norm1(z) - (0.5 * Dot(wide, wide) - 0.5 * Dot(rest, rest));
    }

    public double KktViolation(ReadOnlySpan<float> x, ReadOnlySpan<double> z)
    {
        double[] c = Correlations(x, z);
        double worst = 0;
        for (int k = 0; k < c.Length; k++)
            worst = Math.Max(worst, z[k] != 0 ? Math.Abs(c[k] - _lambda * Math.Sign(z[k])) : Math.Max(Math.Abs(c[k]) - _lambda, 0));
        return worst;
    }

    /// <summary>(x − zD)Dᵀ.</summary>
    public double[] Correlations(ReadOnlySpan<float> x, ReadOnlySpan<double> z)
    {
        double[] r = Residual(x, z);
        return Array.ConvertAll(_atoms, atom => Dot(atom, r));
    }

    /// <summary>‖(a − b)D‖²: how far apart two codes reconstruct. Near an optimum z*, E(z) − E* ≥ ½‖(z − z*)D‖².</summary>
    public double SquaredDistance(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var difference = new double[a.Length];
        for (int k = 0; k < difference.Length; k++)
            difference[k] = a[k] - b[k];
        double[] r = Residual(new float[_atoms[0].Length], difference);
        return Dot(r, r);
    }

    private double[] Residual(ReadOnlySpan<float> x, ReadOnlySpan<double> z)
    {
        double[] r = Widen(x);
        for (int k = 0; k < z.Length; k++)
            for (int i = 0; i < r.Length; i++)
                r[i] -= z[k] * _atoms[k][i];
        return r;
    }

    private static double Norm1(ReadOnlySpan<double> z)
    {
        double sum = 0;
        foreach (double value in z)
            sum += Math.Abs(value);
        return sum;
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }
}
