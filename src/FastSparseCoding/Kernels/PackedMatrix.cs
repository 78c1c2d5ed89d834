using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>
/// The right factor B [k×m] of many products, laid out as the register tiles read it: panels of a few vectors of columns, each panel's rows
/// one after the other and aligned, the last panel's last vector filled up with zeros. Weights are packed once and used over many calls.
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
    public void Pack(ReadOnlyMatrixView b) => PackRows(b, 0, Rows);

    /// <summary>Takes the values of some rows of B [k×m].</summary>
    public void PackRows(ReadOnlyMatrixView b, int first, int count)
    {
        Throw.IfShapeNot(b.Rows, b.Columns, Rows, Columns, nameof(b));
        Throw.IfOutside(first, 0, Rows);
        Throw.IfOutside(count, 0, Rows - first);
        fixed (float* p = b.Values)
            Panels.PackRows(p, Columns, Rows, Columns, first, count, Data);
    }

    /// <summary>Takes the values of Bᵀ, for B [m×k]. Allocates nothing.</summary>
    public void PackTransposed(ReadOnlyMatrixView b) => PackTransposedRows(b, 0, Columns);

    /// <summary>Takes the values of some rows of B [m×k], columns of Bᵀ. Threads may take different rows at once.</summary>
    public void PackTransposedRows(ReadOnlyMatrixView b, int first, int count)
    {
        Throw.IfShapeNot(b.Rows, b.Columns, Columns, Rows, nameof(b));
        Throw.IfOutside(first, 0, Columns);
        Throw.IfOutside(count, 0, Columns - first);
        fixed (float* p = b.Values)
            Panels.PackTransposed(p, Rows, Rows, Columns, first, count, Data);
    }
}
