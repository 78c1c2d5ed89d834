namespace FastSparseCoding;

/// <summary>
/// The ways to encode, for every encoder: one signal, a batch on the calling thread, a batch on all cores, and what other libraries and
/// streams hold. Safe to call on one encoder from several threads at once.
/// </summary>
/// <remarks>Signals so large that a code is beyond float32 are refused, so that no code holds infinity or NaN: an encoder that was made
/// from a dictionary takes signals of up to some 1e37. The exact solvers answer such signals with codes of zero, not certified.</remarks>
public static partial class SparseEncoderExtensions
{
    /// <summary>Encodes one signal on the calling thread. After the first call nothing is allocated.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="x">Signal [n], finite.</param>
    /// <param name="z">Receives the code [m]; what it held is overwritten. Must not overlap <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">A length is wrong, the signal holds NaN or infinity, or its code would.</exception>
    /// <example><code>
    /// var code = new float[encoder.CodeSize];
    /// encoder.Encode(signal, code);
    /// </code></example>
    public static void Encode(this ISparseEncoder encoder, ReadOnlySpan<float> x, Span<float> z)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        Throw.IfLengthNot(x.Length, encoder.SignalSize, nameof(x));
        Throw.IfLengthNot(z.Length, encoder.CodeSize, nameof(z));
        encoder.Encode(ReadOnlyMatrixView.OfRow(x), MatrixView.OfRow(z));
    }

    /// <summary>Encodes one signal on the calling thread.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="x">Signal [n], finite.</param>
    /// <returns>The code [m].</returns>
    /// <exception cref="ArgumentException">The length is wrong, the signal holds NaN or infinity, or its code would.</exception>
    /// <example><code>
    /// float[] code = encoder.Encode(signal);
    /// </code></example>
    public static float[] Encode(this ISparseEncoder encoder, ReadOnlySpan<float> x)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        var z = new float[encoder.CodeSize];
        encoder.Encode(x, z);
        return z;
    }

    /// <summary>Encodes a batch into a new matrix, on all cores.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="x">Signals [N×n], finite.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="cancellation">Stops between blocks of rows, and within them where the encoder can.</param>
    /// <returns>Codes [N×m].</returns>
    /// <exception cref="ArgumentException">The shape is wrong, a signal holds NaN or infinity, or its code would.</exception>
    /// <example><code>
    /// Matrix z = encoder.Encode(x);  // all cores; encoder.Encode(x, threads: 1) for one
    /// </code></example>
    public static Matrix Encode(this ISparseEncoder encoder, Matrix x, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(x);
        var z = new Matrix(x.Rows, encoder.CodeSize);
        encoder.Encode(x, z, threads, cancellation);
        return z;
    }

    /// <summary>Encodes a batch into the caller's matrix, on all cores.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="x">Signals [N×n], finite.</param>
    /// <param name="z">Receives the codes [N×m].</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="cancellation">Stops between blocks of rows, and within them where the encoder can.</param>
    /// <exception cref="ArgumentException">A shape is wrong, a signal holds NaN or infinity, or its code would.</exception>
    /// <example><code>
    /// var z = new Matrix(x.Rows, encoder.CodeSize);
    /// encoder.Encode(x, z);  // again and again into the same matrix
    /// </code></example>
    public static void Encode(this ISparseEncoder encoder, Matrix x, Matrix z, int threads = 0, CancellationToken cancellation = default)
        => Encode(encoder, x, z, firstRow: 0, threads, cancellation);

    /// <summary>Encodes a batch on the calling thread, into the caller's buffer. After the first call of a given size nothing is
    /// allocated.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="x">Signals [N×n], finite.</param>
    /// <param name="z">Receives the codes [N×m]; what it held is overwritten. Must not overlap <paramref name="x"/>.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second, where the encoder can.</param>
    /// <exception cref="ArgumentException">A shape is wrong, a signal holds NaN or infinity, or its code would.</exception>
    public static void Encode(this ISparseEncoder encoder, ReadOnlyMatrixView x, MatrixView z, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        encoder.EncodeFinite(x, z, 0, cancellation);
    }

    /// <summary>Encodes a batch into compressed rows, on all cores; a thread holds the dense codes of some 256 at a time.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="x">Signals [N×n], finite.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core.</param>
    /// <param name="cancellation">Stops between blocks of rows, and within them where the encoder can.</param>
    /// <returns>The codes, compressed.</returns>
    /// <exception cref="ArgumentException">The shape is wrong, a signal holds NaN or infinity, or its code would.</exception>
    /// <example><code>
    /// SparseCodes codes = encoder.EncodeSparse(x);
    /// int atomsOfFirst = codes.Support(0).Length;
    /// </code></example>
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
            encoder.EncodeFinite(x.RowRange(start, count), z.RowRange(0, count), start, cancellation);
            blocks[start / size] = SparseCodes.FromDense(z.RowRange(0, count));
            dense.Return(z);
        });
        return SparseCodes.Concatenate(encoder.CodeSize, blocks);
    }

    /// <summary>Encodes a batch on all cores whatever the codes become: a training that diverges finds infinities in them.</summary>
    internal static Matrix EncodeRows(this ISparseEncoder encoder, Matrix x, int threads, CancellationToken cancellation)
    {
        var z = new Matrix(x.Rows, encoder.CodeSize);
        Batches.Check(encoder, x, z);
        RowBlocks.Run(x.Rows, RowBlocks.Size(x.Rows, RowBlocks.MostRows, threads), threads, cancellation,
            (start, count) => encoder.EncodeRows(x.RowRange(start, count), z.RowRange(start, count), cancellation));
        return z;
    }

    /// <summary>Encodes a batch of a longer sequence; messages count rows from the sequence's first.</summary>
    private static void Encode(
        ISparseEncoder encoder, Matrix x, Matrix z, long firstRow, int threads, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(z);
        Batches.Check(encoder, x, z, firstRow: firstRow);
        RowBlocks.Run(x.Rows, RowBlocks.Size(x.Rows, RowBlocks.MostRows, threads), threads, cancellation,
            (start, count) => encoder.EncodeFinite(
                x.RowRange(start, count), z.RowRange(start, count), firstRow + start, cancellation));
    }
}
