namespace FastSparseCoding.Solvers;

/// <summary>
/// Signals of which only some values are known: min over z of ½‖M(x − zD)‖² + P(z), M the row's mask. Every row has a Gram matrix of its
/// own, DMDᵀ, which is formed on the support alone. The certificate is the lasso's with Mr for r: what is unknown can be chosen to be
/// reconstructed exactly. Immutable and safe to share between threads.
/// </summary>
public sealed partial class ActiveSetSolver
{
    /// <inheritdoc/>
    public void EncodeRows(ReadOnlyMatrixView x, ReadOnlyMatrixView mask, MatrixView z, CancellationToken cancellation = default)
    {
        Masks.Check(x, mask, SignalSize);
        Throw.IfShapeNot(z.Rows, z.Columns, x.Rows, CodeSize, nameof(z));
        z.Values.Clear();
        for (int start = 0; start < x.Rows; start += RowBlocks.MostRows)
        {
            int count = Math.Min(RowBlocks.MostRows, x.Rows - start);
            SolveBlock(x.RowRange(start, count), mask.RowRange(start, count), z.RowRange(start, count), warmStart: false, null, start,
                cancellation);
        }
    }

    /// <summary>Solves a batch of partly known signals on all cores and reports on every row; energies and gaps count known values
    /// only.</summary>
    /// <param name="x">Signals [N×n]; known values finite, unknown ones anything, NaN too.</param>
    /// <param name="mask">Mask [N×n]: 1 where a value is known, 0 where it is not; at least one known in every row.</param>
    /// <param name="z">Receives the codes [N×m].</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second; some rows of <paramref name="z"/> are then solved, some
    /// not.</param>
    /// <returns>Status, iterations and certificate of every row.</returns>
    /// <exception cref="ArgumentException">A shape is wrong, a mask holds another number or no 1 in a row, or a known value is not
    /// finite.</exception>
    public SolveReport Solve(Matrix x, Matrix mask, Matrix z, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(z);
        Masks.Check(x, mask, SignalSize);
        Throw.IfShapeNot(z.Rows, z.Columns, x.Rows, CodeSize, nameof(z));
        z.Values.Clear();
        var report = new SolveReport(x.Rows);
        RowBlocks.Run(x.Rows, RowBlocks.Size(x.Rows, RowBlocks.MostRows, threads), threads, cancellation, (first, count) =>
            SolveBlock(x.RowRange(first, count), mask.RowRange(first, count), z.RowRange(first, count), warmStart: false, report, first,
                cancellation));
        return report;
    }
}
