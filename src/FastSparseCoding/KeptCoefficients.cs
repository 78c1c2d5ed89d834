using FastSparseCoding.Kernels;

namespace FastSparseCoding;

/// <summary>The hard threshold for parts that know no kernels.</summary>
internal static class KeptCoefficients
{
    /// <summary>z where |z| &gt; θ, else 0, in place.</summary>
    public static void Above(float theta, Span<float> z) => Shrinkage.HardThreshold(z, theta, z);
}
