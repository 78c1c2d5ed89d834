using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FastSparseCoding.Kernels;

/// <summary>
/// Sums over float32 vectors carried in double: what certificates and statistics are made of. Eight partial sums at every width of the
/// hardware's vectors, added up in the same order.
/// </summary>
internal static class Reduction
{
    private const int Step = 8;

    /// <summary>Σ a_i·b_i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Throw.IfLengthNot(b.Length, a.Length, nameof(b));
        Vector256<double> low = default, high = default;
        int i = 0;
        for (; i <= a.Length - Step; i += Step)
        {
            (Vector256<double> a0, Vector256<double> a1) = Load(a, i);
            (Vector256<double> b0, Vector256<double> b1) = Load(b, i);
            low += a0 * b0;
            high += a1 * b1;
        }
        double sum = Vector256.Sum(low + high);
        for (; i < a.Length; i++)
            sum += (double)a[i] * b[i];
        return sum;
    }

    /// <summary>Σ (a_i − b_i)².</summary>
    public static double SquaredDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Throw.IfLengthNot(b.Length, a.Length, nameof(b));
        Vector256<double> low = default, high = default;
        int i = 0;
        for (; i <= a.Length - Step; i += Step)
        {
            (Vector256<double> a0, Vector256<double> a1) = Load(a, i);
            (Vector256<double> b0, Vector256<double> b1) = Load(b, i);
            low += (a0 - b0) * (a0 - b0);
            high += (a1 - b1) * (a1 - b1);
        }
        double sum = Vector256.Sum(low + high);
        for (; i < a.Length; i++)
            sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        return sum;
    }

    /// <summary>Σ |a_i|.</summary>
    public static double SumOfMagnitudes(ReadOnlySpan<float> a)
    {
        Vector256<double> low = default, high = default;
        int i = 0;
        for (; i <= a.Length - Step; i += Step)
        {
            (Vector256<double> a0, Vector256<double> a1) = Load(a, i);
            low += Vector256.Abs(a0);
            high += Vector256.Abs(a1);
        }
        double sum = Vector256.Sum(low + high);
        for (; i < a.Length; i++)
            sum += Math.Abs(a[i]);
        return sum;
    }

    /// <summary>Whether every value, multiplied by a factor, has a square that float32 holds.</summary>
    public static unsafe bool AllSquaresFinite(ReadOnlySpan<float> a, float factor)
    {
        fixed (float* p = a)
        {
            var kernel = new SquaresKernel { A = p, Length = a.Length, Factor = factor };
            Simd.Run(ref kernel);
            return kernel.Finite;
        }
    }

    private unsafe struct SquaresKernel : ISimdKernel
    {
        public float* A;
        public int Length;
        public float Factor;
        public bool Finite;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            TV factor = TS.Broadcast(Factor), zeros = default;
            for (int i = 0; i < Length; i += TS.Count)
            {
                TV a = TS.Multiply(factor, Length - i >= TS.Count ? TS.Load(A + i) : TS.LoadFirst(A + i, Length - i));
                zeros = TS.MultiplyAdd(TS.Multiply(a, a), default, zeros);      // 0·a² is NaN where a² is not finite, and stays NaN
            }
            Finite = TS.Sum(zeros) == 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<double> Low, Vector256<double> High) Load(ReadOnlySpan<float> a, int i)
        => Vector256.Widen(Vector256.Create(a.Slice(i, Step)));
}
