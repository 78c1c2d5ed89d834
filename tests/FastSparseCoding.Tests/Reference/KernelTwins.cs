namespace FastSparseCoding.Tests.Reference;

/// <summary>The kernels in double precision, one obvious loop each, with the magnitudes that their error bounds need.</summary>
internal static class KernelTwins
{
    /// <summary>start + A·B, with the largest Σ|a||b| + |start| over all elements. A is [N×k], B [k×m]; either may be given
    /// transposed.</summary>
    public static (double[] Product, double Magnitude) Product(
        Matrix a, Matrix b, bool transposedA = false, bool transposedB = false, Matrix? start = null)
    {
        int n = transposedA ? a.Columns : a.Rows, k = transposedA ? a.Rows : a.Columns, m = transposedB ? b.Rows : b.Columns;
        var product = new double[n * m];
        double magnitude = 1e-300;      // above zero, so that exact zeros are compared and not divided by zero
        for (int i = 0; i < n; i++)
            for (int j = 0; j < m; j++)
            {
                double sum = start?[i, j] ?? 0, size = Math.Abs(sum);
                for (int p = 0; p < k; p++)
                {
                    double term = (double)(transposedA ? a[p, i] : a[i, p]) * (transposedB ? b[j, p] : b[p, j]);
                    sum += term;
                    size += Math.Abs(term);
                }
                product[i * m + j] = sum;
                magnitude = Math.Max(magnitude, size);
            }
        return (product, magnitude);
    }

    /// <summary>h_θ(v) = sign(v)·max(|v| − θ, 0).</summary>
    public static double SoftThreshold(double v, double theta) => Math.Sign(v) * Math.Max(Math.Abs(v) - theta, 0);

    /// <summary>The same, or max(v − θ, 0) where codes must not be negative.</summary>
    public static double SoftThreshold(double v, double theta, bool nonNegative)
        => nonNegative ? Math.Max(v - theta, 0) : SoftThreshold(v, theta);

    /// <summary>The index of the largest |h_θ(b) − z|, the lowest on ties, and the change there, in the float operations that the kernel
    /// promises.</summary>
    public static (int Index, float Change) GreedyChoice(
        ReadOnlySpan<float> b, ReadOnlySpan<float> z, ReadOnlySpan<float> theta, float floor = 0)
    {
        int best = 0;
        float change = 0;
        for (int j = 0; j < b.Length; j++)
        {
            float difference = b[j] - Math.Clamp(b[j], floor - theta[j], theta[j]) - z[j];
            if (Math.Abs(difference) > Math.Abs(change))
                (best, change) = (j, difference);
        }
        return (best, change);
    }
}
