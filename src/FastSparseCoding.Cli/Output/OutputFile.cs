using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Output;

/// <summary>Checks on an output before the work that fills it.</summary>
internal static class OutputFile
{
    /// <summary>Refuses at once what would fail only after minutes of work: a missing folder, a folder, a place that cannot be written to.</summary>
    public static void RequireWritable(string path)
    {
        using AtomicFile probe = AtomicFile.Create(path);
    }
}
