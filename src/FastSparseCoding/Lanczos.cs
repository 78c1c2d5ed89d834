using FastSparseCoding.Kernels;

namespace FastSparseCoding;

/// <summary>
/// The Lanczos iteration for the largest eigenvalue of a symmetric matrix (Lanczos 1950), with full reorthogonalisation (Parlett, The
/// Symmetric Eigenvalue Problem, 1998, section 13.6).
/// </summary>
internal static class Lanczos
{
    private const int MostSteps = 300;
    private const int StepsBetweenChecks = 8;
    private const double Breakdown = 1e-12;

    /// <summary>
    /// A Ritz value θ = qᵀAq with ‖q‖ = 1: never above the largest eigenvalue, and mostly at it; far below it if the start has no part in
    /// the leading eigenvectors.
    /// </summary>
    /// <param name="a">A, positive semidefinite.</param>
    /// <param name="start">q_0 [Order], of any norm but zero.</param>
    /// <param name="accuracy">Stop when a few steps raise θ by less than this part of it.</param>
    public static double LargestRitzValue(PreciseGram a, ReadOnlySpan<double> start, double accuracy)
    {
        List<double[]> basis = [];
        List<double> alpha = [], beta = [];
        double[] q = Scaled(start, 1 / Norm(start));
        double negligible = Breakdown * a.LargestDiagonal;
        double theta = 0;
        while (true)
        {
            basis.Add(q);
            var w = new double[a.Order];
            a.Multiply(q, w);                               // w = Aq_j
            alpha.Add(PreciseVectors.Dot(q, w));            // α_j = q_jᵀAq_j
            Orthogonalize(w, basis);
            Orthogonalize(w, basis);                        // twice is enough (Parlett 1998, section 6.9)
            double norm = Norm(w);                          // β_j = ‖w‖
            bool last = basis.Count == Math.Min(a.Size, MostSteps) || !(norm > negligible);
            if (last || basis.Count % StepsBetweenChecks == 0)
            {
                double previous = theta;
                theta = LargestEigenvalue(alpha, beta);
                if (last || !(theta - previous > accuracy * theta))
                    return theta;
            }
            beta.Add(norm);
            q = Scaled(w, 1 / norm);                        // q_{j+1} = w/β_j
        }
    }

    /// <summary>The largest eigenvalue of the tridiagonal matrix T with diagonal α and β beside it, from below, by bisection.</summary>
    private static double LargestEigenvalue(List<double> alpha, List<double> beta)
    {
        double low = alpha.Max();
        double high = low + 2 * beta.DefaultIfEmpty().Max();    // Gershgorin
        while (high - low > 1e-10 * high)
        {
            double middle = low + (high - low) / 2;
            if (IsAbove(middle, alpha, beta))
                high = middle;
            else
                low = middle;
        }
        return low;
    }

    /// <summary>Whether x is above every eigenvalue of T: all pivots of T − xI are negative (Sylvester's law of inertia).</summary>
    private static bool IsAbove(double x, List<double> alpha, List<double> beta)
    {
        double pivot = alpha[0] - x;
        for (int j = 1; j < alpha.Count && pivot < 0; j++)
            pivot = alpha[j] - x - beta[j - 1] * beta[j - 1] / pivot;
        return pivot < 0;
    }

    private static void Orthogonalize(double[] w, List<double[]> basis)
    {
        foreach (double[] q in basis)
            PreciseVectors.AddScaled(-PreciseVectors.Dot(q, w), q, w);      // w ← w − (qᵀw)q
    }

    private static double Norm(ReadOnlySpan<double> v) => Math.Sqrt(PreciseVectors.Dot(v, v));

    private static double[] Scaled(ReadOnlySpan<double> v, double s)
    {
        var result = new double[v.Length];
        PreciseVectors.AddScaled(s, v, result);
        return result;
    }
}
