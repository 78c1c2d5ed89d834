namespace FastSparseCoding.Kernels;

/// <summary>
/// Dense products of row-major float32 matrices, on the calling thread. Every element is one chain of multiply-adds over ascending k, so a
/// row of a result has the same bits whatever rows it is computed with, and whether a factor was packed before or not. Nothing is allocated
/// after a thread's first call. C must not overlap A or B.
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
            Product product = Product.Of(pa, a, pc, c, accumulate);
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
            Product product = Product.OfTransposed(pa, a, pc, c, accumulate);
            if (c.Rows < RowsToPack)
                RunWhereItLies(ref product, pb);
            else
                RunPacked(ref product, pb, c.Columns, transposed: false);
        }
    }

    /// <summary>C = A·Bᵀ, or C += A·Bᵀ. A [N×k], B [m×k], C [N×m]. For few rows of A, pack B once with
    /// <see cref="PackedMatrix.OfTransposed"/>.</summary>
    public static void MultiplyTransposedB(ReadOnlyMatrixView a, ReadOnlyMatrixView b, MatrixView c, bool accumulate = false)
    {
        Throw.IfShapeNot(b.Rows, b.Columns, c.Columns, a.Columns, nameof(b));
        Throw.IfShapeNot(c.Rows, c.Columns, a.Rows, b.Rows, nameof(c));
        fixed (float* pa = a.Values, pb = b.Values, pc = c.Values)
        {
            Product product = Product.Of(pa, a, pc, c, accumulate);
            RunPacked(ref product, pb, b.Columns, transposed: true);
        }
    }

    /// <summary>C = A·B, or C += A·B, with B packed before. A [N×k], B [k×m], C [N×m].</summary>
    public static void Multiply(ReadOnlyMatrixView a, PackedMatrix b, MatrixView c, bool accumulate = false)
    {
        CheckShapes(a, b, c);
        fixed (float* pa = a.Values, pc = c.Values)
        {
            Product product = Product.Of(pa, a, pc, c, accumulate);
            product.B = RightFactor.Packed(b);
            RunRowsOfPanels(ref product);
            GC.KeepAlive(b);
        }
    }

    /// <summary>C = B + A·W in one pass over C. A [N×k], W [k×m], B and C [N×m]; C may be B.</summary>
    public static void MultiplyAdd(ReadOnlyMatrixView a, PackedMatrix w, ReadOnlyMatrixView b, MatrixView c)
    {
        CheckShapes(a, w, c);
        Throw.IfShapeNot(b.Rows, b.Columns, c.Rows, c.Columns, nameof(b));
        fixed (float* pa = a.Values, pb = b.Values, pc = c.Values)
        {
            Product product = Product.Of(pa, a, pc, c);
            product.B = RightFactor.Packed(w);
            product.Start = pb;
            Run(ref product);
            GC.KeepAlive(w);
        }
    }

    /// <summary>C = h_θ(B + A·W) in one pass over C: a layer of LISTA. A [N×k], W [k×m], B and C [N×m], θ [m] ≥ 0; C may be B.</summary>
    public static void MultiplyAddShrink(
        ReadOnlyMatrixView a, PackedMatrix w, ReadOnlyMatrixView b, ReadOnlySpan<float> theta, MatrixView c, float floor = 0)
    {
        CheckShapes(a, w, c);
        Throw.IfShapeNot(b.Rows, b.Columns, c.Rows, c.Columns, nameof(b));
        Throw.IfLengthNot(theta.Length, c.Columns, nameof(theta));
        fixed (float* pa = a.Values, pb = b.Values, pt = theta, pc = c.Values)
        {
            Product product = Product.Of(pa, a, pc, c);
            product.B = RightFactor.Packed(w);
            product.Start = pb;
            product.Theta = pt;
            product.Floor = floor;
            Run(ref product);
            GC.KeepAlive(w);
        }
    }

    private static void CheckShapes(ReadOnlyMatrixView a, PackedMatrix b, MatrixView c)
    {
        Throw.IfColumnsNot(a.Columns, b.Rows, nameof(a));
        Throw.IfShapeNot(c.Rows, c.Columns, a.Rows, b.Columns, nameof(c));
    }

    /// <summary>Packs B a run of rows at a time, into scratch memory; rows of B, or of Bᵀ when transposed, are <paramref name="stride"/>
    /// apart.</summary>
    private static void RunPacked(ref Product product, float* b, nint stride, bool transposed)
    {
        int k = product.K, m = product.Columns;
        product.B.Data = Scratch.Rent(checked((int)Panels.Length(Math.Min(k, PackedRows), m)));
        float* a = product.A;
        for (int p = 0; p < k || p == 0; p += PackedRows)
        {
            product.K = Math.Min(PackedRows, k - p);
            product.A = a + p * product.AColumn;
            if (transposed)
                Panels.PackTransposed(b + p, stride, product.K, m, product.B.Data);
            else
                Panels.Pack(b + p * stride, stride, product.K, m, product.B.Data);
            Run(ref product);
            product.Start = product.C;      // later runs add to the first
        }
    }

    /// <summary>Long panels are taken a run of rows at a time, so that a tile's rows of A and the panels stay in their caches.</summary>
    private static void RunRowsOfPanels(ref Product product)
    {
        int k = product.K;
        float* a = product.A;
        product.B.PanelRows = k;
        for (int p = 0; p < k || p == 0; p += PackedRows)
        {
            product.K = Math.Min(PackedRows, k - p);
            product.A = a + p * product.AColumn;
            product.B.FirstRow = p;
            Run(ref product);
            product.Start = product.C;      // later runs add to the first
        }
    }

    /// <summary>Few rows: B is read where it lies, but for columns that do not fill a vector.</summary>
    private static void RunWhereItLies(ref Product product, float* b)
    {
        product.B = RightFactor.WhereItLies(
            b, product.K, product.Columns, Scratch.Rent(RightFactor.ScratchLength(product.K, product.Columns)));
        Run(ref product);
    }

    /// <summary>Runs a product whose factors are all in place.</summary>
    internal static void Run(ref Product product)
    {
        var kernel = new GemmKernel { Product = product };
        Simd.Run(ref kernel);
    }
}
