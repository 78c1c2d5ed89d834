using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Imaging;
using FastSparseCoding.Paper;

namespace FastSparseCoding.Cli.Commands;

/// <summary>sparsecode reproduce: the paper's comparison from one command.</summary>
internal sealed class ReproduceCommand
{
    private readonly Option<string[]> _images =
        new("--images")
        {
            Description = "A folder or image files to learn from and test on. [default: generated pictures]",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "DIR"
        };
    private readonly Option<string?> _digits =
        new("--digits")
        {
            Description = "A folder with MNIST's four files: adds the experiment on digits, with --full on all of them.",
            HelpName = "DIR"
        };
    private readonly Option<string?> _atoms =
        new("--atoms")
        {
            Description = "Sizes of dictionary, separated by commas, each from 2 to 4096. [default: 100; with --full 100,400]",
            HelpName = "M,M"
        };
    private readonly Option<long?> _samples =
        new("--samples")
        {
            Description =
        "Patches for every training, from 1 to 10^8. [default: 300000; with --quick 50000, with --full 1500000, and 1000000 for more "
        + "than 200 atoms]",
            HelpName = "N"
        };
    private readonly Option<int?> _seeds =
        new("--seeds")
        {
            Description =
        "Trainings of every encoder, each on patches of its own, from 1 to 100; shown as mean ± half of the range. [default: 1; with "
        + "--full 3]",
            HelpName = "N"
        };
    private readonly Option<string> _output =
        new("--out", "-o")
        {
            Description = "Folder for everything that is made; created when missing.",
            DefaultValueFactory =
        _ => "reproduction",
            HelpName = "DIR"
        };
    private readonly Option<bool> _overwrite = new("--overwrite")
    {
        Description = "Delete what a run with other settings left in the folder, or other files of the names that a run writes, and begin "
            + "anew; all else stays.",
    };
    private readonly Option<bool> _quick =
        new("--quick") { Description = "A small run that shows all parts in seconds; its times are rough." };
    private readonly Option<bool> _full =
        new("--full") { Description = "The paper's scale: 100 and 400 atoms, three seeds, a million patches or more for every training." };
    private readonly PatchOptions _patches = new();

    public static Command Create(Func<ParseResult, CommandContext> context)
    {
        var self = new ReproduceCommand();
        var command = new ExampledCommand(
            "reproduce",
            "Learns dictionaries, trains LISTA, LCoD and the baselines on them, and writes the paper's comparison: tables, plots, "
            + "pictures and a page. An interrupted run goes on where it was when the command is given again; a finished one only writes "
            + "the page anew, or what --digits, --atoms and --seeds add: what is there stays.",
            ["sparsecode reproduce", "sparsecode reproduce --images photos/ --atoms 100,400 --out paper"])
        {
            self._images, self._digits, self._atoms, self._samples, self._seeds, self._output, self._overwrite, self._quick, self._full,
        };
        self._patches.AddTo(command);
        command.SetAction(parsed => self.Run(parsed, context(parsed)));
        return command;
    }

    private int Run(ParseResult parsed, CommandContext context)
    {
        long start = Stopwatch.GetTimestamp();
        Plan plan = BindPlan(parsed);
        PatchPreprocessing preprocessing = _patches.Bind(parsed);
        string output = parsed.GetRequiredValue(_output);
        if (File.Exists(output))
            throw new UserError($"{output}: the folder cannot be created: there is a file of that name.");
        DigitsInput? digits = parsed.GetValue(_digits) is { } folder ? DigitsInput.Read(folder, plan) : null;
        using ImageStore? images = LoadImages(parsed, output, context, context.AtLeast(preprocessing.PatchSize));
        PictureInput pictures = images is null ? PictureInput.Generate(preprocessing, context.Seed)
            : new PictureInput(images, string.Join(", ", parsed.GetValue(_images)!), preprocessing);
        var reproducer = new Reproducer(plan, pictures, digits, context.OfRun with { Timing = plan.Timing });
        ReproductionResult result = new(new ResultTable(), []);
        context.Track(board => result = reproducer.Run(output, parsed.GetValue(_overwrite), CommandLine(parsed), board));
        foreach ((string signals, long count, long total) in result.Uncertified)
            context.WarnUncertified(count, total, signals, consequence: "");
        context.Print(new Result()
            .AddTable("encoders", result.Summary).Add("scale", plan.Scale).Add("uncertified_codes", result.Uncertified.Sum(e => e.Count))
                .Add("seconds", Stopwatch.GetElapsedTime(start).TotalSeconds)
                .Add("page", Path.GetFullPath(Path.Combine(output, "report.html"))));
        return ExitCode.Done;
    }

    private Plan BindPlan(ParseResult parsed)
    {
        bool quick = parsed.GetValue(_quick), full = parsed.GetValue(_full);
        if (quick && full)
            throw new UserError($"{_quick.Name} and {_full.Name} exclude each other; give one of them or none.");
        Plan plan = quick ? Plan.Quick : full ? Plan.Full : Plan.Default;
        if (parsed.GetValue(_samples) is { } samples)
            plan = plan with { SmallSamples = Range.Check(_samples, samples, 1, 100_000_000), LargeSamples = samples };
        if (parsed.GetValue(_seeds) is { } seeds)
            plan = plan with { Seeds = Range.Check(_seeds, seeds, 1, 100) };
        if (parsed.GetValue(_atoms) is not { } text)
            return plan;
        var atoms = new List<int>();
        foreach (string part in text.Split(','))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int size) || size < 2 || size > 4096
                || atoms.Contains(size))
                throw new UserError(
                    $"{_atoms.Name} is '{text}'; it must be different whole numbers from 2 to 4096 with commas between them, such as "
                    + "100,400.");
            atoms.Add(size);
        }
        return plan with { Atoms = [.. atoms] };
    }

    /// <summary>The pictures that were given, or null when they are to be generated.</summary>
    private ImageStore? LoadImages(ParseResult parsed, string output, CommandContext context, PictureRule rule)
        => parsed.GetValue(_images) is { Length: > 0 } paths
            ? SignalInput.LoadImages(InputPaths.Expand(paths), Path.Combine(output, "images"), context, rule) : null;

    // As it was given, but for the folder, which means nothing to another reader.
    private string CommandLine(ParseResult parsed)
    {
        IEnumerable<Token> folder = parsed.GetResult(_output) is { Implicit: false } given ? [given.IdentifierToken!, .. given.Tokens] : [];
        return "sparsecode " + string.Join(
            ' ', parsed.Tokens.Except(folder).Select(t => t.Value.Contains(' ') ? $"\"{t.Value}\"" : t.Value));
    }
}
