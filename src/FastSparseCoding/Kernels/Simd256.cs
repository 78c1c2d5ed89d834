using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using V = System.Runtime.Intrinsics.Vector256<float>;
using Vx = System.Runtime.Intrinsics.Vector256;

namespace FastSparseCoding.Kernels;

/// <summary>Vectors of 8 floats and 16 registers: AVX2.</summary>
internal readonly unsafe struct Simd256 : ISimd<V>
{
    public static int Count => 8;
    public static int PanelVectors => 2;
    public static V Indices => Vector256<int>.Indices.AsSingle();

    public static V Broadcast(float value) => Vx.Create(value);
    public static V Load(float* p) => Vx.Load(p);
    public static void Store(float* p, V v) => Vx.Store(v, p);
    public static V Add(V a, V b) => a + b;
    public static V Subtract(V a, V b) => a - b;
    public static V Multiply(V a, V b) => a * b;
    public static V Divide(V a, V b) => a / b;
    public static V Sqrt(V a) => Vx.Sqrt(a);
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
    public static float MaxLane(V a) => Simd128.MaxLane(Simd128.Max(a.GetLower(), a.GetUpper()));
    public static int StoreNonZeros(V v, int first, float* values, int* indices)
        => NonZeros.StoreLanes<Simd256, V>(v, first, values, indices);
    public static V LoadFirst(float* p, int count) => Avx.MaskLoad(p, First(count));
    public static void StoreFirst(float* p, int count, V v) => Avx.MaskStore(p, First(count), v);

    private static V First(int count) => Vx.LessThan(Vector256<int>.Indices, Vx.Create(count)).AsSingle();
}
