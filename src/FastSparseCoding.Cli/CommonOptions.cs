using System.CommandLine;
using FastSparseCoding.Cli.Input;

namespace FastSparseCoding.Cli;

/// <summary>What of <see cref="CommonOptions"/> a command makes use of, beside --json and --quiet.</summary>
[Flags]
internal enum Uses
{
    None = 0,
    Seed = 1,
    Threads = 2,
    SkipBad = 4,
    All = Seed | Threads | SkipBad,
}

/// <summary>The options that several commands have; each shows and takes those that do something there.</summary>
internal sealed class CommonOptions
{
    private readonly Option<bool> _json = new("--json") { Description = "Print the result as JSON." };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Show no progress." };

    private readonly Option<int> _seed = new("--seed")
    {
        Description = "Seed of everything drawn at random: the same seed gives the same bits.",
        DefaultValueFactory = _ => 1,
        HelpName = "N",
    };

    private readonly Option<int> _threads = new("--threads")
    {
        Description = "Threads, from 1 to 1024; 0 for one per core. The result is the same for every number.",
        DefaultValueFactory = _ => 0,
        HelpName = "N",
    };

    private readonly Option<bool> _skipBad = new("--skip-bad")
    {
        Description = "Leave out pictures that cannot be read or are too small, and say which and how many, instead of ending.",
    };

    /// <summary>Gives a command those that it makes use of.</summary>
    public Command AddTo(Command command, Uses uses)
    {
        command.Add(_json);
        if (uses.HasFlag(Uses.Seed))
            command.Add(_seed);
        if (uses.HasFlag(Uses.Threads))
            command.Add(_threads);
        command.Add(_quiet);
        if (uses.HasFlag(Uses.SkipBad))
            command.Add(_skipBad);
        return command;
    }

    public CommandContext Bind(
        ParseResult parsed, Terminal terminal, InputPaths inputs, ICollective ranks, CancellationToken cancellation)
    {
        int threads = parsed.GetValue(_threads);
        Range.Check(_threads, threads, 0, 1024);
        if (ranks.Size > 1 && threads == 0)
            threads = SharedRun.Threads(ranks);
        return new CommandContext(
            terminal, inputs, parsed.GetValue(_json), parsed.GetValue(_quiet) || ranks.Rank > 0, parsed.GetValue(_seed), threads,
            cancellation)
        {
            Ranks = ranks,
            Skipped = parsed.GetValue(_skipBad) ? new SkippedFiles(terminal) : null,
        };
    }
}
