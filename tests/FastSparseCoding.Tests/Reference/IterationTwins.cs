namespace FastSparseCoding.Tests.Reference;

/// <summary>
/// A number of iterations of each iterative solver from zero, in double precision, straight from the papers: the Gram matrix is never
/// formed but for CoD, whose algorithm is stated on it. Every step ends in the proximal step of the penalty.
/// </summary>
internal sealed class IterationTwins(AtomDictionary dictionary, Penalty penalty)
{
    private readonly PenaltyTwin _twin = new(dictionary, penalty);

    private int Size => dictionary.AtomCount;

    /// <summary>How close the nearest decision between two coordinates, or about a restart, has come, relative to its terms.</summary>
    public double NearestDecision { get; private set; } = double.PositiveInfinity;

    public int Restarts { get; private set; }

    /// <summary>z ← h_{λ/L}(z + (x − zD)Dᵀ/L), k times.</summary>
    public double[] Ista(ReadOnlySpan<float> x, int k)
    {
        var z = new double[Size];
        for (int i = 0; i < k; i++)
            z = GradientStep(x, z);
        return z;
    }

    public double[] Fista(ReadOnlySpan<float> x, int k, bool restart)
    {
        double[] z = new double[Size], y = new double[Size];
        double t = 1;
        for (int i = 0; i < k; i++)
        {
            double[] next = GradientStep(x, y);
            if (restart && PointsUphill(y, next, z))
            {
                t = 1;
                Restarts++;
            }
            double following = (1 + Math.Sqrt(1 + 4 * t * t)) / 2, momentum = (t - 1) / following;
            for (int j = 0; j < Size; j++)
                y[j] = next[j] + momentum * (next[j] - z[j]);
            (z, t) = (next, following);
        }
        return z;
    }

    /// <summary>Algorithm 2: k updates of the coordinate that changes most, then the proximal step of B.</summary>
    public double[] GreedyCoordinateDescent(ReadOnlySpan<float> x, int k)
    {
        double[] b = _twin.Correlations(x, new double[Size]), z = new double[Size];
        for (int i = 0; i < k; i++)
        {
            double[] change = new double[Size];
            for (int j = 0; j < Size; j++)
                change[j] = Prox(b[j], 1, j) - z[j];
            int[] order = [.. Enumerable.Range(0, Size).OrderByDescending(j => Math.Abs(change[j]))];
            int best = order[0];
            double runnerUp = Size > 1 ? Math.Abs(change[order[1]]) : 0;
            // Near the optimum every change is so small that the choice among them does not show.
            if (Math.Abs(change[best]) > 1e-4 * b.Max(Math.Abs))
                NearestDecision = Math.Min(NearestDecision, (Math.Abs(change[best]) - runnerUp) / b.Max(Math.Abs));
            for (int j = 0; j < Size; j++)
                if (j != best)
                    b[j] -= Product(j, best) * change[best];
            z[best] += change[best];
        }
        return [.. b.Select((v, j) => Prox(v, 1, j))];
    }

    /// <summary>k sweeps over all coordinates in order, every correlation computed anew.</summary>
    public double[] CyclicCoordinateDescent(ReadOnlySpan<float> x, int k)
    {
        var z = new double[Size];
        for (int i = 0; i < k; i++)
            for (int j = 0; j < Size; j++)
                z[j] = Prox(z[j] + _twin.Correlations(x, z)[j], 1, j);
        return z;
    }

    private double[] GradientStep(ReadOnlySpan<float> x, double[] z)
    {
        double[] c = _twin.Correlations(x, z), next = new double[Size];
        for (int j = 0; j < Size; j++)
            next[j] = Prox(z[j] + c[j] / dictionary.Lipschitz, 1.0 / dictionary.Lipschitz, j);
        return next;
    }

    /// <summary>argmin over z of ½(z − v)² + τ(λw_k|z| + ½μz²), of z ≥ 0 where the penalty wants it.</summary>
    private double Prox(double v, double tau, int k)
        => KernelTwins.SoftThreshold(v, tau * penalty.Threshold(k), penalty.NonNegative) / (1 + tau * penalty.Ridge);

    private bool PointsUphill(double[] y, double[] next, double[] z)
    {
        double sum = 0, size = 0;
        for (int j = 0; j < Size; j++)
        {
            sum += (y[j] - next[j]) * (next[j] - z[j]);
            size += (Math.Abs(y[j]) + Math.Abs(next[j])) * Math.Abs(next[j] - z[j]);
        }
        if (size > 0 && sum != 0)
            NearestDecision = Math.Min(NearestDecision, Math.Abs(sum) / size);
        return sum > 0;
    }

    private double Product(int a, int b)
    {
        double sum = 0;
        for (int i = 0; i < dictionary.SignalSize; i++)
            sum += (double)dictionary.Atoms.Row(a)[i] * dictionary.Atoms.Row(b)[i];
        return sum;
    }
}
