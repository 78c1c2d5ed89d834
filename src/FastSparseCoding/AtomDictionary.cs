using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FastSparseCoding.Kernels;

namespace FastSparseCoding;

/// <summary>
/// A dictionary D [m×n] with one unit-norm atom per row, together with what every solver derives from it: the Gram matrix G = DDᵀ and an upper
/// bound L of its largest eigenvalue. Immutable and safe to share between threads.
/// </summary>
public sealed class AtomDictionary
{
    /// <summary>How far an atom's norm may be from 1 to count as unit-norm.</summary>
    public const float NormTolerance = 1e-3f;

    /// <summary>The most atoms of which a Gram matrix [m×m] is made, as <see cref="Gram"/> and most solvers do.</summary>
    public const int MaxGramAtoms = 46_340;

    private readonly Matrix _atoms;
    private readonly Lazy<Matrix> _gram;
    private readonly Lazy<float> _lipschitz;
    private readonly Lazy<string> _hash;
    private readonly Lazy<AlignedRows> _rows;
    private readonly Lazy<AlignedRows> _identityMinusGram;
    private readonly Lazy<PackedMatrix> _packed;
    private readonly Lazy<PackedMatrix> _packedTransposed;

    /// <summary>Copies the atoms and scales each to norm 1 exactly.</summary>
    /// <param name="atoms">Atoms in rows [m×n], finite, each of norm 1 within <see cref="NormTolerance"/>.</param>
    /// <exception cref="ArgumentException">There is no atom, a value is not finite, or an atom is not of unit norm.</exception>
    public AtomDictionary(ReadOnlyMatrixView atoms)
        : this(Checked(atoms, requireUnitNorm: true, null))
    {
    }

    private AtomDictionary(Matrix atoms)
    {
        _atoms = atoms;
        _gram = new Lazy<Matrix>(ComputeGram);
        _lipschitz = new Lazy<float>(() => SpectralBound.OfGram(_atoms));
        _rows = new Lazy<AlignedRows>(() => new AlignedRows(_atoms));
        _identityMinusGram = new Lazy<AlignedRows>(ComputeIdentityMinusGram);
        _packed = new Lazy<PackedMatrix>(() => PackedMatrix.Of(_atoms));
        _packedTransposed = new Lazy<PackedMatrix>(() => PackedMatrix.OfTransposed(_atoms));
        _hash = new Lazy<string>(() => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(_atoms.Values)))[..16]);
    }

    /// <summary>Number of atoms m: the size of a code.</summary>
    public int AtomCount => _atoms.Rows;

    /// <summary>Number of values in an atom n: the size of a signal.</summary>
    public int SignalSize => _atoms.Columns;

    /// <summary>The atoms D [m×n], one unit-norm atom per row.</summary>
    public ReadOnlyMatrixView Atoms => _atoms.View;

    /// <summary>The Gram matrix G = DDᵀ [m×m], with a diagonal of exactly 1. Computed once, at first use.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are more than <see cref="MaxGramAtoms"/> atoms, of which one matrix cannot hold the products.</exception>
    public ReadOnlyMatrixView Gram => _gram.Value.View;

    /// <summary>L: above the largest eigenvalue of G, never below it; the inverse of ISTA's step. Computed once, at first use.</summary>
    public float Lipschitz => _lipschitz.Value;

    /// <summary>D [m×n] in aligned rows.</summary>
    internal AlignedRows Rows => _rows.Value;

    /// <summary>S = I − G [m×m], symmetric, its diagonal exactly zero.</summary>
    internal AlignedRows IdentityMinusGram => _identityMinusGram.Value;

    /// <summary>D [m×n] as the right factor of products.</summary>
    internal PackedMatrix Packed => _packed.Value;

    /// <summary>Dᵀ [n×m] as the right factor of products.</summary>
    internal PackedMatrix PackedTransposed => _packedTransposed.Value;

    /// <summary>A fingerprint of the atoms: the first 16 hexadecimal digits of the SHA-256 of their bytes.</summary>
    public string Hash => _hash.Value;

    /// <summary>Scales rows of any norm to unit norm.</summary>
    /// <param name="atoms">Atoms in rows [m×n], finite and none of them zero.</param>
    /// <returns>The dictionary of the normalised rows.</returns>
    /// <exception cref="ArgumentException">A value is not finite, or a row is zero.</exception>
    public static AtomDictionary Normalize(ReadOnlyMatrixView atoms) => new(Checked(atoms, requireUnitNorm: false, null));

    /// <summary>Scales rows of any norm s_k to unit norm, and tells the norms: z_k times an atom is z_k/s_k times its row.</summary>
    /// <param name="atoms">Atoms in rows [m×n], finite and none of them zero.</param>
    /// <param name="norms">Receives the norms s [m] of the rows.</param>
    /// <returns>The dictionary of the normalised rows.</returns>
    /// <exception cref="ArgumentException">A value is not finite, or a row is zero.</exception>
    public static AtomDictionary Normalize(ReadOnlyMatrixView atoms, out float[] norms)
    {
        norms = new float[atoms.Rows];
        return new(Checked(atoms, requireUnitNorm: false, norms));
    }

    /// <summary>Codes back to signals: x̂ = zD.</summary>
    /// <param name="z">Codes [N×m].</param>
    /// <param name="x">Receives the reconstructions [N×n].</param>
    /// <exception cref="ArgumentException">A shape is wrong.</exception>
    public void Reconstruct(ReadOnlyMatrixView z, MatrixView x)
    {
        Throw.IfColumnsNot(z.Columns, AtomCount, nameof(z));
        Throw.IfShapeNot(x.Rows, x.Columns, z.Rows, SignalSize, nameof(x));
        Gemm.Multiply(z, _atoms, x);    // x̂ = zD
    }

    /// <summary>Codes back to signals: x̂ = zD.</summary>
    /// <param name="z">Codes [N×m].</param>
    /// <returns>The reconstructions [N×n].</returns>
    public Matrix Reconstruct(Matrix z)
    {
        ArgumentNullException.ThrowIfNull(z);
        var x = new Matrix(z.Rows, SignalSize);
        Reconstruct(z.View, x.View);
        return x;
    }

    /// <inheritdoc/>
    public override string ToString() => $"AtomDictionary [{AtomCount}×{SignalSize}] {Hash}";

    private static Matrix Checked(ReadOnlyMatrixView atoms, bool requireUnitNorm, float[]? norms)
    {
        if (atoms.Rows == 0 || atoms.Columns == 0)
            Throw.Argument(nameof(atoms), $"'atoms' is [{atoms.Rows}×{atoms.Columns}]; a dictionary needs at least one atom of one value.");
        Throw.IfNotFinite(atoms, nameof(atoms));
        var copy = new Matrix(atoms.Rows, atoms.Columns, atoms.Values.ToArray());
        for (int k = 0; k < copy.Rows; k++)
        {
            double norm = Norm(copy.Row(k));
            if (requireUnitNorm ? Math.Abs(norm - 1) > NormTolerance : norm == 0)
            {
                string mustBe = requireUnitNorm ? "1" : "above 0";
                Throw.Argument(nameof(atoms), string.Create(CultureInfo.InvariantCulture, $"'atoms' has norm {norm:G6} at row {k}; it must be {mustBe}."));
            }
            if (norms is not null)
                norms[k] = (float)norm;
            // A second construction from the same rows must give the same bits: leave what is 1 to float precision alone.
            if (Math.Abs(norm - 1) <= 1e-6)
                continue;
            foreach (ref float value in copy.Row(k))
                value = (float)(value / norm);
        }
        return copy;
    }

    private static double Norm(ReadOnlySpan<float> row)
    {
        double sum = 0;
        foreach (float value in row)
            sum += (double)value * value;
        return Math.Sqrt(sum);
    }

    private Matrix ComputeGram()
    {
        Throw.IfAbove(AtomCount, MaxGramAtoms);
        var gram = new Matrix(AtomCount, AtomCount);
        Gemm.MultiplyTransposedB(_atoms, _atoms, gram);     // G = DDᵀ
        for (int k = 0; k < AtomCount; k++)
            gram[k, k] = 1;
        return gram;
    }

    private AlignedRows ComputeIdentityMinusGram()
    {
        Matrix s = _gram.IsValueCreated ? _gram.Value.Clone() : ComputeGram();
        System.Numerics.Tensors.TensorPrimitives.Negate(s.Values, s.Values);
        for (int k = 0; k < AtomCount; k++)
            s[k, k] = 0;
        return new AlignedRows(s);
    }
}
