namespace FastSparseCoding.Solvers;

/// <summary>The inner loop of non-negative least squares (Lawson and Hanson 1974): from a code that is not negative towards one that may
/// be.</summary>
internal static class PositivePart
{
    /// <summary>Which coefficient is the first to become zero on the way from z to y, and what part of the way that is; −1 if none
    /// does.</summary>
    public static int FirstToLeave(ReadOnlySpan<double> z, ReadOnlySpan<double> y, out double step)
    {
        int first = -1;
        step = 1;
        for (int s = 0; s < y.Length; s++)
        {
            if (y[s] > 0)
                continue;
            double ratio = z[s] > 0 ? z[s] / (z[s] - y[s]) : 0;
            if (first < 0 || ratio < step)
                (first, step) = (s, ratio);
        }
        return first;
    }

    /// <summary>z ← z + step·(y − z), with the coefficient that leaves exactly zero; others that are not positive then leave too.</summary>
    public static void Move(Span<double> z, ReadOnlySpan<double> y, double step, int leaving)
    {
        for (int s = 0; s < z.Length; s++)
            z[s] += step * (y[s] - z[s]);
        z[leaving] = 0;
    }
}
