using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>
/// The update of Adam (Kingma and Ba 2015, Algorithm 1) in one pass over parameters, gradient and moments: the gradient is scaled and its
/// weight penalty added on the way in, the parameter kept at or above its floor on the way out.
/// </summary>
internal static unsafe class AdamUpdate
{
    /// <summary>
    /// g = scale·sum + penalty·p; m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², p ← max(p − rate·m/(√v + ε), floor), with the bias corrections
    /// of m and v folded into rate and ε.
    /// </summary>
    public static void Apply(
        Span<float> parameters, ReadOnlySpan<float> sum, Span<float> first, Span<float> second, in AdamSettings settings)
    {
        Throw.IfLengthNot(sum.Length, parameters.Length, nameof(sum));
        Throw.IfLengthNot(first.Length, parameters.Length, nameof(first));
        Throw.IfLengthNot(second.Length, parameters.Length, nameof(second));
        fixed (float* p = parameters, g = sum, m = first, v = second)
        {
            var kernel = new Kernel { P = p, G = g, M = m, V = v, Length = parameters.Length, Settings = settings };
            Simd.Run(ref kernel);
        }
    }

    private struct Kernel : ISimdKernel
    {
        public float* P;
        public float* G;
        public float* M;
        public float* V;
        public int Length;
        public AdamSettings Settings;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            TV scale = TS.Broadcast(Settings.Scale), penalty = TS.Broadcast(Settings.Penalty), beta1 = TS.Broadcast(Settings.Beta1),
                beta2 = TS.Broadcast(Settings.Beta2);
            TV rate = TS.Broadcast(Settings.Rate), epsilon = TS.Broadcast(Settings.Epsilon), floor = TS.Broadcast(Settings.Floor);
            for (int i = 0; i < Length; i += TS.Count)
            {
                int lanes = Length - i;
                bool whole = lanes >= TS.Count;
                TV p = whole ? TS.Load(P + i) : TS.LoadFirst(P + i, lanes), sum = whole ? TS.Load(G + i) : TS.LoadFirst(G + i, lanes);
                TV m = whole ? TS.Load(M + i) : TS.LoadFirst(M + i, lanes), v = whole ? TS.Load(V + i) : TS.LoadFirst(V + i, lanes);
                TV g = TS.MultiplyAdd(penalty, p, TS.Multiply(sum, scale)), squared = TS.Multiply(g, g);        // g = scale·sum + penalty·p
                m = TS.MultiplyAdd(TS.Subtract(m, g), beta1, g);                                                // m = β₁m + (1 − β₁)g
                v = TS.MultiplyAdd(TS.Subtract(v, squared), beta2, squared);                                    // v = β₂v + (1 − β₂)g²
                p = TS.Subtract(p, TS.Divide(TS.Multiply(m, rate), TS.Add(TS.Sqrt(v), epsilon)));               // p = p − rate·m/(√v + ε)
                p = TS.Max(floor, p);
                if (whole)
                {
                    TS.Store(P + i, p);
                    TS.Store(M + i, m);
                    TS.Store(V + i, v);
                }
                else
                {
                    TS.StoreFirst(P + i, lanes, p);
                    TS.StoreFirst(M + i, lanes, m);
                    TS.StoreFirst(V + i, lanes, v);
                }
            }
        }
    }
}

/// <summary>What a step of Adam multiplies and adds.</summary>
/// <param name="Scale">What the sum of gradients is multiplied by.</param>
/// <param name="Penalty">What of the parameter is added to its gradient.</param>
/// <param name="Beta1">β₁.</param>
/// <param name="Beta2">β₂.</param>
/// <param name="Rate">The rate, corrected.</param>
/// <param name="Epsilon">ε, corrected.</param>
/// <param name="Floor">The least value of a parameter.</param>
internal readonly record struct AdamSettings(float Scale, float Penalty, float Beta1, float Beta2, float Rate, float Epsilon, float Floor);
