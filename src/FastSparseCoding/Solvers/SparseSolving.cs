namespace FastSparseCoding.Solvers;

/// <summary>Exact solving into compressed rows.</summary>
public static class SparseSolving
{
    /// <summary>Solves a batch into compressed rows; the dense codes never exist as a whole.</summary>
    /// <param name="solver">The solver.</param>
    /// <param name="x">Signals [N×n], finite.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second.</param>
    /// <returns>The codes, compressed, with status, iterations and certificate of every row.</returns>
    /// <exception cref="ArgumentException">A shape is wrong, or a signal is not finite.</exception>
    public static (SparseCodes Codes, SolveReport Report) SolveSparse(this LassoSolver solver, Matrix x, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(solver);
        ArgumentNullException.ThrowIfNull(x);
        Throw.IfColumnsNot(x.Columns, solver.SignalSize, nameof(x));
        Throw.IfNotFinite(x, nameof(x));
        int size = RowBlocks.Size(x.Rows, RowBlocks.MostRows, threads);
        var blocks = new SparseCodes[RowBlocks.Count(x.Rows, size)];
        var report = new SolveReport(x.Rows);
        RowBlocks.Run(x.Rows, size, threads, cancellation, (start, count) =>
        {
            var z = new Matrix(count, solver.CodeSize);
            var signals = new Matrix(count, x.Columns, x.RowRange(start, count).Values.ToArray());
            report.Set(start, solver.Solve(signals, z, warmStart: false, threads: 1, cancellation));
            blocks[start / size] = SparseCodes.FromDense(z);
        });
        return (SparseCodes.Concatenate(solver.CodeSize, blocks), report);
    }
}
