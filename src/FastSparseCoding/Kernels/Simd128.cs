using System.Runtime.Intrinsics;
using V = System.Runtime.Intrinsics.Vector128<float>;
using Vx = System.Runtime.Intrinsics.Vector128;

namespace FastSparseCoding.Kernels;

/// <summary>Vectors of 4 floats: SSE, NEON.</summary>
internal readonly unsafe struct Simd128 : ISimd<V>
{
    public static int Count => 4;
    public static int PanelVectors => 2;
    public static V Indices => Vector128<int>.Indices.AsSingle();

    public static V Broadcast(float value) => Vx.Create(value);
    public static V Load(float* p) => Vx.Load(p);
    public static void Store(float* p, V v) => Vx.Store(v, p);
    public static V Add(V a, V b) => a + b;
    public static V Subtract(V a, V b) => a - b;
    public static V Multiply(V a, V b) => a * b;
    public static V Divide(V a, V b) => a / b;
    public static V MultiplyAdd(V a, V b, V c) => Vx.MultiplyAddEstimate(a, b, c);
    public static V AddInteger(V integers, int n) => (integers.AsInt32() + Vx.Create(n)).AsSingle();
    public static V Max(V a, V b) => Vx.MaxNative(a, b);
    public static V Min(V a, V b) => Vx.MinNative(a, b);
    public static V Abs(V a) => Vx.Abs(a);
    public static V Negate(V a) => -a;
    public static V GreaterThan(V a, V b) => Vx.GreaterThan(a, b);
    public static V Equal(V a, V b) => Vx.Equals(a, b);
    public static V Select(V mask, V a, V b) => Vx.ConditionalSelect(mask, a, b);
    public static uint Bits(V mask) => (uint)Vx.ExtractMostSignificantBits(mask);
    public static float Sum(V a) => Vx.Sum(a);
    public static float MaxLane(V a)
    {
        V pairs = Max(a, Vx.Shuffle(a, Vx.Create(2, 3, 0, 1)));
        return Max(pairs, Vx.Shuffle(pairs, Vx.Create(1, 0, 3, 2))).ToScalar();
    }

    public static int StoreNonZeros(V v, int first, float* values, int* indices) => NonZeros.StoreLanes<Simd128, V>(v, first, values, indices);
    public static V LoadFirst(float* p, int count)
    {
        V v = V.Zero;
        for (int i = 0; i < count; i++)
            ((float*)&v)[i] = p[i];
        return v;
    }

    public static void StoreFirst(float* p, int count, V v)
    {
        for (int i = 0; i < count; i++)
            p[i] = ((float*)&v)[i];
    }
}
