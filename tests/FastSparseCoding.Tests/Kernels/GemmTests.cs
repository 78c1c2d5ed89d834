using FastSparseCoding.Kernels;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Kernels;

public class GemmTests
{
    /// <summary>Shapes around every boundary: tiles of 6 rows, vectors of up to 16, panels of up to 64, packing from 32 rows on, 512 terms
    /// a run.</summary>
    public static TheoryData<int, int, int> Shapes { get; } = new()
    {
        { 1, 1, 1 }, { 0, 3, 4 }, { 3, 0, 4 }, { 3, 4, 0 }, { 1, 100, 100 }, { 1, 400, 37 }, { 5, 7, 130 }, { 6, 16, 64 }, { 7, 17, 65 },
        { 31, 33, 63 }, { 32, 9, 97 },
        { 33, 100, 100 }, { 40, 511, 20 }, { 37, 512, 18 }, { 35, 513, 33 }, { 3, 1030, 19 }, { 33, 1025, 70 }, { 2, 784, 129 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_form_of_the_product_agrees_with_its_double_twin(int n, int k, int m)
    {
        Matrix a = RandomData.Normal(n, k, 1), b = RandomData.Normal(k, m, 2), at = a.Transpose(), bt = b.Transpose(),
            start = RandomData.Normal(n, m, 3);
        foreach (bool accumulate in (bool[])[false, true])
        {
            (double[] expected, double magnitude) = KernelTwins.Product(a, b, start: accumulate ? start : null);
            Matrix plain = start.Clone(), left = start.Clone(), right = start.Clone(), packed = start.Clone();
            Gemm.Multiply(a, b, plain, accumulate);
            Gemm.MultiplyTransposedA(at, b, left, accumulate);
            Gemm.MultiplyTransposedB(a, bt, right, accumulate);
            Gemm.Multiply(a, PackedMatrix.Of(b), packed, accumulate);

            Tolerance.Check(expected, plain.Values, 2 * k + 1, magnitude);
            Assert.Equal(plain.Values, left.Values);
            Assert.Equal(plain.Values, right.Values);
            Assert.Equal(plain.Values, packed.Values);
        }
    }

    [Fact]
    public void Every_size_from_0_to_130_agrees_with_its_double_twin()
    {
        for (int size = 0; size <= 130; size++)
        {
            CheckAll(RandomData.Normal(7, 5, size), RandomData.Normal(5, size, size + 1));
            CheckAll(RandomData.Normal(3, size, size), RandomData.Normal(size, 21, size + 1));
            CheckAll(RandomData.Normal(size, 4, size), RandomData.Normal(4, 5, size + 1));
        }

        static void CheckAll(Matrix a, Matrix b)
        {
            var c = new Matrix(a.Rows, b.Columns);
            (double[] expected, double magnitude) = KernelTwins.Product(a, b);
            Gemm.Multiply(a, b, c);
            Tolerance.Check(expected, c.Values, 2 * a.Columns + 1, magnitude);
            Gemm.MultiplyTransposedB(a, b.Transpose(), c);
            Tolerance.Check(expected, c.Values, 2 * a.Columns + 1, magnitude);
            Gemm.MultiplyTransposedA(a.Transpose(), b, c);
            Tolerance.Check(expected, c.Values, 2 * a.Columns + 1, magnitude);
            Gemm.Multiply(a, PackedMatrix.OfTransposed(b.Transpose()), c);
            Tolerance.Check(expected, c.Values, 2 * a.Columns + 1, magnitude);
        }
    }

    [Fact]
    public void Unaligned_operands_give_the_same_bits_and_nothing_around_the_result_is_touched()
    {
        Matrix a = RandomData.Normal(37, 23, 1), b = RandomData.Normal(23, 39, 2), aligned = new(37, 39);
        Gemm.Multiply(a, b, aligned);
        for (int offset = 1; offset <= 17; offset++)
        {
            var around = new float[offset + aligned.Values.Length + 40];
            Array.Fill(around, 7);
            Gemm.Multiply(Shifted(a, offset), Shifted(b, offset + 1), new MatrixView(around.AsSpan(offset, aligned.Values.Length), 37, 39));
            Assert.Equal(aligned.Values, around.AsSpan(offset, aligned.Values.Length));
            Assert.Equal(-1, around.AsSpan(0, offset).IndexOfAnyExcept(7));
            Assert.Equal(-1, around.AsSpan(offset + aligned.Values.Length).IndexOfAnyExcept(7));
        }
    }

    [Fact]
    public void A_row_has_the_same_bits_alone_and_in_every_batch()
    {
        Matrix x = RandomData.Normal(70, 100, 1), w = RandomData.Normal(100, 101, 2), wt = w.Transpose(), all = new(70, 101);
        var packed = PackedMatrix.Of(w);
        Gemm.Multiply(x, w, all);
        foreach (int count in (int[])[1, 2, 5, 6, 31, 32, 33])
            for (int first = 0; first + count <= 70; first += count)
            {
                var c = new Matrix(count, 101);
                Gemm.Multiply(x.RowRange(first, count), w, c);
                Assert.Equal(all.RowRange(first, count).Values, c.Values);
                Gemm.Multiply(x.RowRange(first, count), packed, c);
                Assert.Equal(all.RowRange(first, count).Values, c.Values);
                Gemm.MultiplyTransposedB(x.RowRange(first, count), wt, c);
                Assert.Equal(all.RowRange(first, count).Values, c.Values);
            }
    }

    [Fact]
    public void The_fused_layer_equals_its_parts()
    {
        foreach ((int n, int k, int m) in ((int, int, int)[])[(1, 100, 100), (9, 33, 70), (50, 100, 131)])
        {
            Matrix a = RandomData.Normal(n, k, 1), w = RandomData.Normal(k, m, 2), b = RandomData.Normal(n, m, 3), sum = b.Clone(),
                fused = new(n, m);
            float[] theta = Array.ConvertAll(RandomData.Normal(1, m, 4).Values.ToArray(), v => 5 * Math.Abs(v));
            var packed = PackedMatrix.Of(w);

            Gemm.Multiply(a, w, sum, accumulate: true);
            Gemm.MultiplyAdd(a, packed, b, fused);
            Assert.Equal(sum.Values, fused.Values);

            Matrix oneSided = new(n, m), sparse = new(n, m);
            Shrinkage.SoftThreshold(sum, theta, oneSided, float.NegativeInfinity);
            Gemm.MultiplyAddShrink(a, packed, b, theta, fused, float.NegativeInfinity);
            SparseProduct.MultiplyAddShrink(a, packed, b, theta, sparse, float.NegativeInfinity);
            Assert.Equal(oneSided.Values, fused.Values);
            Assert.Equal(oneSided.Values, sparse.Values);
            Assert.InRange(oneSided.Values.ToArray().Min(), 0, 0);
            Assert.InRange(oneSided.Values.Count(0f), n * m / 2, n * m - 1);

            for (int i = 0; i < n; i++)
                Shrinkage.SoftThreshold(sum.Row(i), theta, sum.Row(i));
            Gemm.MultiplyAddShrink(a, packed, b, theta, fused);
            Assert.Equal(sum.Values, fused.Values);
            Assert.InRange(fused.Values.Count(0f), 1, n * m - 1);

            Gemm.MultiplyAddShrink(a, packed, b, theta, b);     // in place
            Assert.Equal(sum.Values, b.Values);
        }
    }

    [Fact]
    public void Repacking_takes_the_new_values()
    {
        Matrix a = RandomData.Normal(3, 70, 1), first = RandomData.Normal(70, 35, 2), second = RandomData.Normal(70, 35, 3),
            expected = new(3, 35), c = new(3, 35);
        var packed = PackedMatrix.Of(first);
        packed.Pack(second);
        Gemm.Multiply(a, second, expected);
        Gemm.Multiply(a, packed, c);
        Assert.Equal(expected.Values, c.Values);
    }

    [Fact]
    public void Nothing_is_allocated_after_the_first_call()
    {
        Matrix a = RandomData.Normal(40, 50, 1), b = RandomData.Normal(50, 61, 2), bt = b.Transpose(), at = a.Transpose(), c = new(40, 61),
            one = new(1, 61);
        var theta = new float[61];
        var packed = PackedMatrix.Of(b);
        Allocation.CheckNone(() =>
        {
            Gemm.Multiply(a, b, c);
            Gemm.Multiply(a.RowRange(0, 1), b, one);
            Gemm.MultiplyTransposedA(at, b, c);
            Gemm.MultiplyTransposedB(a, bt, c);
            Gemm.MultiplyAddShrink(a, packed, c, theta, c);
            packed.PackTransposed(bt);
        });
    }

    [Fact]
    public void Wrong_shapes_are_refused()
    {
        Matrix a = new(2, 3), b = new(3, 4), c = new(2, 4);
        Assert.Equal("'b' is [4×3]; it must be [3×4]. (Parameter 'b')",
            Assert.Throws<ArgumentException>(() => Gemm.Multiply(a, new Matrix(4, 3), c)).Message);
        Assert.Equal("'c' is [3×4]; it must be [2×4]. (Parameter 'c')",
            Assert.Throws<ArgumentException>(() => Gemm.Multiply(a, b, new Matrix(3, 4))).Message);
        Assert.Equal("'b' is [3×4]; it must be [4×3]. (Parameter 'b')",
            Assert.Throws<ArgumentException>(() => Gemm.MultiplyTransposedB(a, b, c)).Message);
        Assert.Equal("'b' is [3×4]; it must be [2×4]. (Parameter 'b')",
            Assert.Throws<ArgumentException>(() => Gemm.MultiplyTransposedA(a, b, c)).Message);
        Assert.Equal("'a' has 2 columns; it must have 3. (Parameter 'a')",
            Assert.Throws<ArgumentException>(() => Gemm.Multiply(new Matrix(2, 2), PackedMatrix.Of(b), c)).Message);
        Assert.Equal("'theta' has 3 values; it must have 4. (Parameter 'theta')",
            Assert.Throws<ArgumentException>(() => Gemm.MultiplyAddShrink(a, PackedMatrix.Of(b), c, new float[3], c)).Message);
        Assert.Equal("'b' is [3×3]; it must be [3×4]. (Parameter 'b')",
            Assert.Throws<ArgumentException>(() => PackedMatrix.Of(b).Pack(new Matrix(3, 3))).Message);
    }

    private static ReadOnlyMatrixView Shifted(Matrix matrix, int offset)
    {
        var buffer = new float[offset + matrix.Values.Length];
        matrix.Values.CopyTo(buffer.AsSpan(offset));
        return new ReadOnlyMatrixView(buffer.AsSpan(offset), matrix.Rows, matrix.Columns);
    }

    [Fact]
    public void Weights_packed_a_few_rows_at_a_time_are_packed_as_at_once()
    {
        foreach ((int rows, int columns) in (ReadOnlySpan<(int, int)>)[(1, 1), (4, 7), (13, 11), (40, 70), (100, 129)])
        {
            Matrix b = RandomData.Normal(rows, columns, seed: 1), a = RandomData.Normal(9, columns, seed: 2),
                c = RandomData.Normal(9, rows, seed: 3);
            PackedMatrix transposed = new(columns, rows), straight = new(rows, columns);
            for (int first = 0; first < rows; first += 12)
            {
                transposed.PackTransposedRows(b, first, Math.Min(12, rows - first));
                straight.PackRows(b, first, Math.Min(12, rows - first));
            }
            Matrix expected = new(9, rows), actual = new(9, rows), expectedBack = new(9, columns), actualBack = new(9, columns);
            Gemm.MultiplyTransposedB(a, b, expected);
            Gemm.Multiply(a, transposed, actual);
            Gemm.Multiply(c, b, expectedBack);
            Gemm.Multiply(c, straight, actualBack);
            Assert.Equal(expected.Values, actual.Values);
            Assert.Equal(expectedBack.Values, actualBack.Values);
        }
        Assert.Equal("'first' is 5; it must be from 0 to 4. (Parameter 'first')",
            Assert.ThrowsAny<ArgumentException>(() => new PackedMatrix(3, 4).PackTransposedRows(new Matrix(4, 3), 5, 0)).Message);
        Assert.Equal("'count' is 3; it must be from 0 to 2. (Parameter 'count')",
            Assert.ThrowsAny<ArgumentException>(() => new PackedMatrix(3, 4).PackTransposedRows(new Matrix(4, 3), 2, 3)).Message);
        Assert.Equal("'count' is 2; it must be from 0 to 1. (Parameter 'count')",
            Assert.ThrowsAny<ArgumentException>(() => new PackedMatrix(3, 4).PackRows(new Matrix(3, 4), 2, 2)).Message);
    }

    [Fact]
    public void Columns_of_a_transposed_factor_are_rows_of_the_product()
    {
        Matrix z = RandomData.Normal(150, 37, seed: 1), b = RandomData.Normal(150, 70, seed: 2), whole = new(37, 70);
        for (int i = 0; i < z.Values.Length; i++)
            if (i % 5 != 0 && i % 37 < 30)
                z.Values[i] = 0;
        SparseProduct.MultiplyTransposed(z, b, whole);
        foreach (int width in (int[])[1, 8, 20, 37])
        {
            var parts = new Matrix(37, 70);
            for (int first = 0; first < 37; first += width)
                SparseProduct.MultiplyTransposed(z, first, b, parts.RowRange(first, Math.Min(width, 37 - first)));
            Assert.Equal(whole.Values, parts.Values);
        }
    }
}
