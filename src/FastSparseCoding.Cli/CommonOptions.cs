using System.CommandLine;
using FastSparseCoding.Cli.Input;

namespace FastSparseCoding.Cli;

/// <summary>The options that every command has.</summary>
internal sealed class CommonOptions
{
    private readonly Option<bool> _json = new("--json") { Description = "Print the result as JSON.", Recursive = true };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Show no progress.", Recursive = true };

    private readonly Option<int> _seed = new("--seed")
    {
        Description = "Seed of everything drawn at random: the same seed gives the same bits.",
        DefaultValueFactory = _ => 1,
        Recursive = true,
        HelpName = "N",
    };

    private readonly Option<int> _threads = new("--threads")
    {
        Description = "Threads, from 1 to 1024; 0 for one per core. The result is the same for every number.",
        DefaultValueFactory = _ => 0,
        Recursive = true,
        HelpName = "N",
    };

    private readonly Option<bool> _skipBad = new("--skip-bad")
    {
        Description = "Leave out pictures that cannot be read, and say which and how many, instead of ending.",
        Recursive = true,
    };

    public void AddTo(RootCommand root)
    {
        root.Add(_json);
        root.Add(_seed);
        root.Add(_threads);
        root.Add(_quiet);
        root.Add(_skipBad);
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
