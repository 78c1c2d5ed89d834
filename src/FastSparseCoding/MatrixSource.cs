namespace FastSparseCoding;

/// <summary>The rows of a matrix without end, in another pseudo-random order every epoch. Safe to read from several threads at
/// once.</summary>
public sealed class MatrixSource : ISignalSource
{
    private readonly Matrix _x;
    private readonly RowOrder _order;

    /// <summary>Wraps a matrix.</summary>
    /// <param name="x">Signals [N×n], at least one.</param>
    /// <param name="seed">Seed of the orders.</param>
    /// <param name="rows">How many of the first rows to use, from 1 to N; null for all.</param>
    /// <exception cref="ArgumentException">There is no signal, or fewer than <paramref name="rows"/>.</exception>
    public MatrixSource(Matrix x, int seed, int? rows = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        _x = x;
        _order = new RowOrder(RowOrder.Checked(rows ?? x.Rows, x.Rows, nameof(x)), seed);
    }

    /// <inheritdoc/>
    public int SignalSize => _x.Columns;

    /// <inheritdoc/>
    public void Read(long first, MatrixView x)
    {
        Throw.IfBelow(first, 0L);
        Throw.IfColumnsNot(x.Columns, SignalSize, nameof(x));
        Span<int> rows = stackalloc int[64];
        for (int start = 0; start < x.Rows; start += rows.Length)
        {
            int count = Math.Min(rows.Length, x.Rows - start);
            // All the numbers first: the copies then follow each other so closely that they wait for memory together.
            for (int i = 0; i < count; i++)
                rows[i] = _order[first + start + i];
            for (int i = 0; i < count; i++)
                _x.Row(rows[i]).CopyTo(x.Row(start + i));
        }
    }
}
