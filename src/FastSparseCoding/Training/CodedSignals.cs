using FastSparseCoding.Solvers;

namespace FastSparseCoding.Training;

/// <summary>
/// The first signals of a source with their exact codes, worked out once so that several encoders can be trained on them. Only the codes
/// are kept, compressed; the signals are read anew. Safe to share between threads.
/// </summary>
public sealed class CodedSignals
{
    /// <summary>Signals that a thread codes at a time.</summary>
    private const int ChunkRows = 1024;

    private readonly IReadOnlyList<SolveStatus>?[] _status;     // of every chunk; null where the target tells none

    private CodedSignals(ISignalSource source, ISparseEncoder target, long count, SparseCodes[] chunks,
        IReadOnlyList<SolveStatus>?[] status)
    {
        _status = status;
        Source = source;
        Target = target;
        Count = count;
        Codes = new ChunkedCodes(chunks, target.CodeSize);
        Uncertified = status.Sum(s => s?.LongCount(row => row != SolveStatus.Converged) ?? 0);
    }

    /// <summary>The signals.</summary>
    public ISignalSource Source { get; }

    /// <summary>Their codes: number i is that of signal number i, for the first <see cref="Count"/>.</summary>
    public ISignalSource Codes { get; }

    /// <summary>What their codes came from.</summary>
    public ISparseEncoder Target { get; }

    /// <summary>Number of signals whose codes are known.</summary>
    public long Count { get; }

    /// <summary>Number of signals whose codes are not certified. A training leaves them out.</summary>
    public long Uncertified { get; }

    /// <summary>Codes the first signals of a source; takes 8 bytes of memory for every non-zero.</summary>
    /// <param name="source">The signals.</param>
    /// <param name="target">Gives the codes, usually an exact solver.</param>
    /// <param name="count">Number of signals, 1 or more.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="progress">Told the number of signals done so far, from several threads.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>The signals with their codes.</returns>
    /// <exception cref="ArgumentException">The source's signals are not of the target's size, or a signal is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static CodedSignals Encode(
        ISignalSource source, ISparseEncoder target, long count, int threads = 0, IProgress<long>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        Throw.IfLengthNot(source.SignalSize, target.SignalSize, "source.SignalSize");
        Throw.IfOutside(count, 1, (long)int.MaxValue * ChunkRows);
        var chunks = new SparseCodes[(count + ChunkRows - 1) / ChunkRows];
        var status = new IReadOnlyList<SolveStatus>?[chunks.Length];
        long done = 0;
        RowBlocks.Run(chunks.Length, blockRows: 1, threads, cancellation, (chunk, _) =>
        {
            long first = (long)chunk * ChunkRows;
            var x = new Matrix((int)Math.Min(ChunkRows, count - first), source.SignalSize);
            source.Read(first, x);
            (chunks[chunk], status[chunk]) = Encode(target, x, cancellation);
            progress?.Report(Interlocked.Add(ref done, x.Rows));
        });
        return new CodedSignals(source, target, count, chunks, status);
    }

    /// <summary>Whether the code of signal number i is certified, or its target is no solver that could tell.</summary>
    internal bool IsCertified(long i) => _status[i / ChunkRows]?[(int)(i % ChunkRows)] is null or SolveStatus.Converged;

    private static (SparseCodes Codes, IReadOnlyList<SolveStatus>? Status) Encode(
        ISparseEncoder target, Matrix x, CancellationToken cancellation)
    {
        if (target is not LassoSolver solver)
            return (target.EncodeSparse(x, threads: 1, cancellation), null);
        (SparseCodes codes, SolveReport report) = solver.SolveSparse(x, threads: 1, cancellation);
        return (codes, report.Status);
    }

    /// <summary>The codes of the chunks, one after the other.</summary>
    private sealed class ChunkedCodes(SparseCodes[] chunks, int codeSize) : ISignalSource
    {
        public int SignalSize => codeSize;

        public void Read(long first, MatrixView x)
        {
            for (int i = 0; i < x.Rows; i++)
                chunks[(first + i) / ChunkRows].CopyRow((int)((first + i) % ChunkRows), x.Row(i));
        }
    }
}
