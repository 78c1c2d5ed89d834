using System.Runtime.CompilerServices;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// Orthogonal matching pursuit of a block of rows on one thread: in float32 first, finished and proved in double; what float32 leaves in doubt goes on in double.
/// </summary>
internal sealed class OmpWorkspace
{
    /// <summary>Says that no error ends a row.</summary>
    public const double NoError = double.NegativeInfinity;

    private readonly PrecisePursuit _precise;
    private readonly FloatPursuit? _float;
    private readonly Matrix _b;
    private readonly AtomDictionary _dictionary;
    private readonly int _maxAtoms;

    public OmpWorkspace(AtomDictionary dictionary, OmpOptions options)
    {
        _dictionary = dictionary;
        _maxAtoms = options.MaxAtoms ?? int.MaxValue;
        _precise = new PrecisePursuit(dictionary, options.NonNegative);
        if (dictionary.AtomCount <= FloatPursuit.MostAtomsOfGram)
            _float = new FloatPursuit(dictionary, options);
        _b = new Matrix(_float is null ? 0 : SparseEncoderExtensions.BlockRows, dictionary.AtomCount);
    }

    /// <summary>Takes the signals of a block of rows that are known as a whole.</summary>
    public void Correlate(ReadOnlyMatrixView x)
    {
        if (_float is not null)
            Gemm.Multiply(x, _dictionary.PackedTransposed, _b.RowRange(0, x.Rows));             // B = xDᵀ
    }

    /// <summary>Solves row i of the block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public OmpRow Solve(int i, ReadOnlySpan<float> x, Span<float> z, double error, CancellationToken cancellation)
    {
        if (_float is null)
            _precise.Begin(x);
        else if (_float.TrySolve(x, _b.Row(i), z, error, out OmpRow row))
            return row;
        else
        {
            _precise.Begin(x);
            _precise.Take(_float.Atoms, _float.Values);
        }
        return _precise.Run(z, _maxAtoms, error, cancellation);
    }

    /// <summary>Solves a row that is known where its mask is 1.</summary>
    public OmpRow Solve(ReadOnlySpan<float> x, ReadOnlySpan<float> mask, Span<float> z, double error, CancellationToken cancellation)
    {
        _precise.Begin(x, mask);
        return _precise.Run(z, _maxAtoms, error * Math.Sqrt((double)(mask.Length - mask.Count(0f)) / mask.Length), cancellation);
    }
}
