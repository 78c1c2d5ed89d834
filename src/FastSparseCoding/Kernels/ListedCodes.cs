namespace FastSparseCoding.Kernels;

/// <summary>
/// The non-zeros of a block of codes Z [N×m], listed once for all products that a forward and a backward pass make of them, and beside
/// every one its derivative dC = h'(C) ⊙ dZ, which is zero where the code is. Sums are chains of multiply-adds over ascending rows or
/// columns, the same as those of the dense products without the terms that are zero. Nothing is allocated after the constructor.
/// </summary>
/// <param name="maxRows">Most rows N of a block.</param>
/// <param name="columns">Columns m.</param>
internal sealed unsafe class ListedCodes(int maxRows, int columns)
{
    private readonly int[] _rowStarts = new int[maxRows + 1], _columnStarts = new int[columns + 1];
    private readonly int[] _columns = new int[Capacity(maxRows, columns)];      // of every non-zero, row after row
    private readonly int[] _rows = new int[Capacity(maxRows, columns)];         // of every non-zero, column after column
    private readonly float[] _codes = new float[Capacity(maxRows, columns)];
    private readonly float[] _derivatives = new float[Capacity(maxRows, columns)];
    private readonly float[] _codesTurned = new float[Capacity(maxRows, columns)];          // column after column
    private readonly float[] _derivativesTurned = new float[Capacity(maxRows, columns)];
    private int _count;

    /// <summary>Rows of the block.</summary>
    public int Rows => _count;

    /// <summary>Number of non-zeros.</summary>
    public int NonZeroCount => _rowStarts[_count];

    /// <summary>Lists the non-zeros of z [N×m]. A NaN is one.</summary>
    public void Take(ReadOnlyMatrixView z)
    {
        Throw.IfColumnsNot(z.Columns, columns, nameof(z));
        Throw.IfAbove(z.Rows, maxRows, "z.Rows");
        _count = z.Rows;
        fixed (float* pz = z.Values, values = _codes)
        fixed (int* starts = _rowStarts, indices = _columns)
            new NonZeros { RowStarts = starts, Columns = indices, Values = values }.TryList(pz, columns, z.Rows, columns, int.MaxValue);
    }

    /// <summary>C = Z·W. W [m×n], C [N×n].</summary>
    public void Multiply(AlignedRows w, MatrixView c) => Multiply(_codes, w, default, c);

    /// <summary>C = B + Z·W. W [m×n], B and C [N×n].</summary>
    public void MultiplyAdd(AlignedRows w, ReadOnlyMatrixView b, MatrixView c) => Multiply(_codes, w, b, c);

    /// <summary>C = dC·W. W [m×n], C [N×n].</summary>
    public void MultiplyDerivatives(AlignedRows w, MatrixView c) => Multiply(_derivatives, w, default, c);

    /// <summary>dC = h'(C) ⊙ (dC' + R·Dᵀ), where dC' is that of other codes, or nothing: only what belongs to a non-zero is worked out. R
    /// [N×n], D [m×n].</summary>
    public void Differentiate(ReadOnlyMatrixView r, AlignedRows d, ListedCodes? other = null)
    {
        Throw.IfShapeNot(d.Rows, d.Columns, columns, r.Columns, nameof(d));
        Throw.IfLengthNot(r.Rows, _count, "r.Rows");
        float* scratch = Scratch.Rent(d.Stride + columns);
        new Span<float>(scratch, d.Stride + columns).Clear();
        fixed (float* pr = r.Values, values = _derivatives, otherValues = other?._derivatives)
        fixed (int* starts = _rowStarts, indices = _columns, otherStarts = other?._rowStarts, otherIndices = other?._columns)
        {
            var kernel = new SampledProduct
            {
                List = new NonZeros { RowStarts = starts, Columns = indices, Values = values },
                Rows = _count,
                R = pr,
                Length = r.Columns,
                PaddedRow = scratch,
                D = d.Data,
                Stride = d.Stride,
                Start = new NonZeros { RowStarts = otherStarts, Columns = otherIndices, Values = otherValues },
                StartRow = other is null ? null : scratch + d.Stride,
            };
            Simd.Run(ref kernel);
            GC.KeepAlive(d);
        }
    }

    /// <summary>Orders the non-zeros by columns too, for the sums over rows.</summary>
    public void Turn()
    {
        fixed (int* starts = _rowStarts, indices = _columns, next = _columnStarts, rows = _rows)
        fixed (float* codes = _codes, derivatives = _derivatives, codesTurned = _codesTurned, derivativesTurned = _derivativesTurned)
        {
            new Span<int>(next, columns + 1).Clear();
            for (int s = 0; s < starts[_count]; s++)
                next[indices[s] + 1]++;
            for (int j = 0; j < columns; j++)
                next[j + 1] += next[j];
            // Every start moves to its column's end, which is the next column's start.
            for (int i = 0; i < _count; i++)
                for (int s = starts[i]; s < starts[i + 1]; s++)
                {
                    int at = next[indices[s]]++;
                    rows[at] = i;
                    codesTurned[at] = codes[s];
                    derivativesTurned[at] = derivatives[s];
                }
            for (int j = columns; j > 0; j--)
                next[j] = next[j - 1];
            next[0] = 0;
        }
    }

    /// <summary>C += Zᵀ·B. B [N×n], C [m×n]. After <see cref="Turn"/>.</summary>
    public void AddTransposed(ReadOnlyMatrixView b, MatrixView c) => AddTransposed(_codesTurned, b, c);

    /// <summary>C += dCᵀ·B. B [N×n], C [m×n]. After <see cref="Turn"/>.</summary>
    public void AddDerivativesTransposed(ReadOnlyMatrixView b, MatrixView c) => AddTransposed(_derivativesTurned, b, c);

    /// <summary>dθ −= Σ sign(Z) ⊙ dC over the rows. dθ [m]. After <see cref="Turn"/>.</summary>
    public void AddThresholds(Span<float> dTheta)
    {
        Throw.IfLengthNot(dTheta.Length, columns, nameof(dTheta));
        fixed (int* starts = _columnStarts)
        fixed (float* codes = _codesTurned, derivatives = _derivativesTurned)
            for (int j = 0; j < columns; j++)
            {
                float sum = dTheta[j];
                for (int s = starts[j]; s < starts[j + 1]; s++)
                    sum -= WithSignTimes(derivatives[s], codes[s]);
                dTheta[j] = sum;
            }
    }

    /// <summary>sign(z)·d without a branch, which half of all signs would mislead.</summary>
    private static float WithSignTimes(float d, float z)
        => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(d) ^ (BitConverter.SingleToUInt32Bits(z) & 0x8000_0000));

    private static int Capacity(int maxRows, int columns) => checked(maxRows * columns + NonZeros.Slack);

    private void Multiply(float[] factors, AlignedRows w, ReadOnlyMatrixView b, MatrixView c)
    {
        Throw.IfLengthNot(w.Rows, columns, nameof(w));
        Throw.IfShapeNot(c.Rows, c.Columns, _count, w.Columns, nameof(c));
        if (!b.Values.IsEmpty)
            Throw.IfShapeNot(b.Rows, b.Columns, c.Rows, c.Columns, nameof(b));
        float* zeros = Scratch.Rent(w.Columns);
        new Span<float>(zeros, w.Columns).Clear();
        fixed (float* values = factors, pb = b.Values, pc = c.Values)
        fixed (int* starts = _rowStarts, indices = _columns)
        {
            var kernel = new RowSums
            {
                List = new NonZeros { RowStarts = starts, Columns = indices, Values = values },
                Rows = _count,
                Start = pb == null ? zeros : pb,
                StartStride = pb == null ? 0 : w.Columns,
                W = w.Data,
                Stride = w.Stride,
                C = pc,
                Columns = w.Columns,
            };
            Simd.Run(ref kernel);
            GC.KeepAlive(w);
        }
    }

    private void AddTransposed(float[] factors, ReadOnlyMatrixView b, MatrixView c)
    {
        Throw.IfLengthNot(b.Rows, _count, "b.Rows");
        Throw.IfShapeNot(c.Rows, c.Columns, columns, b.Columns, nameof(c));
        int stride = AlignedRows.Padded(b.Columns);
        float* rows = Scratch.Rent(checked(b.Rows * stride));
        for (int i = 0; i < b.Rows; i++)
            b.Row(i).CopyTo(new Span<float>(rows + (nint)i * stride, b.Columns));
        fixed (float* values = factors, pc = c.Values)
        fixed (int* starts = _columnStarts, indices = _rows)
        {
            var kernel = new RowSums
            {
                List = new NonZeros { RowStarts = starts, Columns = indices, Values = values },
                Rows = columns,
                Start = pc,
                StartStride = b.Columns,
                W = rows,
                Stride = stride,
                C = pc,
                Columns = b.Columns,
            };
            Simd.Run(ref kernel);
        }
    }
}
