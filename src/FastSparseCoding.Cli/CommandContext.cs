using FastSparseCoding.Cli.Output;
using FastSparseCoding.Paper;

namespace FastSparseCoding.Cli;

/// <summary>What every command is given: where to write, the options common to all, and when to stop.</summary>
internal sealed record CommandContext(Terminal Terminal, bool Json, bool Quiet, int Seed, int Threads, CancellationToken Cancellation)
{
    /// <summary>What the paper's experiments need of it.</summary>
    public RunContext OfRun => new(Seed, Threads, Cancellation);

    /// <summary>Shows progress while <paramref name="work"/> runs.</summary>
    public void Track(Action<ProgressBoard> work) => ProgressBoard.Run(Terminal, Quiet, work);

    /// <summary>Says how many signals had no certified code, if any.</summary>
    /// <param name="count">How many.</param>
    /// <param name="total">Of how many.</param>
    /// <param name="signals">What they are.</param>
    /// <param name="consequence">What became of them, with what joins it to the rest.</param>
    public void WarnUncertified(long count, long total, string signals, string consequence = " and were left out")
    {
        if (count > 0)
            Terminal.Tell(FormattableString.Invariant(
                $"warning: {count:N0} of {total:N0} {signals} have no certified code{consequence}; a larger λ helps."));
    }

    /// <summary>Prints a result as text, or as JSON when asked for.</summary>
    public void Print(Result result)
    {
        try
        {
            result.Print(Terminal.Out, Json);
            Terminal.Out.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"the result cannot be written to standard output: {e.Message}");
        }
    }
}
