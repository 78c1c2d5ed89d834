using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>A product whose left factor A is given as lists of non-zeros: one panel of B after the other, a row of C at a time.</summary>
internal unsafe struct SparseKernel : ISimdKernel
{
    /// <summary>The non-zeros of A.</summary>
    public NonZeros List;

    /// <summary>The product; its A is not read.</summary>
    public Product Product;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TS, TV>()
        where TS : struct, ISimd<TV>
        where TV : unmanaged
    {
        var t = new TileOperands { Floor = Product.Floor };
        for (int j = 0, columns; j < Product.Columns; j += columns)
        {
            columns = Product.B.Locate<TS, TV>(j, Product.Columns, Product.K, &t, out int vectors);
            t.Theta = Product.Theta == null ? null : Product.Theta + j;
            switch (vectors)
            {
                case 1: RunPanel<TS, TV, One>(&t, j); break;
                case 2: RunPanel<TS, TV, Two>(&t, j); break;
                case 3: RunPanel<TS, TV, Three>(&t, j); break;
                default: RunPanel<TS, TV, Four>(&t, j); break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void RunPanel<TS, TV, TVectors>(TileOperands* t, int j)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
        where TVectors : struct, IConstant
    {
        TileOperands u = *t;
        for (int i = 0; i < Product.Rows; i++)
        {
            if (!Place(t, i, j))
                continue;
            while (++i < Product.Rows && !Place(&u, i, j))
            {
                // nothing to add to that row
            }
            if (i < Product.Rows)
                SparseTile<TS, TV, TVectors>.Run(t, &u);
            else
                SparseTile<TS, TV, TVectors>.Run(t);
        }
    }

    /// <summary>Sets the operands of a row; false when there is nothing to add.</summary>
    private readonly bool Place(TileOperands* t, int i, int j)
    {
        int first = List.RowStarts[i];
        t->A = List.Values + first;
        t->Indices = List.Columns + first;
        t->K = List.RowStarts[i + 1] - first;
        t->Start = Product.Start == null ? null : Product.Start + i * Product.StartRow + j;
        t->C = Product.C + i * Product.CRow + j;
        return t->K > 0 || t->Start != t->C || t->Theta != null;
    }
}
