using System.CommandLine;
using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Imaging;
using FastSparseCoding.Paper;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Commands;

/// <summary>sparsecode evaluate: how close an encoder comes to the exact codes, and what that would cost an exact method.</summary>
internal sealed class EvaluateCommand
{
    /// <summary>Matrices [m×m] of the iterations that the encoder is compared with.</summary>
    private const int CurveMatrices = 3;

    private readonly Argument<string> _encoder = new("ENCODER") { Description = "An encoder written by 'sparsecode train'." };
    private readonly Argument<string[]> _images =
        new("IMAGES")
        {
            Description =
        SignalInput.Description,
            Arity = ArgumentArity.OneOrMore
        };
    private readonly Option<string?> _dictionary =
        new("--dictionary")
        {
            Description = "The dictionary, when the encoder's file does not hold it; otherwise it must be the same.",
            HelpName = "FILE"
        };
    private readonly Option<string?> _codes =
        new("--codes")
        {
            Description = "Exact codes [N×m] of the signals of an array, row for row, instead of computing them.",
            HelpName = "FILE"
        };
    private readonly Option<int> _samples =
        new("--samples")
        {
            Description = "Of images: patches to evaluate on, from 1 to 10^7.",
            DefaultValueFactory =
        _ => 5000,
            HelpName = "N"
        };
    private readonly AtomOptions _atoms = new();
    private readonly PenaltyOptions _penalty = new();
    private readonly PatchOptions _patches = new();

    public static Command Create(Func<ParseResult, CommandContext> context)
    {
        var self = new EvaluateCommand();
        var command = new ExampledCommand(
            "evaluate",
            "Measures an encoder against the exact codes: error, objective gap, support, work, time, and how many iterations of FISTA "
            + "and CoD reach the same error.", ["sparsecode evaluate lista.safetensors others/"])
        {
            self._encoder, self._images, self._dictionary, self._codes, self._samples,
        };
        self._atoms.AddTo(command);
        self._penalty.AddTo(command);
        self._patches.AddTo(command);
        command.SetAction(parsed => self.Run(parsed, context(parsed)));
        return command;
    }

    private int Run(ParseResult parsed, CommandContext context)
    {
        ModelInput model = ModelInput.OpenEncoder(parsed.GetRequiredValue(_encoder));
        TrainableEncoder encoder = _penalty.Of(parsed, model.Encoder!, model.Path);
        AtomDictionary dictionary = BindDictionary(parsed, model);
        model.RequireMemory("evaluate", CurveMatrices);
        Matrix x = ReadSignals(parsed, model, context);
        Matrix? codes = parsed.GetValue(_codes) is { } path ? ReadCodes(path, x.Rows, encoder.CodeSize) : null;
        int given = x.Rows;
        Result? result = null;
        context.Track(board =>
        {
            ProgressBoard.Piece piece = board.Start("evaluating");
            var exact = new ActiveSetSolver(dictionary, encoder.Penalty);
            if (codes is null)
                (x, codes) = Solve(exact, x, context);
            piece.Report(1, 3, "exact codes done");
            var curves = ExactCurves.Measure(dictionary, encoder.Penalty, x, codes, context.OfRun);
            piece.Report(2, 3, "curves of FISTA and CoD done");
            MethodResult measured = MethodResult.Measure(encoder, dictionary, x, codes, curves, context.OfRun);
            if (!double.IsFinite(measured.Quality.CodeError))
                throw new UserError(
                    $"{InputPaths.NameOf(context.Inputs.Of(parsed, _images)[0])}: the errors of its codes are not finite: its values are "
                    + "too large for float32; scale the signals.");
            result = ToResult(measured, x, dictionary, exact, context.OfRun);
            piece.Report(3, 3, "");
        });
        context.WarnUncertified(given - x.Rows, given, "signals");
        context.Print(result!.Add("uncertified_signals", given - x.Rows));
        return ExitCode.Done;
    }

    /// <summary>The signals whose exact code is certified, with it.</summary>
    private static (Matrix X, Matrix Codes) Solve(ActiveSetSolver exact, Matrix x, CommandContext context)
    {
        CertifiedCodes certified = CertifiedCodes.Of(exact, x, context.Threads, context.Cancellation);
        if (certified.Codes.Rows == 0)
            throw new UserError(FormattableString.Invariant(
                $"none of the {x.Rows} signals has a certified code of {exact.Penalty}; there is nothing to measure against."));
        return (certified.Signals, certified.Codes);
    }

    private AtomDictionary BindDictionary(ParseResult parsed, ModelInput model)
    {
        AtomReading reading = _atoms.Bind(parsed);
        if (parsed.GetValue(_dictionary) is not { } path)
            return reading != default
                ? throw new UserError($"{AtomOptions.TransposeName} and {AtomOptions.NormalizeName} are for {_dictionary.Name}.")
                : model.Dictionary ?? throw new UserError(
                $"{model.Path}: holds no dictionary; give the one it was trained for with --dictionary.");
        AtomDictionary given = ModelInput.OpenDictionary(path, reading).Dictionary!;
        if (model.Dictionary is not null && model.Dictionary.Hash != given.Hash)
            throw new UserError($"{path}: is the dictionary {given.Hash}; {model.Path} was trained for {model.Dictionary.Hash}.");
        if (given.AtomCount != model.CodeSize || given.SignalSize != model.SignalSize)
            throw new UserError(
                $"{path}: is [{given.AtomCount}×{given.SignalSize}]; the encoder predicts codes of a dictionary "
                + $"[{model.CodeSize}×{model.SignalSize}].");
        return given;
    }

    private Matrix ReadSignals(ParseResult parsed, ModelInput model, CommandContext context)
    {
        string[] paths = context.Inputs.Of(parsed, _images);
        int samples = Range.Check(_samples, parsed.GetValue(_samples), 1, 10_000_000);
        if (!SignalInput.IsArray(paths))
        {
            PatchPreprocessing preprocessing = _patches.Bind(parsed, model.Preprocessing, WholeImageInput.Side(paths));
            model.RequireSize(paths[0], preprocessing.SignalSize);
            if (WholeImageInput.IsOne(paths))
                return Known(WholeImageInput.Read(paths[0], preprocessing), model, paths[0], context);
            if (parsed.GetValue(_codes) is { } codes)
                throw new UserError($"--codes {codes} belongs to the rows of an array; the signals given are patches of images.");
            using ImageStore images = SignalInput.LoadImages(paths, null, context, context.AtLeast(preprocessing.PatchSize));
            context.WarnOfTraining(model.Path, paths[0], "pictures", Fingerprint.OfEach(images));
            return Patches.Sample(images, preprocessing, samples, context.Seed);
        }
        FileSource source = context.Inputs.Of(paths[0]);
        Matrix x = RowsReader.ReadMatrix(source);
        model.RequireSize(source.Name, x.Columns);
        if (x.Rows == 0)
            throw new UserError($"{source.Name}: holds no signals; expected at least one.");
        SignalInput.RequireFinite(source.Name, x, 0);
        return Known(x, model, source.Name, context);
    }

    private static Matrix Known(Matrix x, ModelInput model, string path, CommandContext context)
    {
        context.WarnOfTraining(model.Path, path, "signals", Fingerprint.OfEach(x, x.Rows));
        return x;
    }

    private static Matrix ReadCodes(string path, int rows, int columns)
    {
        Matrix codes = RowsReader.ReadMatrix(path);
        if (codes.Rows != rows || codes.Columns != columns)
            throw new UserError($"{path}: is [{codes.Rows}×{codes.Columns}]; the codes of these signals are [{rows}×{columns}].");
        SignalInput.RequireFinite(path, codes, 0);
        return codes;
    }

    private static Result ToResult(
        MethodResult measured, Matrix x, AtomDictionary dictionary, ActiveSetSolver exact, RunContext context)
    {
        TrainableEncoder encoder = measured.Encoder;
        CodeQuality quality = measured.Quality;
        return new Result()
            .Add("kind", encoder.Kind).Add("depth", encoder.Depth).Add("signals", x.Rows).Add("lambda", encoder.Lambda)
                .Add("penalty", encoder.Penalty.ToString()).Add("dictionary", dictionary.Hash)
            .Add("code_error", quality.CodeError).Add("relative_code_error", quality.RelativeCodeError)
                .Add("relative_objective_gap", quality.RelativeObjectiveGap)
            .Add("support_precision", quality.SupportPrecision).Add("support_recall", quality.SupportRecall)
                .Add("support_f1", quality.SupportF1).Add("non_zeros", quality.MeanNonZeros)
            .Add("fista_iterations_for_equal_error", measured.FistaIterations).Add("cod_updates_for_equal_error", measured.CodUpdates)
            .Add("multiply_adds", encoder.MultiplyAdds)
            .Add("microseconds_per_signal", Timing.MicrosecondsPerSignal(encoder, x, context))
            .Add("exact_microseconds_per_signal", Timing.MicrosecondsPerSignal(exact, x, context));
    }
}
