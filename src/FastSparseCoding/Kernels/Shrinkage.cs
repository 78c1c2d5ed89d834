namespace FastSparseCoding.Kernels;

/// <summary>The soft threshold h_θ(v) = sign(v)·max(|v| − θ, 0) and its derivative.</summary>
internal static class Shrinkage
{
    /// <summary>result = h_θ(v), one threshold for all. May run in place.</summary>
    public static void SoftThreshold(ReadOnlySpan<float> v, float theta, Span<float> result)
    {
        for (int j = 0; j < v.Length; j++)
            result[j] = v[j] - Math.Clamp(v[j], -theta, theta);
    }

    /// <summary>result = h_θ(v), a threshold per coefficient. May run in place.</summary>
    public static void SoftThreshold(ReadOnlySpan<float> v, ReadOnlySpan<float> theta, Span<float> result)
    {
        for (int j = 0; j < v.Length; j++)
            result[j] = v[j] - Math.Clamp(v[j], -theta[j], theta[j]);
    }

    /// <summary>Backward of z = h_θ(c): dc = [z ≠ 0]·dz, dθ −= sign(z)·dc. dc may be dz.</summary>
    public static void SoftThresholdBackward(ReadOnlySpan<float> z, ReadOnlySpan<float> dz, Span<float> dc, Span<float> dTheta)
    {
        for (int j = 0; j < z.Length; j++)
        {
            dc[j] = z[j] != 0 ? dz[j] : 0;
            dTheta[j] -= z[j] > 0 ? dc[j] : z[j] < 0 ? -dc[j] : 0;
        }
    }
}
