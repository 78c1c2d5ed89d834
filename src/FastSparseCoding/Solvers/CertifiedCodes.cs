namespace FastSparseCoding.Solvers;

/// <summary>
/// Signals with codes that may be learned from or measured against: those of a solver that are certified. A code that is not may be
/// anything, and is left out with its signal and counted. An encoder that is no exact solver says nothing of its codes, and all of them are
/// kept. Safe to read from several threads at once; whoever changes it must be alone.
/// </summary>
public sealed class CertifiedCodes
{
    private readonly int[] _rows;

    private CertifiedCodes(Matrix x, Matrix z, int[] rows)
    {
        _rows = rows;
        Uncertified = x.Rows - rows.Length;
        Signals = Uncertified == 0 ? x : x.SelectRows(rows);
        Codes = Uncertified == 0 ? z : z.SelectRows(rows);
    }

    /// <summary>The signals [K×n], in their order.</summary>
    public Matrix Signals { get; }

    /// <summary>Their codes [K×m].</summary>
    public Matrix Codes { get; }

    /// <summary>Which rows of the batch they are: K numbers, ascending.</summary>
    public IReadOnlyList<int> Rows => _rows;

    /// <summary>Number of signals left out.</summary>
    public int Uncertified { get; }

    /// <summary>Number of signals of the batch, N.</summary>
    public int BatchRows => _rows.Length + Uncertified;

    /// <summary>Encodes a batch and leaves out what is not certified.</summary>
    /// <param name="encoder">Gives the codes; a <see cref="LassoSolver"/> tells which of them are certified.</param>
    /// <param name="x">Signals [N×n], finite.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>The signals that are left, with their codes.</returns>
    /// <exception cref="ArgumentException">A shape is wrong, or a signal is not finite.</exception>
    public static CertifiedCodes Of(ISparseEncoder encoder, Matrix x, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(x);
        var alone = new SharedSolving(new SharedWork(Collective.Alone));
        return Of(encoder, x, new Matrix(x.Rows, encoder.CodeSize), threads, alone, cancellation);
    }

    /// <summary>The same into a matrix that is there, by all ranks of a collective.</summary>
    internal static CertifiedCodes Of(
        ISparseEncoder encoder, Matrix x, Matrix z, int threads, SharedSolving solving, CancellationToken cancellation)
    {
        SolveReport report = solving.Solve(
            x, z, (rows, _, codes) => Encode(encoder, rows, codes, threads, cancellation), cancellation);
        return Of(report, x, z);
    }

    /// <summary>What a report says is certified.</summary>
    internal static CertifiedCodes Of(SolveReport report, Matrix x, Matrix z) => new(x, z, report.Certified());

    /// <summary>Codes that are taken as they are.</summary>
    internal static CertifiedCodes All(Matrix x, Matrix z) => new(x, z, [.. Enumerable.Range(0, x.Rows)]);

    /// <summary>The rows of a batch of which it is known that they are certified.</summary>
    internal static CertifiedCodes Where(Matrix x, Matrix z, Func<int, bool> certified)
        => new(x, z, [.. Enumerable.Range(0, x.Rows).Where(certified)]);

    /// <summary>Where those of the batch's rows first to first + count − 1 stand that were not left out.</summary>
    internal (int First, int Count) Window(int first, int count)
    {
        int start = Below(first);
        return (start, Below(first + count) - start);
    }

    /// <summary>A report of codes that nobody doubts, where it is no solver that makes them.</summary>
    private static SolveReport Encode(ISparseEncoder encoder, Matrix x, Matrix z, int threads, CancellationToken cancellation)
    {
        if (encoder is LassoSolver solver)
            return solver.Solve(x, z, warmStart: false, threads, cancellation);
        encoder.Encode(x, z, threads, cancellation);
        return new SolveReport(x.Rows);
    }

    /// <summary>Number of rows kept before the given row of the batch.</summary>
    private int Below(int row)
    {
        int at = Array.BinarySearch(_rows, row);
        return at >= 0 ? at : ~at;
    }
}
