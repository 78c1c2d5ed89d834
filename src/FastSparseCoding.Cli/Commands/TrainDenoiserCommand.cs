using System.CommandLine;
using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;
using FastSparseCoding.Training;

namespace FastSparseCoding.Cli.Commands;

/// <summary>sparsecode train-denoiser: a denoiser from a folder of photographs.</summary>
internal sealed class TrainDenoiserCommand
{
    /// <summary>Patches between two measurements, where those are more than the fewest and less than the most.</summary>
    private const long PatchesOfEvaluation = 2_500_000, FewestEvaluations = 20, MostEvaluations = 400;

    private static readonly DenoiserTrainingOptions Defaults = DenoiserTrainingOptions.Default;

    private readonly Argument<string[]> _images =
        new("PHOTOS") { Description = "Folders or files of clean pictures.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> _output =
        new("--output", "-o") { Description = "The denoiser to write (.safetensors).", Required = true, HelpName = "FILE" };
    private readonly Option<NoiseRange> _sigma = new("--sigma")
    {
        Description = "Deviation of the noise in levels of 255, above 0 and at most 255: one number, or a range such as 5-55 for one model "
            + "that serves all of it. [default: that of the start, or 5-55]",
        CustomParser = NoiseRange.ParseRange,
        HelpName = "FROM-TO",
    };
    private readonly Option<string?> _start = new("--start")
    {
        Description = "A denoiser to begin with, of the same or of less depth: further layers begin as its last. [default: none; the "
            + "overcomplete DCT]",
        HelpName = "FILE",
    };
    private readonly Option<int?> _depth = new("--depth")
    {
        Description = "Layers after the first, from 0, or the depth of the start, to 100. [default: 3, or the depth of the start]",
        HelpName = "T",
    };
    private readonly Option<int?> _atoms = new("--atoms")
    {
        Description = "Atoms: a square number, at least the pixels of a patch. [default: 256]",
        HelpName = "N",
    };
    private readonly Option<int?> _patch =
        new("--patch") { Description = "Side of a patch in pixels, from 2 to 32. [default: 9, in colour 7]", HelpName = "N" };
    private readonly Option<double?> _minutes = new("--minutes")
    {
        Description = "Train for about so long: the machine's speed is measured, and the patches that it makes of the time are told, which "
            + "give the same denoiser again with --patches.",
        HelpName = "M",
    };
    private readonly Option<long?> _patches =
        new("--patches") { Description = $"Patches to train on, from 1 to 10^12. [default: {Defaults.Patches}]", HelpName = "N" };
    private readonly Option<bool> _colour = new("--colour", "--color")
    {
        Description = "Train on red, green and blue together, for pictures in colour only; a gray denoiser serves colours too, luminance "
            + "and two opponent colours apart.",
    };
    private readonly Option<int> _batch =
        new("--batch") { Description = "Crops in a step, from 1 to 4096.", DefaultValueFactory = _ => Defaults.BatchSize, HelpName = "N" };
    private readonly Option<int> _crop = new("--crop")
    {
        Description = "Side of a crop in pixels, from that of a patch to 256.",
        DefaultValueFactory = _ => Defaults.CropSize,
        HelpName = "N",
    };
    private readonly Option<float?> _rate = new("--learning-rate")
    {
        Description = "Adam's rate at the start, above 0. [default: 0.04/(T + 1)², at most 0.005, in colour two thirds of it]",
        HelpName = "η",
    };
    private readonly Option<bool> _resume =
        new("--resume") { Description = "Go on from OUTPUT.checkpoint, left by an interrupted run with the same options." };

    public static Command Create(Func<ParseResult, CommandContext> context)
    {
        var self = new TrainDenoiserCommand();
        var command = new ExampledCommand(
            "train-denoiser", "Trains a denoiser on clean photographs, to which it adds noise: a coupled LISTA over overlapping patches, "
            + "through their average; every tenth picture is kept apart to measure on.",
            ["sparsecode train-denoiser photos/ -o denoiser.safetensors --minutes 10",
            "sparsecode train-denoiser photos/ -o denoiser25.safetensors --sigma 25 --patches 30000000",
            "sparsecode train-denoiser photos/ -o deep25.safetensors --sigma 25 --start denoiser25.safetensors --depth 6 --minutes 8"])
        {
            self._images, self._output, self._sigma, self._colour, self._start, self._depth, self._atoms, self._patch, self._minutes,
            self._patches, self._batch, self._crop, self._rate, self._resume,
        };
        command.SetAction(parsed => self.Run(parsed, context(parsed)));
        return command;
    }

    private int Run(ParseResult parsed, CommandContext context)
    {
        string[] paths = context.Inputs.Of(parsed, _images);
        string output = parsed.GetRequiredValue(_output), checkpoint = CheckpointFile.PathFor(output);
        bool resume = parsed.GetValue(_resume);
        string? from = parsed.GetValue(_start);
        Denoiser denoiser = from is null ? Untrained(parsed) : Started(parsed, from);
        NoiseRange usual = from is null ? new(5, 55) : new(denoiser.SigmaFrom, denoiser.SigmaTo);
        DenoiserTrainingOptions options = Bind(parsed, usual, context);
        Range.Check(_crop, options.CropSize, denoiser.PatchSize, 256);
        OutputFile.RequireWithCheckpoint(Checkpoint.OfTraining, [.. paths, from], output);
        FileEnding.Require(output, "denoisers", FileEnding.Model);
        TrainingCheckpoint? start = resume ? Checkpoint.Load(checkpoint, CheckpointFile.LoadTraining) : null;
        using ImageStore images = SignalInput.LoadImages(
            paths, output, context, context.AtLeast(options.CropSize, "a crop"), colour: denoiser.Channels == 3);
        string data = $"pixels {Fingerprint.Of(images)}";
        if (start is not null)
            start = start with { Settings = Checkpoint.Unseal(checkpoint, start.Settings, data, "pictures") };
        options = options with { Patches = PatchesOf(parsed, denoiser, images, options, start, context) };
        options = options with
        {
            Evaluations = (int)Math.Clamp(options.Patches / PatchesOfEvaluation, FewestEvaluations, MostEvaluations),
        };
        DenoiserReport report = Train(denoiser, images, options, start, output, data, context);
        DenoiserFile.Save(output, denoiser, TrainedOn(images, from));
        File.Delete(checkpoint);
        context.Print(new Result()
            .Add("denoiser", output).Add("sigma_from", denoiser.SigmaFrom).Add("sigma_to", denoiser.SigmaTo)
            .Add("channels", denoiser.Channels).Add("patch", denoiser.PatchSize)
            .Add("atoms", denoiser.AtomCount).Add("depth", denoiser.Depth)
            .Add("parameters", denoiser.Parameters.Values.Length).Add("patches", options.Patches)
            .Add("held_out_psnr_at_start", report.StartPsnr).Add("held_out_psnr", report.BestPsnr)
            .Add("best_at_patches", report.BestAtPatches).Add("skipped_steps", report.SkippedSteps).Add("setbacks", report.Setbacks)
            .Add("seconds", report.Elapsed.TotalSeconds));
        return ExitCode.Done;
    }

    /// <summary>Fingerprints of the pictures learned from, also by the denoiser it began with.</summary>
    private static long[] TrainedOn(ImageStore images, string? from)
        => DataSketch.Of([.. from is null ? [] : ModelFile.ReadTrainedOn(from), .. Fingerprint.OfEach(images.HoldOut().Learn)]);

    /// <summary>How to train; <paramref name="usual"/> is the noise where nothing is said of it.</summary>
    private DenoiserTrainingOptions Bind(ParseResult parsed, NoiseRange usual, CommandContext context)
    {
        NoiseRange sigma = parsed.GetResult(_sigma) is null ? usual : parsed.GetValue(_sigma);
        return Defaults with
        {
            SigmaFrom = sigma.From,
            SigmaTo = sigma.To,
            BatchSize = Range.Check(_batch, parsed.GetValue(_batch), 1, 4096),
            CropSize = parsed.GetValue(_crop),
            LearningRate = parsed.GetValue(_rate) is { } rate ? Range.CheckPositive(_rate, rate) : null,
            Seed = context.Seed,
            Threads = context.Threads,
        };
    }

    private Denoiser Untrained(ParseResult parsed)
    {
        bool colour = parsed.GetValue(_colour);
        int patch = Range.Check(_patch, parsed.GetValue(_patch) ?? (colour ? 7 : 9), 2, Denoiser.MaxPatchSize);
        int atoms = parsed.GetValue(_atoms) ?? 256, side = (int)Math.Round(Math.Sqrt(Math.Max(0, atoms)));
        if (side * side != atoms || side < patch || side > 128)
            throw new UserError(FormattableString.Invariant(
                $"{_atoms.Name} is {atoms}; it must be a square number from {patch * patch}, the pixels of a patch, to {128 * 128}."));
        int depth = Range.Check(_depth, parsed.GetValue(_depth) ?? 3, 0, Denoiser.MaxDepth);
        return Denoiser.FromDct(patch, atoms, depth, channels: colour ? 3 : 1);
    }

    /// <summary>What was learned before, with further layers if asked for.</summary>
    private Denoiser Started(ParseResult parsed, string path)
    {
        Denoiser start = DenoiserFile.Load(path);
        RequireSame(_patch, parsed.GetValue(_patch), start.PatchSize, path);
        RequireSame(_atoms, parsed.GetValue(_atoms), start.AtomCount, path);
        if (parsed.GetValue(_colour) && start.Channels == 1)
            throw new UserError($"{path}: is a denoiser of one channel; {_colour.Name} needs one of three.");
        return start.WithDepth(Range.Check(_depth, parsed.GetValue(_depth) ?? start.Depth, start.Depth, Denoiser.MaxDepth));
    }

    private static void RequireSame(Option option, int? given, int of, string path)
    {
        if (given is { } value && value != of)
            throw new UserError(FormattableString.Invariant($"{option.Name} is {value}; that of {path} is {of}."));
    }

    /// <summary>The patches to see: those asked for, those that an interrupted run was to see, or those of the time.</summary>
    private long PatchesOf(
        ParseResult parsed, Denoiser denoiser, ImageStore images, DenoiserTrainingOptions options, TrainingCheckpoint? start,
        CommandContext context)
    {
        if (parsed.GetValue(_patches) is { } patches)
            return parsed.GetValue(_minutes) is null ? Range.Check(_patches, patches, 1, 1_000_000_000_000)
                : throw new UserError($"{_minutes.Name} and {_patches.Name} both say how long to train; give one of them.");
        if (parsed.GetValue(_minutes) is not { } minutes)
            return Defaults.Patches;
        Range.Check(_minutes, minutes, 0.01, 100_000);
        if (start is { TotalSamples: > 0 })
            return start.TotalSamples * options.PatchesOf(denoiser.PatchSize);
        long found = DenoiserTrainer.PatchesIn(denoiser, images, TimeSpan.FromMinutes(minutes), options, context.Cancellation);
        context.Terminal.Tell(FormattableString.Invariant($"{_minutes.Name} {minutes} is {_patches.Name} {found} here."));
        return found;
    }

    private static DenoiserReport Train(
        Denoiser denoiser, ImageStore images, DenoiserTrainingOptions options, TrainingCheckpoint? start, string output, string data,
        CommandContext context)
    {
        string checkpoint = CheckpointFile.PathFor(output);
        Checkpoint.WarnOfMachine(checkpoint, start, context);
        DenoiserReport? report = null;
        context.Track(board =>
        {
            ProgressBoard.Piece piece = board.Start("training the denoiser");
            var progress = new Relay<DenoiserProgress>(p => piece.Report(
                p.Patches, p.TotalPatches, p.PatchesPerSecond, p.Remaining,
                FormattableString.Invariant($"held-out PSNR {p.HeldOutPsnr:F2} dB")));
            report = Checkpoint.Guard(checkpoint, images.NameOf(0), start is not null, context, () => DenoiserTrainer.Train(
                denoiser, images, options, progress, start,
                c => CheckpointFile.Save(checkpoint, c with { Settings = Checkpoint.Seal(c.Settings, data) }), context.Cancellation));
        });
        if (report!.SkippedSteps > 0)
            context.Terminal.Tell(FormattableString.Invariant(
                $"warning: {report.SkippedSteps:N0} steps had no finite gradient and were left out; a lower --learning-rate helps."));
        if (report.Setbacks > 0)
            context.Terminal.Tell(FormattableString.Invariant(
                $"warning: the training lost what it had learned {report.Setbacks:N0} times and went on from the best at half the rate; a lower ")
                + "--learning-rate may be better.");
        return report;
    }
}
