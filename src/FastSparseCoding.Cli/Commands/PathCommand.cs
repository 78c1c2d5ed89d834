using System.CommandLine;
using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Imaging;
using FastSparseCoding.Paper;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Commands;

/// <summary>sparsecode path: what codes come to against λ, so that a λ can be picked by looking.</summary>
internal sealed class PathCommand
{
    private readonly Argument<string> _dictionary =
        new("DICTIONARY") { Description = $"A dictionary: a model, or {AtomOptions.Formats}." };
    private readonly Argument<string[]> _images =
        new("IMAGES")
        {
            Description =
        SignalInput.Description,
            Arity = ArgumentArity.OneOrMore
        };
    private readonly Option<string?> _output =
        new("--output", "-o")
        {
            Description = "Also write the table as comma-separated values, with - to standard output.",
            HelpName = "FILE.csv"
        };
    private readonly Option<string?> _plot =
        new("--plot") { Description = "Draw non-zeros, error and energy against λ.", HelpName = "FILE.svg" };
    private readonly Option<int> _points =
        new("--points")
        {
            Description = "Number of weights λ, from 2 to 1000, each smaller than the one before by the same factor.",
            DefaultValueFactory = _ => 20,
            HelpName = "N"
        };
    private readonly Option<SparsityWeight?> _from =
        new("--from")
        {
            Description =
        "The first and largest λ, above 0; or as 1max a fraction, up to 1max, of the λ from which on all codes are zero. [default: 1max]",
            HelpName = "λ"
        };
    private readonly Option<SparsityWeight?> _to =
        new("--to") { Description = "The last and smallest λ, in the same words. [default: 0.01max]", HelpName = "λ" };
    private readonly Option<int> _samples =
        new("--samples")
        {
            Description = "Signals to code, drawn at random, from 1 to 10^7.",
            DefaultValueFactory =
        _ => 2000,
            HelpName = "N"
        };
    private readonly Option<double?> _heldOut =
        new("--held-out")
        {
            Description =
        "Share of every signal's values, above 0 and below 1, that a code does not see; its error on them is large where λ is too large "
        + "and where it is too small. [default: none]",
            HelpName = "SHARE"
        };
    private readonly AtomOptions _atoms = new();
    private readonly PenaltyOptions _penalty = new();
    private readonly PatchOptions _patches = new();

    public static Command Create(Func<ParseResult, CommandContext> context)
    {
        var self = new PathCommand();
        var command = new ExampledCommand(
            "path", "Codes signals exactly for a list of sparsity weights and shows what comes of each: non-zeros, error, energy and, as "
            + "a guide, the error on values held out.",
            ["sparsecode path dictionary.safetensors photos/ --held-out 0.1 --plot path.svg",
            "sparsecode path dictionary.safetensors signals.npy --from 0.5max --to 0.001max --points 30 --non-negative -o path.csv"])
        {
            self._dictionary, self._images, self._output, self._plot, self._points, self._from, self._to, self._samples, self._heldOut,
        };
        self._atoms.AddTo(command);
        self._penalty.AddTo(command, withLambda: false);
        self._patches.AddTo(command);
        command.SetAction(parsed => self.Run(parsed, context(parsed)));
        return command;
    }

    private int Run(ParseResult parsed, CommandContext context)
    {
        ModelInput model = ModelInput.OpenDictionary(parsed.GetRequiredValue(_dictionary), _atoms.Bind(parsed));
        int count = Range.Check(_points, parsed.GetValue(_points), 2, 1000);
        SparsityWeight from = Range.CheckWeight(_from, parsed.GetValue(_from) ?? new SparsityWeight(1, OfMax: true));
        SparsityWeight to = Range.CheckWeight(_to, parsed.GetValue(_to) ?? new SparsityWeight(0.01f, OfMax: true));
        Penalty penalty = _penalty.Bind(parsed, model);
        double? share = parsed.GetValue(_heldOut) is { } given ? Range.CheckShare(_heldOut, given) : null;
        string? output = parsed.GetValue(_output), plot = parsed.GetValue(_plot);
        OutputFile.Require([.. context.Inputs.Of(parsed, _images), model.Path, _penalty.WeightsPath(parsed)], output, plot);
        FileEnding.Require(output, "tables", FileEnding.Table);
        FileEnding.Require(plot, "plots", FileEnding.Plot);
        if (share is not null && model.SignalSize < 2)
            throw new UserError($"{_heldOut.Name} keeps values of a signal from its code; signals of one value have none to spare.");
        Matrix x = ReadSignals(parsed, model, context);
        double largest = LassoPath.LambdaMax(x, model.Dictionary!, penalty);
        var path = new LassoPath(model.Dictionary!, penalty, Lambdas(from, to, count, largest));
        IReadOnlyList<LassoPathPoint> points = [];
        IReadOnlyList<HeldOutError> errors = [];
        context.Track(board =>
        {
            points = Follow(path, x, context, board.Start("path"));
            if (share is { } fraction)
                errors = HoldOut(path, model.Dictionary!, penalty, new HeldOutValues(x, fraction, context.Seed), x, context,
                    board.Start("held out"));
        });
        ResultTable table = Table(points, errors, largest);
        if (output is not null)
            TextOutput.Write(output, table.ToCsv(), context.Terminal);
        if (plot is not null)
            AtomicFile.Write(plot,
                stream => stream.Write(PathPlot.Draw(Path.GetFileName(plot), points, [.. errors.Select(e => e.Error)]).Content));
        Result result = ToResult(table, points, x, largest);
        if (share is not null)
            result.Add("lambda_least_held_out_error", (double)points[LowestOf(errors)].Lambda)
                .Add("uncertified_held_out_codes", errors.Sum(e => (long)e.Uncertified));
        if (output is not (null or StandardStream.Name))
            result.Add("table", output);
        if (plot is not null)
            result.Add("plot", plot);
        context.WarnUncertified(points.Sum(p => (long)p.Uncertified), (long)x.Rows * points.Count, "pairs of a signal and a λ", "");
        context.Print(result, output);
        return ExitCode.Done;
    }

    private static IReadOnlyList<LassoPathPoint> Follow(LassoPath path, Matrix x, CommandContext context, ProgressBoard.Piece piece)
        => path.Run(x, (i, _, _) => piece.Report(i + 1, path.Lambdas.Count, Name(path.Lambdas[i])), context.Threads, context.Cancellation);

    private static List<HeldOutError> HoldOut(
        LassoPath path, AtomDictionary dictionary, Penalty penalty, HeldOutValues values, Matrix x, CommandContext context,
        ProgressBoard.Piece piece)
    {
        var errors = new List<HeldOutError>();
        var z = new Matrix(x.Rows, dictionary.AtomCount);
        foreach (float lambda in path.Lambdas)
        {
            SolveReport report = new ActiveSetSolver(dictionary, penalty.WithLambda(lambda))
                .Solve(x, values.Mask, z, context.Threads, context.Cancellation);
            errors.Add(new HeldOutError(values.RelativeSquaredError(z, dictionary), report.Unconverged));
            piece.Report(errors.Count, path.Lambdas.Count, Name(lambda));
        }
        return errors;
    }

    private static int LowestOf(IReadOnlyList<HeldOutError> errors) => errors.Index().MinBy(e => e.Item.Error).Index;

    private static string Name(float lambda) => FormattableString.Invariant($"λ = {lambda:G3}");

    private float[] Lambdas(SparsityWeight from, SparsityWeight to, int count, double largest)
    {
        if ((from.OfMax || to.OfMax) && !(largest > 0))
            throw new UserError("every code is zero whatever λ: no signal has a product with any atom that could give it one.");
        float first = Absolute(from, largest), last = Absolute(to, largest);
        if (!(last < first))
            throw new UserError(FormattableString.Invariant(
                $"{_to.Name} is {to} and {_from.Name} is {from}: λ would go from {first} to {last}; it must go down."));
        try
        {
            return LassoPath.Geometric(first, last, count);
        }
        catch (ArgumentOutOfRangeException e) when (e.ParamName == "count")
        {
            throw new UserError(FormattableString.Invariant(
                $"{_points.Name} is {count}; it must be less: float32 has too few numbers from {first} down to {last}."));
        }
    }

    private static float Absolute(SparsityWeight weight, double largest) => weight.OfMax ? (float)(weight.Value * largest) : weight.Value;

    private Matrix ReadSignals(ParseResult parsed, ModelInput model, CommandContext context)
    {
        string[] paths = context.Inputs.Of(parsed, _images);
        int samples = Range.Check(_samples, parsed.GetValue(_samples), 1, 10_000_000);
        if (SignalInput.IsArray(paths))
            return SignalInput.DrawRows(context.Inputs.Of(paths[0]), model, samples, context.Seed);
        PatchPreprocessing preprocessing = _patches.Bind(parsed, model.Preprocessing, WholeImageInput.Side(paths));
        model.RequireSize(paths[0], preprocessing.SignalSize);
        if (WholeImageInput.IsOne(paths))
        {
            Matrix x = WholeImageInput.Read(paths[0], preprocessing);
            return x.Rows <= samples ? x : x.SelectRows(SignalInput.Draw(x.Rows, samples, context.Seed));
        }
        using ImageStore images = SignalInput.LoadImages(paths, null, context, context.AtLeast(preprocessing.PatchSize));
        return Patches.Sample(images, preprocessing, samples, context.Seed);
    }

    private static ResultTable Table(IReadOnlyList<LassoPathPoint> points, IReadOnlyList<HeldOutError> errors, double largest)
    {
        string[] columns = ["lambda", "of max", "non-zeros", "relative squared error", "energy", "uncertified"];
        var table = new ResultTable(errors.Count > 0 ? [.. columns, "held-out error"] : columns);
        foreach ((int i, LassoPathPoint p) in points.Index())
        {
            object[] values = [(double)p.Lambda, largest > 0 ? p.Lambda / largest : double.NaN, p.NonZeros, p.RelativeSquaredError,
                p.Energy, p.Uncertified];
            table.Add(errors.Count > 0 ? [.. values, errors[i].Error] : values);
        }
        return table;
    }

    private static Result ToResult(ResultTable table, IReadOnlyList<LassoPathPoint> points, Matrix x, double largest)
        => new Result().AddTable("points", table).Add("signals", x.Rows).Add("lambda_max", largest)
            .Add("uncertified_codes", points.Sum(p => (long)p.Uncertified));

    /// <summary>Squared error on the values held out, over their squares, and how many of the codes are not certified.</summary>
    private readonly record struct HeldOutError(double Error, int Uncertified);
}
