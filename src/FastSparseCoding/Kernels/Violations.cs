using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>Coefficients whose magnitude exceeds a bound.</summary>
internal static unsafe class Violations
{
    /// <summary>Room that the lists must have beyond the length of c, as whole vectors are written.</summary>
    public const int Slack = 16;

    /// <summary>
    /// Lists what is left of c_k beyond its bound less the margin, with sign, and k wherever there is something, or c_k alone with a floor
    /// of −∞, k ascending. An infinite bound is exceeded by no number; a NaN exceeds every bound. Bounds less the margin are 0 or more.
    /// </summary>
    /// <returns>How many there are.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int List(ReadOnlySpan<float> c, ReadOnlySpan<float> bounds, float margin, float floor, Span<float> excess,
        Span<int> indices)
    {
        Throw.IfLengthNot(bounds.Length, c.Length, nameof(bounds));
        Throw.IfBelow(excess.Length, c.Length + Slack, "excess.Length");
        Throw.IfBelow(indices.Length, c.Length + Slack, "indices.Length");
        fixed (float* pc = c, pb = bounds, pe = excess)
        fixed (int* pi = indices)
        {
            var kernel = new Kernel { C = pc, Length = c.Length, Bounds = pb, Margin = margin, Floor = floor, Excess = pe, Indices = pi };
            Simd.Run(ref kernel);
            return kernel.Count;
        }
    }

    /// <summary>max over k of |c_k|·factors_k, or of c_k·factors_k and 0 with a floor of −∞: with factors 1/θ, how far from its threshold
    /// the worst is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Largest(ReadOnlySpan<float> c, ReadOnlySpan<float> factors, float floor)
    {
        Throw.IfLengthNot(factors.Length, c.Length, nameof(factors));
        fixed (float* pc = c, pf = factors)
        {
            var kernel = new LargestKernel { C = pc, Factors = pf, Floor = floor, Length = c.Length };
            Simd.Run(ref kernel);
            return kernel.Largest;
        }
    }

    /// <summary>Lists h_θ(c)_k and <paramref name="first"/> + k for a vector, up to whole vectors being written.</summary>
    /// <returns>How many were listed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ListVector<TS, TV>(TV c, TV theta, TV floor, int first, float* excess, int* indices)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
    {
        TV beyond = Shrinkage.SoftThreshold<TS, TV>(c, theta, floor);
        return TS.Bits(TS.Equal(beyond, default)) == (uint)((1UL << TS.Count) - 1) ? 0 : TS.StoreNonZeros(beyond, first, excess, indices);
    }

    private struct Kernel : ISimdKernel
    {
        public float* C;
        public int Length;
        public float* Bounds;
        public float Margin;
        public float Floor;
        public float* Excess;
        public int* Indices;
        public int Count;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            TV floor = TS.Broadcast(Floor), margin = TS.Broadcast(Margin);
            int count = 0, j = 0;
            for (; j <= Length - TS.Count; j += TS.Count)
                count += ListVector<TS, TV>(
                    TS.Load(C + j), TS.Subtract(TS.Load(Bounds + j), margin), floor, j, Excess + count, Indices + count);
            if (j < Length)
                count += ListVector<TS, TV>(
                    TS.LoadFirst(C + j, Length - j), TS.Max(TS.Subtract(TS.LoadFirst(Bounds + j, Length - j), margin), default), floor, j,
                    Excess + count, Indices + count);
            Count = count;
        }
    }

    private struct LargestKernel : ISimdKernel
    {
        public float* C;
        public float* Factors;
        public float Floor;
        public int Length;
        public float Largest;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            TV largest = default, floor = TS.Broadcast(Floor);
            for (int j = 0; j < Length; j += TS.Count)
            {
                int lanes = Math.Min(TS.Count, Length - j);
                TV v = TS.Multiply(TS.LoadFirst(C + j, lanes), TS.LoadFirst(Factors + j, lanes));
                largest = TS.Max(largest, TS.Abs(Shrinkage.SoftThreshold<TS, TV>(v, default, floor)));
            }
            Largest = TS.MaxLane(largest);
        }
    }
}
