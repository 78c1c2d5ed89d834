using System.Runtime.CompilerServices;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// Orthogonal matching pursuit of a block of rows on one thread: in float32 first, finished and proved in double; what float32 leaves in
/// doubt goes on in double.
/// </summary>
internal sealed class OmpWorkspace
{
    /// <summary>Says that no error ends a row.</summary>
    public const double NoError = double.NegativeInfinity;

    /// <summary>With more atoms than this the Gram matrix would take more memory than it saves time.</summary>
    private const int MostAtomsOfGram = 4096;

    private readonly AtomDictionary _dictionary;
    private readonly PrecisePursuit _precise;
    private readonly FloatPursuit _float;
    private readonly WholeAtoms? _whole;
    private readonly Lazy<KnownAtoms> _known;
    private readonly Matrix _x;             // signals, 0 where they are not known
    private readonly Matrix _b;
    private readonly float[] _ones;
    private readonly int _maxAtoms;

    public OmpWorkspace(AtomDictionary dictionary, OmpOptions options, Lazy<TransposedAtoms> transposed)
    {
        _dictionary = dictionary;
        _maxAtoms = options.MaxAtoms ?? int.MaxValue;
        _precise = new PrecisePursuit(dictionary, options.NonNegative);
        _float = new FloatPursuit(dictionary, options);
        _whole = dictionary.AtomCount <= MostAtomsOfGram ? new WholeAtoms(dictionary.IdentityMinusGram) : null;
        _known = new Lazy<KnownAtoms>(() => new KnownAtoms(dictionary, transposed.Value));
        _x = new Matrix(RowBlocks.MostRows, dictionary.SignalSize);
        _b = new Matrix(RowBlocks.MostRows, dictionary.AtomCount);
        _ones = new float[dictionary.SignalSize];
        Array.Fill(_ones, 1);
    }

    /// <summary>Takes the signals of a block of rows that are known as a whole.</summary>
    public void Begin(ReadOnlyMatrixView x) => Correlate(x);

    /// <summary>Takes the signals of a block of rows that are known where their mask is 1.</summary>
    public void Begin(ReadOnlyMatrixView x, ReadOnlyMatrixView mask)
    {
        for (int i = 0; i < x.Rows; i++)
            Masks.Apply(x.Row(i), mask.Row(i), _x.Row(i));
        Correlate(_x.RowRange(0, x.Rows));
    }

    /// <summary>Solves row i of the block, known as a whole.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public OmpRow Solve(int i, ReadOnlySpan<float> x, Span<float> z, double error, CancellationToken cancellation)
    {
        if (_float.TrySolve(x, _b.Row(i), (PursuitAtoms?)_whole ?? See(i, _ones), z, error, out OmpRow row))
            return row;
        _precise.Begin(x);
        return Finish(z, error, cancellation);
    }

    /// <summary>Solves row i of the block, known where its mask is 1.</summary>
    public OmpRow SolveKnown(int i, ReadOnlySpan<float> mask, Span<float> z, double errorOfAll, CancellationToken cancellation)
    {
        int known = mask.Length - mask.Count(0f);
        double error = errorOfAll * Math.Sqrt((double)known / mask.Length);
        if (_float.TrySolve(_x.Row(i), _b.Row(i), See(i, mask), z, error, out OmpRow row))
            return row;
        _precise.Begin(_x.Row(i), mask);
        return Finish(z, error, cancellation);
    }

    private OmpRow Finish(Span<float> z, double error, CancellationToken cancellation)
    {
        _precise.Take(_float.Atoms, _float.Values);
        return _precise.Run(z, _maxAtoms, error, cancellation);
    }

    private KnownAtoms See(int i, ReadOnlySpan<float> mask)
    {
        _known.Value.See(mask, _b.Row(i));
        return _known.Value;
    }

    private void Correlate(ReadOnlyMatrixView x) => Gemm.Multiply(x, _dictionary.PackedTransposed, _b.RowRange(0, x.Rows));       // B = xDᵀ
}
