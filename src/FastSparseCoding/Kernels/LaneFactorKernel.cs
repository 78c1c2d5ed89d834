using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>
/// The factorisation A = LDLᵀ of symmetric positive definite systems, one in every lane: rows of the lower triangle, four at a time so that
/// one load serves several products. (Eight at a time, where there are registers for it, gained two per cent.)
/// </summary>
internal unsafe struct LaneFactorKernel : ISimdKernel
{
    /// <summary>Sizes are multiples of this: rows factored together.</summary>
    public const int RowBlock = 4;

    /// <summary>A, rows of the lower triangle.</summary>
    public float* A;

    /// <summary>Receives L likewise, without its diagonal of ones.</summary>
    public float* L;

    /// <summary>Receives 1/D.</summary>
    public float* Inverses;

    /// <summary>Room for a block of rows of L·D.</summary>
    public float* Scratch;
    public int Size;
    public float SmallestPivot;

    /// <summary>One bit for every lane with a pivot below the smallest.</summary>
    public uint Failed;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TS, TV>()
        where TS : struct, ISimd<TV>
        where TV : unmanaged
    {
        uint passed = uint.MaxValue;
        for (int i = 0; i < Size; i += RowBlock)
        {
            Before<TS, TV>(i);
            passed &= Diagonal<TS, TV>(i);
        }
        Failed = ~passed & (uint)((1UL << TS.Count) - 1);
    }

    /// <summary>u_rj = a_rj − Σ_{p&lt;j} u_rp·l_jp for four rows r from i on and all columns j before i, two at a time; u = l·d.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Before<TS, TV>(int i)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
    {
        int w = TS.Count, length = Size * w;
        float* u0 = Scratch, u1 = u0 + length, u2 = u1 + length, u3 = u2 + length;
        float* a0 = A + i * (i + 1) / 2 * w, a1 = a0 + (i + 1) * w, a2 = a1 + (i + 2) * w, a3 = a2 + (i + 3) * w;
        float* l0 = L, l1 = L + w;
        for (int j = 0; j < i * w; j += 2 * w)
        {
            TV s00 = TS.Load(a0 + j), s10 = TS.Load(a1 + j), s20 = TS.Load(a2 + j), s30 = TS.Load(a3 + j);
            TV s01 = TS.Load(a0 + j + w), s11 = TS.Load(a1 + j + w), s21 = TS.Load(a2 + j + w), s31 = TS.Load(a3 + j + w);
            for (int p = 0; p < j; p += w)
            {
                TV v0 = TS.Negate(TS.Load(l0 + p)), v1 = TS.Negate(TS.Load(l1 + p)), u = TS.Load(u0 + p);
                s00 = TS.MultiplyAdd(u, v0, s00);
                s01 = TS.MultiplyAdd(u, v1, s01);
                u = TS.Load(u1 + p);
                s10 = TS.MultiplyAdd(u, v0, s10);
                s11 = TS.MultiplyAdd(u, v1, s11);
                u = TS.Load(u2 + p);
                s20 = TS.MultiplyAdd(u, v0, s20);
                s21 = TS.MultiplyAdd(u, v1, s21);
                u = TS.Load(u3 + p);
                s30 = TS.MultiplyAdd(u, v0, s30);
                s31 = TS.MultiplyAdd(u, v1, s31);
            }
            TV last = TS.Negate(TS.Load(l1 + j));
            Store<TS, TV>(u0 + j, s00, s01, last);
            Store<TS, TV>(u1 + j, s10, s11, last);
            Store<TS, TV>(u2 + j, s20, s21, last);
            Store<TS, TV>(u3 + j, s30, s31, last);
            l0 = l1 + j + 2 * w;
            l1 = l0 + j + 3 * w;
        }
    }

    /// <summary>Stores the sums of two columns, of which the second still lacks the first one's term.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TS, TV>(float* u, TV first, TV second, TV last)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
    {
        TS.Store(u, first);
        TS.Store(u + TS.Count, TS.MultiplyAdd(first, last, second));
    }

    /// <summary>l = u/d before column i, and the 4×4 block on the diagonal; returns one bit for every lane whose pivots are large
    /// enough.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly uint Diagonal<TS, TV>(int i)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
    {
        int w = TS.Count, length = Size * w, end = i * w;
        int row0 = i * (i + 1) / 2 * w, row1 = row0 + (i + 1) * w, row2 = row1 + (i + 2) * w, row3 = row2 + (i + 3) * w;
        float* u0 = Scratch, u1 = u0 + length, u2 = u1 + length, u3 = u2 + length;
        float* l0 = L + row0, l1 = L + row1, l2 = L + row2, l3 = L + row3;
        TV d0 = TS.Load(A + row0 + end), d1 = TS.Load(A + row1 + end + w), d2 = TS.Load(A + row2 + end + 2 * w),
            d3 = TS.Load(A + row3 + end + 3 * w);
        TV s10 = TS.Load(A + row1 + end), s20 = TS.Load(A + row2 + end), s30 = TS.Load(A + row3 + end);
        TV s21 = TS.Load(A + row2 + end + w), s31 = TS.Load(A + row3 + end + w), s32 = TS.Load(A + row3 + end + 2 * w);
        for (int p = 0; p < end; p += w)
        {
            TV inverse = TS.Load(Inverses + p), v0 = TS.Load(u0 + p), v1 = TS.Load(u1 + p), v2 = TS.Load(u2 + p), v3 = TS.Load(u3 + p);
            TV m0 = TS.Multiply(v0, inverse), m1 = TS.Multiply(v1, inverse), m2 = TS.Multiply(v2, inverse), m3 = TS.Multiply(v3, inverse);
            TS.Store(l0 + p, m0);
            TS.Store(l1 + p, m1);
            TS.Store(l2 + p, m2);
            TS.Store(l3 + p, m3);
            m0 = TS.Negate(m0);
            m1 = TS.Negate(m1);
            m2 = TS.Negate(m2);
            d0 = TS.MultiplyAdd(v0, m0, d0);
            s10 = TS.MultiplyAdd(v1, m0, s10);
            s20 = TS.MultiplyAdd(v2, m0, s20);
            s30 = TS.MultiplyAdd(v3, m0, s30);
            d1 = TS.MultiplyAdd(v1, m1, d1);
            s21 = TS.MultiplyAdd(v2, m1, s21);
            s31 = TS.MultiplyAdd(v3, m1, s31);
            d2 = TS.MultiplyAdd(v2, m2, d2);
            s32 = TS.MultiplyAdd(v3, m2, s32);
            d3 = TS.MultiplyAdd(v3, TS.Negate(m3), d3);
        }
        TV one = TS.Broadcast(1), smallest = TS.Broadcast(SmallestPivot);
        TV i0 = TS.Divide(one, d0), l10 = TS.Multiply(s10, i0), l20 = TS.Multiply(s20, i0), l30 = TS.Multiply(s30, i0);
        d1 = TS.Subtract(d1, TS.Multiply(s10, l10));
        s21 = TS.Subtract(s21, TS.Multiply(s20, l10));
        s31 = TS.Subtract(s31, TS.Multiply(s30, l10));
        TV i1 = TS.Divide(one, d1), l21 = TS.Multiply(s21, i1), l31 = TS.Multiply(s31, i1);
        d2 = TS.Subtract(TS.Subtract(d2, TS.Multiply(s20, l20)), TS.Multiply(s21, l21));
        s32 = TS.Subtract(TS.Subtract(s32, TS.Multiply(s30, l20)), TS.Multiply(s31, l21));
        TV i2 = TS.Divide(one, d2), l32 = TS.Multiply(s32, i2);
        d3 = TS.Subtract(TS.Subtract(TS.Subtract(d3, TS.Multiply(s30, l30)), TS.Multiply(s31, l31)), TS.Multiply(s32, l32));
        TS.Store(l1 + end, l10);
        TS.Store(l2 + end, l20);
        TS.Store(l2 + end + w, l21);
        TS.Store(l3 + end, l30);
        TS.Store(l3 + end + w, l31);
        TS.Store(l3 + end + 2 * w, l32);
        TS.Store(Inverses + end, i0);
        TS.Store(Inverses + end + w, i1);
        TS.Store(Inverses + end + 2 * w, i2);
        TS.Store(Inverses + end + 3 * w, TS.Divide(one, d3));
        return TS.Bits(TS.GreaterThan(d0, smallest)) & TS.Bits(TS.GreaterThan(d1, smallest)) & TS.Bits(
            TS.GreaterThan(d2, smallest)) & TS.Bits(TS.GreaterThan(d3, smallest));
    }
}
