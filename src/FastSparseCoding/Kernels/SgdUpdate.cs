using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>A step of stochastic gradient descent in one pass over parameters and gradient.</summary>
internal static unsafe class SgdUpdate
{
    /// <summary>p ← max(p − rate·(scale·sum + penalty·p), floor).</summary>
    public static void Apply(Span<float> parameters, ReadOnlySpan<float> sum, float scale, float penalty, float rate, float floor)
    {
        Throw.IfLengthNot(sum.Length, parameters.Length, nameof(sum));
        fixed (float* p = parameters, g = sum)
        {
            var kernel = new Kernel
            {
                P = p,
                G = g,
                Length = parameters.Length,
                Scale = scale,
                Penalty = penalty,
                Rate = rate,
                Floor = floor
            };
            Simd.Run(ref kernel);
        }
    }

    private struct Kernel : ISimdKernel
    {
        public float* P;
        public float* G;
        public int Length;
        public float Scale;
        public float Penalty;
        public float Rate;
        public float Floor;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            TV scale = TS.Broadcast(Scale), penalty = TS.Broadcast(Penalty), rate = TS.Broadcast(-Rate), floor = TS.Broadcast(Floor);
            for (int i = 0; i < Length; i += TS.Count)
            {
                int lanes = Length - i;
                bool whole = lanes >= TS.Count;
                TV p = whole ? TS.Load(P + i) : TS.LoadFirst(P + i, lanes), sum = whole ? TS.Load(G + i) : TS.LoadFirst(G + i, lanes);
                TV g = TS.MultiplyAdd(penalty, p, TS.Multiply(sum, scale));
                p = TS.Max(floor, TS.MultiplyAdd(rate, g, p));
                if (whole)
                    TS.Store(P + i, p);
                else
                    TS.StoreFirst(P + i, lanes, p);
            }
        }
    }
}
