namespace FastSparseCoding.Cli;

/// <summary>What the user gave cannot be used; the message is the one line that is shown.</summary>
internal sealed class UserError(string message) : Exception(message);
