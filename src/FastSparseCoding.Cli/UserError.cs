namespace FastSparseCoding.Cli;

/// <summary>What the user gave cannot be used; the message is the one line that is shown.</summary>
internal sealed class UserError(string message) : Exception(message)
{
    /// <summary>What an exception says. The framework appends " (Parameter 'x')" to messages that already name the parameter.</summary>
    public static string Text(Exception e) => e switch
    {
        ArgumentException { ParamName: { } name } => e.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal),
        OutOfMemoryException => "there is not enough memory; fewer atoms, smaller batches or fewer threads need less.",
        _ => e.Message,
    };
}
