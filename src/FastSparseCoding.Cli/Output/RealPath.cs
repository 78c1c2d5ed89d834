namespace FastSparseCoding.Cli.Output;

/// <summary>Tells whether two paths name one file, through links of files and of folders.</summary>
internal static class RealPath
{
    // What systems allow too; a longer chain leads in a circle, and is refused by whoever opens it.
    private const int MostLinks = 40;

    private static readonly StringComparison Comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal
        : StringComparison.OrdinalIgnoreCase;

    /// <summary>Whether two paths name the same file or the same place for one.</summary>
    public static bool Same(string a, string b) => string.Equals(Of(a), Of(b), Comparison);

    /// <summary>The path without links in any of its parts; of what does not exist, as far as it does.</summary>
    public static string Of(string path)
    {
        int links = 0;
        return Of(Path.GetFullPath(path), ref links);
    }

    private static string Of(string full, ref int links)
    {
        if (Path.GetDirectoryName(full) is not { } parent)
            return full;
        string folder = Of(parent, ref links), here = Path.Combine(folder, Path.GetFileName(full));
        return new FileInfo(here).LinkTarget is { } target && links++ < MostLinks ? Of(Path.GetFullPath(target, folder), ref links) : here;
    }
}
