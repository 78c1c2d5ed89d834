namespace FastSparseCoding.Cli.Input;

/// <summary>A pattern for the name of one file or folder, without separators.</summary>
internal sealed class NamePattern
{
    private static readonly bool IgnoresCase = !OperatingSystem.IsLinux();

    private readonly List<(char First, char Last)[]?> _places = [];     // sets of characters; null for a star
    private readonly HashSet<int> _excluding = [];                      // places that are of all characters but those

    public NamePattern(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '[' && EndOfSet(text, i) is > 0 and int end)
            {
                AddSet(text.AsSpan(i + 1, end - i - 1));
                i = end;
            }
            else
                _places.Add(text[i] switch { '*' => null, '?' => [(char.MinValue, char.MaxValue)], char c => [(c, c)] });
        }
    }

    /// <summary>Whether a path has anything of a pattern: a star, a question mark or a set in brackets.</summary>
    public static bool IsOne(string path)
        => path.AsSpan().ContainsAny('*', '?') || Enumerable.Range(0, path.Length).Any(i => path[i] == '[' && EndOfSet(path, i) > 0);

    /// <summary>Whether a name is as the pattern says. Stars take as little as they can, and the last one more where that does not
    /// do.</summary>
    public bool Matches(ReadOnlySpan<char> name)
    {
        int place = 0, star = -1, from = 0;
        for (int i = 0; i < name.Length;)
        {
            if (place < _places.Count && _places[place] is null)
                (star, from, place) = (place, i, place + 1);
            else if (place < _places.Count && IsAt(place, name[i]))
                (place, i) = (place + 1, i + 1);
            else if (star >= 0)
                (place, i) = (star + 1, ++from);
            else
                return false;
        }
        return _places.Skip(place).All(rest => rest is null);
    }

    /// <summary>Where the set ends that begins at a bracket, which may hold one as its first character; −1 where none ends.</summary>
    private static int EndOfSet(string text, int start)
    {
        int first = start + 1 < text.Length && text[start + 1] == '!' ? start + 2 : start + 1;
        int end = first + 1 < text.Length ? text.IndexOf(']', first + 1) : -1;
        bool isOfOneName = end < 0
            || !text.AsSpan(start, end - start).ContainsAny(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
        return isOfOneName ? end : -1;
    }

    private void AddSet(ReadOnlySpan<char> set)
    {
        if (set[0] == '!')
        {
            _excluding.Add(_places.Count);
            set = set[1..];
        }
        var ranges = new List<(char, char)>();
        for (int i = 0; i < set.Length; i++)
        {
            bool isRange = i + 2 < set.Length && set[i + 1] == '-';
            ranges.Add((set[i], set[isRange ? i + 2 : i]));
            i += isRange ? 2 : 0;
        }
        _places.Add([.. ranges]);
    }

    private bool IsAt(int place, char c)
        => (Has(_places[place]!, c) || (IgnoresCase && (Has(_places[place]!, char.ToUpperInvariant(c))
            || Has(_places[place]!, char.ToLowerInvariant(c))))) != _excluding.Contains(place);

    private static bool Has((char First, char Last)[] set, char c) => Array.Exists(set, range => range.First <= c && c <= range.Last);
}
