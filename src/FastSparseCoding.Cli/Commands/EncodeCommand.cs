using System.CommandLine;
using FastSparseCoding.Cli.Coding;
using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Cli.Sharding;
using FastSparseCoding.Encoders;
using FastSparseCoding.Imaging;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Commands;

/// <summary>sparsecode encode: signals in, codes out.</summary>
internal sealed class EncodeCommand
{
    private readonly Argument<string> _model =
        new("MODEL") { Description = $"DICTIONARY (a model, or {AtomOptions.Formats}): exact codes. ENCODER: predicted codes." };
    private readonly Argument<string[]> _images =
        new("IMAGES")
        {
            Description =
        SignalInput.Description,
            Arity = ArgumentArity.OneOrMore
        };
    private readonly Option<string> _output =
        new("--output", "-o")
        {
            Description =
        "The codes to write: .npz (sparse, as scipy.sparse.load_npz reads), .npy, .safetensors or .csv (dense), or - for an .npy to "
        + "standard output.",
            Required = true,
            HelpName = "FILE"
        };
    private readonly Option<string?> _solver =
        new("--solver")
        {
            Description = "With a dictionary: the exact method. [default: active-set]",
            HelpName = "active-set|cd|cod|fista|ista"
        };
    private readonly Option<double?> _tolerance =
        new("--tolerance")
        {
            Description =
        "With a dictionary: relative duality gap at which a code counts as exact, from 1e-7, with a fraction of λmax from 2e-7, to 1. "
        + "[default: 1e-5]",
            HelpName = "T"
        };
    private readonly Option<string?> _warmStart =
        new("--warm-start")
        {
            Description = "With a dictionary: an encoder trained for it, from whose prediction the exact solver starts.",
            HelpName = "ENCODER"
        };
    private readonly Option<bool> _sparse = new("--sparse") { Description = "Require sparse output (.npz)." };
    private readonly Option<int?> _samples =
        new("--samples")
        {
            Description = "Encode this many patches at random places, from 1 to 10^9, instead of all on a grid.",
            HelpName = "N"
        };
    private readonly Option<int?> _stride =
        new("--stride")
        {
            Description = "Pixels from one patch of the grid to the next, from 1 to 10000. [default: the patch's side]",
            HelpName = "PIXELS"
        };
    private readonly Option<string?> _signals =
        new("--signals")
        {
            Description = "Also write the signals that were encoded, row for row: .npy, .npz, .safetensors or .csv.",
            HelpName = "FILE"
        };
    private readonly Option<string?> _places =
        new("--places")
        {
            Description =
        "Also write where every patch was cut and the mean and deviation taken off it, row for row, and which places were left out as "
        + "flat: all that 'sparsecode reconstruct --image' needs. The grid then goes to the picture's right and lower edge.",
            HelpName = "FILE.npz"
        };
    private readonly Option<string?> _mask =
        new("--mask")
        {
            Description =
        "With a dictionary and an array of signals: an array [N×n] of 1 where a value is known and 0 where it is not; only what is known "
        + $"counts. {MaskFile.Formats}.",
            HelpName = "FILE"
        };
    private readonly Option<bool> _mpi = RankOption.Create();
    private readonly AtomOptions _atoms = new();
    private readonly PenaltyOptions _penalty = new(perSignal: true);
    private readonly PursuitOptions _pursuit = new();
    private readonly PatchOptions _patches = new();
    private readonly ShardOptions _shard = new(
        $"blocks of {Shard.BlockRows} signals, or pictures, that follow each other. It is written to {PartName.Rule}; 'sparsecode merge' "
        + "joins the parts to what one run writes, to the byte. A part that is there already is skipped.");

    private EncodeCommand() => _solver.AcceptOnlyFromAmong(SolverFactory.Names);

    public static Command Create(Func<ParseResult, CommandContext> context)
    {
        var self = new EncodeCommand();
        var command = new ExampledCommand(
            "encode",
            "Encodes signals: exactly with a dictionary, every code certified by its duality gap, or of few atoms by orthogonal matching "
            + "pursuit; or by prediction with an encoder. Inputs may be larger than memory.",
            ["sparsecode encode dictionary.safetensors photos/ --stride 5 -o codes.npz",
            "sparsecode encode dictionary.safetensors photos/ --stride 2 --places places.npz -o codes.npz",
            "sparsecode encode lista.safetensors signals.npy -o codes.npy",
            "sparsecode encode dictionary.safetensors signals.npy --warm-start lista.safetensors -o codes.npy",
            "sparsecode encode dictionary.safetensors signals.npy --non-negative --weights weights.npy --ridge 0.1 -o codes.npy",
            "sparsecode encode dictionary.safetensors signals.npy --lambda 0.1max -o codes.npy",
            "sparsecode encode dictionary.safetensors signals.npy --max-atoms 10 --error 0.5 -o codes.npy",
            "sparsecode encode dictionary.safetensors signals.npy --mask known.npy -o codes.npy",
            "sparsecode encode dictionary.safetensors photos/ -o codes.npz --shard 0/8"])
        {
            self._model, self._images, self._output, self._solver, self._tolerance, self._warmStart, self._sparse, self._samples,
            self._stride, self._signals, self._places, self._mask, self._mpi,
        };
        self._atoms.AddTo(command);
        self._penalty.AddTo(command);
        self._pursuit.AddTo(command);
        self._patches.AddTo(command);
        self._shard.AddTo(command);
        command.SetAction(parsed => self.Run(parsed, context(parsed)));
        return command;
    }

    private int Run(ParseResult parsed, CommandContext context)
    {
        ModelInput model = ModelInput.Open(parsed.GetRequiredValue(_model), _atoms.Bind(parsed));
        Func<ICoder> coder = BindCoder(parsed, model);
        Shard? shard = _shard.Bind(parsed, context.Terminal.Variable);
        if (shard is not null && parsed.GetValue(_mpi))
            throw new UserError($"{_mpi.Name} makes a part of every rank itself; leave {_shard.Name} away.");
        string output = parsed.GetRequiredValue(_output);
        bool shared = context.Ranks.Size > 1;
        if (output == StandardStream.Name && (shared || shard is not null))
            throw new UserError(
                $"{_output.Name} is {StandardStream.Name}, {StandardStream.Output}; parts need a file's name to lie beside.");
        if (context.IsFirst)
            RequireOutputs(parsed, model, shard is { } own ? path => PartName.Of(path, own) : path => path, context);
        if (shared)
            RequireOutputs(
                parsed, model, path => PartName.Of(path + EncodeRanks.PartOf, new Shard(context.Ranks.Rank, context.Ranks.Size)), context);
        var request = new EncodeRequest
        {
            Signals = BindSignals(parsed, model, context),
            Coder = coder,
            Output = output,
            SignalsOutput = parsed.GetValue(_signals),
            PlacesOutput = parsed.GetValue(_places),
        };
        if (shard is { } one)
            context.Print(EncodeShard.Run(request, one, context));
        else if (shared)
            context.Print(new EncodeRanks(request, context).Run());
        else
            context.Print(new SignalEncoding(request, context).Run(), output);
        return ExitCode.Done;
    }

    /// <summary>Refuses outputs that cannot be written, or must not be where they are to be written.</summary>
    private void RequireOutputs(ParseResult parsed, ModelInput model, Func<string, string> written, CommandContext context)
    {
        string output = parsed.GetRequiredValue(_output);
        OutputFile.Require([.. context.Inputs.Of(parsed, _images), model.Path, parsed.GetValue(_warmStart), parsed.GetValue(_mask),
            _penalty.WeightsPath(parsed)], Written(output), Written(parsed.GetValue(_signals)), Written(parsed.GetValue(_places)));
        FileEnding.Require(output, "codes", FileEnding.Rows);
        if (parsed.GetValue(_sparse) && !CodeOutput.IsSparse(output))
            throw new UserError($"{output}: sparse codes are written as .npz; give a name that ends in .npz.");
        FileEnding.Require(parsed.GetValue(_signals), "signals", FileEnding.Array);
        FileEnding.Require(parsed.GetValue(_places), "places", FileEnding.Places);

        string? Written(string? path) => path is null or StandardStream.Name ? path : written(path);
    }

    private Func<ICoder> BindCoder(ParseResult parsed, ModelInput model)
    {
        if (model.Encoder is null && _pursuit.AreGiven(parsed))
        {
            OmpEncoder pursuit = _pursuit.Bind(parsed, model, _penalty.IsNonNegative(parsed, model.Penalty),
                [.. _penalty.Weighing, _solver, _tolerance, _warmStart]);
            return () => new PursuitCoder(pursuit);
        }
        if (model.Encoder is { } encoder)
        {
            TrainableEncoder bound = BindEncoder(parsed, model, encoder);
            return () => new PredictingCoder(bound);
        }
        LassoSolver solver = BindSolver(parsed, model);
        if (parsed.GetValue(_mask) is not null)
            return () => new MaskedCoder((ActiveSetSolver)solver);
        TrainableEncoder? start = BindWarmStart(parsed, model, solver);
        if (!_penalty.IsPerSignal(parsed))
            return () => new ExactCoder(solver, start);
        var relative = new RelativeLassoEncoder(solver);
        return () => new RelativeCoder(relative);
    }

    private LassoSolver BindSolver(ParseResult parsed, ModelInput model)
    {
        double tolerance = parsed.GetValue(_tolerance) ?? SolverOptions.Default.Tolerance;
        bool perSignal = _penalty.IsPerSignal(parsed);
        double least = perSignal ? 2e-7 : 1e-7;         // scaling to λmax and back rounds as much again
        if (!(tolerance >= least && tolerance <= 1))
            throw new UserError(FormattableString.Invariant($"{_tolerance.Name} is {tolerance}; it must be from {least} to 1."));
        Penalty penalty = _penalty.Bind(parsed, model);
        string solver = parsed.GetValue(_solver) ?? "active-set";
        if (parsed.GetValue(_mask) is not null && (solver != "active-set" || parsed.GetValue(_warmStart) is not null || perSignal))
            throw new UserError(
                $"{_mask.Name} is for the active set at one λ and without {_warmStart.Name}, or for orthogonal matching pursuit.");
        model.RequireMemory(solver, SolverFactory.SquareMatrices(solver));
        // A prediction's small coefficients are mostly of wrong atoms, each of which the active set must let go.
        float startThreshold = solver == "active-set" && parsed.GetValue(_warmStart) is not null ? 0.3f : 0;
        return SolverFactory.Create(
            solver, model.Dictionary!, penalty,
            new SolverOptions { Tolerance = perSignal ? tolerance / 2 : tolerance, StartThreshold = startThreshold });
    }

    private TrainableEncoder BindEncoder(ParseResult parsed, ModelInput model, TrainableEncoder encoder)
    {
        foreach (Option option in (Option[])[.. _pursuit.All, _solver, _tolerance, _warmStart, _mask])
            if (parsed.GetResult(option) is { Implicit: false })
                throw new UserError(
                    $"{option.Name} is for exact codes; {model.Path} holds a '{encoder.Kind}' encoder, which predicts codes of "
                    + $"{encoder.Penalty}.");
        return _penalty.Of(parsed, encoder, model.Path);
    }

    private TrainableEncoder? BindWarmStart(ParseResult parsed, ModelInput model, LassoSolver solver)
    {
        if (parsed.GetValue(_warmStart) is not { } path)
            return null;
        if (_penalty.IsPerSignal(parsed))
            throw new UserError($"{_warmStart.Name} predicts codes of one λ; with a fraction of λmax every signal has another.");
        TrainableEncoder start = ModelFile.LoadEncoder(path, model.Dictionary);
        if (start is StepListaEncoder steps)
            return steps.WithPenalty(solver.Penalty);
        if (!start.Penalty.Equals(solver.Penalty))
        {
            string predicted = start.Penalty.ToString(), asked = solver.Penalty.ToString();
            throw new UserError(
                $"{path}: predicts codes of {predicted}; the codes asked for are of {(asked == predicted ? "other weights" : asked)}.");
        }
        return start;
    }

    /// <summary>How images become signals; null for signals of an array, which are taken as they are.</summary>
    private PatchPreprocessing? BindPreprocessing(ParseResult parsed, ModelInput model, CommandContext context)
    {
        string[] paths = context.Inputs.Of(parsed, _images);
        bool isArray = SignalInput.IsArray(paths);
        if (!isArray && parsed.GetValue(_mask) is not null)
            throw new UserError($"{_mask.Name} is for an array of signals; {paths[0]} is none.");
        if (parsed.GetValue(_places) is not null)
        {
            if (isArray || WholeImageInput.IsOne(paths))
                throw new UserError($"{_places.Name} is for patches of pictures; {paths[0]} is not cut into patches.");
            if (parsed.GetValue(_samples) is not null)
                throw new UserError($"{_places.Name} is for all patches on a grid; {_samples.Name} draws some at random.");
        }
        if (isArray)
            return null;
        PatchPreprocessing preprocessing = _patches.Bind(parsed, model.Preprocessing, WholeImageInput.Side(paths));
        model.RequireSize(paths[0], preprocessing.SignalSize);
        return preprocessing;
    }

    private StreamRequest BindSignals(ParseResult parsed, ModelInput model, CommandContext context)
    {
        int? samples = parsed.GetValue(_samples) is { } count ? Range.Check(_samples, count, 1, 1_000_000_000) : null;
        PatchPreprocessing? preprocessing = BindPreprocessing(parsed, model, context);
        return new StreamRequest
        {
            Paths = context.Inputs.Of(parsed, _images),
            Model = model,
            Preprocessing = preprocessing,
            Mask = parsed.GetValue(_mask),
            Samples = samples,
            Stride = preprocessing is null ? 1
                : Range.Check(_stride, parsed.GetValue(_stride) ?? preprocessing.PatchSize, 1, 10_000),
            ToEdge = parsed.GetValue(_places) is not null,
            Output = parsed.GetRequiredValue(_output),
        };
    }
}
