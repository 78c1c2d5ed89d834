namespace FastSparseCoding;

/// <summary>
/// The rows of compressed codes without end, in another pseudo-random order every epoch: the order of a <see cref="MatrixSource"/> of the
/// same seed and number of rows, so that code i belongs to signal i. Safe to read from several threads at once.
/// </summary>
public sealed class SparseCodesSource : ISignalSource
{
    private readonly SparseCodes _codes;
    private readonly RowOrder _order;

    /// <summary>Wraps codes.</summary>
    /// <param name="codes">Codes [N×m].</param>
    /// <param name="seed">Seed of the orders.</param>
    /// <param name="rows">How many of the first rows to use, from 1 to N; null for all.</param>
    /// <exception cref="ArgumentException">There is no code, or fewer than <paramref name="rows"/>.</exception>
    public SparseCodesSource(SparseCodes codes, int seed, int? rows = null)
    {
        ArgumentNullException.ThrowIfNull(codes);
        _codes = codes;
        _order = new RowOrder(RowOrder.Checked(rows ?? codes.Rows, codes.Rows, nameof(codes)), seed);
    }

    /// <summary>Number of values in a code, m.</summary>
    public int SignalSize => _codes.Columns;

    /// <inheritdoc/>
    public void Read(long first, MatrixView x)
    {
        Throw.IfBelow(first, 0L);
        Throw.IfColumnsNot(x.Columns, SignalSize, nameof(x));
        for (int i = 0; i < x.Rows; i++)
            _codes.CopyRow(_order[first + i], x.Row(i));
    }
}
