using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>Coefficients whose magnitude exceeds a threshold.</summary>
internal static unsafe class Violations
{
    /// <summary>Room that the lists must have beyond the length of c, as whole vectors are written.</summary>
    public const int Slack = 16;

    /// <summary>Lists h_θ(c)_k and k wherever |c_k| > θ, k ascending; a NaN counts as beyond.</summary>
    /// <returns>How many there are.</returns>
    public static int List(ReadOnlySpan<float> c, float theta, Span<float> excess, Span<int> indices)
    {
        Throw.IfBelow(excess.Length, c.Length + Slack, "excess.Length");
        Throw.IfBelow(indices.Length, c.Length + Slack, "indices.Length");
        fixed (float* pc = c, pe = excess)
        fixed (int* pi = indices)
        {
            var kernel = new Kernel { C = pc, Length = c.Length, Theta = theta, Excess = pe, Indices = pi };
            Simd.Run(ref kernel);
            return kernel.Count;
        }
    }

    /// <summary>Lists h_θ(c)_k and <paramref name="first"/> + k for a vector, up to whole vectors being written.</summary>
    /// <returns>How many were listed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ListVector<TS, TV>(TV c, TV theta, int first, float* excess, int* indices)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
    {
        TV beyond = Shrinkage.SoftThreshold<TS, TV>(c, theta);
        return TS.Bits(TS.Equal(beyond, default)) == (uint)((1UL << TS.Count) - 1) ? 0 : TS.StoreNonZeros(beyond, first, excess, indices);
    }

    private struct Kernel : ISimdKernel
    {
        public float* C;
        public int Length;
        public float Theta;
        public float* Excess;
        public int* Indices;
        public int Count;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            TV theta = TS.Broadcast(Theta);
            int count = 0, j = 0;
            for (; j <= Length - TS.Count; j += TS.Count)
                count += ListVector<TS, TV>(TS.Load(C + j), theta, j, Excess + count, Indices + count);
            if (j < Length)
                count += ListVector<TS, TV>(TS.LoadFirst(C + j, Length - j), theta, j, Excess + count, Indices + count);
            Count = count;
        }
    }
}
