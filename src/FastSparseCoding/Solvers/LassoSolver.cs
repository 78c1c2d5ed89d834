using System.Numerics.Tensors;

namespace FastSparseCoding.Solvers;

/// <summary>
/// An exact solver of sparse coding, min over z of ½‖x − zD‖² + λ‖z‖₁ or another <see cref="FastSparseCoding.Penalty"/>, with a certificate
/// for every row. No code is worse than its start, nor than zero. Immutable and safe to share between threads.
/// </summary>
public abstract class LassoSolver : ISparseEncoder
{
    private readonly WorkspacePool<BlockWorkspace> _workspaces;
    private readonly float[] _startThresholds;

    private protected LassoSolver(AtomDictionary dictionary, Penalty penalty, SolverOptions? options)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentNullException.ThrowIfNull(penalty);
        Dictionary = dictionary;
        Penalty = penalty.For(dictionary);
        Options = (options ?? SolverOptions.Default).Validated();
        _startThresholds = penalty.Thresholds(dictionary.AtomCount, Options.StartThreshold);
        _workspaces = new WorkspacePool<BlockWorkspace>(CreateWorkspace);
    }

    /// <summary>The dictionary D [m×n].</summary>
    public AtomDictionary Dictionary { get; }

    /// <summary>What a code pays for not being zero.</summary>
    public Penalty Penalty { get; }

    /// <summary>The sparsity weight λ.</summary>
    public float Lambda => Penalty.Lambda;

    /// <summary>When the solver stops.</summary>
    public SolverOptions Options { get; }

    /// <summary>The method's usual short name: ISTA, FISTA, CoD, cyclic CD, active set.</summary>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public int SignalSize => Dictionary.SignalSize;

    /// <inheritdoc/>
    public int CodeSize => Dictionary.AtomCount;

    /// <inheritdoc/>
    public void EncodeRows(ReadOnlyMatrixView x, MatrixView z, CancellationToken cancellation = default)
    {
        Batches.Check(this, x, z);
        z.Values.Clear();
        for (int start = 0; start < x.Rows; start += RowBlocks.MostRows)
        {
            int count = Math.Min(RowBlocks.MostRows, x.Rows - start);
            SolveBlock(x.RowRange(start, count), default, z.RowRange(start, count), warmStart: false, null, start, cancellation);
        }
    }

    /// <summary>Solves a batch on all cores and reports on every row.</summary>
    /// <param name="x">Signals [N×n], finite.</param>
    /// <param name="z">Codes [N×m]: the start when <paramref name="warmStart"/> is set, the solution afterwards.</param>
    /// <param name="warmStart">Start from what <paramref name="z"/> holds (a prediction, a neighbour's solution) instead of zero.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second; some rows of <paramref name="z"/> are then solved, some
    /// not.</param>
    /// <returns>Status, iterations and certificate of every row.</returns>
    /// <exception cref="ArgumentException">A shape is wrong, or a value is not finite.</exception>
    /// <example><code>
    /// var z = new Matrix(x.Rows, dictionary.AtomCount);
    /// SolveReport report = new FistaSolver(dictionary, lambda: 0.5f).Solve(x, z);
    /// Console.WriteLine($"{report.CertifiedRows.Count} of {x.Rows} codes are certified");
    /// </code></example>
    public SolveReport Solve(Matrix x, Matrix z, bool warmStart = false, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(z);
        Batches.Check(this, x, z);
        if (warmStart)
            Throw.IfNotFinite(z, nameof(z));
        else
            z.Values.Clear();
        Prepare(threads);
        var report = new SolveReport(x.Rows);
        RowBlocks.Run(x.Rows, RowBlocks.Size(x.Rows, RowBlocks.MostRows, threads), threads, cancellation,
            (first, count) => SolveBlock(
                x.RowRange(first, count), default, z.RowRange(first, count), warmStart, report, first, cancellation));
        return report;
    }

    /// <summary>
    /// Runs exactly the last of <paramref name="iterations"/> iterations, whatever the tolerance, and shows the codes at each: the points
    /// of an error curve. At k the observer sees the code the solver would return after k iterations; at 0 the start, or the nearest code
    /// that the penalty allows.
    /// </summary>
    /// <param name="x">Signals [N×n], finite.</param>
    /// <param name="iterations">Iteration counts, ascending, 0 or more.</param>
    /// <param name="observer"> Called as (k, first row, codes of a block of rows), from several threads at a time; the codes are valid
    /// during the call only. </param>
    /// <param name="start">Codes [N×m] to start from, or null for zero.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second.</param>
    /// <exception cref="ArgumentException">A shape is wrong, a value is not finite, or the counts do not ascend.</exception>
    public void Trace(Matrix x, IReadOnlyList<int> iterations, Action<int, int, Matrix> observer, Matrix? start = null, int threads = 0,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(iterations);
        ArgumentNullException.ThrowIfNull(observer);
        for (int i = 0; i < iterations.Count; i++)
            Throw.IfBelow(iterations[i], i == 0 ? 0 : iterations[i - 1] + 1, "iterations");
        if (iterations.Count == 0)
            Throw.Argument(nameof(iterations), "'iterations' is empty; it must hold at least one count.");
        Matrix z = start?.Clone() ?? new Matrix(x.Rows, CodeSize);
        Batches.Check(this, x, z, nameof(start));
        Throw.IfNotFinite(z, nameof(start));
        Allow(z.Values);
        RowBlocks.Run(x.Rows, RowBlocks.MostRows, threads, cancellation, (first, count) =>
        {
            BlockWorkspace workspace = _workspaces.Rent();
            var trace = new CodeTrace(iterations, count, CodeSize);
            workspace.StartFromZero();
            SolveBlock(x.RowRange(first, count), z.RowRange(first, count), workspace,
                new BlockRun(this, workspace, trace, default, cancellation));
            _workspaces.Return(workspace);
            for (int i = 0; i < iterations.Count; i++)
                observer(iterations[i], first, trace.Codes[i]);
        });
    }

    /// <summary>Computes on several threads what all blocks need, where it is not there yet.</summary>
    internal virtual void Prepare(int threads)
    {
    }

    /// <summary>Memory for blocks of rows, made once per thread.</summary>
    private protected abstract BlockWorkspace CreateWorkspace();

    /// <summary>Solves a block of at most <see cref="RowBlocks.MostRows"/> rows, starting from z.</summary>
    private protected abstract void SolveBlock(ReadOnlyMatrixView x, MatrixView z, BlockWorkspace workspace, BlockRun run);

    /// <summary>Iterations allowed when the options leave it to the solver.</summary>
    private protected abstract int GenerousIterations { get; }

    internal int IterationLimit => Options.MaxIterations > 0 ? Options.MaxIterations : GenerousIterations;

    /// <summary>Solves a block of rows, of which a mask may tell what is known, and reports on them.</summary>
    internal void SolveBlock(
        ReadOnlyMatrixView x, ReadOnlyMatrixView mask, MatrixView z, bool warmStart, SolveReport? report, int first,
        CancellationToken cancellation)
    {
        BlockWorkspace workspace = _workspaces.Rent();
        workspace.StartFromZero();
        if (mask.Columns > 0)
            x = workspace.Known(x, mask);
        if (warmStart)
        {
            Allow(z.Values);
            workspace.RememberStarts(x, z);
            for (int i = 0; i < z.Rows && Options.StartThreshold > 0; i++)
                DropSmall(z.Row(i), _startThresholds);
        }
        SolveBlock(x, z, workspace, new BlockRun(this, workspace, null, mask, cancellation));
        for (int i = 0; i < x.Rows; i++)
        {
            if (workspace.ReplaceIfWorse(i, z.Row(i)))
                workspace.Results[i] = workspace.Certificate.Certify(x.RowRange(i, 1), z.RowRange(i, 1), mask.RowRange(i, 1))[0];
            report?.Set(first + i, workspace.Iterations[i], workspace.Results[i].RelativeGap, workspace.Results[i].Energy,
                Options.Tolerance);
        }
        _workspaces.Return(workspace);
    }

    /// <summary>The nearest codes that the penalty allows.</summary>
    private void Allow(Span<float> z)
    {
        if (Penalty.NonNegative)
            TensorPrimitives.Max(z, 0, z);
    }

    /// <summary>Leaves of a start only what is not below its thresholds.</summary>
    private protected static void DropSmall(Span<float> z, float[] thresholds)
    {
        for (int k = 0; k < z.Length; k++)
            if (Math.Abs(z[k]) < thresholds[k])
                z[k] = 0;
    }
}
