namespace FastSparseCoding.Kernels;

/// <summary>One step of greedy coordinate descent (Gregor and LeCun 2010, Algorithm 2), fused into one pass over B.</summary>
internal static class GreedyStep
{
    /// <summary>
    /// First applies the previous step's update b += e·row (skipped when <paramref name="e"/> is 0), then finds k = argmax_j |h_θ(b)_j − z_j|,
    /// the lowest such index on ties, and returns it with the change h_θ(b)_k − z_k. b, z, θ and row have length m.
    /// </summary>
    public static (int Index, float Change) Next(Span<float> b, ReadOnlySpan<float> z, ReadOnlySpan<float> theta, ReadOnlySpan<float> row, float e)
    {
        int best = 0;
        float change = 0;
        for (int j = 0; j < b.Length; j++)
        {
            if (e != 0)
                b[j] += e * row[j];
            float difference = b[j] - Math.Clamp(b[j], -theta[j], theta[j]) - z[j];
            if (Math.Abs(difference) > Math.Abs(change))
                (best, change) = (j, difference);
        }
        return (best, change);
    }
}
