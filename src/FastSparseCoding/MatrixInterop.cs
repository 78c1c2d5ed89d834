using MathNet.Numerics.LinearAlgebra;

namespace FastSparseCoding;

/// <summary>To and from MathNet's column-major matrices: for decompositions and interoperation, never inside a loop. Safe to call from
/// several threads at once.</summary>
public static class MatrixInterop
{
    /// <summary>Copies into a MathNet matrix of the same shape.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <returns>A dense MathNet matrix.</returns>
    /// <example><code>
    /// float norm = (float)x.ToMathNet().FrobeniusNorm();
    /// </code></example>
    public static Matrix<float> ToMathNet(this Matrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return Matrix<float>.Build.DenseOfRowMajor(matrix.Rows, matrix.Columns, matrix.Values.ToArray());
    }

    /// <summary>Copies from a MathNet matrix of the same shape.</summary>
    /// <param name="matrix">A MathNet matrix.</param>
    /// <returns>A matrix of the same shape.</returns>
    public static Matrix ToMatrix(this Matrix<float> matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return new Matrix(matrix.RowCount, matrix.ColumnCount, matrix.ToRowMajorArray());
    }

    /// <summary>Copies from a MathNet matrix of doubles, rounded to float32.</summary>
    /// <param name="matrix">A MathNet matrix.</param>
    /// <returns>A matrix of the same shape.</returns>
    public static Matrix ToMatrix(this Matrix<double> matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return new Matrix(matrix.RowCount, matrix.ColumnCount, Array.ConvertAll(matrix.ToRowMajorArray(), v => (float)v));
    }
}
