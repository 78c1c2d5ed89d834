using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
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
    public static float MaxLane(V a)
    {
        V pairs = Max(a, Vx.Shuffle(a, Vx.Create(2, 3, 0, 1)));
        return Max(pairs, Vx.Shuffle(pairs, Vx.Create(1, 0, 3, 2))).ToScalar();
    }

    public static int StoreNonZeros(V v, int first, float* values, int* indices)
        => NonZeros.StoreLanes<Simd128, V>(v, first, values, indices);

    /// <summary>Writes the transpose of a tile of 4×4 floats whose rows are <paramref name="stride"/> apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(float* from, nint stride, float* to, nint toStride)
    {
        V a = Load(from), b = Load(from + stride), c = Load(from + 2 * stride), d = Load(from + 3 * stride);
        V ac = Low(a, c), bd = Low(b, d), acHigh = High(a, c), bdHigh = High(b, d);        // a₀c₀a₁c₁, b₀d₀b₁d₁, a₂c₂a₃c₃, b₂d₂b₃d₃
        Store(to, Low(ac, bd));
        Store(to + toStride, High(ac, bd));
        Store(to + 2 * toStride, Low(acHigh, bdHigh));
        Store(to + 3 * toStride, High(acHigh, bdHigh));
    }

    /// <summary>a₀b₀a₁b₁.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Low(V a, V b)
        => Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
            : Vx.Create(a[0], b[0], a[1], b[1]);

    /// <summary>a₂b₂a₃b₃.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V High(V a, V b)
        => Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
            : Vx.Create(a[2], b[2], a[3], b[3]);

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
