using FastSparseCoding.Cli.Output;

namespace FastSparseCoding.Cli;

/// <summary>What every command is given: where to write, the options common to all, and when to stop.</summary>
internal sealed record CommandContext(Terminal Terminal, bool Json, bool Quiet, int Seed, int Threads, CancellationToken Cancellation)
{
    /// <summary>Shows progress while <paramref name="work"/> runs.</summary>
    public void Track(Action<ProgressBoard> work) => ProgressBoard.Run(Terminal, Quiet, work);

    /// <summary>Prints a result as text, or as JSON when asked for.</summary>
    public void Print(Result result) => result.Print(Terminal.Out, Json);
}
