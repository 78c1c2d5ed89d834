using System.Numerics;
using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>The non-zeros of a block of rows, listed row after row, columns ascending.</summary>
internal unsafe struct NonZeros
{
    /// <summary>Where each row's non-zeros begin, and one past the last: rows + 1 positions in the other two.</summary>
    public int* RowStarts;

    /// <summary>Column of every non-zero.</summary>
    public int* Columns;

    /// <summary>Value of every non-zero.</summary>
    public float* Values;

    /// <summary>Room that a list must have beyond its non-zeros, as whole vectors are written.</summary>
    public const int Slack = 16;

    /// <summary>Floats of scratch that <see cref="In"/> needs for a list of up to <paramref name="capacity"/> non-zeros.</summary>
    public static int ScratchLength(int rows, int capacity) => rows + 1 + 2 * (capacity + Slack);

    /// <summary>An empty list in scratch memory.</summary>
    public static NonZeros In(float* scratch, int rows, int capacity)
    {
        float* values = scratch;
        var columns = (int*)(values + capacity + Slack);
        return new NonZeros { Values = values, Columns = columns, RowStarts = columns + capacity + Slack };
    }

    /// <summary>Lists the non-zeros of rows of length k, <paramref name="stride"/> floats apart, or gives up when there are more than
    /// <paramref name="limit"/>.</summary>
    /// <returns>Whether all were listed. The list must have room for limit + k non-zeros.</returns>
    public readonly bool TryList(float* a, nint stride, int rows, int k, int limit)
    {
        var kernel = new ListKernel { List = this, A = a, Stride = stride, Rows = rows, K = k, Limit = limit };
        Simd.Run(ref kernel);
        return kernel.Complete;
    }

    /// <summary>Lists the same non-zeros column after column, rows ascending, into a list with room for k rows and as many
    /// non-zeros.</summary>
    public readonly void Transpose(int rows, int k, NonZeros result)
    {
        int* next = result.RowStarts;
        new Span<int>(next, k + 1).Clear();
        int count = RowStarts[rows];
        for (int s = 0; s < count; s++)
            next[Columns[s] + 1]++;
        for (int j = 0; j < k; j++)
            next[j + 1] += next[j];
        // Every start moves to its column's end, which is the next column's start.
        for (int i = 0; i < rows; i++)
            for (int s = RowStarts[i]; s < RowStarts[i + 1]; s++)
            {
                int at = next[Columns[s]]++;
                result.Columns[at] = i;
                result.Values[at] = Values[s];
            }
        for (int j = k; j > 0; j--)
            next[j] = next[j - 1];
        next[0] = 0;
    }

    /// <summary>Number of values that are not zero. A NaN is not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Count(ReadOnlySpan<float> values)
    {
        fixed (float* p = values)
        {
            var kernel = new CountKernel { V = p, Length = values.Length };
            Simd.Run(ref kernel);
            return kernel.Count;
        }
    }

    /// <summary>Lists the non-zeros of a row, indices ascending; the lists need room for <see cref="Slack"/> entries beyond the row's
    /// length. A NaN is a non-zero.</summary>
    /// <returns>How many there are.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int List(ReadOnlySpan<float> row, Span<float> values, Span<int> indices)
    {
        Throw.IfBelow(values.Length, row.Length + Slack, "values.Length");
        Throw.IfBelow(indices.Length, row.Length + Slack, "indices.Length");
        fixed (float* pr = row, pv = values)
        fixed (int* pi = indices)
        {
            var kernel = new RowKernel { Row = pr, Length = row.Length, Values = pv, Indices = pi };
            Simd.Run(ref kernel);
            return kernel.Count;
        }
    }

    /// <summary>Lists the non-zeros of one row. A NaN is a non-zero.</summary>
    /// <returns>Number of non-zeros.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ListRow<TS, TV>(float* row, int length, float* values, int* indices)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
    {
        int count = 0, j = 0;
        for (; j <= length - TS.Count; j += TS.Count)
            count += TS.StoreNonZeros(TS.Load(row + j), j, values + count, indices + count);
        if (j < length)
            count += TS.StoreNonZeros(TS.LoadFirst(row + j, length - j), j, values + count, indices + count);
        return count;
    }

    /// <summary><see cref="ISimd{TV}.StoreNonZeros"/> one lane after the other, for vectors without an instruction for it.</summary>
    public static int StoreLanes<TS, TV>(TV v, int first, float* values, int* indices)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
    {
        int count = 0;
        uint lanes = ~TS.Bits(TS.Equal(v, default)) & (uint)((1UL << TS.Count) - 1);
        for (; lanes != 0; lanes &= lanes - 1)
        {
            int lane = BitOperations.TrailingZeroCount(lanes);
            values[count] = ((float*)&v)[lane];
            indices[count++] = first + lane;
        }
        return count;
    }

    private struct ListKernel : ISimdKernel
    {
        public NonZeros List;
        public float* A;
        public nint Stride;
        public int Rows;
        public int K;
        public int Limit;
        public bool Complete;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            int count = 0;
            List.RowStarts[0] = 0;
            for (int i = 0; i < Rows; i++)
            {
                count += ListRow<TS, TV>(A + i * Stride, K, List.Values + count, List.Columns + count);
                List.RowStarts[i + 1] = count;
                if (count > Limit)
                    return;
            }
            Complete = true;
        }
    }

    private struct RowKernel : ISimdKernel
    {
        public float* Row;
        public int Length;
        public float* Values;
        public int* Indices;
        public int Count;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
            => Count = ListRow<TS, TV>(Row, Length, Values, Indices);
    }

    private struct CountKernel : ISimdKernel
    {
        public float* V;
        public int Length;
        public int Count;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            int zeros = 0;
            for (int j = 0; j < Length; j += TS.Count)
            {
                TV v = j <= Length - TS.Count ? TS.Load(V + j) : TS.LoadFirst(V + j, Length - j);
                zeros += BitOperations.PopCount(TS.Bits(TS.Equal(v, default)));
            }
            Count = (Length + TS.Count - 1) / TS.Count * TS.Count - zeros;      // lanes beyond the end are zero
        }
    }
}
