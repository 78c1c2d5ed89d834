namespace FastSparseCoding.Imaging;

/// <summary>
/// What something was learned from, in a few kilobytes whatever its size: the smallest of the fingerprints of its pictures or signals. Of
/// other data those below the largest of them can be looked up, which are as good a sample of them as any.
/// </summary>
internal static class DataSketch
{
    /// <summary>The most fingerprints that are kept.</summary>
    public const int Most = 1024;

    /// <summary>The sketch of data.</summary>
    /// <param name="fingerprints">Those of its parts.</param>
    public static long[] Of(IEnumerable<long> fingerprints)
    {
        var smallest = new SortedSet<long>();
        foreach (long fingerprint in fingerprints)
        {
            if (smallest.Count == Most && fingerprint > smallest.Max)
                continue;
            smallest.Add(fingerprint);
            if (smallest.Count > Most)
                smallest.Remove(smallest.Max);
        }
        return [.. smallest];
    }

    /// <summary>How many parts of data were learned from, of how many that could be looked up.</summary>
    /// <param name="learned">The sketch of what was learned from; empty where that is not known.</param>
    /// <param name="fingerprints">Those of the data's parts.</param>
    public static (int Known, int LookedUp) Overlap(long[] learned, IEnumerable<long> fingerprints)
    {
        if (learned.Length == 0)
            return (0, 0);
        var known = learned.ToHashSet();
        long last = learned.Length < Most ? long.MaxValue : learned.Max();
        (int count, int lookedUp) = (0, 0);
        foreach (long fingerprint in fingerprints.Where(f => f <= last))
        {
            lookedUp++;
            count += known.Contains(fingerprint) ? 1 : 0;
        }
        return (count, lookedUp);
    }
}
