using System.Globalization;

namespace FastSparseCoding.Cli.Sharding;

/// <summary>One of n parts of a job: which signals or pictures are its own depends on nothing but i, n and how many there are.</summary>
/// <param name="Index">Its number i, from 0 to n − 1.</param>
/// <param name="Count">How many there are, n.</param>
internal readonly record struct Shard(int Index, int Count)
{
    /// <summary>Most parts of a job.</summary>
    public const int MostShards = 1_000_000;

    /// <summary>
    /// Signals that are never parted: whoever has fewer has no use for two machines. No code depends on where the parts begin; sums over
    /// signals do, and are kept for whole blocks.
    /// </summary>
    public const int BlockRows = 1024;

    /// <summary>All of the job.</summary>
    public static Shard Whole => new(0, 1);

    /// <summary>Its own of so many pictures or blocks: from First to before End, which may be none.</summary>
    public (long First, long End) Of(long units) => (Bound(Index, units), Bound(Index + 1, units));

    /// <summary>Its own of so many signals: whole blocks of them.</summary>
    public (long First, long End) OfRows(long rows)
    {
        (long first, long end) = Of((rows + BlockRows - 1) / BlockRows);
        return (Math.Min(first * BlockRows, rows), Math.Min(end * BlockRows, rows));
    }

    /// <summary>Reads "i/n".</summary>
    public static bool TryParse(string text, out Shard shard)
    {
        shard = default;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !int.TryParse(text.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int count))
            return false;
        shard = new Shard(index, count);
        return shard.IsValid;
    }

    /// <summary>Whether the numbers are within their ranges.</summary>
    public bool IsValid => Count is >= 1 and <= MostShards && Index >= 0 && Index < Count;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");

    private long Bound(int index, long units) => (long)((Int128)units * index / Count);
}
