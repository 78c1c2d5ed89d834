namespace FastSparseCoding.Cli;

/// <summary>The word for standard input among inputs, and for standard output among outputs.</summary>
internal static class StandardStream
{
    public const string Name = "-";
}
