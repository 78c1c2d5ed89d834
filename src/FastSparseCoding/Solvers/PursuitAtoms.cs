using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>The atoms as a signal's pursuit sees them: of unit norm over the values that are known of it.</summary>
internal abstract class PursuitAtoms
{
    /// <summary>Where row k of S = I − G is, G the Gram matrix of the atoms seen; valid until the next call.</summary>
    public abstract (AlignedRows Rows, int Row) RowOfS(int k);

    /// <summary>1/‖d_k‖ of an atom over the known values, or 0 where next to nothing of it is known.</summary>
    public abstract double InverseNorm(int k);

    /// <summary>Leaves of a residual [n padded] what is known.</summary>
    public abstract void Restrict(Span<double> r);
}

/// <summary>Atoms seen whole, their Gram matrix computed before.</summary>
internal sealed class WholeAtoms(AlignedRows s) : PursuitAtoms
{
    public override (AlignedRows Rows, int Row) RowOfS(int k) => (s, k);

    public override double InverseNorm(int k) => 1;

    public override void Restrict(Span<double> r)
    {
        // All is known.
    }
}

/// <summary>
/// Atoms seen where a mask is 1, every row with a Gram matrix of its own, of which only the rows of chosen atoms are formed. With a mask of
/// ones also the atoms of dictionaries whose Gram matrix would be too large.
/// </summary>
internal sealed class KnownAtoms : PursuitAtoms
{
    /// <summary>Of an atom of which less than this norm is known nothing can be told.</summary>
    public const float SmallestNorm = 1e-3f;

    private readonly AtomDictionary _dictionary;
    private readonly TransposedAtoms _transposed;
    private readonly AlignedRows _row;          // the row of S asked for last
    private readonly double[] _mask;            // [n padded]
    private readonly float[] _inverseNorms;     // [m]
    private readonly float[] _products;         // [m]
    private readonly int[] _known;              // which values are known
    private readonly float[] _factors;          // what goes with each of them
    private int _count;

    /// <summary>Allocates for a dictionary and what was made of it for all threads.</summary>
    public KnownAtoms(AtomDictionary dictionary, TransposedAtoms transposed)
    {
        (_dictionary, _transposed) = (dictionary, transposed);
        int n = dictionary.SignalSize, m = dictionary.AtomCount;
        _row = new AlignedRows(1, m);
        (_inverseNorms, _products) = (new float[m], new float[m]);
        (_mask, _known, _factors) = (new double[PreciseRows.Padded(n)], new int[n], new float[n]);
    }

    /// <summary>Sees atoms where a mask [n] is 1; b [m], the products of a signal with the atoms there, becomes those with atoms of unit
    /// norm.</summary>
    public void See(ReadOnlySpan<float> mask, Span<float> b)
    {
        PreciseRows.Widen(mask, _mask);
        _count = 0;
        for (int i = 0; i < mask.Length; i++)
            if (mask[i] != 0)
                (_known[_count], _factors[_count++]) = (i, 1);
        Array.Clear(_inverseNorms);
        SparseRows.AddRows(_factors.AsSpan(0, _count), _transposed.Squares, _known.AsSpan(0, _count), _inverseNorms);      // ‖d_k‖² = Σ d²
        for (int k = 0; k < _inverseNorms.Length; k++)
        {
            float norm = MathF.Sqrt(_inverseNorms[k]);
            _inverseNorms[k] = norm > SmallestNorm ? 1 / norm : 0;
            b[k] *= _inverseNorms[k];
        }
    }

    public override double InverseNorm(int k) => _inverseNorms[k];

    public override void Restrict(Span<double> r) => TensorPrimitives.Multiply(r, _mask, r);

    public override (AlignedRows Rows, int Row) RowOfS(int k)
    {
        ReadOnlySpan<float> atom = _dictionary.Atoms.Row(k);
        for (int s = 0; s < _count; s++)
            _factors[s] = -_inverseNorms[k] * atom[_known[s]];
        Array.Clear(_products);
        SparseRows.AddRows(_factors.AsSpan(0, _count), _transposed.Values, _known.AsSpan(0, _count), _products);
        TensorPrimitives.Multiply(_products, _inverseNorms, _products);             // −d_kᵀd_j/(‖d_k‖‖d_j‖)
        _products[k] = 0;
        _row.Copy(ReadOnlyMatrixView.OfRow(_products));
        return (_row, 0);
    }
}

/// <summary>Dᵀ [n×m] and its squares: of what is known, rows are summed.</summary>
internal sealed class TransposedAtoms
{
    public TransposedAtoms(AtomDictionary dictionary)
    {
        Matrix transposed = new Matrix(dictionary.AtomCount, dictionary.SignalSize, dictionary.Atoms.Values.ToArray()).Transpose();
        Values = new AlignedRows(transposed);
        TensorPrimitives.Multiply(transposed.Values, transposed.Values, transposed.Values);
        Squares = new AlignedRows(transposed);
    }

    /// <summary>Dᵀ.</summary>
    public AlignedRows Values { get; }

    /// <summary>Its squares.</summary>
    public AlignedRows Squares { get; }
}
