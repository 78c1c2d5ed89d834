using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>
/// A row of a register tile of C = h_θ(start + A·B) where A's row is a list of non-zeros: the sum of their rows of B. The same chains of
/// multiply-adds as <see cref="GemmTile{TS, TV, TRows, TVectors}"/>'s, without the terms that are zero.
/// </summary>
internal static unsafe class SparseTile<TS, TV, TVectors>
    where TS : struct, ISimd<TV>
    where TV : unmanaged
    where TVectors : struct, IConstant
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(TileOperands* t)
    {
        TV c0 = TileEdges<TS, TV, TVectors>.Start(t, 0, 0), c1 = TileEdges<TS, TV, TVectors>.Start(t, 0, 1);
        TV c2 = TileEdges<TS, TV, TVectors>.Start(t, 0, 2), c3 = TileEdges<TS, TV, TVectors>.Start(t, 0, 3);
        float* values = t->A, panel = t->B;
        int* indices = t->Indices;
        nint stride = t->BRow, count = t->K;
        for (nint s = 0; s < count; s++)
        {
            TV a = TS.Broadcast(values[s]);
            float* b = panel + indices[s] * stride;
            c0 = Add(0, a, b, c0);
            c1 = Add(1, a, b, c1);
            c2 = Add(2, a, b, c2);
            c3 = Add(3, a, b, c3);
        }
        TileEdges<TS, TV, TVectors>.Finish(t, 0, c0, c1, c2, c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Add(int vector, TV a, float* b, TV c) => vector < TVectors.Value ? TS.MultiplyAdd(a, TS.Load(b + vector * TS.Count), c) : default;
}
