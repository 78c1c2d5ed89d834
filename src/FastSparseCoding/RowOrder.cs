namespace FastSparseCoding;

/// <summary>
/// The numbers 0 to N − 1 without end, in another pseudo-random order every epoch. Which number stands where is a pure function of the
/// place.
/// </summary>
internal sealed class RowOrder
{
    private readonly int _rows;
    private readonly ulong _seed;
    private readonly int _halfBits;

    public RowOrder(int rows, int seed)
    {
        _rows = rows;
        _seed = CounterRandom.Mix((ulong)seed);
        while (1L << (2 * _halfBits) < rows)
            _halfBits++;
    }

    /// <summary>A number of rows, from 1 to those there are.</summary>
    public static int Checked(int rows, int available, string name)
    {
        if (available == 0)
            Throw.Argument(name, $"'{name}' has no rows; at least one signal is needed.");
        Throw.IfOutside(rows, 1, available);
        return rows;
    }

    /// <summary>The number at place <paramref name="i"/>, which is in epoch i / N.</summary>
    /// <remarks>A Feistel network permutes [0, 2^2h); walking its cycle until a value is below N permutes [0, N).</remarks>
    public int this[long i]
    {
        get
        {
            (long epoch, long position) = Math.DivRem(i, _rows);
            ulong key = CounterRandom.Mix(_seed + (ulong)epoch), mask = (1UL << _halfBits) - 1;
            do
            {
                ulong left = (ulong)position >> _halfBits, right = (ulong)position & mask;
                for (uint round = 0; round < 4; round++)
                    (left, right) = (right, left ^ (CounterRandom.Mix(key + right * 4 + round) & mask));
                position = (long)(left << _halfBits | right);
            }
            while (position >= _rows);
            return (int)position;
        }
    }
}
