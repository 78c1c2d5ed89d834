using System.Runtime.InteropServices;

namespace FastSparseCoding;

/// <summary>
/// A dense matrix of float32 in one row-major buffer: a batch of signals, one per row [N×n], a batch of codes [N×m], a Gram matrix [m×m].
/// Safe to read from several threads at once; threads may write different rows at the same time.
/// </summary>
/// <remarks>The matrix owns its buffer; <see cref="View"/> and <see cref="RowRange"/> give windows on it without copying.</remarks>
public sealed class Matrix
{
    private readonly float[] _values;

    /// <summary>Creates a matrix of zeros.</summary>
    /// <param name="rows">Number of rows, 0 or more.</param>
    /// <param name="columns">Number of columns, 0 or more; rows × columns at most <see cref="Array.MaxLength"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative, or the product is more than one buffer holds.</exception>
    public Matrix(int rows, int columns)
    {
        Throw.IfBelow(rows, 0);
        Throw.IfBelow(columns, 0);
        Throw.IfAbove((long)rows * columns, Array.MaxLength, "rows × columns");
        Rows = rows;
        Columns = columns;
        _values = new float[rows * columns];
    }

    /// <summary>Wraps a row-major buffer without copying it.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="values">The buffer, of length rows × columns; the matrix uses it from now on.</param>
    /// <exception cref="ArgumentException">The buffer's length is not rows × columns.</exception>
    /// <example><code>
    /// var signals = new Matrix(rows: 2, columns: 3, [1, 2, 3, 4, 5, 6]);
    /// </code></example>
    public Matrix(int rows, int columns, float[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        Throw.IfBelow(rows, 0);
        Throw.IfBelow(columns, 0);
        Throw.IfLengthNot(values.Length, (long)rows * columns, nameof(values));
        Rows = rows;
        Columns = columns;
        _values = values;
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>All values, row after row.</summary>
    public Span<float> Values => _values;

    /// <summary>The buffer itself, for what takes arrays.</summary>
    internal float[] Buffer => _values;

    /// <summary>The whole matrix as a view.</summary>
    public MatrixView View => new(_values, Rows, Columns);

    /// <summary>The value at row <paramref name="i"/>, column <paramref name="j"/>.</summary>
    /// <param name="i">Row, 0 to Rows − 1.</param>
    /// <param name="j">Column, 0 to Columns − 1.</param>
    public float this[int i, int j]
    {
        get => Row(i)[j];
        set => Row(i)[j] = value;
    }

    /// <summary>Copies a rectangular array.</summary>
    /// <param name="values">The values, [rows, columns].</param>
    /// <returns>A matrix of the same shape.</returns>
    /// <example><code>
    /// Matrix signals = Matrix.FromArray(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } });  // two signals of three values
    /// </code></example>
    public static Matrix FromArray(float[,] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var matrix = new Matrix(values.GetLength(0), values.GetLength(1));
        if (values.Length > 0)
            MemoryMarshal.CreateReadOnlySpan(ref values[0, 0], values.Length).CopyTo(matrix._values);
        return matrix;
    }

    /// <summary>Row <paramref name="i"/> as a span over the buffer.</summary>
    /// <param name="i">Row, 0 to Rows − 1.</param>
    /// <returns>The row, of length Columns.</returns>
    public Span<float> Row(int i)
    {
        Throw.IfNotIndex(i, Rows);
        return _values.AsSpan(i * Columns, Columns);
    }

    /// <summary>A window on <paramref name="count"/> rows from <paramref name="start"/> on.</summary>
    /// <param name="start">First row.</param>
    /// <param name="count">Number of rows.</param>
    /// <returns>A view sharing this matrix's buffer.</returns>
    public MatrixView RowRange(int start, int count) => View.RowRange(start, count);

    /// <summary>Copies some of the rows.</summary>
    /// <param name="rows">Which, in the order wanted; each from 0 to Rows − 1.</param>
    /// <returns>A new matrix with a row for each.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public Matrix SelectRows(IReadOnlyList<int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var selected = new Matrix(rows.Count, Columns);
        for (int i = 0; i < rows.Count; i++)
            Row(rows[i]).CopyTo(selected.Row(i));
        return selected;
    }

    /// <summary>A copy with a buffer of its own.</summary>
    /// <returns>The copy.</returns>
    public Matrix Clone() => new(Rows, Columns, (float[])_values.Clone());

    /// <summary>The transpose, as a new matrix.</summary>
    /// <returns>A matrix of shape [Columns × Rows].</returns>
    public Matrix Transpose()
    {
        var result = new Matrix(Columns, Rows);
        for (int i = 0; i < Rows; i++)
            for (int j = 0; j < Columns; j++)
                result._values[j * Rows + i] = _values[i * Columns + j];
        return result;
    }

    /// <summary>The view of the whole matrix.</summary>
    /// <param name="matrix">The matrix.</param>
    public static implicit operator MatrixView(Matrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return matrix.View;
    }

    /// <summary>The read-only view of the whole matrix.</summary>
    /// <param name="matrix">The matrix.</param>
    public static implicit operator ReadOnlyMatrixView(Matrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return matrix.View;
    }

    /// <inheritdoc/>
    public override string ToString() => $"Matrix [{Rows}×{Columns}]";
}
