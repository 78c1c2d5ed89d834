using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FastSparseCoding.Kernels;

namespace FastSparseCoding;

/// <summary>
/// A dictionary D [m×n] with one unit-norm atom per row, together with what every solver derives from it: the Gram matrix G = DDᵀ and an
/// upper bound L of its largest eigenvalue. Immutable and safe to share between threads.
/// </summary>
public sealed class AtomDictionary
{
    /// <summary>How far an atom's norm may be from 1 to count as unit-norm.</summary>
    public const float NormTolerance = 1e-3f;

    /// <summary>The most atoms of which a Gram matrix [m×m] is made, as <see cref="Gram"/> and most solvers do.</summary>
    public const int MaxGramAtoms = 46_340;

    private readonly Matrix _atoms;
    private readonly Lazy<AlignedRows> _rows;
    private readonly Lazy<PackedMatrix> _packedTransposed;
    private readonly Lock _formsProducts = new();
    private volatile AlignedRows? _identityMinusGram;
    private Lazy<Matrix> _gram;
    private Lazy<float> _lipschitz;
    private Lazy<string> _hash;

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
        _rows = new Lazy<AlignedRows>(() => new AlignedRows(_atoms));
        _packedTransposed = new Lazy<PackedMatrix>(() => PackedMatrix.OfTransposed(_atoms));
        Forget();
    }

    /// <summary>Number of atoms m: the size of a code.</summary>
    public int AtomCount => _atoms.Rows;

    /// <summary>Number of values in an atom n: the size of a signal.</summary>
    public int SignalSize => _atoms.Columns;

    /// <summary>The atoms D [m×n], one unit-norm atom per row.</summary>
    public ReadOnlyMatrixView Atoms => _atoms.View;

    /// <summary>The Gram matrix G = DDᵀ [m×m], with a diagonal of exactly 1. Computed once, at first use.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are more than <see cref="MaxGramAtoms"/> atoms, of which one matrix cannot hold
    /// the products.</exception>
    public ReadOnlyMatrixView Gram => _gram.Value.View;

    /// <summary>L: above the largest eigenvalue of G, never below it; the inverse of ISTA's step. Computed once, at first use.</summary>
    public float Lipschitz => _lipschitz.Value;

    /// <summary>D [m×n] in aligned rows.</summary>
    internal AlignedRows Rows => _rows.Value;

    /// <summary>S = I − G [m×m], symmetric, its diagonal exactly zero.</summary>
    internal AlignedRows IdentityMinusGram => FormIdentityMinusGram(threads: 1);

    /// <summary>Dᵀ [n×m] as the right factor of products.</summary>
    internal PackedMatrix PackedTransposed => _packedTransposed.Value;

    /// <summary>A fingerprint of the atoms: the first 16 hexadecimal digits of the SHA-256 of their bytes.</summary>
    public string Hash => _hash.Value;

    /// <summary>Scales rows of any norm to unit norm.</summary>
    /// <param name="atoms">Atoms in rows [m×n], finite and none of them zero.</param>
    /// <returns>The dictionary of the normalised rows.</returns>
    /// <exception cref="ArgumentException">A value is not finite, or a row is zero.</exception>
    /// <example><code>
    /// AtomDictionary spectra = AtomDictionary.Normalize(Npy.ReadMatrix("spectra.npy"));  // atoms in rows
    /// </code></example>
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
    /// <example><code>
    /// Matrix approximation = dictionary.Reconstruct(encoder.Encode(x));  // x̂ = zD
    /// </code></example>
    public Matrix Reconstruct(Matrix z)
    {
        ArgumentNullException.ThrowIfNull(z);
        var x = new Matrix(z.Rows, SignalSize);
        Reconstruct(z.View, x.View);
        return x;
    }

    /// <summary>S = I − G, on several threads where it is not there yet.</summary>
    internal AlignedRows FormIdentityMinusGram(int threads)
    {
        if (_identityMinusGram is { } there)
            return there;
        Throw.IfAbove(AtomCount, MaxGramAtoms);
        lock (_formsProducts)
            return _identityMinusGram ??= Fill(new AlignedRows(AtomCount, AtomCount), threads);
    }

    /// <summary>
    /// Takes the directions of other atoms of the same shape, in place, and with them what was derived: a solver made for this dictionary
    /// then solves for the new ones. For a learner, whose own dictionary follows its atoms from batch to batch and is seen by nobody else.
    /// </summary>
    internal void Follow(Matrix atoms, int threads)
    {
        atoms.Values.CopyTo(_atoms.Values);
        Normalize(_atoms, requireUnitNorm: false, null);
        if (_rows.IsValueCreated)
            _rows.Value.Copy(_atoms);
        if (_packedTransposed.IsValueCreated)
            _packedTransposed.Value.PackTransposed(_atoms);
        if (_identityMinusGram is { } s)
            Fill(s, threads);
        Forget();
    }

    /// <inheritdoc/>
    public override string ToString() => $"AtomDictionary [{AtomCount}×{SignalSize}] {Hash}";

    private static Matrix Checked(ReadOnlyMatrixView atoms, bool requireUnitNorm, float[]? norms)
    {
        if (atoms.Rows == 0 || atoms.Columns == 0)
            Throw.Argument(nameof(atoms), $"'atoms' is [{atoms.Rows}×{atoms.Columns}]; a dictionary needs at least one atom of one value.");
        Throw.IfNotFinite(atoms, nameof(atoms));
        var copy = new Matrix(atoms.Rows, atoms.Columns, atoms.Values.ToArray());
        Normalize(copy, requireUnitNorm, norms);
        return copy;
    }

    private static void Normalize(Matrix atoms, bool requireUnitNorm, float[]? norms)
    {
        for (int k = 0; k < atoms.Rows; k++)
        {
            double norm = Norm(atoms.Row(k));
            if (requireUnitNorm ? Math.Abs(norm - 1) > NormTolerance : norm == 0)
            {
                string mustBe = requireUnitNorm ? "1" : "above 0";
                Throw.Argument(nameof(atoms),
                    string.Create(CultureInfo.InvariantCulture, $"'atoms' has norm {norm:G6} at row {k}; it must be {mustBe}."));
            }
            if (norms is not null)
                norms[k] = (float)norm;
            // A second construction from the same rows must give the same bits: leave what is 1 to float precision alone.
            if (Math.Abs(norm - 1) <= 1e-6)
                continue;
            foreach (ref float value in atoms.Row(k))
                value = (float)(value / norm);
        }
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
        AlignedRows s = IdentityMinusGram;
        var gram = new Matrix(AtomCount, AtomCount);
        for (int k = 0; k < AtomCount; k++)
        {
            System.Numerics.Tensors.TensorPrimitives.Subtract(0f, s.Row(k), gram.Row(k));       // G = I − S
            gram[k, k] = 1;
        }
        return gram;
    }

    private AlignedRows Fill(AlignedRows s, int threads)
    {
        PackedMatrix transposed = PackedTransposed;
        RowBlocks.Run(RowBlocks.Count(AtomCount, SymmetricGram.Block), 1, threads, CancellationToken.None,
            (block, _) => SymmetricGram.Fill(_atoms, transposed, s, block));
        return s;
    }

    /// <summary>What was derived from the atoms for those who ask for it is derived anew.</summary>
    [MemberNotNull(nameof(_gram), nameof(_lipschitz), nameof(_hash))]
    private void Forget()
    {
        _gram = new Lazy<Matrix>(ComputeGram);
        _lipschitz = new Lazy<float>(() => SpectralBound.OfGram(_atoms));
        _hash = new Lazy<string>(ComputeHash);
    }

    private string ComputeHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int k = 0; k < AtomCount; k++)
            hash.AppendData(MemoryMarshal.AsBytes(_atoms.Row(k)));      // row by row: the bytes of all may be more than a span counts
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
