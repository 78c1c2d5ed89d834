using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>C = start + A·W where A is given as lists of non-zeros: a <see cref="RowSum"/> for every row of C, over whole rows of
/// W.</summary>
internal unsafe struct RowSums : ISimdKernel
{
    /// <summary>The non-zeros of A.</summary>
    public NonZeros List;
    public int Rows;

    /// <summary>Where the sums start: the first row, and the distance to the next.</summary>
    public float* Start;
    public nint StartStride;

    /// <summary>W, its rows aligned and padded.</summary>
    public float* W;
    public nint Stride;

    /// <summary>Receives C [Rows×Columns].</summary>
    public float* C;
    public int Columns;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TS, TV>()
        where TS : struct, ISimd<TV>
        where TV : unmanaged
    {
        var sum = new RowSum { Length = Columns, W = W, Stride = Stride };
        for (int i = 0; i < Rows; i++)
        {
            int first = List.RowStarts[i];
            sum.Start = Start + i * StartStride;
            sum.C = C + (nint)i * Columns;
            sum.Rows = List.RowStarts[i + 1] - first;
            sum.Z = List.Values + first;
            sum.Indices = List.Columns + first;
            if (sum.Rows > 0 || sum.Start != sum.C)
                sum.Run<TS, TV>();
        }
    }
}
