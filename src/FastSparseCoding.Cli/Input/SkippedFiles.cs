namespace FastSparseCoding.Cli.Input;

/// <summary>Tells of the files that are left out because they cannot be used, each once however often it is met, and counts them.</summary>
internal sealed class SkippedFiles(Terminal terminal)
{
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    public int Count => _told.Count;

    public void Tell(Exception problem)
    {
        string text = UserError.Text(problem).ReplaceLineEndings(" ");
        if (_told.Add(text))
            terminal.Tell($"warning: {text} It is left out.");
    }
}
