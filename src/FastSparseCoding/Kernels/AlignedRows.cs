using System.Numerics.Tensors;

namespace FastSparseCoding.Kernels;

/// <summary>
/// A copy of a matrix whose rows begin at cache lines and are filled up with zeros to whole lines: a vector never straddles two lines, and
/// needs no mask.
/// </summary>
internal sealed unsafe class AlignedRows
{
    private readonly float[] _values;       // keeps the rows alive

    /// <summary>Allocates rows of zeros, to be filled by <see cref="Copy"/>.</summary>
    public AlignedRows(int rows, int columns)
    {
        Rows = rows;
        Columns = columns;
        Throw.IfAbove(columns, Array.MaxLength - 15, nameof(columns));
        Stride = Padded(columns);
        _values = AlignedMemory.Allocate((long)rows * Stride);
        Data = AlignedMemory.Start(_values);
    }

    /// <summary>Copies a matrix.</summary>
    public AlignedRows(ReadOnlyMatrixView matrix)
        : this(matrix.Rows, matrix.Columns)
        => Copy(matrix);

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Floats from a row to the next.</summary>
    public int Stride { get; }

    /// <summary>The first row; valid while this object is reachable.</summary>
    public float* Data { get; }

    /// <summary>Row i, without what fills it up.</summary>
    public ReadOnlySpan<float> Row(int i)
    {
        Throw.IfNotIndex(i, Rows);
        return new ReadOnlySpan<float>(Data + (nint)i * Stride, Columns);
    }

    /// <summary>Takes the values of a matrix of the same shape.</summary>
    public void Copy(ReadOnlyMatrixView matrix) => CopyRows(matrix, 0, Rows);

    /// <summary>Takes the values of some rows of a matrix of the same shape, or their negatives.</summary>
    public void CopyRows(ReadOnlyMatrixView matrix, int first, int count, bool negated = false)
    {
        Throw.IfShapeNot(matrix.Rows, matrix.Columns, Rows, Columns, nameof(matrix));
        Throw.IfOutside(first, 0, Rows);
        Throw.IfOutside(count, 0, Rows - first);
        for (int i = first; i < first + count; i++)
        {
            var row = new Span<float>(Data + (nint)i * Stride, Columns);
            matrix.Row(i).CopyTo(row);
            if (negated)
                TensorPrimitives.Negate(row, row);
        }
    }

    /// <summary>A copy with every value multiplied.</summary>
    public AlignedRows Times(float factor)
    {
        var product = new AlignedRows(Rows, Columns);
        product.CopyTimes(this, factor);
        return product;
    }

    /// <summary>Takes the values of rows of the same shape, every one multiplied.</summary>
    public void CopyTimes(AlignedRows rows, float factor)
    {
        Throw.IfShapeNot(rows.Rows, rows.Columns, Rows, Columns, nameof(rows));
        for (int i = 0; i < Rows; i++)
            TensorPrimitives.Multiply(rows.Row(i), factor, new Span<float>(Data + (nint)i * Stride, Columns));
    }

    /// <summary>A length filled up to whole cache lines, which are whole vectors of every width.</summary>
    public static int Padded(int length) => (length + 15) / 16 * 16;
}
