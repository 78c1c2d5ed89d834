using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FastSparseCoding.Kernels;

/// <summary>
/// Sums of products of vectors in double, the same bits on every machine: eight partial sums at every width of the hardware's vectors, and
/// no fused multiply-add. Compiled in full at the first call, because a dictionary's bound is mostly asked for once in a process.
/// </summary>
internal static class PreciseVectors
{
    private const int Step = 8;

    /// <summary>Σ a_i·b_i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        Throw.IfLengthNot(b.Length, a.Length, nameof(b));
        Vector256<double> low = default, high = default;
        int i = 0;
        for (; i <= a.Length - Step; i += Step)
        {
            low += Vector256.Create(a.Slice(i, Step / 2)) * Vector256.Create(b.Slice(i, Step / 2));
            high += Vector256.Create(a.Slice(i + Step / 2, Step / 2)) * Vector256.Create(b.Slice(i + Step / 2, Step / 2));
        }
        double sum = Vector256.Sum(low + high);
        for (; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>y ← y + s·x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(double s, ReadOnlySpan<double> x, Span<double> y)
    {
        Throw.IfLengthNot(y.Length, x.Length, nameof(y));
        Vector256<double> scale = Vector256.Create(s);
        int i = 0;
        for (; i <= x.Length - Step / 2; i += Step / 2)
            (Vector256.Create<double>(y.Slice(i, Step / 2)) + scale * Vector256.Create(x.Slice(i, Step / 2))).CopyTo(y[i..]);
        for (; i < x.Length; i++)
            y[i] += s * x[i];
    }
}
