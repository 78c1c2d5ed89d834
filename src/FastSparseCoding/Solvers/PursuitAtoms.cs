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
/// Atoms seen where a mask is 1, every row with a Gram matrix of its own, of which only the rows of chosen atoms are formed. With a mask of ones also the
/// atoms of dictionaries whose Gram matrix would be too large.
/// </summary>
internal sealed class KnownAtoms : PursuitAtoms
{
    /// <summary>Of an atom of which less than this norm is known nothing can be told.</summary>
    public const float SmallestNorm = 1e-3f;

    private readonly AtomDictionary _dictionary;
    private readonly PackedMatrix _squares;
    private readonly AlignedRows _row;          // the row of S asked for last
    private readonly double[] _known;           // the mask [n padded]
    private readonly float[] _inverseNorms;     // [m]
    private readonly float[] _atom;             // an atom as it is seen [n]
    private readonly float[] _products;

    /// <summary>Allocates for a dictionary, given the squares of its values as the right factor of products [n×m].</summary>
    public KnownAtoms(AtomDictionary dictionary, PackedMatrix squares)
    {
        (_dictionary, _squares) = (dictionary, squares);
        int n = dictionary.SignalSize, m = dictionary.AtomCount;
        _row = new AlignedRows(1, m);
        (_known, _inverseNorms, _atom, _products) = (new double[PreciseRows.Padded(n)], new float[m], new float[n], new float[m]);
    }

    /// <summary>The squares of a dictionary's values, for <see cref="KnownAtoms"/>.</summary>
    public static PackedMatrix SquaresOf(AtomDictionary dictionary)
    {
        var squares = new Matrix(dictionary.AtomCount, dictionary.SignalSize);
        System.Numerics.Tensors.TensorPrimitives.Multiply(dictionary.Atoms.Values, dictionary.Atoms.Values, squares.Values);
        return PackedMatrix.OfTransposed(squares);
    }

    /// <summary>Sees atoms where a mask [n] is 1; b [m], the products of a signal with the atoms there, becomes those with atoms of unit norm.</summary>
    public void See(ReadOnlySpan<float> mask, Span<float> b)
    {
        PreciseRows.Widen(mask, _known);
        Gemm.Multiply(ReadOnlyMatrixView.OfRow(mask), _squares, MatrixView.OfRow(_inverseNorms));      // ‖d_k‖² = Σ mask·d²
        for (int k = 0; k < _inverseNorms.Length; k++)
        {
            float norm = MathF.Sqrt(_inverseNorms[k]);
            _inverseNorms[k] = norm > SmallestNorm ? 1 / norm : 0;
            b[k] *= _inverseNorms[k];
        }
    }

    public override double InverseNorm(int k) => _inverseNorms[k];

    public override void Restrict(Span<double> r) => System.Numerics.Tensors.TensorPrimitives.Multiply(r, _known, r);

    public override (AlignedRows Rows, int Row) RowOfS(int k)
    {
        ReadOnlySpan<float> atom = _dictionary.Atoms.Row(k);
        for (int i = 0; i < atom.Length; i++)
            _atom[i] = _known[i] != 0 ? -_inverseNorms[k] * atom[i] : 0;
        Gemm.Multiply(ReadOnlyMatrixView.OfRow(_atom), _dictionary.PackedTransposed, MatrixView.OfRow(_products));
        System.Numerics.Tensors.TensorPrimitives.Multiply(_products, _inverseNorms, _products);        // −d_kᵀd_j/(‖d_k‖‖d_j‖)
        _products[k] = 0;
        _row.Copy(ReadOnlyMatrixView.OfRow(_products));
        return (_row, 0);
    }
}
