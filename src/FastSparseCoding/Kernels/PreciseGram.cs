namespace FastSparseCoding.Kernels;

/// <summary>
/// A = DDᵀ or DᵀD in double, whichever is smaller: they share their non-zero eigenvalues. Filled up with zeros to whole panels, which adds
/// none but zeros.
/// </summary>
/// <remarks>
/// A product of two float32 values is exact in double, so only the sums round: |Ã_ij − A_ij| ≤ γ_p √(A_ii A_jj) over p products, with γ_p =
/// pu/(1 − pu) and u = 2⁻⁵³, in whatever order they are added (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.1).
/// </remarks>
internal sealed unsafe class PreciseGram
{
    private const int Block = 64;

    private readonly double[] _values;

    public PreciseGram(Matrix atoms)
    {
        // A = BᵀB with B = Dᵀ or D.
        Matrix b = atoms.Rows <= atoms.Columns ? atoms.Transpose() : atoms;
        Size = b.Columns;
        Products = b.Rows;
        Order = (Size + SymmetricProduct.Panel - 1) / SymmetricProduct.Panel * SymmetricProduct.Panel;
        _values = new double[checked(Order * Order)];
        AddProducts(b);
        Mirror();
    }

    /// <summary>Rows and columns, min(m, n).</summary>
    public int Size { get; }

    /// <summary>Rows and columns with the zeros that fill up the last panel.</summary>
    public int Order { get; }

    /// <summary>Products summed in every element, max(m, n).</summary>
    public int Products { get; }

    /// <summary>All values, row after row [Order×Order].</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>The largest element of the diagonal: never above the largest eigenvalue, never below its Size-th part.</summary>
    public double LargestDiagonal
    {
        get
        {
            double largest = 0;
            for (int i = 0; i < Order; i++)
                largest = Math.Max(largest, _values[i * Order + i]);
            return largest;
        }
    }

    /// <summary>result = Av.</summary>
    public void Multiply(ReadOnlySpan<double> v, Span<double> result)
    {
        for (int i = 0; i < Order; i++)
            result[i] = PreciseVectors.Dot(_values.AsSpan(i * Order, Order), v);
    }

    private void AddProducts(Matrix b)
    {
        var rows = new double[Block * Order];
        var panels = new double[Block * Order];
        fixed (double* r = rows, p = panels, a = _values)
        {
            for (int first = 0; first < b.Rows; first += Block)
            {
                int count = Math.Min(Block, b.Rows - first);
                for (int i = 0; i < count; i++)
                    Widen(b.Row(first + i), rows.AsSpan(i * Order, Size));
                SymmetricProduct.Add(r, count, Order, Order, 1, a, p);      // A += BᵀB of these rows
            }
        }
    }

    private static void Widen(ReadOnlySpan<float> from, Span<double> to)
    {
        for (int i = 0; i < to.Length; i++)
            to[i] = from[i];
    }

    private void Mirror()
    {
        for (int i = 0; i < Order; i++)
            for (int j = 0; j < i; j++)
                _values[i * Order + j] = _values[j * Order + i];
    }
}
