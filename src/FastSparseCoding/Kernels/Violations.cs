using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>Coefficients whose magnitude exceeds a bound.</summary>
internal static unsafe class Violations
{
    /// <summary>Room that the lists must have beyond the length of c, as whole vectors are written.</summary>
    public const int Slack = 16;

    /// <summary>
    /// Lists h_bounds(c)_k and k wherever |c_k| exceeds its bound, or c_k alone with a floor of −∞, k ascending. An infinite bound is exceeded by no
    /// number; a NaN exceeds every bound. Bounds are 0 or more.
    /// </summary>
    /// <returns>How many there are.</returns>
    public static int List(ReadOnlySpan<float> c, ReadOnlySpan<float> bounds, Span<float> excess, Span<int> indices, float floor = 0)
    {
        Throw.IfLengthNot(bounds.Length, c.Length, nameof(bounds));
        Throw.IfBelow(excess.Length, c.Length + Slack, "excess.Length");
        Throw.IfBelow(indices.Length, c.Length + Slack, "indices.Length");
        fixed (float* pc = c, pb = bounds, pe = excess)
        fixed (int* pi = indices)
        {
            var kernel = new Kernel { C = pc, Length = c.Length, Bounds = pb, Floor = floor, Excess = pe, Indices = pi };
            Simd.Run(ref kernel);
            return kernel.Count;
        }
    }

    /// <summary>bounds = factor·θ + offset: what correlations with all atoms may be.</summary>
    public static void SetBounds(ReadOnlySpan<float> theta, float factor, float offset, Span<float> bounds)
    {
        System.Numerics.Tensors.TensorPrimitives.Multiply(theta, factor, bounds);
        System.Numerics.Tensors.TensorPrimitives.Add(bounds, offset, bounds);
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
        public float Floor;
        public float* Excess;
        public int* Indices;
        public int Count;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            TV floor = TS.Broadcast(Floor);
            int count = 0, j = 0;
            for (; j <= Length - TS.Count; j += TS.Count)
                count += ListVector<TS, TV>(TS.Load(C + j), TS.Load(Bounds + j), floor, j, Excess + count, Indices + count);
            if (j < Length)
                count += ListVector<TS, TV>(TS.LoadFirst(C + j, Length - j), TS.LoadFirst(Bounds + j, Length - j), floor, j, Excess + count, Indices + count);
            Count = count;
        }
    }
}
