namespace FastSparseCoding.Kernels;

/// <summary>
/// Products with a left factor that is a batch of sparse codes. A block of rows is summed over its non-zeros only, unless so many are not
/// zero that the dense product is faster. Both add the same terms in the same order, but for those that are zero: the choice never shows in
/// a finite result. Nothing is allocated after a thread's first call. C must not overlap Z.
/// </summary>
internal static unsafe class SparseProduct
{
    /// <summary>Share of non-zeros from which on the dense product is faster: a term costs the sparse one twice the time.</summary>
    private const double DenseShare = 0.45;

    /// <summary>Rows whose non-zeros are listed at a time: their lists and results stay in cache while the panels of W go by.</summary>
    private const int BlockRows = 64;

    /// <summary>Rows of Zᵀ's inner dimension taken at a time: a panel of them stays in the first-level cache.</summary>
    private const int TransposedBlockRows = 128;

    /// <summary>C = Z·W, or C += Z·W. Z [N×k], W [k×m], C [N×m].</summary>
    public static void Multiply(ReadOnlyMatrixView z, PackedMatrix w, MatrixView c, bool accumulate = false)
    {
        CheckShapes(z, w, c);
        fixed (float* pz = z.Values, pc = c.Values)
        {
            Product product = Product.Of(pz, z, pc, c, accumulate);
            product.B = RightFactor.Packed(w);
            Run(ref product);
            GC.KeepAlive(w);
        }
    }

    /// <summary>C = B + Z·W in one pass over C. Z [N×k], W [k×m], B and C [N×m]; C may be B.</summary>
    public static void MultiplyAdd(ReadOnlyMatrixView z, PackedMatrix w, ReadOnlyMatrixView b, MatrixView c)
    {
        CheckShapes(z, w, c);
        Throw.IfShapeNot(b.Rows, b.Columns, c.Rows, c.Columns, nameof(b));
        fixed (float* pz = z.Values, pb = b.Values, pc = c.Values)
        {
            Product product = Product.Of(pz, z, pc, c);
            product.B = RightFactor.Packed(w);
            product.Start = pb;
            Run(ref product);
            GC.KeepAlive(w);
        }
    }

    /// <summary>C = h_θ(B + Z·W) in one pass over C: a layer of LISTA. Z [N×k], W [k×m], B and C [N×m], θ [m] ≥ 0; C may be B.</summary>
    public static void MultiplyAddShrink(
        ReadOnlyMatrixView z, PackedMatrix w, ReadOnlyMatrixView b, ReadOnlySpan<float> theta, MatrixView c, float floor = 0)
    {
        CheckShapes(z, w, c);
        Throw.IfShapeNot(b.Rows, b.Columns, c.Rows, c.Columns, nameof(b));
        Throw.IfLengthNot(theta.Length, c.Columns, nameof(theta));
        fixed (float* pz = z.Values, pb = b.Values, pt = theta, pc = c.Values)
        {
            Product product = Product.Of(pz, z, pc, c);
            product.B = RightFactor.Packed(w);
            product.Start = pb;
            product.Theta = pt;
            product.Floor = floor;
            Run(ref product);
            GC.KeepAlive(w);
        }
    }

    /// <summary>C = Zᵀ·B, or C += Zᵀ·B: a gradient, of which only the rows where Z is not zero are touched. Z [N×k], B [N×m], C
    /// [k×m].</summary>
    public static void MultiplyTransposed(ReadOnlyMatrixView z, ReadOnlyMatrixView b, MatrixView c, bool accumulate = false)
    {
        Throw.IfShapeNot(c.Rows, c.Columns, z.Columns, b.Columns, nameof(c));
        MultiplyTransposed(z, first: 0, b, c, accumulate);
    }

    /// <summary>The same for some columns of Z: C [K×m] is rows <paramref name="first"/> to first + K − 1 of Zᵀ·B.</summary>
    public static void MultiplyTransposed(ReadOnlyMatrixView z, int first, ReadOnlyMatrixView b, MatrixView c, bool accumulate = false)
    {
        Throw.IfShapeNot(b.Rows, b.Columns, z.Rows, c.Columns, nameof(b));
        Throw.IfOutside(first, 0, z.Columns - c.Rows);
        fixed (float* pz = z.Values, pb = b.Values, pc = c.Values)
        {
            Product product = Product.OfTransposed(pz + first, z, pc, c, accumulate);
            RunTransposed(ref product, pb);
        }
    }

    private static void CheckShapes(ReadOnlyMatrixView z, PackedMatrix w, MatrixView c)
    {
        Throw.IfColumnsNot(z.Columns, w.Rows, nameof(z));
        Throw.IfShapeNot(c.Rows, c.Columns, z.Rows, w.Columns, nameof(c));
    }

    private static void Run(ref Product product)
    {
        int rows = Math.Min(BlockRows, product.Rows), capacity = Limit(rows, product.K) + product.K;
        NonZeros list = NonZeros.In(Scratch.Rent(NonZeros.ScratchLength(rows, capacity)), rows, capacity);
        for (int i = 0; i < product.Rows; i += BlockRows)
        {
            Product block = product.RowRange(i, Math.Min(BlockRows, product.Rows - i));
            if (list.TryList(block.A, block.ARow, block.Rows, block.K, Limit(block.Rows, block.K)))
            {
                var kernel = new SparseKernel { List = list, Product = block };
                Simd.Run(ref kernel);
            }
            else
            {
                Gemm.Run(ref block);
            }
        }
    }

    private static int Limit(int rows, int k) => (int)(DenseShare * rows * k);

    private static void RunTransposed(ref Product product, float* b)
    {
        int n = product.K, k = product.Rows, m = product.Columns, rows = Math.Min(TransposedBlockRows, n), capacity = Limit(rows, k) + k;
        int panels = checked((int)Panels.Length(rows, m)), length = NonZeros.ScratchLength(rows, capacity);
        product.B.Data = Scratch.Rent(checked(panels + length + NonZeros.ScratchLength(k, capacity)));
        NonZeros byRow = NonZeros.In(product.B.Data + panels, rows, capacity),
            byColumn = NonZeros.In(product.B.Data + panels + length, k, capacity);
        float* z = product.A;
        for (int i = 0; i < n || i == 0; i += TransposedBlockRows)
        {
            product.K = Math.Min(TransposedBlockRows, n - i);
            product.A = z + i * product.AColumn;
            Panels.Pack(b + (nint)i * m, m, product.K, m, product.B.Data);
            if (byRow.TryList(product.A, product.AColumn, product.K, k, Limit(product.K, k)))
            {
                byRow.Transpose(product.K, k, byColumn);
                var kernel = new SparseKernel { List = byColumn, Product = product };
                Simd.Run(ref kernel);
            }
            else
            {
                Gemm.Run(ref product);
            }
            product.Start = product.C;      // later blocks add to the first
        }
    }
}
