using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>
/// A register tile of C = h_θ(start + A·B), up to 6 rows by 4 vectors. Every element is one chain of multiply-adds from start over
/// ascending k: its bits depend neither on the tile it falls into nor on the rows it stands with.
/// </summary>
internal static unsafe class GemmTile<TS, TV, TRows, TVectors>
    where TS : struct, ISimd<TV>
    where TV : unmanaged
    where TRows : struct, IConstant
    where TVectors : struct, IConstant
{
    // The only way to keep accumulators in registers is to name each of them; rows and vectors that the tile does not have compile to
    // nothing.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(TileOperands* t)
    {
        TV c00 = Start(t, 0, 0), c01 = Start(t, 0, 1), c02 = Start(t, 0, 2), c03 = Start(t, 0, 3);
        TV c10 = Start(t, 1, 0), c11 = Start(t, 1, 1), c12 = Start(t, 1, 2), c13 = Start(t, 1, 3);
        TV c20 = Start(t, 2, 0), c21 = Start(t, 2, 1), c22 = Start(t, 2, 2), c23 = Start(t, 2, 3);
        TV c30 = Start(t, 3, 0), c31 = Start(t, 3, 1), c32 = Start(t, 3, 2), c33 = Start(t, 3, 3);
        TV c40 = Start(t, 4, 0), c41 = Start(t, 4, 1), c42 = Start(t, 4, 2), c43 = Start(t, 4, 3);
        TV c50 = Start(t, 5, 0), c51 = Start(t, 5, 1), c52 = Start(t, 5, 2), c53 = Start(t, 5, 3);
        nint stepA = t->AColumn, stepB = t->BRow, q = 0;
        float* a0 = t->A, a1 = a0 + t->ARow, a2 = a1 + t->ARow, a3 = a2 + t->ARow, a4 = a3 + t->ARow, a5 = a4 + t->ARow;
        float* b = t->B;
        for (int p = t->K; p > 0; p--)
        {
            TV b0 = LoadB(b, 0), b1 = LoadB(b, 1), b2 = LoadB(b, 2), b3 = LoadB(b, 3);
            TV a = TS.Broadcast(a0[q]);
            c00 = Add(0, a, b0, c00); c01 = Add(1, a, b1, c01); c02 = Add(2, a, b2, c02); c03 = Add(3, a, b3, c03);
            if (TRows.Value > 1)
            {
                a = TS.Broadcast(a1[q]);
                c10 = Add(0, a, b0, c10); c11 = Add(1, a, b1, c11); c12 = Add(2, a, b2, c12); c13 = Add(3, a, b3, c13);
            }
            if (TRows.Value > 2)
            {
                a = TS.Broadcast(a2[q]);
                c20 = Add(0, a, b0, c20); c21 = Add(1, a, b1, c21); c22 = Add(2, a, b2, c22); c23 = Add(3, a, b3, c23);
            }
            if (TRows.Value > 3)
            {
                a = TS.Broadcast(a3[q]);
                c30 = Add(0, a, b0, c30); c31 = Add(1, a, b1, c31); c32 = Add(2, a, b2, c32); c33 = Add(3, a, b3, c33);
            }
            if (TRows.Value > 4)
            {
                a = TS.Broadcast(a4[q]);
                c40 = Add(0, a, b0, c40); c41 = Add(1, a, b1, c41); c42 = Add(2, a, b2, c42); c43 = Add(3, a, b3, c43);
            }
            if (TRows.Value > 5)
            {
                a = TS.Broadcast(a5[q]);
                c50 = Add(0, a, b0, c50); c51 = Add(1, a, b1, c51); c52 = Add(2, a, b2, c52); c53 = Add(3, a, b3, c53);
            }
            b += stepB;
            q += stepA;
        }
        FinishRow(t, 0, c00, c01, c02, c03);
        FinishRow(t, 1, c10, c11, c12, c13);
        FinishRow(t, 2, c20, c21, c22, c23);
        FinishRow(t, 3, c30, c31, c32, c33);
        FinishRow(t, 4, c40, c41, c42, c43);
        FinishRow(t, 5, c50, c51, c52, c53);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV LoadB(float* b, int vector) => vector < TVectors.Value ? TS.Load(b + vector * TS.Count) : default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Add(int vector, TV a, TV b, TV c) => vector < TVectors.Value ? TS.MultiplyAdd(a, b, c) : default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Start(TileOperands* t, int row, int vector)
        => row < TRows.Value ? TileEdges<TS, TV, TVectors>.Start(t, row, vector) : default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FinishRow(TileOperands* t, int row, TV c0, TV c1, TV c2, TV c3)
    {
        if (row < TRows.Value)
            TileEdges<TS, TV, TVectors>.Finish(t, row, c0, c1, c2, c3);
    }
}
