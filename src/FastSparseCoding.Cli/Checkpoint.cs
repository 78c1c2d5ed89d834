namespace FastSparseCoding.Cli;

/// <summary>The file beside an output from which an interrupted run goes on.</summary>
internal static class Checkpoint
{
    public static string PathFor(string output) => output + ".checkpoint";

    public static T Load<T>(string path, Func<string, T> load)
        => File.Exists(path) ? load(path) : throw new UserError($"--resume: there is no '{path}' to go on from.");

    /// <summary>The settings of a checkpoint together with the data they were used on.</summary>
    public static string Seal(string settings, string data) => $"{settings}; {data}";

    /// <summary>The settings without the data, which must be the same.</summary>
    public static string Unseal(string path, string settings, string data, string what = "images, signals or preprocessing")
        => settings.EndsWith($"; {data}", StringComparison.Ordinal)
            ? settings[..^(data.Length + 2)]
            : throw new UserError($"--resume: '{path}' was made with other {what}.");

    /// <summary>Runs work that leaves checkpoints, and says how to go on when it is interrupted.</summary>
    public static T Guard<T>(string path, CommandContext context, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (OperationCanceledException) when (File.Exists(path))
        {
            context.Terminal.Tell($"'{path}' holds the state; --resume goes on from it.");
            throw;
        }
    }
}
