namespace FastSparseCoding.Kernels;

/// <summary>Sums over float32 vectors carried in double: what certificates and statistics are made of.</summary>
internal static class Reduction
{
    /// <summary>Σ a_i·b_i.</summary>
    public static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Throw.IfLengthNot(b.Length, a.Length, nameof(b));
        double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        int i = 0;
        for (; i <= a.Length - 4; i += 4)
        {
            s0 += (double)a[i] * b[i];
            s1 += (double)a[i + 1] * b[i + 1];
            s2 += (double)a[i + 2] * b[i + 2];
            s3 += (double)a[i + 3] * b[i + 3];
        }
        for (; i < a.Length; i++)
            s0 += (double)a[i] * b[i];
        return s0 + s1 + (s2 + s3);
    }

    /// <summary>Σ |a_i|.</summary>
    public static double SumOfMagnitudes(ReadOnlySpan<float> a)
    {
        double sum = 0;
        foreach (float value in a)
            sum += Math.Abs(value);
        return sum;
    }
}
