using System.Numerics.Tensors;

namespace FastSparseCoding.Kernels;

/// <summary>Products with codes of few non-zeros, as sums of contiguous rows.</summary>
internal static class SparseRows
{
    /// <summary>c += Σ_j z_j·W_j over the non-zeros of z. z [m], W [m×p], c [p].</summary>
    public static void AddWeightedRows(ReadOnlySpan<float> z, ReadOnlyMatrixView w, Span<float> c)
    {
        for (int j = 0; j < z.Length; j++)
            if (z[j] != 0)
                TensorPrimitives.MultiplyAdd(w.Row(j), z[j], c, c);
    }

    /// <summary>W_j += z_j·c for the non-zeros of z: the rank-one update of a gradient. z [m], c [p], W [m×p].</summary>
    public static void AddOuterProduct(ReadOnlySpan<float> z, ReadOnlySpan<float> c, MatrixView w)
    {
        for (int j = 0; j < z.Length; j++)
            if (z[j] != 0)
                TensorPrimitives.MultiplyAdd(c, z[j], w.Row(j), w.Row(j));
    }
}
