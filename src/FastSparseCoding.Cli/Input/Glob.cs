namespace FastSparseCoding.Cli.Input;

/// <summary>Patterns such as photos/*.jpg that reach the program as they were typed: in quotes, or from a shell that does not expand
/// them.</summary>
internal static class Glob
{
    private static readonly char[] Wildcards = ['*', '?'];

    private static readonly EnumerationOptions Here = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = true,
        MatchType = MatchType.Simple,
    };

    /// <summary>The files and folders that a pattern names, in ordinal order; the path itself where it is none, exists, or nothing
    /// fits.</summary>
    public static IReadOnlyList<string> Expand(string path)
    {
        if (path.IndexOfAny(Wildcards) < 0 || Path.Exists(path))
            return [path];
        string root = Path.GetPathRoot(path) ?? "";
        string[] found = [.. Match([root], path[root.Length..].Split(
            [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries))];
        Array.Sort(found, StringComparer.Ordinal);
        return found.Length > 0 ? found : [path];
    }

    private static IEnumerable<string> Match(IEnumerable<string> folders, ReadOnlySpan<string> parts)
    {
        foreach (string part in parts)
            folders = [.. folders.Where(f => f.Length == 0 || Directory.Exists(f)).SelectMany(folder => Match(folder, part))];
        return folders;
    }

    private static IEnumerable<string> Match(string folder, string part)
    {
        if (part.IndexOfAny(Wildcards) < 0)
            return Path.Exists(Path.Combine(folder, part)) ? [Path.Combine(folder, part)] : [];
        return Directory.EnumerateFileSystemEntries(folder.Length == 0 ? "." : folder, part, Here)
            .Select(entry => Path.GetFileName(entry))
            .Where(name => !name.StartsWith('.') || part.StartsWith('.'))       // as shells leave hidden files out
            .Select(name => Path.Combine(folder, name));
    }
}
