namespace FastSparseCoding.Cli.Input;

/// <summary>Tells of the files that are left out because they cannot be used, each once however often it is met, and counts them.</summary>
internal sealed class SkippedFiles(Terminal terminal)
{
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    public int Count => _told.Count;

    /// <summary>What was wrong with them, a line each.</summary>
    public IEnumerable<string> Problems => _told;

    public void Tell(Exception problem) => Tell(UserError.Text(problem).ReplaceLineEndings(" "));

    /// <summary>Tells what is known already as the text of a problem.</summary>
    public void Tell(string text)
    {
        if (_told.Add(text))
            terminal.Tell($"warning: {text} It is left out.");
    }
}
