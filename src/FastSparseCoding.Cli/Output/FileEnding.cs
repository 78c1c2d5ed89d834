using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Output;

/// <summary>Which endings an output may have: each names a format, and another, or none, is refused before any work.</summary>
internal static class FileEnding
{
    /// <summary>Models with all that belongs to them.</summary>
    public static readonly string[] Model = [".safetensors"];

    /// <summary>Dictionaries: a model, or the atoms alone.</summary>
    public static readonly string[] Dictionary = [".safetensors", ".npy", ".npz", ".csv"];

    /// <summary>Signals and codes, also to standard output.</summary>
    public static readonly string[] Rows = [.. ArrayPath.Endings, StandardStream.Name];

    /// <summary>Tables, also to standard output.</summary>
    public static readonly string[] Table = [".csv", StandardStream.Name];

    public static readonly string[] Array = ArrayPath.Endings, Plot = [".svg"], Picture = [".png"], Places = [".npz"];

    /// <summary>Refuses a path of another ending, or of none.</summary>
    /// <param name="path">The output; null where none is given.</param>
    /// <param name="what">What is written, in the plural.</param>
    /// <param name="endings">Those that it may have.</param>
    /// <param name="hint">What else the message says.</param>
    public static void Require(string? path, string what, string[] endings, string hint = "")
    {
        if (path is null)
            return;
        string ending = path == StandardStream.Name ? path : Of(path);
        if (endings.Contains(ending, StringComparer.Ordinal))
            return;
        string found = ending == StandardStream.Name ? $"is {StandardStream.Output}" : ending.Length == 0 ? "has no ending"
            : $"ends in '{ending}'";
        string[] files = [.. endings.Where(e => e != StandardStream.Name)];
        string list = files.Length == 1 ? files[0] : $"{string.Join(", ", files[..^1])} or {files[^1]}";
        throw new UserError($"{path}: {found}; {what} are written as {list}{hint}.");
    }

    /// <summary>The ending, in small letters.</summary>
    public static string Of(string path) => Path.GetExtension(path).ToLowerInvariant();
}
