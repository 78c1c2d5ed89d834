using FastSparseCoding.Kernels;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Kernels;

public sealed class ListedCodesTests
{
    public static TheoryData<int, int, int> Sizes { get; } = new()
    {
        { 1, 1, 1 }, { 5, 7, 3 }, { 16, 16, 16 }, { 37, 75, 29 }, { 64, 100, 81 }, { 3, 40, 130 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Products_are_those_of_the_matrices_bit_for_bit(int rows, int m, int n)
    {
        Matrix z = Sparse(rows, m, seed: 1), w = RandomData.Normal(m, n, seed: 2), b = RandomData.Normal(rows, n, seed: 3);
        var codes = new ListedCodes(rows + 2, m);
        codes.Take(z);
        Matrix expected = new(rows, n), actual = new(rows, n), sum = b.Clone();
        Gemm.Multiply(z, w, expected);
        codes.Multiply(new AlignedRows(w), actual);
        Assert.Equal(expected.Values, actual.Values);

        Gemm.Multiply(z, w, sum, accumulate: true);
        codes.MultiplyAdd(new AlignedRows(w), b, actual);
        Assert.Equal(sum.Values, actual.Values);

        Matrix transposed = RandomData.Normal(m, n, seed: 4), expectedSum = transposed.Clone();
        Gemm.MultiplyTransposedA(z, b, expectedSum, accumulate: true);
        codes.Turn();
        codes.AddTransposed(b, transposed);
        Assert.Equal(expectedSum.Values, transposed.Values);
        Assert.Equal((rows, NonZeros.Count(z.Values)), (codes.Rows, codes.NonZeroCount));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Derivatives_are_the_sampled_product_and_those_of_the_layer_behind(int rows, int m, int n)
    {
        Matrix z = Sparse(rows, m, seed: 1), behind = Sparse(rows, m, seed: 5), r = RandomData.Normal(rows, n, seed: 6);
        Matrix d = RandomData.Normal(m, n, seed: 7), a = RandomData.Normal(m, n, seed: 8), residual = RandomData.Normal(rows, n, seed: 9);
        ListedCodes codes = new(rows, m), other = new(rows, m);
        codes.Take(z);
        other.Take(behind);
        other.Differentiate(residual, new AlignedRows(a));
        codes.Differentiate(r, new AlignedRows(d), other);

        double[] expected = new double[rows * m], theta = new double[m];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < m; j++)
            {
                if (z[i, j] == 0)
                    continue;
                expected[i * m + j] = Dot(r.Row(i), d.Row(j)) + (behind[i, j] == 0 ? 0 : Dot(residual.Row(i), a.Row(j)));
                theta[j] -= Math.Sign(z[i, j]) * expected[i * m + j];
            }
        // The identity takes the derivatives out as a matrix.
        var identity = new Matrix(m, m);
        for (int j = 0; j < m; j++)
            identity[j, j] = 1;
        var actual = new Matrix(rows, m);
        codes.MultiplyDerivatives(new AlignedRows(identity), actual);
        double magnitude = 2 * n * 12;       // normal values are below √12
        Tolerance.Check(expected, actual.Values, n + 3, magnitude);

        codes.Turn();
        var dTheta = new float[m];
        codes.AddThresholds(dTheta);
        Tolerance.Check(theta, dTheta, n + 3 + rows, rows * magnitude);
        Matrix b = RandomData.Normal(rows, n, seed: 10), sum = new(m, n), expectedSum = new(m, n);
        codes.AddDerivativesTransposed(b, sum);
        Gemm.MultiplyTransposedA(actual, b, expectedSum);
        Assert.Equal(expectedSum.Values, sum.Values);
    }

    [Fact]
    public void What_was_listed_before_is_forgotten_and_nothing_is_allocated()
    {
        Matrix z = Sparse(20, 30, seed: 1), other = Sparse(9, 30, seed: 2), w = RandomData.Normal(30, 17, seed: 3), b = new(9, 17);
        var rows = new AlignedRows(w);
        Matrix expected = new(9, 17), sum = new(30, 17);
        Gemm.Multiply(other, w, expected);
        var codes = new ListedCodes(20, 30);
        Allocation.CheckNone(() =>
        {
            codes.Take(z);
            codes.Take(other);
            codes.Multiply(rows, b);
            codes.Differentiate(b, rows);
            codes.Turn();
            codes.AddTransposed(b, sum);
        });
        Assert.Equal(expected.Values, b.Values);
    }

    [Fact]
    public void A_negated_copy_is_taken_whatever_rows_come_first()
    {
        Matrix w = RandomData.Normal(24, 75, seed: 3), z = Sparse(5, 24, seed: 1), expected = new(5, 75), actual = new(5, 75);
        var rows = new AlignedRows(24, 75);
        rows.CopyRows(w, 8, 16, negated: true);
        rows.CopyRows(w, 0, 8, negated: true);
        var codes = new ListedCodes(5, 24);
        codes.Take(z);
        Gemm.Multiply(z, w, expected);
        codes.Multiply(rows, actual);
        Assert.Equal(expected.Values.ToArray().Select(v => -v), actual.Values.ToArray());
    }

    private static Matrix Sparse(int rows, int columns, int seed)
    {
        Matrix z = RandomData.Normal(rows, columns, seed);
        foreach (ref float value in z.Values)
            value = MathF.Abs(value) < 0.8f ? 0 : value;
        return z;
    }

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];
        return sum;
    }
}
