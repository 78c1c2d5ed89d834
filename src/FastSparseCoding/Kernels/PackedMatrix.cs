using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>
/// The right factor B [k×m] of many products, laid out as the register tiles read it: panels of a few vectors of columns, each panel's rows one
/// after the other and aligned, the last panel's last vector filled up with zeros. Weights are packed once and used over many calls.
/// </summary>
internal sealed unsafe class PackedMatrix
{
    private readonly float[] _values;

    /// <summary>Allocates for a factor of a given shape, to be filled by <see cref="Pack"/> or <see cref="PackTransposed"/>.</summary>
    public PackedMatrix(int rows, int columns)
    {
        Throw.IfBelow(rows, 0);
        Throw.IfBelow(columns, 0);
        Rows = rows;
        Columns = columns;
        _values = AlignedMemory.Allocate(Panels.Length(rows, columns));
    }

    /// <summary>Rows k of the factor: the inner dimension of products.</summary>
    public int Rows { get; }

    /// <summary>Columns m of the factor.</summary>
    public int Columns { get; }

    /// <summary>The first panel; valid while this object is reachable.</summary>
    public float* Data => AlignedMemory.Start(_values);

    /// <summary>A packed copy of B [k×m].</summary>
    public static PackedMatrix Of(ReadOnlyMatrixView b)
    {
        var packed = new PackedMatrix(b.Rows, b.Columns);
        packed.Pack(b);
        return packed;
    }

    /// <summary>A packed copy of Bᵀ, for B [m×k].</summary>
    public static PackedMatrix OfTransposed(ReadOnlyMatrixView b)
    {
        var packed = new PackedMatrix(b.Columns, b.Rows);
        packed.PackTransposed(b);
        return packed;
    }

    /// <summary>Takes the values of B [k×m]. Allocates nothing.</summary>
    public void Pack(ReadOnlyMatrixView b)
    {
        Throw.IfShapeNot(b.Rows, b.Columns, Rows, Columns, nameof(b));
        fixed (float* p = b.Values)
            Panels.Pack(p, Columns, Rows, Columns, Data);
    }

    /// <summary>Takes the values of one row of B [m].</summary>
    public void PackRow(int row, ReadOnlySpan<float> values)
    {
        Throw.IfNotIndex(row, Rows);
        Throw.IfLengthNot(values.Length, Columns, nameof(values));
        fixed (float* p = values)
            Panels.PackRow(p, row, Rows, Columns, Data);
    }

    /// <summary>Takes the values of Bᵀ, for B [m×k]. Allocates nothing.</summary>
    public void PackTransposed(ReadOnlyMatrixView b)
    {
        Throw.IfShapeNot(b.Rows, b.Columns, Columns, Rows, nameof(b));
        fixed (float* p = b.Values)
            Panels.PackTransposed(p, Rows, Rows, Columns, Data);
    }
}
