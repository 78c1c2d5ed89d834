using System.CommandLine;
using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Cli.Sharding;
using FastSparseCoding.Imaging;
using FastSparseCoding.Learning;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Commands;

/// <summary>sparsecode learn: a dictionary from images.</summary>
internal sealed class LearnCommand
{
    /// <summary>Patches that a whitening is fitted to.</summary>
    private const int WhiteningPatches = 50_000;

    private static readonly DictionaryLearningOptions Defaults = DictionaryLearningOptions.Default;

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
        "The dictionary to write: .safetensors with its penalty and preprocessing, or the atoms alone as .npy, .npz or .csv.",
            Required = true,
            HelpName = "FILE"
        };
    private readonly Option<long> _samples =
        new("--samples")
        {
            Description = "Patches to learn from, from 1 to 10^12.",
            DefaultValueFactory =
        _ => Defaults.Samples,
            HelpName = "N"
        };
    private readonly Option<int?> _batch =
        new("--batch")
        {
            Description =
        "Patches between two updates of the atoms, from 1 to 1048576. Default half the number of atoms, but from 256 to 4096.",
            HelpName = "N"
        };
    private readonly Option<string> _method =
        new("--method")
        {
            Description = "online: statistics and block updates (Mairal et al. 2010); sgd: the paper's stochastic gradient.",
            DefaultValueFactory = _ => "online"
        };
    private readonly Option<bool> _whiten =
        new("--whiten") { Description = "Whiten patches (ZCA, fitted to 50,000 of them); stored in the model." };
    private readonly Option<string?> _mosaic = new("--mosaic") { Description = "Also draw the atoms as a picture.", HelpName = "FILE.png" };
    private readonly Option<string?> _mask = new("--mask")
    {
        Description =
            "With an array of signals: 1 for every value that is known and 0 for every other, which then counts nowhere and may be NaN "
            + $"[N×n]: {MaskFile.Formats}.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _resume =
        new("--resume") { Description = "Go on from OUTPUT.checkpoint, left by an interrupted run with the same options." };
    private readonly Option<bool> _mpi = RankOption.Create();
    private readonly Option<int?> _stride =
        new("--stride")
        {
            Description =
        "With --shard: pixels from one patch of the grid to the next, from 1 to 10000, where --samples is not given. [default: the patch's "
        + "side]",
            HelpName = "PIXELS"
        };
    private readonly ShardOptions _shard = new(
        $"signals are coded once with the dictionary of --start, all of an array, the first --samples random patches or all on a grid, "
        + $"and what they say of the atoms is written to {PartName.Rule}; 'sparsecode merge' adds the parts and moves the atoms, to the "
        + "same bits for every N. A part that is there already is skipped.");
    private readonly StartOptions _start = new(Defaults.AtomCount);
    private readonly PenaltyOptions _penalty = new();
    private readonly PatchOptions _patches = new();

    private LearnCommand() => _method.AcceptOnlyFromAmong("online", "sgd");

    public static Command Create(Func<ParseResult, CommandContext> context)
    {
        var self = new LearnCommand();
        var command = new ExampledCommand(
            "learn", "Learns a dictionary from image patches, encoding every batch exactly.",
            ["sparsecode learn photos/ --atoms 100 --lambda 0.5 -o dictionary.safetensors --mosaic atoms.png",
            "sparsecode learn spectra.npy --atoms 6 --non-negative --non-negative-atoms --lambda 0.05 -o endmembers.safetensors",
            "sparsecode learn photos/ --start dictionary.safetensors --shard 0/8 -o better.safetensors"])
        {
            self._images, self._output, self._samples, self._batch, self._method, self._whiten, self._mosaic, self._mask, self._resume,
            self._mpi,
            self._stride,
        };
        self._start.AddTo(command);
        self._penalty.AddTo(command);
        self._patches.AddTo(command);
        self._shard.AddTo(command);
        command.SetAction(parsed => self.Run(parsed, context(parsed)));
        return command;
    }

    private int Run(ParseResult parsed, CommandContext context)
    {
        string output = parsed.GetRequiredValue(_output);
        Start start = _start.Bind(parsed);
        if (_shard.Bind(parsed, context.Terminal.Variable) is { } shard)
            return RunShard(parsed, start, output, shard, context);
        if (parsed.GetValue(_stride) is not null)
            throw new UserError($"{_stride.Name} is for {_shard.Name}; without it patches are drawn at random.");
        var options = new DictionaryLearningOptions
        {
            AtomCount = start.Atoms,
            NonNegativeAtoms = start.NonNegativeAtoms,
            Penalty = _penalty.Bind(parsed, start.Model?.Penalty ?? Defaults.Penalty, start.Atoms, start.Owner),
            Samples = Range.Check(_samples, parsed.GetValue(_samples), 1, 1_000_000_000_000),
            Method = parsed.GetValue(_method) == "sgd" ? DictionaryMethod.Sgd : DictionaryMethod.Online,
            Seed = context.Seed,
            Threads = context.Threads,
            Ranks = context.Ranks,
        };
        if (parsed.GetValue(_batch) is { } batch)
            options = options with { BatchSize = Range.Check(_batch, batch, 1, 1_048_576) };
        string[] paths = context.Inputs.Of(parsed, _images);
        PatchPreprocessing preprocessing = _patches.Bind(parsed, start.Model?.Preprocessing, WholeImageInput.Side(paths));
        string? mosaic = parsed.GetValue(_mosaic);
        if (context.IsFirst)
            OutputFile.RequireWithCheckpoint(
                Checkpoint.OfLearning, [.. paths, start.Model?.Path, parsed.GetValue(_mask), _penalty.WeightsPath(parsed)],
                output, mosaic);
        FileEnding.Require(output, "dictionaries", FileEnding.Dictionary);
        FileEnding.Require(parsed.GetValue(_mosaic), "mosaics", FileEnding.Picture);
        if (parsed.GetValue(_whiten) && start.Model?.Preprocessing is not null)
            throw new UserError($"--whiten fits a whitening of its own; the images are treated as those of {start.Model.Path} were.");
        if (parsed.GetValue(_whiten))
            preprocessing = preprocessing with { Whitening = FitWhitening(paths, preprocessing, output, context) };
        SignalInput input = SignalInput.Open(paths, preprocessing, output, context, parsed.GetValue(_mask));
        start.RequireSize(input.SignalSize);
        if (mosaic is not null)
            RequireSquare(input.SignalSize);
        AtomDictionary dictionary = Learn(input, start, options, output, parsed.GetValue(_resume), context, out LearningProgress last);
        context.WarnUncertified(last.Uncertified, options.Samples, "signals");
        if (!context.IsFirst)
            return ExitCode.Done;
        if (mosaic is not null)
            WriteMosaic(mosaic, dictionary);
        if (FileEnding.Of(output) == ".safetensors")
            ModelFile.Save(output, dictionary, options.Penalty, input.Preprocessing);
        else
            RowsWriter.Write(output, dictionary.Atoms, "atoms");
        File.Delete(CheckpointFile.PathFor(output));
        context.Print(new Result()
            .Add("dictionary", output).Add("atoms", dictionary.AtomCount).Add("signal_size", dictionary.SignalSize)
                .Add("samples", last.Samples).Add("penalty", options.Penalty.ToString())
            .Add("objective", last.Objective).Add("non_zeros", last.MeanNonZeros).Add("reseeded_atoms", last.ReseededAtoms)
                .Add("uncertified_signals", last.Uncertified).Add("hash", dictionary.Hash));
        return ExitCode.Done;
    }

    /// <summary>One part of a step over all signals.</summary>
    private int RunShard(ParseResult parsed, Start start, string output, Shard shard, CommandContext context)
    {
        ModelInput model = start.Model
            ?? throw new UserError($"{_shard.Name} takes the dictionary to move; give it with {StartOptions.StartName}.");
        foreach (Option option in (Option[])[_batch, _method, _whiten, _mosaic, _mask, _resume, _mpi])
            if (parsed.GetResult(option) is { Implicit: false })
                throw new UserError($"{option.Name} is for learning batch by batch; {_shard.Name} makes one step over all signals.");
        string[] paths = context.Inputs.Of(parsed, _images);
        FileEnding.Require(output, "dictionaries", FileEnding.Dictionary);
        OutputFile.Require([.. paths, model.Path, _penalty.WeightsPath(parsed)], PartName.Of(output, shard));
        PatchPreprocessing? preprocessing = SignalInput.IsArray(paths) ? null
            : _patches.Bind(parsed, model.Preprocessing, WholeImageInput.Side(paths));
        if (preprocessing is not null)
            model.RequireSize(paths[0], preprocessing.SignalSize);
        var signals = new StreamRequest
        {
            Paths = paths,
            Model = model,
            Preprocessing = preprocessing,
            Samples = parsed.GetResult(_samples) is { Implicit: false }
                ? (int)Range.Check(_samples, parsed.GetValue(_samples), 1, 1_000_000_000) : null,
            Stride = preprocessing is null ? 1
                : Range.Check(_stride, parsed.GetValue(_stride) ?? preprocessing.PatchSize, 1, 10_000),
            Output = output,
        };
        Penalty penalty = _penalty.Bind(parsed, model.Penalty ?? Defaults.Penalty, start.Atoms, start.Owner);
        context.Print(new LearnShard(signals, penalty, start.NonNegativeAtoms, output, shard, context).Run());
        return ExitCode.Done;
    }

    private static AtomDictionary Learn(
        SignalInput input, Start start, DictionaryLearningOptions options, string output, bool resume, CommandContext context,
        out LearningProgress last)
    {
        string checkpoint = CheckpointFile.PathFor(output);
        string data = input.Identity + start.Identity;
        LearnerState? state = resume ? Checkpoint.Load(checkpoint, CheckpointFile.LoadLearner) : null;
        if (state is not null)
            state = state with
            {
                Settings =
                Checkpoint.Unseal(checkpoint, state.Settings, data, "images, signals, preprocessing or start")
            };
        ISignalSource source = input.Split(1, options.Seed).Source;
        ISignalSource? masks = input.SplitMasks(1, options.Seed);
        AtomDictionary? dictionary = null;
        LearningProgress? reported = null;
        Action<LearnerState>? keep = !context.IsFirst ? null
            : s => CheckpointFile.Save(checkpoint, s with { Settings = Checkpoint.Seal(s.Settings, data) });
        context.RequireSameData(data);
        context.TellRanks();
        context.Track(board =>
        {
            ProgressBoard.Piece piece = board.Start("learning");
            var progress = new Relay<LearningProgress>(p =>
            {
                reported = p;
                piece.Report(p.Samples, p.TotalSamples, p.SamplesPerSecond, p.Remaining,
                    FormattableString.Invariant($"objective {p.Objective:F3}"));
            });
            dictionary = Checkpoint.Guard(checkpoint, input.Name, resume, context, () =>
                DictionaryLearner.Learn(source, options, progress, state, keep, start.Dictionary, masks, context.Cancellation));
        });
        last = reported ?? new LearningProgress(
            options.Samples, options.Samples, double.NaN, double.NaN, state?.ReseededAtoms ?? 0, state?.Uncertified ?? 0, 0, TimeSpan.Zero);
        return dictionary!;
    }

    private static ZcaWhitening FitWhitening(string[] paths, PatchPreprocessing preprocessing, string output, CommandContext context)
    {
        if (SignalInput.IsArray(paths))
            throw new UserError($"--whiten is for images; {InputPaths.NameOf(paths[0])} holds signals that are taken as they are.");
        if (WholeImageInput.IsOne(paths))
            return ZcaWhitening.Fit(WholeImageInput.Read(paths[0], preprocessing));
        using ImageStore images = SignalInput.LoadImages(paths, output, context, context.AtLeast(preprocessing.PatchSize));
        return ZcaWhitening.Fit(Patches.Sample(images, preprocessing, WhiteningPatches, context.Seed));
    }

    private static void WriteMosaic(string path, AtomDictionary dictionary)
    {
        PngFile.Write(path, AtomMosaic.Render(dictionary.Atoms, RequireSquare(dictionary.SignalSize)));
    }

    private static int RequireSquare(int size)
    {
        int side = (int)Math.Round(Math.Sqrt(size));
        return side * side == size ? side : throw new UserError($"--mosaic draws atoms of square patches; these have {size} values.");
    }
}
