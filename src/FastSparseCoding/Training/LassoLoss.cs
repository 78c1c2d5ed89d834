using System.Numerics.Tensors;
using FastSparseCoding.Encoders;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Training;

/// <summary>
/// What codes cost, E(x, z) = ½‖x − zD‖² + λ Σ w|z| + ½μ‖z‖², as a loss to train an encoder with: no exact codes are needed. The energies
/// that a user is told are those of <see cref="Solvers.LassoObjective"/>, in double.
/// </summary>
internal sealed class LassoLoss
{
    private readonly AtomDictionary _dictionary;
    private readonly PackedMatrix _d;       // D [m×n]; Dᵀ is the dictionary's own
    private readonly float[] _weights;      // λw [m]
    private readonly float _ridge;          // μ
    private readonly Matrix _r;             // x − zD [N×n]

    /// <summary>Makes the memory.</summary>
    /// <param name="encoder">Whose dictionary and penalty it is.</param>
    /// <param name="maxRows">Most signals at a time, of all threads together.</param>
    /// <exception cref="ArgumentException">The encoder has no dictionary.</exception>
    public LassoLoss(TrainableEncoder encoder, int maxRows)
    {
        _dictionary = encoder.Dictionary
            ?? Throw.Argument<AtomDictionary>(
                nameof(encoder), $"'encoder' is a '{encoder.Kind}' without a dictionary; the lasso objective needs the one it codes for.");
        _d = new PackedMatrix(encoder.CodeSize, encoder.SignalSize);
        _d.Pack(_dictionary.Atoms);
        _weights = encoder.Penalty.Thresholds(encoder.CodeSize);
        _ridge = encoder.Penalty.Ridge;
        _r = new Matrix(maxRows, encoder.SignalSize);
    }

    /// <summary>The energies of some signals, and their gradient by the codes. Where a code is zero ‖z‖₁ counts as flat: nothing goes back
    /// through a threshold there.</summary>
    /// <param name="x">Signals [N×n].</param>
    /// <param name="z">Codes [N×m].</param>
    /// <param name="first">The first of the rows of the memory to use: threads take different ones.</param>
    /// <param name="dz">Receives dE/dZ [N×m].</param>
    /// <param name="energies">Receives E(x, z) [N].</param>
    public void Evaluate(ReadOnlyMatrixView x, ReadOnlyMatrixView z, int first, MatrixView dz, Span<double> energies)
    {
        MatrixView r = _r.RowRange(first, x.Rows);
        SparseProduct.Multiply(z, _d, r);
        TensorPrimitives.Subtract(r.Values, x.Values, r.Values);                // −R = ZD − x
        Gemm.Multiply(r, _dictionary.PackedTransposed, dz);                     // dZ = −RDᵀ
        for (int i = 0; i < z.Rows; i++)
            energies[i] = Reduction.Dot(r.Row(i), r.Row(i)) / 2 + AddPenalty(z.Row(i), dz.Row(i));      // dZ += λw ⊙ sign(Z) + μZ
    }

    private double AddPenalty(ReadOnlySpan<float> z, Span<float> dz)
    {
        double l1 = 0, l2 = 0;
        for (int k = 0; k < z.Length; k++)
        {
            if (z[k] == 0)
                continue;
            l1 += (double)_weights[k] * Math.Abs(z[k]);
            l2 += (double)z[k] * z[k];
            dz[k] += (z[k] < 0 ? -_weights[k] : _weights[k]) + _ridge * z[k];
        }
        return l1 + _ridge * l2 / 2;
    }
}
