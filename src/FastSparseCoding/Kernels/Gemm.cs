namespace FastSparseCoding.Kernels;

/// <summary>
/// Dense products of row-major float32 matrices, on the calling thread. Every element is one chain of multiply-adds over ascending k, so a row
/// of a result has the same bits whatever rows it is computed with, and whether a factor was packed before or not. Nothing is allocated after a
/// thread's first call. C must not overlap A or B.
/// </summary>
internal static unsafe class Gemm
{
    /// <summary>From this many rows of A on, packing B pays.</summary>
    private const int RowsToPack = 32;

    /// <summary>Rows of B packed at a time: a tile's rows of A stay in the first-level cache and the panels in the second.</summary>
    private const int PackedRows = 512;

    /// <summary>C = A·B, or C += A·B. A [N×k], B [k×m], C [N×m].</summary>
    public static void Multiply(ReadOnlyMatrixView a, ReadOnlyMatrixView b, MatrixView c, bool accumulate = false)
    {
        Throw.IfShapeNot(b.Rows, b.Columns, a.Columns, c.Columns, nameof(b));
        Throw.IfShapeNot(c.Rows, c.Columns, a.Rows, b.Columns, nameof(c));
        fixed (float* pa = a.Values, pb = b.Values, pc = c.Values)
        {
            GemmKernel product = Product(pa, a.Columns, 1, a.Columns, pc, c, accumulate);
            if (c.Rows < RowsToPack)
                RunWhereItLies(ref product, pb);
            else
                RunPacked(ref product, pb, c.Columns, transposed: false);
        }
    }

    /// <summary>C = Aᵀ·B, or C += Aᵀ·B. A [k×N], B [k×m], C [N×m].</summary>
    public static void MultiplyTransposedA(ReadOnlyMatrixView a, ReadOnlyMatrixView b, MatrixView c, bool accumulate = false)
    {
        Throw.IfShapeNot(b.Rows, b.Columns, a.Rows, c.Columns, nameof(b));
        Throw.IfShapeNot(c.Rows, c.Columns, a.Columns, b.Columns, nameof(c));
        fixed (float* pa = a.Values, pb = b.Values, pc = c.Values)
        {
            GemmKernel product = Product(pa, 1, a.Columns, a.Rows, pc, c, accumulate);
            if (c.Rows < RowsToPack)
                RunWhereItLies(ref product, pb);
            else
                RunPacked(ref product, pb, c.Columns, transposed: false);
        }
    }

    /// <summary>C = A·Bᵀ, or C += A·Bᵀ. A [N×k], B [m×k], C [N×m]. For few rows of A, pack B once with <see cref="PackedMatrix.OfTransposed"/>.</summary>
    public static void MultiplyTransposedB(ReadOnlyMatrixView a, ReadOnlyMatrixView b, MatrixView c, bool accumulate = false)
    {
        Throw.IfShapeNot(b.Rows, b.Columns, c.Columns, a.Columns, nameof(b));
        Throw.IfShapeNot(c.Rows, c.Columns, a.Rows, b.Rows, nameof(c));
        fixed (float* pa = a.Values, pb = b.Values, pc = c.Values)
        {
            GemmKernel product = Product(pa, a.Columns, 1, a.Columns, pc, c, accumulate);
            RunPacked(ref product, pb, b.Columns, transposed: true);
        }
    }

    /// <summary>C = A·B, or C += A·B, with B packed before. A [N×k], B [k×m], C [N×m].</summary>
    public static void Multiply(ReadOnlyMatrixView a, PackedMatrix b, MatrixView c, bool accumulate = false)
    {
        CheckShapes(a, b, c);
        fixed (float* pa = a.Values, pc = c.Values)
        {
            GemmKernel product = Product(pa, a.Columns, 1, a.Columns, pc, c, accumulate);
            RunPacked(ref product, b);
        }
    }

    /// <summary>C = B + A·W in one pass over C. A [N×k], W [k×m], B and C [N×m]; C may be B.</summary>
    public static void MultiplyAdd(ReadOnlyMatrixView a, PackedMatrix w, ReadOnlyMatrixView b, MatrixView c)
    {
        CheckShapes(a, w, c);
        Throw.IfShapeNot(b.Rows, b.Columns, c.Rows, c.Columns, nameof(b));
        fixed (float* pa = a.Values, pb = b.Values, pc = c.Values)
        {
            GemmKernel product = Product(pa, a.Columns, 1, a.Columns, pc, c, accumulate: false);
            product.Start = pb;
            RunPacked(ref product, w);
        }
    }

    /// <summary>C = h_θ(B + A·W) in one pass over C: a layer of LISTA. A [N×k], W [k×m], B and C [N×m], θ [m] ≥ 0; C may be B.</summary>
    public static void MultiplyAddShrink(ReadOnlyMatrixView a, PackedMatrix w, ReadOnlyMatrixView b, ReadOnlySpan<float> theta, MatrixView c)
    {
        CheckShapes(a, w, c);
        Throw.IfShapeNot(b.Rows, b.Columns, c.Rows, c.Columns, nameof(b));
        Throw.IfLengthNot(theta.Length, c.Columns, nameof(theta));
        fixed (float* pa = a.Values, pb = b.Values, pt = theta, pc = c.Values)
        {
            GemmKernel product = Product(pa, a.Columns, 1, a.Columns, pc, c, accumulate: false);
            product.Start = pb;
            product.Theta = pt;
            RunPacked(ref product, w);
        }
    }

    private static void CheckShapes(ReadOnlyMatrixView a, PackedMatrix b, MatrixView c)
    {
        Throw.IfColumnsNot(a.Columns, b.Rows, nameof(a));
        Throw.IfShapeNot(c.Rows, c.Columns, a.Rows, b.Columns, nameof(c));
    }

    private static GemmKernel Product(float* a, nint aRow, nint aColumn, int k, float* pc, MatrixView c, bool accumulate)
        => new()
        {
            A = a,
            ARow = aRow,
            AColumn = aColumn,
            K = k,
            Rows = c.Rows,
            Columns = c.Columns,
            Start = accumulate ? pc : null,
            StartRow = c.Columns,
            C = pc,
            CRow = c.Columns,
        };

    private static void RunPacked(ref GemmKernel product, PackedMatrix b)
    {
        product.B = b.Data;
        Simd.Run(ref product);
        GC.KeepAlive(b);
    }

    /// <summary>Packs B a run of rows at a time, into scratch memory; rows of B, or of Bᵀ when transposed, are <paramref name="stride"/> apart.</summary>
    private static void RunPacked(ref GemmKernel product, float* b, nint stride, bool transposed)
    {
        int k = product.K, m = product.Columns;
        product.B = Scratch.Rent(checked((int)Panels.Length(Math.Min(k, PackedRows), m)));
        float* a = product.A;
        for (int p = 0; p < k || p == 0; p += PackedRows)
        {
            product.K = Math.Min(PackedRows, k - p);
            product.A = a + p * product.AColumn;
            if (transposed)
                Panels.PackTransposed(b + p, stride, product.K, m, product.B);
            else
                Panels.Pack(b + p * stride, stride, product.K, m, product.B);
            Simd.Run(ref product);
            product.Start = product.C;      // later runs add to the first
        }
    }

    /// <summary>Few rows: B is read where it lies, but for columns that do not fill a vector.</summary>
    private static void RunWhereItLies(ref GemmKernel product, float* b)
    {
        int rest = product.Columns % Panels.Lanes;
        product.B = b;
        product.BRow = product.Columns;
        product.LastColumns = Scratch.Rent(checked((int)Panels.Length(product.K, rest)));
        Panels.Pack(b + product.Columns - rest, product.Columns, product.K, rest, product.LastColumns);
        Simd.Run(ref product);
    }
}
