using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>
/// The elements of C = start + R·Dᵀ that are asked for, each a dot product of a row of R and a row of D: sixteen partial sums at every
/// width of the hardware's vectors, added up in the same order.
/// </summary>
internal unsafe struct SampledProduct : ISimdKernel
{
    /// <summary>Partial sums; rows are padded with zeros to a multiple of it.</summary>
    private const int Partial = 16;

    /// <summary>The elements asked for, row after row; its values receive them.</summary>
    public NonZeros List;
    public int Rows;

    /// <summary>R [Rows×Length], row-major, and room for a padded row of it.</summary>
    public float* R;
    public int Length;
    public float* PaddedRow;

    /// <summary>D, its rows aligned and padded.</summary>
    public float* D;
    public nint Stride;

    /// <summary>Where the sums start, as lists of other elements, and a row of zeros to look them up in; null for zero.</summary>
    public NonZeros Start;
    public float* StartRow;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TS, TV>()
        where TS : struct, ISimd<TV>
        where TV : unmanaged
    {
        for (int i = 0; i < Rows; i++)
        {
            int first = List.RowStarts[i], end = List.RowStarts[i + 1];
            new ReadOnlySpan<float>(R + (nint)i * Length, Length).CopyTo(new Span<float>(PaddedRow, Length));
            Dots<TS, TV>(List.Columns + first, List.Values + first, end - first);
            if (StartRow == null)
                continue;
            int from = Start.RowStarts[i], to = Start.RowStarts[i + 1];
            for (int s = from; s < to; s++)
                StartRow[Start.Columns[s]] = Start.Values[s];
            for (int s = first; s < end; s++)
                List.Values[s] += StartRow[List.Columns[s]];
            for (int s = from; s < to; s++)
                StartRow[Start.Columns[s]] = 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Dots<TS, TV>(int* columns, float* values, int count)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
    {
        int s = 0;
        for (; s <= count - 4; s += 4)
        {
            float* d0 = D + columns[s] * Stride, d1 = D + columns[s + 1] * Stride;
            float* d2 = D + columns[s + 2] * Stride, d3 = D + columns[s + 3] * Stride;
            float v0 = 0, v1 = 0, v2 = 0, v3 = 0;
            if (TS.Count == Partial)
            {
                TV c0 = default, c1 = default, c2 = default, c3 = default;
                for (int k = 0; k < Length; k += Partial)
                {
                    TV r = TS.Load(PaddedRow + k);
                    c0 = TS.MultiplyAdd(r, TS.Load(d0 + k), c0);
                    c1 = TS.MultiplyAdd(r, TS.Load(d1 + k), c1);
                    c2 = TS.MultiplyAdd(r, TS.Load(d2 + k), c2);
                    c3 = TS.MultiplyAdd(r, TS.Load(d3 + k), c3);
                }
                (v0, v1, v2, v3) = (TS.Sum(c0), TS.Sum(c1), TS.Sum(c2), TS.Sum(c3));
            }
            else
            {
                (v0, v1) = (Dot<TS, TV>(d0, 0, Partial), Dot<TS, TV>(d1, 0, Partial));
                (v2, v3) = (Dot<TS, TV>(d2, 0, Partial), Dot<TS, TV>(d3, 0, Partial));
            }
            (values[s], values[s + 1], values[s + 2], values[s + 3]) = (v0, v1, v2, v3);
        }
        for (; s < count; s++)
            values[s] = Dot<TS, TV>(D + columns[s] * Stride, 0, Partial);
    }

    /// <summary>The sum of some of the partial sums: of halves, as the lanes of a vector are summed.</summary>
    private readonly float Dot<TS, TV>(float* d, int first, int lanes)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
    {
        if (lanes > TS.Count)
            return Dot<TS, TV>(d, first, lanes / 2) + Dot<TS, TV>(d, first + lanes / 2, lanes / 2);
        TV c = default;
        for (int k = first; k < Length; k += Partial)
            c = TS.MultiplyAdd(TS.Load(PaddedRow + k), TS.Load(d + k), c);
        return TS.Sum(c);
    }
}
