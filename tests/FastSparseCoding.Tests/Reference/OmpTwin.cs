namespace FastSparseCoding.Tests.Reference;

/// <summary>
/// Orthogonal matching pursuit in double, told in the plainest way: least squares by Gram–Schmidt, done twice, from nothing at every step.
/// Atoms count where a signal is known only.
/// </summary>
internal sealed class OmpTwin(AtomDictionary dictionary, bool[]? known = null)
{
    private readonly double[][] _atoms =
        [.. Enumerable.Range(0, dictionary.AtomCount).Select(k => Known(LassoTwin.Widen(dictionary.Atoms.Row(k)), known))];

    /// <summary>A signal, 0 where it is not known.</summary>
    public double[] Known(ReadOnlySpan<float> x) => Known(LassoTwin.Widen(x), known);

    /// <summary>The code of least squares on a support, 0 elsewhere.</summary>
    public double[] LeastSquares(double[] x, IReadOnlyList<int> support)
    {
        int count = support.Count;
        var q = new double[count][];
        var r = new double[count, count];
        for (int s = 0; s < count; s++)
        {
            q[s] = [.. _atoms[support[s]]];
            for (int pass = 0; pass < 2; pass++)
                for (int t = 0; t < s; t++)
                {
                    double product = Dot(q[t], q[s]);
                    r[t, s] += product;
                    Add(-product, q[t], q[s]);
                }
            r[s, s] = Norm(q[s]);
            for (int i = 0; i < q[s].Length; i++)
                q[s][i] /= r[s, s];
        }
        var z = new double[_atoms.Length];
        for (int s = count - 1; s >= 0; s--)
        {
            double right = Dot(q[s], x);
            for (int t = s + 1; t < count; t++)
                right -= r[s, t] * z[support[t]];
            z[support[s]] = right / r[s, s];
        }
        return z;
    }

    /// <summary>x − zD where x is known.</summary>
    public double[] Residual(double[] x, ReadOnlySpan<double> z)
    {
        double[] r = [.. x];
        for (int k = 0; k < z.Length; k++)
            if (z[k] != 0)
                Add(-z[k], _atoms[k], r);
        return r;
    }

    /// <summary>d_kᵀr/‖d_k‖ of every atom; 0 of one of which less than a thousandth is known.</summary>
    public double[] Correlations(double[] r) => [.. _atoms.Select(d => Norm(d) > 1e-3 ? Dot(d, r) / Norm(d) : 0)];

    /// <summary>The atoms in the order they enter, until there are as many as allowed or ‖x − zD‖ ≤ ε.</summary>
    public List<int> Pursue(double[] x, int maxAtoms, double error = 0)
    {
        var support = new List<int>();
        double[] r = x;
        while (support.Count < maxAtoms && Norm(r) > error)
        {
            double[] c = Correlations(r);
            support.Add(Enumerable.Range(0, c.Length).Except(support).MaxBy(k => Math.Abs(c[k])));
            r = Residual(x, LeastSquares(x, support));
        }
        return support;
    }

    /// <summary>
    /// Puts a support into the order in which its atoms entered, and says by how much, at worst, the correlation of one was below the
    /// largest of all when it did, as a share of ‖x‖, or of 128 times what was left of it where that is less: from there on pursuit goes on
    /// in double.
    /// </summary>
    public (List<int> Order, double WorstChoice) Replay(double[] x, IEnumerable<int> support)
    {
        var left = new HashSet<int>(support);
        var order = new List<int>();
        double worst = 0;
        double[] r = x;
        while (left.Count > 0)
        {
            double[] c = Correlations(r);
            int chosen = left.MaxBy(k => Math.Abs(c[k]));
            worst = Math.Max(worst, (c.Max(Math.Abs) - Math.Abs(c[chosen])) / Math.Min(Norm(x), 128 * Norm(r)));
            left.Remove(chosen);
            order.Add(chosen);
            r = Residual(x, LeastSquares(x, order));
        }
        return (order, worst);
    }

    /// <summary>
    /// The same with z ≥ 0: the atom of the largest correlation above zero enters; on the way to least squares, coefficients that reach
    /// zero leave (Lawson and Hanson 1974). Ends where none correlates.
    /// </summary>
    public double[] PursueNonNegative(double[] x, int maxAtoms, double error = 0)
    {
        var support = new List<int>();
        double[] z = new double[_atoms.Length];
        while (support.Count < maxAtoms && Norm(Residual(x, z)) > error)
        {
            double[] c = Correlations(Residual(x, z));
            int next = Enumerable.Range(0, c.Length).Except(support).DefaultIfEmpty(-1).MaxBy(k => k < 0 ? 0 : c[k]);
            if (next < 0 || c[next] <= 1e-6 * Norm(x))
                break;
            support.Add(next);
            double[] y = LeastSquares(x, support);
            while (support.Exists(k => y[k] <= 0))
            {
                int leaving = support.Where(k => y[k] <= 0).MinBy(k => z[k] / (z[k] - y[k]));
                double step = z[leaving] / (z[leaving] - y[leaving]);
                z = [.. z.Select((value, k) => k == leaving ? 0 : value + step * (y[k] - value))];
                support.Remove(leaving);
                y = LeastSquares(x, support);
            }
            z = y;
        }
        return z;
    }

    /// <summary>Non-negative least squares on a few atoms by trying all of their subsets.</summary>
    public double[] NonNegativeLeastSquares(double[] x, IReadOnlyList<int> atoms)
    {
        double[] best = new double[_atoms.Length];
        for (int subset = 1; subset < 1 << atoms.Count; subset++)
        {
            double[] z = LeastSquares(x, [.. Enumerable.Range(0, atoms.Count).Where(s => (subset >> s & 1) != 0).Select(s => atoms[s])]);
            if (Array.TrueForAll(z, value => value >= 0) && Norm(Residual(x, z)) < Norm(Residual(x, best)))
                best = z;
        }
        return best;
    }

    public static double Norm(double[] v) => Math.Sqrt(Dot(v, v));

    private static double[] Known(double[] values, bool[]? known)
        => known is null ? values : [.. values.Select((value, i) => known[i] ? value : 0)];

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    private static void Add(double factor, double[] a, double[] to)
    {
        for (int i = 0; i < a.Length; i++)
            to[i] += factor * a[i];
    }
}
