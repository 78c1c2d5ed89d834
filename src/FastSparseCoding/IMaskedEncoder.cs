namespace FastSparseCoding;

/// <summary>
/// An encoder of signals of which only some values are known: what is unknown counts neither in the error nor for the code. A row without a
/// mask's zeros is coded as <see cref="ISparseEncoder.EncodeRows"/> codes it, up to rounding. Implementations are immutable while encoding
/// and safe to share between threads.
/// </summary>
public interface IMaskedEncoder : ISparseEncoder
{
    /// <summary>Encodes a batch of rows on the calling thread, into the caller's buffer. The result of a row does not depend on the rows it
    /// stands with.</summary>
    /// <param name="x">Signals [N×n]; known values finite, unknown ones anything, NaN too: they are not read.</param>
    /// <param name="mask">Mask [N×n]: 1 where a value of <paramref name="x"/> is known, 0 where it is not; at least one known in every
    /// row.</param>
    /// <param name="z">Receives the codes [N×m]; what it held is overwritten.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second.</param>
    /// <exception cref="ArgumentException">A shape is wrong, a mask holds another number or no 1 in a row, or a known value is not
    /// finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; some rows of <paramref name="z"/> are then codes, some not.</exception>
    void EncodeRows(ReadOnlyMatrixView x, ReadOnlyMatrixView mask, MatrixView z, CancellationToken cancellation = default);
}

/// <summary>Whole batches of partly known signals on all cores, for every encoder that knows masks. Safe to call from several threads at
/// once.</summary>
public static class MaskedEncoderExtensions
{
    /// <summary>Encodes a batch into a new matrix.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="x">Signals [N×n]; known values finite.</param>
    /// <param name="mask">Mask [N×n]: 1 where a value is known, 0 where it is not.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second.</param>
    /// <returns>Codes [N×m].</returns>
    /// <exception cref="ArgumentException">A shape is wrong, a mask holds another number or no 1 in a row, a known value is not
    /// finite, or a code would not be.</exception>
    /// <example><code>
    /// // NaN stands for what was not measured.
    /// var mask = new Matrix(x.Rows, x.Columns, Array.ConvertAll(x.Values.ToArray(), v =&gt; float.IsNaN(v) ? 0f : 1f));
    /// Matrix z = new ActiveSetSolver(dictionary, lambda: 0.1f).EncodeMasked(x, mask);
    /// </code></example>
    public static Matrix EncodeMasked(
        this IMaskedEncoder encoder, Matrix x, Matrix mask, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(mask);
        Masks.Check(x, mask, encoder.SignalSize);
        var z = new Matrix(x.Rows, encoder.CodeSize);
        RowBlocks.Run(x.Rows, RowBlocks.Size(x.Rows, RowBlocks.MostRows, threads), threads, cancellation,
            (start, count) =>
            {
                encoder.EncodeRows(x.RowRange(start, count), mask.RowRange(start, count), z.RowRange(start, count), cancellation);
                Throw.IfCodesNotFinite(z.RowRange(start, count), start, nameof(x));
            });
        return z;
    }
}

/// <summary>What masks must be.</summary>
internal static class Masks
{
    /// <summary>Refuses a mask of another shape, of other numbers than 0 and 1 or without a known value in a row, and known values that are
    /// not finite.</summary>
    public static void Check(ReadOnlyMatrixView x, ReadOnlyMatrixView mask, int signalSize, string name = "x")
    {
        Throw.IfColumnsNot(x.Columns, signalSize, name);
        Throw.IfShapeNot(mask.Rows, mask.Columns, x.Rows, x.Columns, nameof(mask));
        for (int i = 0; i < x.Rows; i++)
        {
            ReadOnlySpan<float> known = mask.Row(i), row = x.Row(i);
            bool any = false;
            for (int j = 0; j < known.Length; j++)
            {
                if (known[j] is not (0 or 1))
                    Throw.Argument(nameof(mask),
                        FormattableString.Invariant(
                        $"'mask' holds {known[j]} at row {i}, column {j}; it must hold 1 where a value is known and 0 where it is not."));
                any |= known[j] == 1;
                if (known[j] == 1 && !float.IsFinite(row[j]))
                    Throw.Argument(name, FormattableString.Invariant(
                        $"'{name}' holds {row[j]} at row {i}, column {j}; every known value must be finite."));
            }
            if (!any)
                Throw.Argument(nameof(mask), $"'mask' has no known value at row {i}; every row must have at least one.");
        }
    }

    /// <summary>x where it is known, 0 where not.</summary>
    public static void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> mask, Span<float> known)
    {
        for (int j = 0; j < x.Length; j++)
            known[j] = mask[j] != 0 ? x[j] : 0;
    }

    /// <summary>What is known of x takes the place of its reconstruction: x̃ = Mx + (1 − M)x̃.</summary>
    public static void Fill(ReadOnlySpan<float> x, ReadOnlySpan<float> mask, Span<float> filled)
    {
        for (int j = 0; j < x.Length; j++)
            filled[j] = mask[j] != 0 ? x[j] : filled[j];
    }
}
