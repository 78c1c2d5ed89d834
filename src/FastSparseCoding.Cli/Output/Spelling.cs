namespace FastSparseCoding.Cli.Output;

/// <summary>Guesses which word was meant.</summary>
internal static class Spelling
{
    /// <summary>The word that takes the fewest letters added, left out, changed or exchanged with their neighbour, if they are few; or the
    /// one that begins alike.</summary>
    public static string? Nearest(string typed, IEnumerable<string> words)
    {
        string[] known = [.. words.Order(StringComparer.Ordinal)];
        if (known.Length == 0)
            return null;
        string nearest = known.MinBy(word => Distance(typed, word))!;
        return Distance(typed, nearest) <= Math.Max(1, typed.Length / 3) ? nearest
            : typed.Length > 3 ? known.FirstOrDefault(word => word.StartsWith(typed, StringComparison.Ordinal)) : null;
    }

    /// <summary>Number of such changes (optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    d[i, j] = i + j;
                    continue;
                }
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        return d[a.Length, b.Length];
    }
}
