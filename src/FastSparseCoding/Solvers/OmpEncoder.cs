namespace FastSparseCoding.Solvers;

/// <summary>
/// Orthogonal matching pursuit (Pati, Rezaiifar and Krishnaprasad 1993), batch OMP on the Gram matrix (Rubinstein, Zibulevsky and Elad
/// 2008): atom by atom, the one of the largest correlation with the residual enters and the code becomes that of least squares on its
/// support, until it has k atoms or ‖x − zD‖ ≤ ε. Not a lasso: there is no λ, and coefficients are not shrunk. Immutable and safe to share
/// between threads.
/// </summary>
public sealed class OmpEncoder : IMaskedEncoder
{
    private readonly WorkspacePool<OmpWorkspace> _workspaces;

    /// <summary>Creates the encoder.</summary>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="options">When to stop, and whether codes must not be negative.</param>
    /// <exception cref="ArgumentException">The options say neither a number of atoms nor an error, or one out of its range.</exception>
    /// <example><code>
    /// var pursuit = new OmpEncoder(dictionary, new OmpOptions { MaxAtoms = 10 });
    /// Matrix z = pursuit.Encode(x);  // at most 10 atoms a signal
    /// </code></example>
    public OmpEncoder(AtomDictionary dictionary, OmpOptions options)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentNullException.ThrowIfNull(options);
        Dictionary = dictionary;
        Options = options.ValidatedFor(dictionary);
        var transposed = new Lazy<TransposedAtoms>(() => new TransposedAtoms(dictionary));
        _workspaces = new WorkspacePool<OmpWorkspace>(() => new OmpWorkspace(dictionary, options, transposed));
    }

    /// <summary>The dictionary D [m×n].</summary>
    public AtomDictionary Dictionary { get; }

    /// <summary>When the pursuit stops.</summary>
    public OmpOptions Options { get; }

    /// <inheritdoc/>
    public int SignalSize => Dictionary.SignalSize;

    /// <inheritdoc/>
    public int CodeSize => Dictionary.AtomCount;

    /// <inheritdoc/>
    public void EncodeRows(ReadOnlyMatrixView x, MatrixView z, CancellationToken cancellation = default)
    {
        Batches.Check(this, x, z);
        EncodeBlocks(x, default, z, cancellation);
    }

    /// <inheritdoc/>
    public void EncodeRows(ReadOnlyMatrixView x, ReadOnlyMatrixView mask, MatrixView z, CancellationToken cancellation = default)
    {
        Throw.IfShapeNot(z.Rows, z.Columns, x.Rows, CodeSize, nameof(z));
        Masks.Check(x, mask, SignalSize);
        EncodeBlocks(x, mask, z, cancellation);
    }

    /// <summary>Solves a batch on all cores and reports on every row.</summary>
    /// <param name="x">Signals [N×n], finite.</param>
    /// <param name="z">Receives the codes [N×m]; what it held is overwritten.</param>
    /// <param name="errors">Errors ε in place of <see cref="OmpOptions.Error"/>, above 0: one for every row, or one for all. Null for that
    /// of the options.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second; some rows of <paramref name="z"/> are then codes, some
    /// not.</param>
    /// <returns>Status, number of atoms and residual norm of every row.</returns>
    /// <exception cref="ArgumentException">A shape is wrong, an error is not above 0, or a value is not finite.</exception>
    public OmpReport Solve(Matrix x, Matrix z, IReadOnlyList<float>? errors = null, int threads = 0,
        CancellationToken cancellation = default)
        => SolveAll(x, null, z, errors, threads, cancellation);

    /// <summary>The same for signals that are known in part.</summary>
    /// <param name="x">Signals [N×n], finite where they are known.</param>
    /// <param name="mask">Mask [N×n]: 1 where a value is known, 0 where it is not; at least one known in every row.</param>
    /// <param name="z">Receives the codes [N×m]; what it held is overwritten.</param>
    /// <param name="errors">Errors ε in place of <see cref="OmpOptions.Error"/>, for signals of n values: one for every row, or one for
    /// all. Null for that of the options.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second; some rows of <paramref name="z"/> are then codes, some
    /// not.</param>
    /// <returns>Status, number of atoms and residual norm of every row, over what is known.</returns>
    /// <exception cref="ArgumentException">A shape is wrong, an error is not above 0, a mask holds another number or no 1 in a row, or a
    /// known value is not finite.</exception>
    public OmpReport Solve(Matrix x, Matrix mask, Matrix z, IReadOnlyList<float>? errors = null, int threads = 0,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(mask);
        return SolveAll(x, mask, z, errors, threads, cancellation);
    }

    private OmpReport SolveAll(Matrix x, Matrix? mask, Matrix z, IReadOnlyList<float>? errors, int threads, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(z);
        if (mask is null)
        {
            Batches.Check(this, x, z);
        }
        else
        {
            Masks.Check(x, mask, SignalSize);
            Throw.IfShapeNot(z.Rows, z.Columns, x.Rows, CodeSize, nameof(z));
        }
        float[] bounds = Bounds(errors, x.Rows);
        var report = new OmpReport(x.Rows);
        RowBlocks.Run(x.Rows, RowBlocks.Size(x.Rows, RowBlocks.MostRows, threads), threads, cancellation, (first, count) =>
        {
            ReadOnlyMatrixView known = mask is null ? default : mask.RowRange(first, count);
            SolveBlock(x.RowRange(first, count), known, z.RowRange(first, count), bounds.Length == 0 ? [] : bounds.AsSpan(first, count),
                report, first, cancellation);
            Throw.IfCodesNotFinite(z.RowRange(first, count), first, nameof(x));
        });
        return report;
    }

    private void EncodeBlocks(ReadOnlyMatrixView x, ReadOnlyMatrixView mask, MatrixView z, CancellationToken cancellation)
    {
        for (int start = 0; start < x.Rows; start += RowBlocks.MostRows)
        {
            int count = Math.Min(RowBlocks.MostRows, x.Rows - start);
            ReadOnlyMatrixView known = mask.Rows == 0 ? default : mask.RowRange(start, count);
            SolveBlock(x.RowRange(start, count), known, z.RowRange(start, count), [], null, start, cancellation);
        }
    }

    /// <summary>Solves a block of at most <see cref="RowBlocks.MostRows"/> rows; without a mask all values are known, without errors that
    /// of the options counts.</summary>
    private void SolveBlock(
        ReadOnlyMatrixView x, ReadOnlyMatrixView mask, MatrixView z, ReadOnlySpan<float> errors, OmpReport? report, int first,
        CancellationToken cancellation)
    {
        OmpWorkspace workspace = _workspaces.Rent();
        bool whole = mask.Rows == 0;
        if (whole)
            workspace.Begin(x);
        else
            workspace.Begin(x, mask);
        for (int i = 0; i < x.Rows; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            double error = errors.IsEmpty ? Options.Error ?? OmpWorkspace.NoError : errors[i];
            OmpRow row = whole ? workspace.Solve(i, x.Row(i), z.Row(i), error, cancellation)
                : workspace.SolveKnown(i, mask.Row(i), z.Row(i), error, cancellation);
            report?.Set(first + i, row);
        }
        _workspaces.Return(workspace);
    }

    private float[] Bounds(IReadOnlyList<float>? errors, int rows)
    {
        if (errors is null)
            return [];
        if (errors.Count != rows && errors.Count != 1)
            Throw.Argument(nameof(errors), $"'errors' has {errors.Count} values; it must have {rows}, one for every row, or 1 for all.");
        for (int i = 0; i < errors.Count; i++)
            Throw.IfNotPositive(errors[i], $"errors[{i}]");
        var bounds = new float[rows];
        for (int i = 0; i < rows; i++)
            bounds[i] = errors[errors.Count == 1 ? 0 : i];
        return bounds;
    }
}
