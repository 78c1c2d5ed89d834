using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>A product with dense factors, cut into register tiles.</summary>
internal unsafe struct GemmKernel : ISimdKernel
{
    /// <summary>Panels of B that the inner loops go through again and again: half of a usual second-level cache.</summary>
    private const int GroupFloats = 128 * 1024;

    public Product Product;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TS, TV>()
        where TS : struct, ISimd<TV>
        where TV : unmanaged
    {
        int width = TS.PanelVectors * TS.Count;
        int group = Math.Max(1, GroupFloats / Math.Max(1, Product.K * width)) * width;
        for (int first = 0; first < Product.Columns; first += group)
        {
            int end = Math.Min(first + group, Product.Columns);
            for (int i = 0; i < Product.Rows; i += Six.Value)
                RunRows<TS, TV>(i, Math.Min(Six.Value, Product.Rows - i), first, end);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void RunRows<TS, TV>(int i, int rows, int first, int end)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
    {
        var t = new TileOperands
        {
            K = Product.K,
            A = Product.A + i * Product.ARow,
            ARow = Product.ARow,
            AColumn = Product.AColumn,
            StartRow = Product.StartRow,
            CRow = Product.CRow,
            Floor = Product.Floor
        };
        for (int j = first, columns; j < end; j += columns)
        {
            columns = Product.B.Locate<TS, TV>(j, end, Product.K, &t, out int vectors);
            t.Start = Product.Start == null ? null : Product.Start + i * Product.StartRow + j;
            t.Theta = Product.Theta == null ? null : Product.Theta + j;
            t.C = Product.C + i * Product.CRow + j;
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
