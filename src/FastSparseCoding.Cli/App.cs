using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;
using FastSparseCoding.Cli.Commands;
using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;

namespace FastSparseCoding.Cli;

/// <summary>The command line: parses, runs a command and turns every expected failure into one line and an exit code.</summary>
internal static class App
{
    // A name that begins with @ is a file's like any other: nothing in a folder may become options.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    /// <summary>Runs one command line, with other processes where it says so.</summary>
    public static int Run(string[] args, Terminal terminal, CancellationToken cancellation)
        => SharedRun.IsAskedFor(args)
            ? SharedRun.Run(terminal, (own, ranks) => Run(args, own, ranks, cancellation))
            : Run(args, terminal, Collective.Alone, cancellation);

    /// <summary>Runs one command line in one of the processes that share it.</summary>
    public static int Run(string[] args, Terminal terminal, ICollective ranks, CancellationToken cancellation)
    {
        var inputs = new InputPaths(terminal, isShared: ranks.Size > 1);
        ParseResult parsed = Root(terminal, inputs, ranks, cancellation).Parse(args, Parsing);
        var work = new SharedWork(ranks);
        if (UsageErrors.Of(parsed) is { Count: > 0 } errors)
        {
            work.Tell(new UserError(errors[0]));
            return Refuse(parsed, errors, terminal);
        }
        try
        {
            UsageErrors.RequireNoneEmpty(parsed);
            int code = parsed.Invoke(new InvocationConfiguration
            {
                Output = terminal.Out,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
            work.RequireSame("the exit code", code.ToString(CultureInfo.InvariantCulture));     // what another failed of ends this one too
            return code;
        }
        catch (OperationCanceledException e) when (cancellation.IsCancellationRequested || ranks.Size > 1)
        {
            work.Tell(e);
            if (terminal.IsFirstToTellInterrupted())
                terminal.TellOnLineOfItsOwn("interrupted");
            return ExitCode.Interrupted;
        }
        catch (Exception e) when (IsExpected(e))
        {
            terminal.Tell($"error: {UserError.Text(e).ReplaceLineEndings(" ")}");
            work.Tell(e);
            return ExitCode.BadInput;
        }
    }

    private static RootCommand Root(Terminal terminal, InputPaths inputs, ICollective ranks, CancellationToken cancellation)
    {
        var common = new CommonOptions();
        Func<ParseResult, CommandContext> context = parsed => common.Bind(parsed, terminal, inputs, ranks, cancellation);
        var root = new RootCommand(
            "Sparse coding on the CPU: learns dictionaries, trains LISTA and LCoD encoders, encodes images exactly or learned, and "
                + "reproduces the figures of "
            + "Gregor and LeCun, \"Learning Fast Approximations of Sparse Coding\" (ICML 2010).\n\n"
            + "Exit codes: 0 done, 1 bad input, 2 bad usage, 130 interrupted.");
        root.Add(common.AddTo(ReproduceCommand.Create(context), Uses.All));
        root.Add(common.AddTo(LearnCommand.Create(context), Uses.All));
        root.Add(common.AddTo(TrainCommand.Create(context), Uses.All));
        root.Add(common.AddTo(EncodeCommand.Create(context), Uses.All));
        root.Add(common.AddTo(MergeCommand.Create(context), Uses.Threads));
        root.Add(common.AddTo(ReconstructCommand.Create(context), Uses.Threads));
        root.Add(common.AddTo(PathCommand.Create(context), Uses.All));
        root.Add(common.AddTo(EvaluateCommand.Create(context), Uses.All));
        root.Add(common.AddTo(ClassifyCommand.Create(context), Uses.Seed | Uses.Threads));
        root.Add(common.AddTo(PredictCommand.Create(context), Uses.Threads | Uses.SkipBad));
        root.Add(common.AddTo(DenoiseCommand.Create(context), Uses.All));
        root.Add(common.AddTo(InpaintCommand.Create(context), Uses.Seed | Uses.Threads));
        root.Add(common.AddTo(TrainDenoiserCommand.Create(context), Uses.All));
        root.Add(common.AddTo(EvaluateDenoiserCommand.Create(context), Uses.All));
        root.Add(common.AddTo(ExportCommand.Create(context), Uses.None));
        root.Add(common.AddTo(InfoCommand.Create(context), Uses.None));
        root.Add(CompletionCommand.Create(terminal));
        NumberParsing.Apply(root);
        root.Directives.OfType<SuggestDirective>().Single().Action = new Suggestions();
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    private static int Refuse(ParseResult parsed, IReadOnlyList<string> errors, Terminal terminal)
    {
        foreach (string error in errors)
            terminal.Tell($"error: {error}");
        string name = parsed.CommandResult.Command is RootCommand ? "" : $" {parsed.CommandResult.Command.Name}";
        terminal.Tell($"'sparsecode{name} --help' lists what can be given.");
        return ExitCode.BadUsage;
    }

    // What input, files and the disk can cause. Anything else is a defect and shows itself as one.
    private static bool IsExpected(Exception e)
        => e is UserError or ArgumentException or InvalidDataException or IOException or UnauthorizedAccessException
            or ArithmeticException or InsufficientMemoryException or OutOfMemoryException;
}
