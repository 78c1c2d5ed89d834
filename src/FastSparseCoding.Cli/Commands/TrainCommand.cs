using System.CommandLine;
using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Encoders;
using FastSparseCoding.Imaging;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Training;

namespace FastSparseCoding.Cli.Commands;

/// <summary>sparsecode train: an encoder that predicts the codes of a dictionary.</summary>
internal sealed class TrainCommand
{
    // Of S: itself and its two packed copies, the best so far, its gradient, the moments, and a checkpoint of them; beside them the
    // solver's products of the atoms.
    private const int TrainingMatrices = 16;

    private const string Codes = "codes", Lasso = "lasso";

    private static readonly TrainingOptions Defaults = TrainingOptions.Default;

    private readonly Argument<string> _dictionary =
        new("DICTIONARY") { Description = $"A dictionary: a model, or {AtomOptions.Formats}." };
    private readonly Argument<string[]> _images =
        new("IMAGES")
        {
            Description =
        SignalInput.Description,
            Arity = ArgumentArity.OneOrMore
        };
    private readonly Option<string> _output =
        new("--output", "-o") { Description = "The encoder to write (.safetensors).", Required = true, HelpName = "FILE" };
    private readonly Option<string> _kind =
        new("--encoder")
        {
            Description =
        "The architecture: lista and lcod of the paper, its baselines, or a variant: lista-layers, with thresholds and gains for every "
        + "layer; lista-coupled, which computes the residual in every layer; slista, whose only parameters are its steps.",
            DefaultValueFactory = _ => "lista"
        };
    private readonly Option<int?> _depth =
        new("--depth")
        {
            Description =
        "lista and its variants: layers after the first, from 0 to 1000 [default: 3]; lcod: coordinate updates, from 0 to 10000 "
        + "[default: 10].",
            HelpName = "T"
        };
    private readonly Option<string?> _objective =
        new("--objective")
        {
            Description =
        "codes: predict the exact codes; lasso: make codes of little energy, for which no exact code is computed. [default: codes; for "
        + "slista lasso]"
        };
    private readonly Option<long> _samples =
        new("--samples")
        {
            Description = "Patches to train on, from 1 to 10^12.",
            DefaultValueFactory =
        _ => Defaults.Samples,
            HelpName = "N"
        };
    private readonly Option<int> _batch =
        new("--batch")
        {
            Description = "Patches in a step, from 1 to 65536.",
            DefaultValueFactory =
        _ => Defaults.BatchSize,
            HelpName = "N"
        };
    private readonly Option<string> _optimizer =
        new("--optimizer")
        {
            Description = "adam: with a rate that falls along a cosine; sgd: with the paper's rate ∝ 1/(t + t₀).",
            DefaultValueFactory = _ => "adam"
        };
    private readonly Option<float?> _rate =
        new("--learning-rate") { Description = "Rate at the start, above 0. [default: the library's for the optimiser]", HelpName = "η" };
    private readonly Option<int> _evaluations =
        new("--evaluations")
        {
            Description = "How many times the held-out error is measured, from 1 to 10000.",
            DefaultValueFactory =
        _ => Defaults.Evaluations,
            HelpName = "N"
        };
    private readonly Option<bool> _resume =
        new("--resume") { Description = "Go on from OUTPUT.checkpoint, left by an interrupted run with the same options." };
    private readonly Option<bool> _mpi = RankOption.Create();
    private readonly AtomOptions _atoms = new();
    private readonly PenaltyOptions _penalty = new();
    private readonly PatchOptions _patches = new();

    private TrainCommand()
    {
        _kind.AcceptOnlyFromAmong([.. EncoderFactory.Kinds]);
        _optimizer.AcceptOnlyFromAmong("adam", "sgd");
        _objective.AcceptOnlyFromAmong(Codes, Lasso);
    }

    public static Command Create(Func<ParseResult, CommandContext> context)
    {
        var self = new TrainCommand();
        var command = new ExampledCommand(
            "train", "Trains an encoder to predict the exact codes of a dictionary; every tenth image (or the last tenth of an array or "
            + "IDX file) is kept apart to measure the error.",
            ["sparsecode train dictionary.safetensors photos/ --encoder lista --depth 3 -o lista.safetensors",
            "sparsecode train dictionary.safetensors signals.npy --encoder lcod --non-negative -o lcod.safetensors"])
        {
            self._dictionary, self._images, self._output, self._kind, self._depth, self._objective, self._samples, self._batch,
            self._optimizer, self._rate, self._evaluations, self._resume, self._mpi,
        };
        self._atoms.AddTo(command);
        self._penalty.AddTo(command);
        self._patches.AddTo(command);
        command.SetAction(parsed => self.Run(parsed, context(parsed)));
        return command;
    }

    private int Run(ParseResult parsed, CommandContext context)
    {
        TrainingOptions options = BindOptions(parsed, context);
        string kind = parsed.GetRequiredValue(_kind), output = parsed.GetRequiredValue(_output);
        int depth = BindDepth(parsed, kind);
        ModelInput model = ModelInput.OpenDictionary(parsed.GetRequiredValue(_dictionary), _atoms.Bind(parsed));
        int sums = GradientTree.Levels(RowBlocks.Count(options.BatchSize, RowBlocks.TrainingRows));
        model.RequireMemory(kind, EncoderFactory.Find(kind).HasSquareMatrix ? TrainingMatrices + sums : 0);
        Penalty penalty = BindPenalty(parsed, model, kind);
        string[] paths = context.Inputs.Of(parsed, _images);
        PatchPreprocessing preprocessing = _patches.Bind(parsed, model.Preprocessing, WholeImageInput.Side(paths));
        if (context.IsFirst)
            OutputFile.RequireWithCheckpoint(
                Checkpoint.OfTraining, [.. paths, model.Path, _penalty.WeightsPath(parsed)], output);
        FileEnding.Require(output, "encoders", FileEnding.Model);
        if (!SignalInput.IsArray(paths))
            model.RequireSize(paths[0], preprocessing.SignalSize);
        SignalInput input = SignalInput.Open(paths, preprocessing, output, context);
        model.RequireSize(input.Name, input.SignalSize);

        TrainableEncoder encoder = EncoderFactory.Create(kind, model.Dictionary!, penalty, depth);
        string objective = parsed.GetValue(_objective) ?? (encoder is StepListaEncoder ? Lasso : Codes);
        TrainingReport report = Train(encoder, objective, input, options, output, parsed.GetValue(_resume), context);
        RequireNotWorse(report, parsed.GetValue(_resume), CheckpointFile.PathFor(output), context);
        if (!context.IsFirst)
            return ExitCode.Done;
        ModelFile.Save(output, encoder, input.Preprocessing, input.Sketch(options.HeldOut));
        File.Delete(CheckpointFile.PathFor(output));
        context.Print(new Result()
            .Add("encoder", output).Add("kind", kind).Add("depth", depth).Add("penalty", penalty.ToString()).Add("objective", objective)
            .Add(objective == Codes ? "code_error" : "energy", report.BestError)
                .Add(objective == Codes ? "relative_error" : "relative_energy", report.BestRelativeError)
            .Add("best_at_samples", report.BestAtSamples).Add("skipped_batches", report.SkippedBatches)
            .Add("uncertified_targets", report.UncertifiedTargets).Add("uncertified_held_out", report.UncertifiedHeldOut)
                .Add("seconds", report.Elapsed.TotalSeconds));
        return ExitCode.Done;
    }

    /// <summary>Refuses a training that only made the encoder worse; of one that changed nothing it warns, and of one whose beginning it
    /// has not seen.</summary>
    private void RequireNotWorse(TrainingReport report, bool resumed, string checkpoint, CommandContext context)
    {
        if (report.Improved)
            return;
        if (resumed || report.History.Any(p => p.HeldOutError <= report.StartError))
        {
            context.Terminal.Tell("warning: nothing was better than the untrained encoder, which was kept.");
            return;
        }
        if (context.IsFirst)
            File.Delete(checkpoint);
        throw new UserError(
            FormattableString.Invariant(
                $"nothing was as good as the untrained encoder, whose held-out error is {report.StartError:G4}, and nothing was written; ")
            + $"lower {_rate.Name} or train on more {_samples.Name}.");
    }

    private TrainingOptions BindOptions(ParseResult parsed, CommandContext context) => new()
    {
        Samples = Range.Check(_samples, parsed.GetValue(_samples), 1, 1_000_000_000_000),
        BatchSize = Range.Check(_batch, parsed.GetValue(_batch), 1, 65_536),
        Optimizer = parsed.GetValue(_optimizer) == "sgd" ? OptimizerKind.Sgd : OptimizerKind.Adam,
        LearningRate = parsed.GetValue(_rate) is { } rate ? Range.CheckPositive(_rate, rate) : null,
        Evaluations = Range.Check(_evaluations, parsed.GetValue(_evaluations), 1, 10_000),
        Seed = context.Seed,
        Threads = context.Threads,
        Ranks = context.Ranks,
    };

    private Penalty BindPenalty(ParseResult parsed, ModelInput model, string kind)
    {
        Penalty penalty = _penalty.Bind(parsed, model);
        if (penalty.NonNegative && EncoderFactory.Find(kind).HasEitherSign)
            throw new UserError($"{_kind.Name} is {kind}, which predicts codes of either sign; the codes to predict are of {penalty}.");
        return penalty;
    }

    private int BindDepth(ParseResult parsed, string kind)
    {
        int? depth = parsed.GetValue(_depth);
        EncoderFamily family = EncoderFactory.Find(kind);
        return family.MaxDepth > 0 ? Range.Check(_depth, depth ?? family.DefaultDepth, 0, family.MaxDepth)
            : depth is null or 0 ? 0 : throw new UserError($"{_depth.Name} is {depth}; '{kind}' has no depth.");
    }

    private TrainingReport Train(
        TrainableEncoder encoder, string objective, SignalInput input, TrainingOptions options, string output, bool resume,
        CommandContext context)
    {
        string checkpoint = CheckpointFile.PathFor(output);
        string data = input.Identity;
        TrainingCheckpoint? start = resume ? Checkpoint.Load(checkpoint, CheckpointFile.LoadTraining) : null;
        if (start is not null)
            start = start with { Settings = Checkpoint.Unseal(checkpoint, start.Settings, data) };
        Checkpoint.WarnOfMachine(checkpoint, start, context);
        (ISignalSource source, Matrix heldOut) = input.Split(options.HeldOut, options.Seed);
        TrainingReport? report = null;
        Action<TrainingCheckpoint>? keep = !context.IsFirst ? null
            : c => CheckpointFile.Save(checkpoint, c with { Settings = Checkpoint.Seal(c.Settings, data) });
        context.RequireSameData(data);
        TellRanks(encoder, options, context);
        context.Track(board =>
        {
            ProgressBoard.Piece piece = board.Start($"training {encoder.Kind}");
            (string error, string scale) = objective == Codes ? ("error", "‖Z*‖²") : ("energy", "½‖x‖²");
            var progress = new Relay<TrainingProgress>(p => piece.Report(
                p.Samples, p.TotalSamples, p.SamplesPerSecond, p.Remaining,
                FormattableString.Invariant($"held-out {error} {p.RelativeHeldOutError:P2} of {scale}")));
            report = Checkpoint.Guard(checkpoint, input.Name, resume, context, () => objective == Codes
                ? EncoderTrainer.Train(encoder, source, new ActiveSetSolver(encoder.Dictionary!, encoder.Penalty), heldOut, options,
                    progress, start, keep, context.Cancellation)
                : EncoderTrainer.TrainOnEnergy(encoder, source, heldOut, options, progress, start, keep, context.Cancellation));
        });
        context.WarnUncertified(report!.UncertifiedTargets, options.Samples, "signals to train on");
        if (report.SkippedBatches > 0)
            context.Terminal.Tell(FormattableString.Invariant(
                $"warning: {report.SkippedBatches:N0} steps had no finite gradient or no certified code and were left out; a lower --learning-rate helps."));
        context.WarnUncertified(report.UncertifiedHeldOut, heldOut.Rows, "held-out signals");
        return report;
    }

    /// <summary>Says how the work is shared, and warns where a batch is too small for all to take part.</summary>
    private void TellRanks(TrainableEncoder encoder, TrainingOptions options, CommandContext context)
    {
        context.TellRanks();
        int sharing = TrainingStep.RanksSharing(options.BatchSize, options.LeafRows(encoder), context.Ranks.Size);
        if (sharing < context.Ranks.Size)
            context.Terminal.Tell(FormattableString.Invariant(
                $"warning: {sharing} of {context.Ranks.Size} ranks share a batch of {options.BatchSize}: a power of two, at most one for every {RowBlocks.TrainingRows} rows; see {_batch.Name}."));
    }
}
