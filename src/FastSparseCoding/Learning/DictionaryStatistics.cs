using System.Numerics.Tensors;
using FastSparseCoding.Kernels;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Learning;

/// <summary>
/// What a set of signals says about the atoms of a dictionary: A = Σ zᵀz and B = Σ zᵀx in double, over exact codes z of signals x. Sums
/// of parts of the signals add up to those of all, wherever they were made, and <see cref="Update"/> then moves the atoms once for all of
/// them: a step of Mairal et al. 2010, Algorithm 2, with the whole set as its batch and nothing forgotten. Signals whose code is not
/// certified are left out and counted. For one thread at a time.
/// </summary>
/// <example><code>
/// var solver = new ActiveSetSolver(dictionary, 0.5f);
/// var statistics = new DictionaryStatistics(dictionary.AtomCount, dictionary.SignalSize);
/// statistics.Add(solver, x);
/// AtomDictionary better = statistics.Update(dictionary);
/// </code></example>
public sealed class DictionaryStatistics
{
    /// <summary>Rows of A and B that a thread takes at a time.</summary>
    private const int RowsAtATime = 32;

    /// <summary>Sweeps over the atoms after which they need not rest.</summary>
    private const int MostSweeps = 100;

    /// <summary>Atoms rest where no value of any of them moves by more in a sweep.</summary>
    private const float Rest = 1e-6f;

    private readonly int _atoms, _size;

    /// <summary>Begins with no signals.</summary>
    /// <param name="atomCount">Number of atoms m, 1 or more.</param>
    /// <param name="signalSize">Values in a signal n, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1, or one array cannot hold m² or m·n values.</exception>
    public DictionaryStatistics(int atomCount, int signalSize)
    {
        Throw.IfBelow(atomCount, 1);
        Throw.IfBelow(signalSize, 1);
        Throw.IfAbove((long)atomCount * Math.Max(atomCount, signalSize), Array.MaxLength, "atomCount × max(atomCount, signalSize)");
        (_atoms, _size) = (atomCount, signalSize);
        A = new double[atomCount * atomCount];
        B = new double[atomCount * signalSize];
    }

    /// <summary>Signals with a certified code that were added.</summary>
    public long Signals { get; internal set; }

    /// <summary>Signals left out because their code was not certified.</summary>
    public long Uncertified { get; internal set; }

    /// <summary>Non-zeros of all codes.</summary>
    public long NonZeros { get; internal set; }

    /// <summary>Σ E(x, z) over the signals with a certified code.</summary>
    public double Energy { get; internal set; }

    /// <summary>Mean E(x, z) at the dictionary of the codes; NaN before the first signal.</summary>
    public double Objective => Energy / Signals;

    /// <summary>Atoms that no code uses; an update leaves them where they are.</summary>
    public int UnusedAtoms => Enumerable.Range(0, _atoms).Count(k => A[k * _atoms + k] == 0);

    /// <summary>Σ zᵀz [m×m], row after row.</summary>
    internal double[] A { get; }

    /// <summary>Σ zᵀx [m×n], row after row.</summary>
    internal double[] B { get; }

    /// <summary>Encodes signals and adds what they say.</summary>
    /// <param name="solver">The solver, of the dictionary that is to be updated.</param>
    /// <param name="x">Signals [N×n], finite.</param>
    /// <param name="threads">Threads; 0 for one per core. The result does not depend on it.</param>
    /// <param name="cancellation">Stops the encoding; nothing was then added.</param>
    /// <exception cref="ArgumentException">The solver or the signals are of another size, or a signal is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Add(LassoSolver solver, Matrix x, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(solver);
        ArgumentNullException.ThrowIfNull(x);
        Throw.IfShapeNot(solver.CodeSize, solver.SignalSize, _atoms, _size, nameof(solver));
        var z = new Matrix(x.Rows, _atoms);
        SolveReport report = solver.Solve(x, z, warmStart: false, threads, cancellation);
        CertifiedCodes certified = CertifiedCodes.Of(report, x, z);
        var lists = new CodeLists(_atoms);
        lists.Take(certified.Codes);
        lists.Turn();
        var signals = new double[certified.Signals.Values.Length];
        TensorPrimitives.ConvertTruncating<float, double>(certified.Signals.Values, signals);
        RowBlocks.Run(_atoms, RowsAtATime, threads, CancellationToken.None, (first, count) =>
        {
            for (int k = first; k < first + count; k++)
                AddTo(k, lists, signals);
        });
        Signals += certified.Signals.Rows;
        Uncertified += certified.Uncertified;
        NonZeros += lists.Count;
        foreach (int i in certified.Rows)
            Energy += report.Energy[i];
    }

    /// <summary>Adds what other signals say.</summary>
    /// <param name="other">Their statistics, for as many atoms of the same size.</param>
    /// <exception cref="ArgumentException">They are of another size.</exception>
    public void Add(DictionaryStatistics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Throw.IfShapeNot(other._atoms, other._size, _atoms, _size, nameof(other));
        TensorPrimitives.Add(A, other.A, A);
        TensorPrimitives.Add(B, other.B, B);
        Signals += other.Signals;
        Uncertified += other.Uncertified;
        NonZeros += other.NonZeros;
        Energy += other.Energy;
    }

    /// <summary>
    /// Moves the atoms by block-coordinate descent on ½tr(DᵀAD) − tr(DᵀB), each to its minimiser and back to unit norm, until they rest or
    /// a hundred sweeps are done.
    /// </summary>
    /// <param name="start">The dictionary [m×n] that the codes are of.</param>
    /// <param name="nonNegativeAtoms">Whether atoms must not be negative; then those of the start must not be either.</param>
    /// <param name="threads">Threads; 0 for one per core. The result does not depend on it.</param>
    /// <returns>The atoms where they are then.</returns>
    /// <exception cref="ArgumentException">The dictionary is of another size, or has a negative value that it must not have.</exception>
    /// <exception cref="ArithmeticException">No signal had a certified code.</exception>
    public AtomDictionary Update(AtomDictionary start, bool nonNegativeAtoms = false, int threads = 0)
        => Move(start, nonNegativeAtoms, threads, MostSweeps);

    /// <summary>The same with at most so many sweeps.</summary>
    internal AtomDictionary Move(AtomDictionary start, bool nonNegativeAtoms, int threads, int sweeps)
    {
        ArgumentNullException.ThrowIfNull(start);
        Throw.IfShapeNot(start.AtomCount, start.SignalSize, _atoms, _size, nameof(start));
        var options = new DictionaryLearningOptions { AtomCount = _atoms, NonNegativeAtoms = nonNegativeAtoms };
        Matrix d = SignalAtoms.Of(start, options), before = new(_atoms, _size);
        if (Signals == 0)
            Throw.NoneCertified(Uncertified, "signals", "there is nothing to move the atoms by");
        Matrix a = Mean(A, _atoms), b = Mean(B, _size);
        var projection = new AtomProjection(nonNegativeAtoms);
        var sweep = new AtomSweep(_atoms, _size, threads);
        float moved = float.PositiveInfinity;
        for (int i = 0; i < sweeps && moved > Rest; i++)
        {
            d.Values.CopyTo(before.Values);
            sweep.Run(a, b, d, projection.Apply);
            TensorPrimitives.Subtract(d.Values, before.Values, before.Values);
            moved = Math.Abs(TensorPrimitives.MaxMagnitude<float>(before.Values));
        }
        return AtomDictionary.Normalize(d);
    }

    /// <summary>Row k of both sums. A product of two float32 is exact in double, so that it is the same whether it is fused with the sum or
    /// not.</summary>
    private void AddTo(int k, CodeLists codes, double[] signals)
    {
        Span<double> a = A.AsSpan(k * _atoms, _atoms), b = B.AsSpan(k * _size, _size);
        ReadOnlySpan<int> users = codes.SignalsOf(k);
        ReadOnlySpan<float> factors = codes.FactorsOf(k);
        for (int u = 0; u < users.Length; u++)
        {
            double factor = factors[u];
            ReadOnlySpan<int> atoms = codes.AtomsOf(users[u]);
            ReadOnlySpan<float> values = codes.ValuesOf(users[u]);
            for (int l = 0; l < atoms.Length; l++)
                a[atoms[l]] += factor * values[l];                                              // A ← A + zᵀz
            TensorPrimitives.MultiplyAdd(signals.AsSpan(users[u] * _size, _size), factor, b, b);        // B ← B + zᵀx
        }
    }

    /// <summary>A sum over the signals as their mean.</summary>
    private Matrix Mean(double[] sum, int columns)
    {
        var mean = new Matrix(_atoms, columns);
        for (int i = 0; i < sum.Length; i++)
            mean.Values[i] = (float)(sum[i] / Signals);
        return mean;
    }
}
