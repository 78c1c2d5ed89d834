using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Input;

/// <summary>
/// Patterns such as photos/**/*.jpg that reach the program as they were typed: in quotes, or from a shell that does not expand them. A star
/// is any characters of a name, a question mark one, [a-z] one of a set, [!a-z] one that is not in it; ** is any number of folders.
/// </summary>
internal static class Glob
{
    private const string AnyFolders = "**";

    private static readonly EnumerationOptions Here = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = true,
    };

    /// <summary>The files and folders that a pattern names, in ordinal order; those below ** are files. The path itself where it is no
    /// pattern, or something has that very name.</summary>
    public static IReadOnlyList<string> Expand(string path)
    {
        if (!NamePattern.IsOne(path) || Path.Exists(path) || ArrayPath.Parse(path).Name is not null)
            return [path];
        string root = Path.GetPathRoot(path) ?? "";
        string[] parts = path[root.Length..].Split(
            [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<string> found = [root];
        foreach (string part in parts)
            found = [.. found.Where(IsFolder).SelectMany(folder => part == AnyFolders ? Folders(folder) : Match(folder, part)).Distinct()];
        if (parts.Contains(AnyFolders))         // a folder among them would give its files a second time
            found = (parts[^1] == AnyFolders ? found.SelectMany(folder => Match(folder, "*")) : found).Where(File.Exists);
        string[] sorted = [.. found.Order(StringComparer.Ordinal)];
        return sorted.Length > 0 ? sorted : throw new UserError($"no file matches '{path}'.");
    }

    private static bool IsFolder(string path) => path.Length == 0 || Directory.Exists(path);

    /// <summary>A folder and all below it, but for those that links lead to, since one may lead back.</summary>
    private static IEnumerable<string> Folders(string folder)
        => Match(folder, "*").Where(path => Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
            .SelectMany(Folders).Prepend(folder);

    private static IEnumerable<string> Match(string folder, string part)
    {
        if (!NamePattern.IsOne(part))
            return Path.Exists(Path.Combine(folder, part)) ? [Path.Combine(folder, part)] : [];
        var pattern = new NamePattern(part);
        return Directory.EnumerateFileSystemEntries(folder.Length == 0 ? "." : folder, "*", Here)
            .Select(entry => Path.GetFileName(entry))
            .Where(name => (!name.StartsWith('.') || part.StartsWith('.')) && pattern.Matches(name))    // as shells leave hidden files out
            .Select(name => Path.Combine(folder, name));
    }
}
