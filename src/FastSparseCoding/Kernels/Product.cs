namespace FastSparseCoding.Kernels;

/// <summary>A product C = h_θ(start + A·B) and where its operands lie; distances are counted in floats.</summary>
internal unsafe struct Product
{
    /// <summary>Shape: C is [Rows×Columns], sums are over K.</summary>
    public int Rows;
    public int Columns;
    public int K;

    /// <summary>A [Rows×K], and the distance to its next row and its next column.</summary>
    public float* A;
    public nint ARow;
    public nint AColumn;

    /// <summary>B [K×Columns].</summary>
    public RightFactor B;

    /// <summary>Where the sums start: null for zero, C itself to accumulate.</summary>
    public float* Start;
    public nint StartRow;

    /// <summary>A threshold per column; null for no shrinkage.</summary>
    public float* Theta;

    /// <summary>0, or −∞ for one-sided shrinkage: see <see cref="Shrinkage"/>.</summary>
    public float Floor;

    /// <summary>Receives the result.</summary>
    public float* C;
    public nint CRow;

    /// <summary>A product with row-major A and C, B still to be given.</summary>
    public static Product Of(float* a, ReadOnlyMatrixView shapeOfA, float* c, MatrixView shapeOfC, bool accumulate = false)
        => new()
        {
            Rows = shapeOfC.Rows,
            Columns = shapeOfC.Columns,
            K = shapeOfA.Columns,
            A = a,
            ARow = shapeOfA.Columns,
            AColumn = 1,
            Start = accumulate ? c : null,
            StartRow = shapeOfC.Columns,
            C = c,
            CRow = shapeOfC.Columns,
        };

    /// <summary>A product with A given transposed, [K×Rows] row-major.</summary>
    public static Product OfTransposed(float* a, ReadOnlyMatrixView shapeOfA, float* c, MatrixView shapeOfC, bool accumulate = false)
        => Of(a, shapeOfA, c, shapeOfC, accumulate) with { K = shapeOfA.Rows, ARow = 1, AColumn = shapeOfA.Columns };

    /// <summary>The same product for some of the rows of C.</summary>
    public readonly Product RowRange(int start, int count)
        => this with { Rows = count, A = A + start * ARow, Start = Start == null ? null : Start + start * StartRow, C = C + start * CRow };
}
