namespace FastSparseCoding;

/// <summary>The rows of a matrix without end, in another pseudo-random order every epoch.</summary>
public sealed class MatrixSource : ISignalSource
{
    private readonly Matrix _x;
    private readonly ulong _seed;
    private readonly int _halfBits;

    /// <summary>Wraps a matrix.</summary>
    /// <param name="x">Signals [N×n], at least one.</param>
    /// <param name="seed">Seed of the orders.</param>
    /// <exception cref="ArgumentException">There is no signal.</exception>
    public MatrixSource(Matrix x, int seed)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rows == 0)
            Throw.Argument(nameof(x), "'x' has no rows; at least one signal is needed.");
        _x = x;
        _seed = CounterRandom.Mix((ulong)seed);
        while (1L << (2 * _halfBits) < x.Rows)
            _halfBits++;
    }

    /// <inheritdoc/>
    public int SignalSize => _x.Columns;

    /// <inheritdoc/>
    public void Read(long first, MatrixView x)
    {
        Throw.IfBelow(first, 0L);
        Throw.IfColumnsNot(x.Columns, SignalSize, nameof(x));
        for (int i = 0; i < x.Rows; i++)
        {
            long epoch = (first + i) / _x.Rows, position = (first + i) % _x.Rows;
            _x.Row(Permuted(epoch, position)).CopyTo(x.Row(i));
        }
    }

    /// <summary>
    /// A Feistel network permutes [0, 2^2h); walking its cycle until a value is below N permutes [0, N).
    /// </summary>
    private int Permuted(long epoch, long position)
    {
        ulong key = CounterRandom.Mix(_seed + (ulong)epoch), mask = (1UL << _halfBits) - 1;
        do
        {
            ulong left = (ulong)position >> _halfBits, right = (ulong)position & mask;
            for (uint round = 0; round < 4; round++)
                (left, right) = (right, left ^ (CounterRandom.Mix(key + right * 4 + round) & mask));
            position = (long)(left << _halfBits | right);
        }
        while (position >= _x.Rows);
        return (int)position;
    }
}
