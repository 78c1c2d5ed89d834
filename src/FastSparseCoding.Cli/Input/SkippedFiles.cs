namespace FastSparseCoding.Cli.Input;

/// <summary>Tells of the files that are left out because they cannot be read, and counts them.</summary>
internal sealed class SkippedFiles(Terminal terminal)
{
    public int Count { get; private set; }

    public void Tell(Exception problem)
    {
        Count++;
        terminal.Tell($"warning: {UserError.Text(problem).ReplaceLineEndings(" ")} It is left out.");
    }
}
