using System.Numerics.Tensors;

namespace FastSparseCoding.Kernels;

/// <summary>Dense products of row-major float32 matrices, on the calling thread.</summary>
internal static class Gemm
{
    /// <summary>C = A·B, or C += A·B. A [N×k], B [k×m], C [N×m].</summary>
    public static void Multiply(ReadOnlyMatrixView a, ReadOnlyMatrixView b, MatrixView c, bool accumulate = false)
    {
        if (!accumulate)
            c.Values.Clear();
        for (int i = 0; i < a.Rows; i++)
            for (int p = 0; p < a.Columns; p++)
                TensorPrimitives.MultiplyAdd(b.Row(p), a.Row(i)[p], c.Row(i), c.Row(i));
    }

    /// <summary>C = A·Bᵀ, or C += A·Bᵀ. A [N×k], B [m×k], C [N×m].</summary>
    public static void MultiplyTransposedB(ReadOnlyMatrixView a, ReadOnlyMatrixView b, MatrixView c, bool accumulate = false)
    {
        if (!accumulate)
            c.Values.Clear();
        for (int i = 0; i < a.Rows; i++)
            for (int j = 0; j < b.Rows; j++)
                c.Row(i)[j] += TensorPrimitives.Dot(a.Row(i), b.Row(j));
    }

    /// <summary>C = Aᵀ·B, or C += Aᵀ·B. A [k×N], B [k×m], C [N×m].</summary>
    public static void MultiplyTransposedA(ReadOnlyMatrixView a, ReadOnlyMatrixView b, MatrixView c, bool accumulate = false)
    {
        if (!accumulate)
            c.Values.Clear();
        for (int p = 0; p < a.Rows; p++)
            for (int i = 0; i < a.Columns; i++)
                TensorPrimitives.MultiplyAdd(b.Row(p), a.Row(p)[i], c.Row(i), c.Row(i));
    }
}
