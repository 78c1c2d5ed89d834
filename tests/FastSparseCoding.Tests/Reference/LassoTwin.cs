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

    /// <summary>What double precision may leave of an energy worked out in the plain way: r is off by m + n roundings of the size of x and of zD.</summary>
    public double RoundingOfEnergy(ReadOnlySpan<float> x, ReadOnlySpan<double> z)
    {
        double[] r = Residual(x, z), wide = Widen(x);
        double size = Math.Sqrt(Dot(wide, wide)) + Norm1(z), length = Math.Sqrt(Dot(r, r));
        return (z.Length + x.Length) * Math.ScaleB(1, -53) * (size * length + Energy(x, z));
    }

    /// <summary>
    /// E(x, z) − (½‖x‖² − ½‖x − u‖²) with the dual feasible point u = s·r, s = min(1, λ/‖Dr‖∞): not less than E(x, z) − E*. With x = r + zD and
    /// c = Dr it is ½(1 − s)²‖r‖² + Σ(λ|z_k| − s·z_k·c_k): no term is negative, so that no large numbers are subtracted, however small the gap.
    /// </summary>
    public double Gap(ReadOnlySpan<float> x, ReadOnlySpan<double> z)
    {
        double[] r = Residual(x, z), c = Array.ConvertAll(_atoms, atom => Dot(atom, r));
        double largest = c.Max(Math.Abs), s = largest <= _lambda ? 1 : _lambda / largest;
        double gap = 0.5 * (1 - s) * (1 - s) * Dot(r, r);
        for (int k = 0; k < c.Length; k++)
            gap += _lambda * Math.Abs(z[k]) - s * z[k] * c[k];
        return gap;
    }

    /// <summary>gap/E of a code; 0 where E is 0.</summary>
    public double RelativeGap(ReadOnlySpan<float> x, ReadOnlySpan<double> z)
    {
        double energy = Energy(x, z);
        return energy == 0 ? 0 : Gap(x, z) / energy;
    }

    /// <summary>
    /// Of E, what plain double precision may leave of a gap: Dr is off by √(m + n) roundings of zero mean of the size of x and of zD, and s, with it the
    /// gap, by that over λ.
    /// </summary>
    public double RoundingOfRelativeGap(ReadOnlySpan<float> x, ReadOnlySpan<double> z)
    {
        double[] wide = Widen(x);
        return Math.Sqrt(z.Length + x.Length) * Math.ScaleB(1, -53) * (1 + (Math.Sqrt(Dot(wide, wide)) + Norm1(z)) / _lambda);
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

    /// <summary>r = x − zD. What each product and each sum loses is carried along: r is right to its own last digits, however much of x goes away.</summary>
    private double[] Residual(ReadOnlySpan<float> x, ReadOnlySpan<double> z)
    {
        double[] r = Widen(x), lost = new double[r.Length];
        for (int k = 0; k < z.Length; k++)
        {
            if (z[k] == 0)
                continue;
            for (int i = 0; i < r.Length; i++)
            {
                double before = r[i], product = -z[k] * _atoms[k][i], sum = before + product, added = sum - before;
                lost[i] += before - (sum - added) + (product - added) + Math.FusedMultiplyAdd(-z[k], _atoms[k][i], -product);
                r[i] = sum;
            }
        }
        for (int i = 0; i < r.Length; i++)
            r[i] += lost[i];
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
