namespace FastSparseCoding.Storage;

/// <summary>What an argument that came from a checkpoint's file is refused for, in the words of who gave a file and not an
/// argument.</summary>
internal static class CheckpointRefusal
{
    /// <summary>Whether it is of the state to go on from.</summary>
    public static bool Is(ArgumentException e) => e.ParamName?.Split('.')[0] is "resume" or "state";

    /// <summary>The message, speaking of the file as "it".</summary>
    public static string Text(ArgumentException e)
        => e.Message.Replace($" (Parameter '{e.ParamName}')", "", StringComparison.Ordinal)
            .Replace("'resume' is", "it is", StringComparison.Ordinal).Replace("'state' is", "it is", StringComparison.Ordinal);
}
