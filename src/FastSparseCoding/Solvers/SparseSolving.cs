namespace FastSparseCoding.Solvers;

/// <summary>Exact solving into compressed rows. Safe to call from several threads at once.</summary>
public static class SparseSolving
{
    /// <summary>Solves a batch into compressed rows; a thread holds the dense codes of some 256 signals at a time.</summary>
    /// <param name="solver">The solver.</param>
    /// <param name="x">Signals [N×n], finite.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second.</param>
    /// <returns>The codes, compressed, with status, iterations and certificate of every row.</returns>
    /// <exception cref="ArgumentException">A shape is wrong, or a signal is not finite.</exception>
    public static (SparseCodes Codes, SolveReport Report) SolveSparse(
        this LassoSolver solver, Matrix x, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(solver);
        ArgumentNullException.ThrowIfNull(x);
        Throw.IfColumnsNot(x.Columns, solver.SignalSize, nameof(x));
        Throw.IfNotFinite(x, nameof(x));
        int size = RowBlocks.Size(x.Rows, RowBlocks.MostRows, threads);
        var blocks = new SparseCodes[RowBlocks.Count(x.Rows, size)];
        var report = new SolveReport(x.Rows);
        var dense = new WorkspacePool<Matrix>(() => new Matrix(Math.Min(size, x.Rows), solver.CodeSize));
        solver.Prepare(threads);
        RowBlocks.Run(x.Rows, size, threads, cancellation, (start, count) =>
        {
            Matrix codes = dense.Rent();
            MatrixView z = codes.RowRange(0, count);
            z.Values.Clear();
            solver.SolveBlock(x.RowRange(start, count), default, z, warmStart: false, report, start, cancellation);
            blocks[start / size] = SparseCodes.FromDense(z);
            dense.Return(codes);
        });
        return (SparseCodes.Concatenate(solver.CodeSize, blocks), report);
    }
}
