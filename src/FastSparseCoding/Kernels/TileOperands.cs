using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>The operands of one register tile of C = h_θ(start + A·B); distances are counted in floats.</summary>
internal unsafe struct TileOperands
{
    /// <summary>Terms in every sum.</summary>
    public int K;

    /// <summary>First element of the tile's first row of A, and the distance to the next row and to the next column.</summary>
    public float* A;
    public nint ARow;
    public nint AColumn;

    /// <summary>Where A's only row is sparse: the K columns of its non-zeros, whose values are at <see cref="A"/>.</summary>
    public int* Indices;

    /// <summary>First of the tile's columns in B's first row, whole vectors of them readable, and the distance to B's next row.</summary>
    public float* B;
    public nint BRow;

    /// <summary>Where the sums start: null for zero, C itself to accumulate.</summary>
    public float* Start;
    public nint StartRow;

    /// <summary>Thresholds of the tile's columns; null for no shrinkage.</summary>
    public float* Theta;

    /// <summary>0, or −∞ for one-sided shrinkage: see <see cref="Shrinkage"/>.</summary>
    public float Floor;

    /// <summary>Receives the tile.</summary>
    public float* C;
    public nint CRow;

    /// <summary>Lanes of the last vector of a row that exist in start, θ and C.</summary>
    public int LastLanes;
}

/// <summary>How dense and sparse register tiles begin and end: the sums' starting values, and the shrinkage on the way to memory.</summary>
internal static unsafe class TileEdges<TS, TV, TVectors>
    where TS : struct, ISimd<TV>
    where TV : unmanaged
    where TVectors : struct, IConstant
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Start(TileOperands* t, int row, int vector)
    {
        if (vector >= TVectors.Value || t->Start == null)
            return default;
        float* p = t->Start + row * t->StartRow + vector * TS.Count;
        return vector == TVectors.Value - 1 ? TS.LoadFirst(p, t->LastLanes) : TS.Load(p);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish(TileOperands* t, int row, TV c0, TV c1, TV c2, TV c3)
    {
        Finish(t, row, 0, c0);
        Finish(t, row, 1, c1);
        Finish(t, row, 2, c2);
        Finish(t, row, 3, c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(TileOperands* t, int row, int vector, TV c)
    {
        if (vector >= TVectors.Value)
            return;
        bool last = vector == TVectors.Value - 1;
        if (t->Theta != null)
        {
            float* theta = t->Theta + vector * TS.Count;
            c = Shrinkage.SoftThreshold<TS, TV>(c, last ? TS.LoadFirst(theta, t->LastLanes) : TS.Load(theta), TS.Broadcast(t->Floor));
        }
        float* p = t->C + row * t->CRow + vector * TS.Count;
        if (last)
            TS.StoreFirst(p, t->LastLanes, c);
        else
            TS.Store(p, c);
    }
}
