using System.CommandLine;
using System.Text;
using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Cli.Reproduction;
using FastSparseCoding.Imaging;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Commands;

/// <summary>sparsecode path: what codes come to against λ, so that a λ can be picked by looking.</summary>
internal sealed class PathCommand
{
    private readonly Argument<string> _dictionary = new("DICTIONARY") { Description = "A dictionary (a model, or an .npy of atoms [m×n] with unit-norm rows)." };
    private readonly Argument<string[]> _images = new("IMAGES") { Description = "A folder, image files, an IDX file of pictures taken whole (MNIST), or an .npy of signals [N×n] taken as they are.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> _output = new("--output", "-o") { Description = "Also write the table as comma-separated values.", HelpName = "FILE.csv" };
    private readonly Option<string?> _plot = new("--plot") { Description = "Draw non-zeros, error and energy against λ.", HelpName = "FILE.svg" };
    private readonly Option<int> _points = new("--points") { Description = "Number of weights λ, from 2 to 1000, each smaller than the one before by the same factor.", DefaultValueFactory = _ => 20, HelpName = "N" };
    private readonly Option<SparsityWeight?> _from = new("--from") { Description = "The first and largest λ, above 0; or as 1max a fraction, up to 1max, of the λ from which on all codes are zero. [default: 1max]", HelpName = "λ" };
    private readonly Option<SparsityWeight?> _to = new("--to") { Description = "The last and smallest λ, in the same words. [default: 0.01max]", HelpName = "λ" };
    private readonly Option<int> _samples = new("--samples") { Description = "Signals to code, drawn at random, from 1 to 10^7.", DefaultValueFactory = _ => 2000, HelpName = "N" };
    private readonly PenaltyOptions _penalty = new();
    private readonly PatchOptions _patches = new();

    public static Command Create(Func<ParseResult, CommandContext> context)
    {
        var self = new PathCommand();
        var command = new ExampledCommand("path", "Codes signals exactly for a list of sparsity weights and shows what comes of each: non-zeros, error and energy.", ["sparsecode path dictionary.safetensors photos/ --plot path.svg", "sparsecode path dictionary.safetensors signals.npy --from 0.5max --to 0.001max --points 30 --non-negative -o path.csv"])
        {
            self._dictionary, self._images, self._output, self._plot, self._points, self._from, self._to, self._samples,
        };
        self._penalty.AddTo(command, withLambda: false);
        self._patches.AddTo(command);
        command.SetAction(parsed => self.Run(parsed, context(parsed)));
        return command;
    }

    private int Run(ParseResult parsed, CommandContext context)
    {
        ModelInput model = ModelInput.OpenDictionary(parsed.GetRequiredValue(_dictionary));
        int count = Range.Check(_points, parsed.GetValue(_points), 2, 1000);
        SparsityWeight from = Range.CheckWeight(_from, parsed.GetValue(_from) ?? new SparsityWeight(1, OfMax: true));
        SparsityWeight to = Range.CheckWeight(_to, parsed.GetValue(_to) ?? new SparsityWeight(0.01f, OfMax: true));
        Penalty penalty = _penalty.Bind(parsed, model);
        string? output = parsed.GetValue(_output), plot = parsed.GetValue(_plot);
        if (output is not null)
            OutputFile.RequireWritable(output, plot);
        if (plot is not null)
            OutputFile.RequireWritable(plot);
        Matrix x = ReadSignals(parsed, model, context);
        double largest = LassoPath.LambdaMax(x, model.Dictionary!, penalty);
        var path = new LassoPath(model.Dictionary!, penalty, Lambdas(from, to, count, largest));
        IReadOnlyList<LassoPathPoint> points = [];
        context.Track(board =>
        {
            ProgressBoard.Piece piece = board.Start("path");
            points = path.Run(x, (i, _, _) => piece.Report(i + 1, count, FormattableString.Invariant($"λ = {path.Lambdas[i]:G3}")), context.Threads, context.Cancellation);
        });
        ResultTable table = Table(points, largest);
        if (output is not null)
            AtomicFile.Write(output, stream => stream.Write(Encoding.UTF8.GetBytes(table.ToCsv())));
        if (plot is not null)
            AtomicFile.Write(plot, stream => stream.Write(PathPlot.Draw(Path.GetFileName(plot), points, []).Content));
        context.Print(ToResult(table, points, x, largest, output, plot));
        return ExitCode.Done;
    }

    private float[] Lambdas(SparsityWeight from, SparsityWeight to, int count, double largest)
    {
        if ((from.OfMax || to.OfMax) && !(largest > 0))
            throw new UserError("every code is zero whatever λ: no signal has a product with any atom that could give it one.");
        float first = Absolute(from, largest), last = Absolute(to, largest);
        if (!(last < first))
            throw new UserError(FormattableString.Invariant($"{_to.Name} is {to} and {_from.Name} is {from}: λ would go from {first} to {last}; it must go down."));
        return LassoPath.Geometric(first, last, count);
    }

    private static float Absolute(SparsityWeight weight, double largest) => weight.OfMax ? (float)(weight.Value * largest) : weight.Value;

    private Matrix ReadSignals(ParseResult parsed, ModelInput model, CommandContext context)
    {
        string[] paths = parsed.GetRequiredValue(_images);
        int samples = Range.Check(_samples, parsed.GetValue(_samples), 1, 10_000_000);
        if (SignalInput.IsArray(paths))
            return SignalInput.DrawRows(paths[0], model.SignalSize, samples, context.Seed);
        PatchPreprocessing preprocessing = _patches.Bind(parsed, model.Preprocessing, WholeImageInput.Side(paths));
        SignalInput.RequireSize(paths, preprocessing.SignalSize, model.SignalSize);
        if (!WholeImageInput.IsOne(paths))
            return Patches.Sample(ImageFolder.Load(paths, context.Cancellation), preprocessing, samples, context.Seed);
        Matrix x = WholeImageInput.Read(paths[0], preprocessing);
        return x.Rows <= samples ? x : x.SelectRows(SignalInput.Draw(x.Rows, samples, context.Seed));
    }

    private static ResultTable Table(IReadOnlyList<LassoPathPoint> points, double largest)
    {
        var table = new ResultTable("lambda", "of max", "non-zeros", "relative squared error", "energy", "uncertified");
        foreach (LassoPathPoint p in points)
            table.Add((double)p.Lambda, largest > 0 ? p.Lambda / largest : double.NaN, p.NonZeros, p.RelativeSquaredError, p.Energy, p.Uncertified);
        return table;
    }

    private static Result ToResult(ResultTable table, IReadOnlyList<LassoPathPoint> points, Matrix x, double largest, string? output, string? plot)
    {
        Result result = new Result().AddTable("points", table).Add("signals", x.Rows).Add("lambda_max", largest).Add("uncertified_codes", points.Sum(p => (long)p.Uncertified));
        if (output is not null)
            result.Add("table", output);
        return plot is null ? result : result.Add("plot", plot);
    }
}
