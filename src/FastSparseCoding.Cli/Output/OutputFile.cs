using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Output;

/// <summary>Checks on the outputs of a command before the work that fills them.</summary>
internal static class OutputFile
{
    /// <summary>
    /// Refuses at once what would fail only after minutes of work, or would replace what must stay: a place that cannot be written to, a
    /// name too long, one file for two outputs, an output that is also an input.
    /// </summary>
    /// <param name="inputs">Files and folders that are read; null where none is given.</param>
    /// <param name="outputs">Files to write; null where none is asked for.</param>
    public static void Require(IEnumerable<string?> inputs, params ReadOnlySpan<string?> outputs)
    {
        string[] read = [.. inputs.OfType<string>().Where(input => input != StandardStream.Name)];
        var taken = new List<string>();
        foreach (string? path in outputs)
            if (path is not (null or StandardStream.Name))
                Require(path, read, taken);
    }

    /// <summary>Refuses at once a place for a part that cannot be written to.</summary>
    public static void RequirePart(string path)
    {
        using AtomicFile probe = AtomicFile.Create(path);
    }

    /// <summary>The same for work that keeps a checkpoint beside its first output.</summary>
    /// <param name="kind">The kind of its checkpoints; a file of another kind in their place is somebody else's.</param>
    /// <param name="inputs">Files and folders that are read; null where none is given.</param>
    /// <param name="outputs">Files to write, the first always; null where none is asked for.</param>
    public static void RequireWithCheckpoint(string kind, IEnumerable<string?> inputs, params ReadOnlySpan<string?> outputs)
    {
        string checkpoint = CheckpointFile.PathFor(outputs[0]!);
        Require(inputs, [.. outputs, checkpoint]);
        Checkpoint.RequireOwn(checkpoint, kind);
    }

    private static void Require(string path, string[] read, List<string> taken)
    {
        if (AtomicFile.IsSystems(Path.GetFullPath(path)))
            throw new UserError(
                $"{path}: is a device; expected a file, or {StandardStream.Name} where the command writes to {StandardStream.Output}.");
        if (taken.Exists(other => RealPath.Same(other, path)))
            throw new UserError($"{path}: is given for two outputs; each needs a file of its own.");
        taken.Add(path);
        if (File.Exists(path) && Array.Exists(read, input => Reads(input, path)))
            throw new UserError($"{path}: is an input too, which no output may replace; give another name.");
        using AtomicFile probe = AtomicFile.Create(path);
    }

    private static bool Reads(string input, string output)
        => Directory.Exists(input) ? ImageFolder.Find([input]).Any(file => RealPath.Same(file, output))
            : RealPath.Same(ArrayPath.Parse(input).File, output);
}
