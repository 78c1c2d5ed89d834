using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// Duality gaps of a block of rows: the products in float32 over the whole block, the sums in double. See <see cref="LassoObjective.DualityGap"/>
/// for the formula.
/// </summary>
internal sealed class Certificate(AtomDictionary dictionary, int rows)
{
    private readonly Matrix _residual = new(rows, dictionary.SignalSize);
    private readonly Matrix _correlations = new(rows, dictionary.AtomCount);
    private readonly double[] _relativeGap = new double[rows];

    /// <summary>gap/E of every row; 0 where E is 0, NaN where float32 overflows. Valid until the next call.</summary>
    public ReadOnlySpan<double> RelativeGaps(ReadOnlyMatrixView x, ReadOnlyMatrixView z, float lambda, PackedMatrix atoms, PackedMatrix atomsTransposed)
    {
        MatrixView r = _residual.RowRange(0, x.Rows), c = _correlations.RowRange(0, x.Rows);
        SparseProduct.Multiply(z, atoms, r);                            // zD
        TensorPrimitives.Subtract(x.Values, r.Values, r.Values);        // r = x − zD
        Gemm.Multiply(r, atomsTransposed, c);                           // rDᵀ
        for (int i = 0; i < x.Rows; i++)
        {
            double largest = TensorPrimitives.MaxMagnitude(c.Row(i));
            double s = Math.Abs(largest) <= lambda ? 1 : lambda / Math.Abs(largest);    // u = s·r is dual feasible
            double rr = Reduction.Dot(r.Row(i), r.Row(i));
            double energy = 0.5 * rr + lambda * Reduction.SumOfMagnitudes(z.Row(i));
            double dual = s * Reduction.Dot(x.Row(i), r.Row(i)) - 0.5 * s * s * rr;
            _relativeGap[i] = energy == 0 ? 0 : Math.Max(0, energy - dual) / energy;
        }
        return _relativeGap.AsSpan(0, x.Rows);
    }
}
