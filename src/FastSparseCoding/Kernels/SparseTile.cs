using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>
/// Rows of a register tile of C = h_θ(start + A·B) where a row of A is a list of non-zeros: the sum of their rows of B. The same chains of
/// multiply-adds as <see cref="GemmTile{TS, TV, TRows, TVectors}"/>'s, without the terms that are zero. Two rows go side by side, since the
/// chains of one leave the arithmetic units waiting.
/// </summary>
internal static unsafe class SparseTile<TS, TV, TVectors>
    where TS : struct, ISimd<TV>
    where TV : unmanaged
    where TVectors : struct, IConstant
{
    /// <summary>One row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(TileOperands* t)
    {
        TV c0 = Start(t, 0), c1 = Start(t, 1), c2 = Start(t, 2), c3 = Start(t, 3);
        Sum(t, 0, ref c0, ref c1, ref c2, ref c3);
        TileEdges<TS, TV, TVectors>.Finish(t, 0, c0, c1, c2, c3);
    }

    /// <summary>Two rows of the same columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(TileOperands* t, TileOperands* u)
    {
        TV c0 = Start(t, 0), c1 = Start(t, 1), c2 = Start(t, 2), c3 = Start(t, 3);
        TV d0 = Start(u, 0), d1 = Start(u, 1), d2 = Start(u, 2), d3 = Start(u, 3);
        float* valuesC = t->A, valuesD = u->A, panel = t->B;
        int* indicesC = t->Indices, indicesD = u->Indices;
        nint stride = t->BRow, both = Math.Min(t->K, u->K);
        for (nint s = 0; s < both; s++)
        {
            TV a = TS.Broadcast(valuesC[s]);
            float* b = panel + indicesC[s] * stride;
            c0 = Add(0, a, b, c0);
            c1 = Add(1, a, b, c1);
            c2 = Add(2, a, b, c2);
            c3 = Add(3, a, b, c3);
            a = TS.Broadcast(valuesD[s]);
            b = panel + indicesD[s] * stride;
            d0 = Add(0, a, b, d0);
            d1 = Add(1, a, b, d1);
            d2 = Add(2, a, b, d2);
            d3 = Add(3, a, b, d3);
        }
        Sum(t, both, ref c0, ref c1, ref c2, ref c3);
        Sum(u, both, ref d0, ref d1, ref d2, ref d3);
        TileEdges<TS, TV, TVectors>.Finish(t, 0, c0, c1, c2, c3);
        TileEdges<TS, TV, TVectors>.Finish(u, 0, d0, d1, d2, d3);
    }

    /// <summary>Adds a row's terms from the first given on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sum(TileOperands* t, nint first, ref TV c0, ref TV c1, ref TV c2, ref TV c3)
    {
        TV s0 = c0, s1 = c1, s2 = c2, s3 = c3;
        float* values = t->A, panel = t->B;
        int* indices = t->Indices;
        nint stride = t->BRow, count = t->K;
        for (nint s = first; s < count; s++)
        {
            TV a = TS.Broadcast(values[s]);
            float* b = panel + indices[s] * stride;
            s0 = Add(0, a, b, s0);
            s1 = Add(1, a, b, s1);
            s2 = Add(2, a, b, s2);
            s3 = Add(3, a, b, s3);
        }
        (c0, c1, c2, c3) = (s0, s1, s2, s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Start(TileOperands* t, int vector) => TileEdges<TS, TV, TVectors>.Start(t, 0, vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Add(int vector, TV a, float* b, TV c)
        => vector < TVectors.Value ? TS.MultiplyAdd(a, TS.Load(b + vector * TS.Count), c) : default;
}
