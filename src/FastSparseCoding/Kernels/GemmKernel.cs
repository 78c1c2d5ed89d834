using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>C = h_θ(start + A·B), cut into register tiles; distances are counted in floats.</summary>
internal unsafe struct GemmKernel : ISimdKernel
{
    /// <summary>Panels of B that the inner loops go through again and again: half of a usual second-level cache.</summary>
    private const int GroupFloats = 128 * 1024;

    /// <summary>A, and the distance to its next row and its next column.</summary>
    public float* A;
    public nint ARow;
    public nint AColumn;

    /// <summary>B in panels, or row-major with rows <see cref="BRow"/> apart when that is not 0.</summary>
    public float* B;
    public nint BRow;

    /// <summary>For a row-major B whose columns do not fill whole vectors: its last columns, packed.</summary>
    public float* LastColumns;

    /// <summary>Shape: C is [Rows×Columns], sums are over K.</summary>
    public int Rows;
    public int Columns;
    public int K;

    /// <summary>Where the sums start: null for zero, C itself to accumulate.</summary>
    public float* Start;
    public nint StartRow;

    /// <summary>A threshold per column; null for no shrinkage.</summary>
    public float* Theta;

    /// <summary>Receives the result.</summary>
    public float* C;
    public nint CRow;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TS, TV>()
        where TS : struct, ISimd<TV>
        where TV : unmanaged
    {
        int width = TS.PanelVectors * TS.Count;
        int group = Math.Max(1, GroupFloats / Math.Max(1, K * width)) * width;
        for (int first = 0; first < Columns; first += group)
        {
            int end = Math.Min(first + group, Columns);
            for (int i = 0; i < Rows; i += Six.Value)
                RunRows<TS, TV>(i, Math.Min(Six.Value, Rows - i), first, end);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void RunRows<TS, TV>(int i, int rows, int first, int end)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
    {
        int width = TS.PanelVectors * TS.Count;
        TileOperands t;
        t.K = K;
        t.A = A + i * ARow;
        t.ARow = ARow;
        t.AColumn = AColumn;
        t.StartRow = StartRow;
        t.CRow = CRow;
        for (int j = first, columns; j < end; j += columns)
        {
            columns = Math.Min(width, end - j);
            if (BRow != 0 && columns > TS.Count)
                columns -= columns % TS.Count;      // whole vectors can be read where they lie
            int vectors = (columns + TS.Count - 1) / TS.Count;
            t.LastLanes = columns - (vectors - 1) * TS.Count;
            t.B = BRow == 0 ? B + (nint)j * K : columns < TS.Count ? LastColumns : B + j;
            t.BRow = BRow == 0 ? vectors * TS.Count : columns < TS.Count ? TS.Count : BRow;
            t.Start = Start == null ? null : Start + i * StartRow + j;
            t.Theta = Theta == null ? null : Theta + j;
            t.C = C + i * CRow + j;
            Tile<TS, TV>(&t, rows, vectors);
        }
    }

    private static void Tile<TS, TV>(TileOperands* t, int rows, int vectors)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
    {
        switch (vectors)
        {
            case 1: Tile<TS, TV, One>(t, rows); break;
            case 2: Tile<TS, TV, Two>(t, rows); break;
            case 3: Tile<TS, TV, Three>(t, rows); break;
            default: Tile<TS, TV, Four>(t, rows); break;
        }
    }

    private static void Tile<TS, TV, TVectors>(TileOperands* t, int rows)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
        where TVectors : struct, IConstant
    {
        switch (rows)
        {
            case 1: GemmTile<TS, TV, One, TVectors>.Run(t); break;
            case 2: GemmTile<TS, TV, Two, TVectors>.Run(t); break;
            case 3: GemmTile<TS, TV, Three, TVectors>.Run(t); break;
            case 4: GemmTile<TS, TV, Four, TVectors>.Run(t); break;
            case 5: GemmTile<TS, TV, Five, TVectors>.Run(t); break;
            default: GemmTile<TS, TV, Six, TVectors>.Run(t); break;
        }
    }
}
