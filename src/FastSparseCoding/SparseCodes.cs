namespace FastSparseCoding;

/// <summary>
/// A batch of codes [N×m] in compressed sparse rows: the non-zeros of row i stand at positions RowStarts[i] to RowStarts[i + 1] − 1 of <see
/// cref="ColumnIndices"/> and <see cref="Values"/>, columns ascending. The same layout as SciPy's csr_matrix. Safe to read from several
/// threads at once; whoever changes it must be alone.
/// </summary>
public sealed class SparseCodes
{
    /// <summary>Wraps the three arrays of a compressed sparse matrix without copying them.</summary>
    /// <param name="columns">Number of columns m.</param>
    /// <param name="rowStarts">N + 1 ascending positions, from 0 to the number of non-zeros.</param>
    /// <param name="columnIndices">Column of every non-zero, ascending within a row.</param>
    /// <param name="values">Value of every non-zero.</param>
    /// <exception cref="ArgumentException">The arrays do not describe a matrix of that width.</exception>
    public SparseCodes(int columns, int[] rowStarts, int[] columnIndices, float[] values)
    {
        ArgumentNullException.ThrowIfNull(rowStarts);
        ArgumentNullException.ThrowIfNull(columnIndices);
        ArgumentNullException.ThrowIfNull(values);
        Throw.IfBelow(columns, 0);
        Throw.IfBelow(rowStarts.Length, 1, "rowStarts.Length");
        Throw.IfLengthNot(values.Length, columnIndices.Length, nameof(values));
        if (rowStarts[0] != 0 || rowStarts[^1] != values.Length)
            Throw.Argument(nameof(rowStarts),
                $"'rowStarts' goes from {rowStarts[0]} to {rowStarts[^1]}; it must go from 0 to {values.Length}.");
        for (int i = 0; i + 1 < rowStarts.Length; i++)
            CheckRow(i, rowStarts, columnIndices, columns);
        Columns = columns;
        RowStarts = rowStarts;
        ColumnIndices = columnIndices;
        Values = values;
    }

    /// <summary>Number of rows N.</summary>
    public int Rows => RowStarts.Length - 1;

    /// <summary>Number of columns m.</summary>
    public int Columns { get; }

    /// <summary>Number of stored non-zeros.</summary>
    public int NonZeros => Values.Length;

    /// <summary>Where each row starts, and one past the last: N + 1 values.</summary>
    public int[] RowStarts { get; }

    /// <summary>Column of every non-zero.</summary>
    public int[] ColumnIndices { get; }

    /// <summary>Value of every non-zero.</summary>
    public float[] Values { get; }

    /// <summary>Compresses dense codes; exact zeros are dropped.</summary>
    /// <param name="z">Codes [N×m].</param>
    /// <returns>The same codes, compressed.</returns>
    /// <example><code>
    /// SparseCodes codes = SparseCodes.FromDense(encoder.Encode(x));
    /// double atomsPerSignal = (double)codes.NonZeros / codes.Rows;
    /// </code></example>
    public static SparseCodes FromDense(ReadOnlyMatrixView z)
    {
        var starts = new int[z.Rows + 1];
        for (int i = 0; i < z.Rows; i++)
            starts[i + 1] = checked(starts[i] + Kernels.NonZeros.Count(z.Row(i)));
        var indices = new int[starts[^1]];
        var values = new float[starts[^1]];
        int at = 0;
        for (int i = 0; i < z.Rows; i++)
        {
            ReadOnlySpan<float> row = z.Row(i);
            for (int j = 0; j < row.Length; j++)
            {
                if (row[j] == 0)
                    continue;
                indices[at] = j;
                values[at++] = row[j];
            }
        }
        return new SparseCodes(z.Columns, starts, indices, values);
    }

    /// <summary>The columns of row <paramref name="i"/>'s non-zeros: its support.</summary>
    /// <param name="i">Row, 0 to Rows − 1.</param>
    /// <returns>Ascending column indices.</returns>
    public ReadOnlySpan<int> Support(int i) => ColumnIndices.AsSpan(RowStarts[i], RowStarts[i + 1] - RowStarts[i]);

    /// <summary>The values of row <paramref name="i"/>'s non-zeros.</summary>
    /// <param name="i">Row, 0 to Rows − 1.</param>
    /// <returns>The values, in the order of <see cref="Support"/>.</returns>
    public ReadOnlySpan<float> RowValues(int i) => Values.AsSpan(RowStarts[i], RowStarts[i + 1] - RowStarts[i]);

    /// <summary>The same codes as a dense matrix [N×m].</summary>
    /// <returns>A new matrix.</returns>
    public Matrix ToDense()
    {
        var z = new Matrix(Rows, Columns);
        for (int i = 0; i < Rows; i++)
            CopyRow(i, z.Row(i));
        return z;
    }

    /// <summary>Copies some of the rows.</summary>
    /// <param name="rows">Which, in the order wanted; each from 0 to Rows − 1.</param>
    /// <returns>New codes with a row for each.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public SparseCodes SelectRows(IReadOnlyList<int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var starts = new int[rows.Count + 1];
        for (int i = 0; i < rows.Count; i++)
        {
            Throw.IfNotIndex(rows[i], Rows, nameof(rows));
            starts[i + 1] = checked(starts[i] + Support(rows[i]).Length);
        }
        var indices = new int[starts[^1]];
        var values = new float[starts[^1]];
        for (int i = 0; i < rows.Count; i++)
        {
            Support(rows[i]).CopyTo(indices.AsSpan(starts[i]));
            RowValues(rows[i]).CopyTo(values.AsSpan(starts[i]));
        }
        return new SparseCodes(Columns, starts, indices, values);
    }

    /// <summary>Row <paramref name="i"/>, dense.</summary>
    internal void CopyRow(int i, Span<float> row)
    {
        row.Clear();
        ReadOnlySpan<int> support = Support(i);
        ReadOnlySpan<float> values = RowValues(i);
        for (int s = 0; s < support.Length; s++)
            row[support[s]] = values[s];
    }

    /// <summary>Stacks blocks of rows.</summary>
    internal static SparseCodes Concatenate(int columns, SparseCodes[] blocks)
    {
        var starts = new int[blocks.Sum(b => b.Rows) + 1];
        var indices = new int[blocks.Sum(b => b.NonZeros)];
        var values = new float[indices.Length];
        int row = 0, at = 0;
        foreach (SparseCodes block in blocks)
        {
            for (int i = 0; i < block.Rows; i++)
                starts[++row] = at + block.RowStarts[i + 1];
            block.ColumnIndices.CopyTo(indices, at);
            block.Values.CopyTo(values, at);
            at += block.NonZeros;
        }
        return new SparseCodes(columns, starts, indices, values);
    }

    private static void CheckRow(int i, int[] rowStarts, int[] columnIndices, int columns)
    {
        if (rowStarts[i + 1] < rowStarts[i] || rowStarts[i + 1] > columnIndices.Length)
            Throw.Argument(nameof(rowStarts), $"'rowStarts' goes from {rowStarts[i]} to {rowStarts[i + 1]} at row {i}; it must ascend.");
        int last = -1;
        for (int s = rowStarts[i]; s < rowStarts[i + 1]; s++)
        {
            if (columnIndices[s] <= last || columnIndices[s] >= columns)
                Throw.Argument(nameof(columnIndices),
                    $"'columnIndices' holds {columnIndices[s]} in row {i}; it must ascend from 0 to {columns - 1}.");
            last = columnIndices[s];
        }
    }
}
