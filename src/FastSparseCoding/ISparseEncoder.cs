namespace FastSparseCoding;

/// <summary>
/// Anything that maps signals [N×n] to sparse codes [N×m]: the exact solvers and the learned encoders alike. Implementations are immutable
/// while encoding and safe to share between threads.
/// </summary>
public interface ISparseEncoder
{
    /// <summary>Number of values in a signal, n.</summary>
    int SignalSize { get; }

    /// <summary>Number of values in a code, m.</summary>
    int CodeSize { get; }

    /// <summary>
    /// Encodes a batch of rows on the calling thread, into the caller's buffer. After the first call of a given size nothing is allocated.
    /// The result of a row does not depend on the rows it stands with.
    /// </summary>
    /// <param name="x">Signals [N×n], finite.</param>
    /// <param name="z">Receives the codes [N×m]; what it held is overwritten. Must not overlap <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">A shape is wrong, or a signal holds NaN or infinity.</exception>
    void Encode(ReadOnlyMatrixView x, MatrixView z);

    /// <summary>The same, for encoders that may take long: stops within a fraction of a second. By default nothing is stopped.</summary>
    /// <param name="x">Signals [N×n], finite.</param>
    /// <param name="z">Receives the codes [N×m].</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="OperationCanceledException">Cancelled; some rows of <paramref name="z"/> are then codes, some not.</exception>
    void Encode(ReadOnlyMatrixView x, MatrixView z, CancellationToken cancellation) => Encode(x, z);
}

/// <summary>Whole-batch encoding on all cores, for every encoder.</summary>
public static class SparseEncoderExtensions
{
    /// <summary>Encodes a batch into a new matrix.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="x">Signals [N×n], finite.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="cancellation">Stops between blocks of rows, and within them where the encoder can.</param>
    /// <returns>Codes [N×m].</returns>
    public static Matrix Encode(this ISparseEncoder encoder, Matrix x, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(x);
        var z = new Matrix(x.Rows, encoder.CodeSize);
        encoder.Encode(x, z, threads, cancellation);
        return z;
    }

    /// <summary>Encodes a batch into the caller's matrix.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="x">Signals [N×n], finite.</param>
    /// <param name="z">Receives the codes [N×m].</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="cancellation">Stops between blocks of rows, and within them where the encoder can.</param>
    public static void Encode(this ISparseEncoder encoder, Matrix x, Matrix z, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(z);
        Batches.Check(encoder, x, z);
        RowBlocks.Run(x.Rows, RowBlocks.Size(x.Rows, RowBlocks.MostRows, threads), threads, cancellation,
            (start, count) => encoder.Encode(x.RowRange(start, count), z.RowRange(start, count), cancellation));
    }

    /// <summary>Encodes a batch into compressed rows; a thread holds the dense codes of some 256 at a time.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="x">Signals [N×n], finite.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core.</param>
    /// <param name="cancellation">Stops between blocks of rows, and within them where the encoder can.</param>
    /// <returns>The codes, compressed.</returns>
    public static SparseCodes EncodeSparse(this ISparseEncoder encoder, Matrix x, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(x);
        Throw.IfColumnsNot(x.Columns, encoder.SignalSize, nameof(x));
        Throw.IfNotFinite(x, nameof(x));
        int size = RowBlocks.Size(x.Rows, RowBlocks.MostRows, threads);
        var blocks = new SparseCodes[RowBlocks.Count(x.Rows, size)];
        var dense = new WorkspacePool<Matrix>(() => new Matrix(Math.Min(size, x.Rows), encoder.CodeSize));
        RowBlocks.Run(x.Rows, size, threads, cancellation, (start, count) =>
        {
            Matrix z = dense.Rent();
            encoder.Encode(x.RowRange(start, count), z.RowRange(0, count), cancellation);
            blocks[start / size] = SparseCodes.FromDense(z.RowRange(0, count));
            dense.Return(z);
        });
        return SparseCodes.Concatenate(encoder.CodeSize, blocks);
    }
}

/// <summary>What batches must be.</summary>
internal static class Batches
{
    /// <summary>Refuses signals of another size or with a value that is not finite, and codes of another shape.</summary>
    public static void Check(ISparseEncoder encoder, ReadOnlyMatrixView x, ReadOnlyMatrixView z, string codes = "z")
    {
        Throw.IfColumnsNot(x.Columns, encoder.SignalSize, nameof(x));
        Throw.IfShapeNot(z.Rows, z.Columns, x.Rows, encoder.CodeSize, codes);
        Throw.IfNotFinite(x, nameof(x));
    }
}
