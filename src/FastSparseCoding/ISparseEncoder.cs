namespace FastSparseCoding;

/// <summary>
/// Anything that maps signals [N×n] to sparse codes [N×m]: the exact solvers and the learned encoders alike. Implementations are immutable
/// while encoding and safe to share between threads. The ways to call one are the overloads of <c>Encode</c> in
/// <see cref="SparseEncoderExtensions"/>.
/// </summary>
public interface ISparseEncoder
{
    /// <summary>Number of values in a signal, n.</summary>
    int SignalSize { get; }

    /// <summary>Number of values in a code, m.</summary>
    int CodeSize { get; }

    /// <summary>
    /// What an encoder implements: encodes rows on the calling thread, into the caller's buffer. After the first call of a given size
    /// nothing is allocated. The result of a row does not depend on the rows it stands with. Users call <c>Encode</c>, which in addition
    /// refuses signals so large that their codes are not finite.
    /// </summary>
    /// <param name="x">Signals [N×n], finite.</param>
    /// <param name="z">Receives the codes [N×m]; what it held is overwritten. Must not overlap <paramref name="x"/>.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second.</param>
    /// <exception cref="ArgumentException">A shape is wrong, or a signal holds NaN or infinity.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; some rows of <paramref name="z"/> are then codes, some not.</exception>
    void EncodeRows(ReadOnlyMatrixView x, MatrixView z, CancellationToken cancellation = default);

    /// <summary>The same, and refuses codes that are not finite; messages count rows from <paramref name="firstRow"/>.</summary>
    internal void EncodeFinite(ReadOnlyMatrixView x, MatrixView z, long firstRow, CancellationToken cancellation)
    {
        EncodeRows(x, z, cancellation);
        Throw.IfCodesNotFinite(z, firstRow, nameof(x));
    }
}

/// <summary>What batches must be.</summary>
internal static class Batches
{
    /// <summary>Refuses signals of another size or with a value that is not finite, and codes of another shape.</summary>
    public static void Check(ISparseEncoder encoder, ReadOnlyMatrixView x, ReadOnlyMatrixView z, string codes = "z", long firstRow = 0)
    {
        Throw.IfColumnsNot(x.Columns, encoder.SignalSize, nameof(x));
        Throw.IfShapeNot(z.Rows, z.Columns, x.Rows, encoder.CodeSize, codes);
        Throw.IfNotFinite(x, nameof(x), firstRow);
    }
}
