using MathNet.Numerics.LinearAlgebra;
using Xunit;

namespace FastSparseCoding.Tests.Core;

public sealed class MatrixTests
{
    [Fact]
    public void Rows_are_windows_on_one_row_major_buffer()
    {
        var matrix = new Matrix(2, 3, [1, 2, 3, 4, 5, 6]);

        matrix.Row(1)[2] = 60;
        matrix[0, 1] = 20;

        Assert.Equal([1, 20, 3, 4, 5, 60], matrix.Values.ToArray());
        Assert.Equal([4f, 5, 60], matrix.RowRange(1, 1).Row(0).ToArray());
        Assert.Equal("Matrix [2×3]", matrix.ToString());
    }

    [Fact]
    public void From_array_clone_and_transpose_copy()
    {
        Matrix matrix = Matrix.FromArray(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        Matrix clone = matrix.Clone();
        clone[0, 0] = 9;

        Assert.Equal(1, matrix[0, 0]);
        Assert.Equal([1, 4, 2, 5, 3, 6], matrix.Transpose().Values.ToArray());
    }

    [Fact]
    public void Views_convert_implicitly_and_refuse_a_wrong_length()
    {
        ReadOnlyMatrixView view = new Matrix(2, 2, [1, 2, 3, 4]);

        Assert.Equal([3f, 4], view.RowRange(1, 1).Values.ToArray());
        Assert.Equal("'values' has 3 values; it must have 4. (Parameter 'values')",
            Assert.Throws<ArgumentException>(() => new Matrix(2, 2, [1, 2, 3])).Message);
        Assert.Equal("'values' has 3 values; it must have 4. (Parameter 'values')",
            Assert.Throws<ArgumentException>(() => _ = new MatrixView(new float[3], 2, 2).Rows).Message);
    }

    [Fact]
    public void Sizes_and_indices_out_of_range_are_named()
    {
        Assert.StartsWith("'rows' is -1; it must be 0 or more.",
            Assert.Throws<ArgumentOutOfRangeException>(() => new Matrix(-1, 2)).Message, StringComparison.Ordinal);
        Assert.StartsWith("'rows × columns' is 4294836225; it must be 2147483591 or less.",
            Assert.Throws<ArgumentOutOfRangeException>(() => new Matrix(65535, 65535)).Message, StringComparison.Ordinal);
        Assert.StartsWith("'i' is 2; it must be from 0 to 1.",
            Assert.Throws<ArgumentOutOfRangeException>(() => new Matrix(2, 2).Row(2)[0]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_whose_place_wraps_to_one_within_is_refused()
    {
        const int wraps = 1_431_655_766;        // times 3 it is 2 beyond 2³²
        Matrix matrix = Matrix.FromArray(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } });

        Assert.StartsWith("'i' is 1431655766; it must be from 0 to 1.",
            Assert.Throws<ArgumentOutOfRangeException>(() => matrix.View.Row(wraps)[0]).Message, StringComparison.Ordinal);
        Assert.StartsWith("'i' is 1431655766; it must be from 0 to 1.",
            Assert.Throws<ArgumentOutOfRangeException>(() => ((ReadOnlyMatrixView)matrix).Row(wraps)[0]).Message, StringComparison.Ordinal);
        Assert.StartsWith("'start' is 1431655766; it must be from 0 to 2.",
            Assert.Throws<ArgumentOutOfRangeException>(() => matrix.RowRange(wraps, 1).Rows).Message, StringComparison.Ordinal);
        Assert.StartsWith("'count' is 1431655766; it must be from 0 to 1.",
            Assert.Throws<ArgumentOutOfRangeException>(() => ((ReadOnlyMatrixView)matrix).RowRange(1, wraps).Rows).Message,
            StringComparison.Ordinal);
        Assert.Equal(0, Matrix.FromArray(new float[0, 3]).Rows);
    }

    [Fact]
    public void MathNet_matrices_round_trip_with_rows_as_rows()
    {
        var matrix = new Matrix(2, 3, [1, 2, 3, 4, 5, 6]);
        Matrix<float> mathNet = matrix.ToMathNet();

        Assert.Equal(6f, mathNet[1, 2]);
        Assert.Equal(2f, mathNet[0, 1]);
        Assert.Equal(matrix.Values.ToArray(), mathNet.ToMatrix().Values.ToArray());
        Assert.Equal(matrix.Values.ToArray(), mathNet.ToDouble().ToMatrix().Values.ToArray());
    }
}
