using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Output;

/// <summary>Checks on an output before the work that fills it.</summary>
internal static class OutputFile
{
    /// <summary>Refuses at once what would fail only after minutes of work: a missing folder, a folder, a place that cannot be written to.</summary>
    public static void RequireWritable(string path, string? other = null)
    {
        if (other is not null && Path.GetFullPath(path) == Path.GetFullPath(other))
            throw new UserError($"{path}: is given for two outputs; each needs a file of its own.");
        using AtomicFile probe = AtomicFile.Create(path);
    }
}
