namespace FastSparseCoding.Storage;

/// <summary>A file of numbers as a user names it: FILE, or FILE:NAME for one of the arrays of an .npz or .safetensors.</summary>
/// <param name="File">The file.</param>
/// <param name="Name">The array in it, or null.</param>
internal readonly record struct ArrayPath(string File, string? Name)
{
    /// <summary>The endings of files that hold one matrix, or several under names.</summary>
    public static readonly string[] Endings = [".npy", ".npz", ".safetensors", ".csv"];

    private static readonly string[] OfMany = [".npz:", ".safetensors:"];

    /// <summary>The file's ending, in small letters.</summary>
    public string Ending => Path.GetExtension(File).ToLowerInvariant();

    /// <summary>Whether the ending is that of a file of numbers.</summary>
    public bool IsArray => Endings.Contains(Ending, StringComparer.Ordinal);

    /// <summary>Takes a path apart; what exists under the whole name is that.</summary>
    public static ArrayPath Parse(string path)
    {
        if (System.IO.File.Exists(path))
            return new ArrayPath(path, null);
        foreach (string ending in OfMany)
            if (path.LastIndexOf(ending, StringComparison.OrdinalIgnoreCase) is >= 0 and int at)
                return new ArrayPath(path[..(at + ending.Length - 1)], path[(at + ending.Length)..]);
        return new ArrayPath(path, null);
    }
}
