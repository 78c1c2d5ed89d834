namespace FastSparseCoding.Cli.Output;

/// <summary>The folder that holds all of some files, near or far.</summary>
internal static class CommonFolder
{
    /// <summary>Names of files as seen from it: none leads out of it.</summary>
    public static IEnumerable<string> Relative(IReadOnlyList<string> paths)
    {
        string[] full = [.. paths.Select(Path.GetFullPath)];
        string[][] folders = [.. full.Select(p => (Path.GetDirectoryName(p) ?? "").Split(Path.DirectorySeparatorChar))];
        int depth = folders.Length == 0 ? 0 : folders.Min(f => f.Length);
        while (depth > 0 && !folders.All(f => f.AsSpan(0, depth).SequenceEqual(folders[0].AsSpan(0, depth))))
            depth--;
        string common = string.Join(Path.DirectorySeparatorChar, folders.FirstOrDefault([])[..depth]) + Path.DirectorySeparatorChar;
        return full.Select(p => Path.GetRelativePath(common, p));
    }
}
