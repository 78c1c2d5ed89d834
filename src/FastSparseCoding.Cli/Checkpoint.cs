using FastSparseCoding.Storage;
using FastSparseCoding.Training;

namespace FastSparseCoding.Cli;

/// <summary>The file beside an output from which an interrupted run goes on.</summary>
internal static class Checkpoint
{
    /// <summary>What checkpoints of learn and of train say that they are.</summary>
    public const string OfLearning = "learner-state", OfTraining = "training-checkpoint";

    /// <summary>Refuses a file in a checkpoint's place that is none: the end of the work would delete it.</summary>
    public static void RequireOwn(string path, string kind)
    {
        if (File.Exists(path) && !IsOfKind(path, kind))
            throw new UserError(
                $"{path}: is in the place of the checkpoint, but is none of this command; move it away or give another --output.");
    }

    public static T Load<T>(string path, Func<string, T> load)
        => File.Exists(path) ? load(path) : throw new UserError($"--resume: there is no '{path}' to go on from.");

    /// <summary>The settings of a checkpoint together with the data they were used on.</summary>
    public static string Seal(string settings, string data) => $"{settings}; {data}";

    /// <summary>The settings without the data, which must be the same.</summary>
    public static string Unseal(string path, string settings, string data, string what = "images, signals or preprocessing")
        => settings.EndsWith($"; {data}", StringComparison.Ordinal)
            ? settings[..^(data.Length + 2)]
            : throw new UserError($"--resume: '{path}' was made with other {what}; give the same, or leave --resume away to begin anew.");

    /// <summary>Warns of a checkpoint from a machine whose arithmetic differs.</summary>
    public static void WarnOfMachine(string checkpoint, TrainingCheckpoint? start, CommandContext context)
    {
        if (start is null or { HasBitsOfThisMachine: true })
            return;
        (string there, string here) = Machine.FusedMultiplyAdd ? ("twice", "once") : ("once", "twice");
        context.Terminal.Tell(
            $"warning: '{checkpoint}' is from a machine that rounds a·b + c {there}, this one rounds it {here}: the result will differ "
                + "from that machine's in its last digits.");
    }

    private static bool IsOfKind(string path, string kind)
    {
        try
        {
            return FileDescription.Read(path).Facts.Any(fact => fact.Key == "kind" && fact.Value is string found && found == kind);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Runs work that leaves checkpoints: says how to go on when it is interrupted, and names the file that an argument came
    /// from.</summary>
    /// <param name="path">The checkpoint.</param>
    /// <param name="input">Where the signals are from.</param>
    /// <param name="resumed">Whether the work goes on from one.</param>
    /// <param name="context">Of the command.</param>
    /// <param name="work">The work.</param>
    public static T Guard<T>(string path, string input, bool resumed, CommandContext context, Func<T> work)
    {
        DateTime before = DateTime.UtcNow.AddSeconds(-1);       // clocks of file systems are coarse
        try
        {
            return work();
        }
        catch (OperationCanceledException)
        {
            // Looked for here and not in a filter, which would be asked before the work has stored its state on its way out.
            if (File.Exists(path) && (resumed || File.GetLastWriteTimeUtc(path) >= before))
                context.Terminal.Tell($"'{path}' holds the state; --resume goes on from it.");
            throw;
        }
        catch (ArgumentException e) when (CheckpointRefusal.Is(e))
        {
            throw new UserError(
                $"--resume: '{path}' cannot be gone on from: {CheckpointRefusal.Text(e)} Give the options that it was made with, or "
                + "leave --resume away to begin anew.");
        }
        catch (ArgumentException e) when (e.ParamName is "signals")
        {
            throw new UserError($"{input}: {UserError.Text(e)}");
        }
    }
}
