namespace FastSparseCoding;

/// <summary>A window on contiguous row-major rows of float32; it owns nothing and lives on the stack. It belongs to one thread; views on
/// different rows may be written by different threads at the same time.</summary>
public readonly ref struct MatrixView
{
    /// <summary>Creates a view over a buffer.</summary>
    /// <param name="values">The values, row after row, of length rows × columns.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <exception cref="ArgumentException">The buffer's length is not rows × columns.</exception>
    public MatrixView(Span<float> values, int rows, int columns)
    {
        Throw.IfLengthNot(values.Length, (long)rows * columns, nameof(values));
        Values = values;
        Rows = rows;
        Columns = columns;
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>All values, row after row.</summary>
    public Span<float> Values { get; }

    /// <summary>Row <paramref name="i"/>.</summary>
    /// <param name="i">Row, 0 to Rows − 1.</param>
    /// <returns>The row, of length Columns.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public Span<float> Row(int i)
    {
        if (Columns > 0)
            Throw.IfNotIndex(i, Rows);      // i·Columns may wrap to a place within
        return Values.Slice(i * Columns, Columns);
    }

    /// <summary>A window on <paramref name="count"/> rows from <paramref name="start"/> on.</summary>
    /// <param name="start">First row.</param>
    /// <param name="count">Number of rows.</param>
    /// <returns>The smaller view.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are no such rows.</exception>
    public MatrixView RowRange(int start, int count)
    {
        if (Columns > 0)
        {
            Throw.IfOutside(start, 0, Rows);
            Throw.IfOutside(count, 0, Rows - start);
        }
        return new(Values.Slice(start * Columns, count * Columns), count, Columns);
    }

    /// <summary>A view of one row as a matrix [1×length].</summary>
    /// <param name="row">The row.</param>
    /// <returns>The view.</returns>
    public static MatrixView OfRow(Span<float> row) => new(row, 1, row.Length);

    /// <summary>The same window, read-only.</summary>
    /// <param name="view">The view.</param>
    public static implicit operator ReadOnlyMatrixView(MatrixView view) => new(view.Values, view.Rows, view.Columns);
}

/// <summary>A read-only window on contiguous row-major rows of float32. It belongs to one thread; many may look at the same rows.</summary>
public readonly ref struct ReadOnlyMatrixView
{
    /// <summary>Creates a view over a buffer.</summary>
    /// <param name="values">The values, row after row, of length rows × columns.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <exception cref="ArgumentException">The buffer's length is not rows × columns.</exception>
    public ReadOnlyMatrixView(ReadOnlySpan<float> values, int rows, int columns)
    {
        Throw.IfLengthNot(values.Length, (long)rows * columns, nameof(values));
        Values = values;
        Rows = rows;
        Columns = columns;
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>All values, row after row.</summary>
    public ReadOnlySpan<float> Values { get; }

    /// <summary>Row <paramref name="i"/>.</summary>
    /// <param name="i">Row, 0 to Rows − 1.</param>
    /// <returns>The row, of length Columns.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public ReadOnlySpan<float> Row(int i)
    {
        if (Columns > 0)
            Throw.IfNotIndex(i, Rows);      // i·Columns may wrap to a place within
        return Values.Slice(i * Columns, Columns);
    }

    /// <summary>A window on <paramref name="count"/> rows from <paramref name="start"/> on.</summary>
    /// <param name="start">First row.</param>
    /// <param name="count">Number of rows.</param>
    /// <returns>The smaller view.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are no such rows.</exception>
    public ReadOnlyMatrixView RowRange(int start, int count)
    {
        if (Columns > 0)
        {
            Throw.IfOutside(start, 0, Rows);
            Throw.IfOutside(count, 0, Rows - start);
        }
        return new(Values.Slice(start * Columns, count * Columns), count, Columns);
    }

    /// <summary>A view of one row as a matrix [1×length].</summary>
    /// <param name="row">The row.</param>
    /// <returns>The view.</returns>
    public static ReadOnlyMatrixView OfRow(ReadOnlySpan<float> row) => new(row, 1, row.Length);
}
