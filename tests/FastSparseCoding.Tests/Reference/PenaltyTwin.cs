namespace FastSparseCoding.Tests.Reference;

/// <summary>
/// Sparse coding in double precision with one obvious loop each: E(x, z) = ½‖x − zD‖² + λ Σ w_k|z_k| + ½μ‖z‖², optionally z ≥ 0, its
/// certificates, and coordinate descent on the residual until nothing moves. It shares nothing with the library but the atoms, which need
/// no unit norm here.
/// </summary>
internal class PenaltyTwin
{
    private readonly double[][] _atoms;
    private readonly double[] _weights;
    private readonly double[] _thresholds;      // λw
    private readonly double _ridge;
    private readonly bool _nonNegative;

    public PenaltyTwin(double[][] atoms, double lambda, double[]? weights = null, double ridge = 0, bool nonNegative = false)
    {
        _atoms = atoms;
        _weights = weights ?? [.. atoms.Select(_ => 1.0)];
        _thresholds = [.. _weights.Select(weight => lambda * weight)];
        (_ridge, _nonNegative) = (ridge, nonNegative);
    }

    public PenaltyTwin(AtomDictionary dictionary, Penalty penalty)
        : this(Rows(dictionary), penalty.Lambda, penalty.Weights.IsEmpty ? null : Widen(penalty.Weights), penalty.Ridge,
            penalty.NonNegative)
    {
    }

    public static double[][] Rows(AtomDictionary dictionary)
    {
        var rows = new double[dictionary.AtomCount][];
        for (int k = 0; k < rows.Length; k++)
            rows[k] = Widen(dictionary.Atoms.Row(k));
        return rows;
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
        double scale = Correlations(x, z).Max(Math.Abs);
        for (int sweep = 0; sweep < mostSweeps; sweep++)
        {
            double largest = 0;
            for (int k = 0; k < z.Length; k++)
            {
                double norm = Dot(_atoms[k], _atoms[k]);
                double next = KernelTwins.SoftThreshold(Dot(_atoms[k], r) + norm * z[k], _thresholds[k], _nonNegative) / (norm + _ridge),
                    change = next - z[k];
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

    /// <summary>The smallest λ for which the code is zero.</summary>
    public double LambdaMax(ReadOnlySpan<float> x)
        => Correlations(x, new double[_atoms.Length]).Select((c, k) => (_nonNegative ? Math.Max(0, c) : Math.Abs(c)) / _weights[k]).Max();

    public double Energy(ReadOnlySpan<float> x, ReadOnlySpan<double> z)
    {
        double[] r = Residual(x, z);
        return 0.5 * Dot(r, r) + Price(z);
    }

    /// <summary>λ Σ w_k|z_k| + ½μ‖z‖².</summary>
    public double Price(ReadOnlySpan<double> z)
    {
        double sum = 0;
        for (int k = 0; k < z.Length; k++)
            sum += _thresholds[k] * Math.Abs(z[k]) + 0.5 * _ridge * z[k] * z[k];
        return sum;
    }

    /// <summary>
    /// argmin over z_k of ½(z_k − v_k)² + τ(λw_k|z_k| + ½μz_k²), by halving an interval that holds it: the derivative rises, with a jump at
    /// 0.
    /// </summary>
    public double Prox(double v, double tau, int k)
    {
        double low = _nonNegative ? 0 : -Math.Abs(v), high = Math.Abs(v);
        for (int i = 0; i < 200; i++)
        {
            double middle = 0.5 * (low + high);
            // The derivative just above and just below the middle.
            double slope = middle - v + tau * _ridge * middle, price = tau * _thresholds[k];
            if (slope + (middle >= 0 ? price : -price) < 0)
                low = middle;
            else if (slope + (middle > 0 ? price : -price) > 0)
                high = middle;
            else
                return middle;
        }
        return high < 0 ? high : low;
    }

    /// <summary>What double precision may leave of an energy worked out in the plain way: r is off by m + n roundings of the size of x and
    /// of zD.</summary>
    public double RoundingOfEnergy(ReadOnlySpan<float> x, ReadOnlySpan<double> z)
    {
        double[] r = Residual(x, z), wide = Widen(x);
        double size = Math.Sqrt(Dot(wide, wide)) + Norm1(z), length = Math.Sqrt(Dot(r, r));
        return (z.Length + x.Length) * Math.ScaleB(1, -53) * (size * length + Energy(x, z));
    }

    /// <summary>
    /// E(x, z) − (½‖x‖² − ½‖x − u‖²) with the dual feasible point u = s·r, s the largest up to 1 with |s·g_k| ≤ λw_k, g = Dr − μz: not less
    /// than E(x, z) − E*. With a ridge, signal, residual and atoms are longer by m values: (x, 0), (r, −√μ z), (d_k, √μ e_k). With x = r +
    /// zD it is ½(1 − s)²(‖r‖² + μ‖z‖²) + Σ(λw_k|z_k| − s·z_k·g_k): no term is negative, so that no large numbers are subtracted, however
    /// small the gap.
    /// </summary>
    public double Gap(ReadOnlySpan<float> x, ReadOnlySpan<double> z)
    {
        double[] r = Residual(x, z), g = Slopes(r, z);
        double s = 1, squares = Dot(r, r);
        for (int k = 0; k < g.Length; k++)
        {
            double size = _nonNegative ? g[k] : Math.Abs(g[k]);
            if (size > _thresholds[k])
                s = Math.Min(s, _thresholds[k] / size);
            squares += _ridge * z[k] * z[k];
        }
        double gap = 0.5 * (1 - s) * (1 - s) * squares;
        for (int k = 0; k < g.Length; k++)
            gap += _thresholds[k] * Math.Abs(z[k]) - s * z[k] * g[k];
        return gap;
    }

    /// <summary>gap/E of a code; 0 where E is 0.</summary>
    public double RelativeGap(ReadOnlySpan<float> x, ReadOnlySpan<double> z)
    {
        double energy = Energy(x, z);
        return energy == 0 ? 0 : Gap(x, z) / energy;
    }

    /// <summary>
    /// Of E, what plain double precision may leave of a gap: Dr is off by √(m + n) roundings of zero mean of the size of x and of zD, and
    /// s, with it the gap, by that over λw.
    /// </summary>
    public double RoundingOfRelativeGap(ReadOnlySpan<float> x, ReadOnlySpan<double> z)
    {
        double[] wide = Widen(x);
        return Math.Sqrt(z.Length + x.Length) * Math.ScaleB(1, -53) * (1 + (Math.Sqrt(Dot(wide, wide)) + Norm1(z)) / _thresholds.Min());
    }

    /// <summary>How far every g_k is from λw_k·sign(z_k), or from [−λw_k, λw_k] or (−∞, λw_k] where z_k is zero.</summary>
    public double[] Violations(ReadOnlySpan<float> x, ReadOnlySpan<double> z)
    {
        double[] g = Slopes(Residual(x, z), z);
        for (int k = 0; k < g.Length; k++)
        {
            double from = z[k] > 0 ? _thresholds[k] : z[k] == 0 && _nonNegative ? double.NegativeInfinity : -_thresholds[k], to = z[k] < 0
                ? -_thresholds[k] : _thresholds[k];
            g[k] = Math.Max(0, Math.Max(from - g[k], g[k] - to));
        }
        return g;
    }

    public double KktViolation(ReadOnlySpan<float> x, ReadOnlySpan<double> z) => Violations(x, z).Max();

    /// <summary>(x − zD)Dᵀ.</summary>
    public double[] Correlations(ReadOnlySpan<float> x, ReadOnlySpan<double> z)
    {
        double[] r = Residual(x, z);
        return Array.ConvertAll(_atoms, atom => Dot(atom, r));
    }

    /// <summary>‖(a − b)D‖² + μ‖a − b‖²: how far apart two codes are. Near an optimum z*, E(z) − E* is at least half of it.</summary>
    public double SquaredDistance(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var difference = new double[a.Length];
        for (int k = 0; k < difference.Length; k++)
            difference[k] = a[k] - b[k];
        double[] r = Residual(new float[_atoms[0].Length], difference);
        return Dot(r, r) + _ridge * Dot(difference, difference);
    }

    private double[] Slopes(double[] r, ReadOnlySpan<double> z)
    {
        var g = new double[z.Length];
        for (int k = 0; k < g.Length; k++)
            g[k] = Dot(_atoms[k], r) - _ridge * z[k];
        return g;
    }

    /// <summary>r = x − zD. What each product and each sum loses is carried along: r is right to its own last digits, however much of x
    /// goes away.</summary>
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
