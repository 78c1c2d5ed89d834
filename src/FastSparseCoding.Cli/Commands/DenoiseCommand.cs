using System.CommandLine;
using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Imaging;
using FastSparseCoding.Imaging.Formats;
using FastSparseCoding.Paper;

namespace FastSparseCoding.Cli.Commands;

/// <summary>sparsecode denoise: pictures without their noise.</summary>
internal sealed class DenoiseCommand
{
    /// <summary>Less noise than this, in levels of 255, is none: nothing is done about it.</summary>
    private const float NoNoise = 0.2f;

    /// <summary>How far from what a model was trained for noise may be before it is told.</summary>
    private const float Tolerated = 1.2f;

    private readonly Argument<string[]> _inputs =
        new("IN") { Description = "Pictures, or folders of pictures.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "The result: a file ending in .png, .tif, .pgm or .ppm, or for several pictures a folder.",
        Required = true,
        HelpName = "OUT",
    };
    private readonly Option<string?> _model = new("--model")
    {
        Description = "A denoiser of train-denoiser. [default: none; a dictionary is learned from each noisy picture itself]",
        HelpName = "FILE",
    };
    private readonly Option<NoiseRange> _sigma = new("--sigma")
    {
        Description = "Deviation of the noise in levels of 255, above 0 and at most 255; auto estimates it.",
        DefaultValueFactory = _ => default,
        CustomParser = NoiseRange.ParseOrAuto,
        HelpName = "auto|σ",
    };
    private readonly Option<float?> _strength = new("--strength")
    {
        Description = "What the deviation is multiplied by, from 0.1 to 10: more takes more noise and more detail out. [default: 1]",
        HelpName = "FACTOR",
    };
    private readonly Option<string?> _reference = new("--reference")
    {
        Description = "The clean picture, or for several a folder of the same names: PSNR and SSIM before and after are told.",
        HelpName = "CLEAN",
    };
    private readonly Option<string?> _difference = new("--difference")
    {
        Description = "Writes what was taken out, times 4 around mid-gray, as a picture; of one picture only.",
        HelpName = "FILE.png",
    };

    public static Command Create(Func<ParseResult, CommandContext> context)
    {
        var self = new DenoiseCommand();
        var command = new ExampledCommand(
            "denoise", "Takes noise out of pictures, gray or in colour, at their full depth: with a trained denoiser, or without any with "
            + "a dictionary learned from the noisy picture itself.",
            ["sparsecode denoise noisy.png -o clean.png",
            "sparsecode denoise noisy/ -o clean/ --model denoiser.safetensors --sigma auto",
            "sparsecode denoise noisy.png -o clean.png --sigma 25 --reference original.png --difference noise.png"])
        {
            self._inputs, self._output, self._model, self._sigma, self._strength, self._reference, self._difference,
        };
        command.SetAction(parsed => self.Run(parsed, context(parsed)));
        return command;
    }

    private int Run(ParseResult parsed, CommandContext context)
    {
        string[] inputs = parsed.GetRequiredValue(_inputs);
        string output = parsed.GetRequiredValue(_output);
        string? modelPath = parsed.GetValue(_model), difference = parsed.GetValue(_difference);
        float strength = Range.Check(_strength, parsed.GetValue(_strength) ?? 1, 0.1f, 10f);
        IReadOnlyList<PictureJob> jobs = PicturePlan.Of(inputs, output, parsed.GetValue(_reference));
        if (jobs.Count > 1 && difference is not null)
            throw new UserError($"{_difference.Name} is for one picture; {jobs.Count} are given.");
        RequireOutputs(jobs, modelPath, difference);
        Denoiser? model = modelPath is null ? null : DenoiserFile.Load(modelPath);
        SignalInput.WarnPassedOver(inputs, context);
        var table = new ResultTable(jobs[0].Reference is null
            ? ["picture", "size", "sigma", "seconds"]
            : ["picture", "size", "sigma", "seconds", "psnr before", "psnr", "ssim before", "ssim"]);
        context.Track(board =>
        {
            ProgressBoard.Piece piece = board.Start("denoising");
            for (int i = 0; i < jobs.Count; i++)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                PictureJob job = jobs[i];
                ColourImage noisy = ImageFile.LoadColour(job.Input);
                WrittenFormat.For(job.Output, noisy.Channels, noisy.HasAlpha);
                ColourImage? reference = Reference(job, noisy);
                bool keep = reference is not null || difference is not null;
                (ColourImage clean, object[] facts) = Denoise(
                    noisy, keep, model, parsed.GetValue(_sigma), strength, context, Step(piece, i, jobs.Count));
                PicturePlan.MakeFolder(job);
                ImageFile.Save(job.Output, clean);
                if (difference is not null)
                    PngFile.Write(difference, PictureDifference.Draw(noisy, clean));
                table.Add([job.Output, .. facts, .. Quality(reference, noisy, clean)]);
                piece.Report(i + 1, jobs.Count, Path.GetFileName(job.Input));
            }
        });
        context.Print(new Result().Add("pictures", jobs.Count).Add("method", model is null ? "own dictionary" : "model")
            .AddTable("results", table));
        return ExitCode.Done;
    }

    private static Relay<double> Step(ProgressBoard.Piece piece, int picture, int pictures)
        => new(done => piece.Report(
            (int)(100 * (picture + done)), 100 * pictures, FormattableString.Invariant($"picture {picture + 1} of {pictures}")));

    private void RequireOutputs(IReadOnlyList<PictureJob> jobs, string? model, string? difference)
    {
        IEnumerable<string?> inputs = [.. jobs.Select(j => j.Input), .. jobs.Select(j => j.Reference), model];
        if (jobs.Count == 1 && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(jobs[0].Output))))
            OutputFile.Require(inputs, (_output, jobs[0].Output));
        foreach (PictureJob job in jobs)
        {
            WrittenFormat.RequireEnding(job.Output);
            if (Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(job.Output))))
                OutputFile.Require(inputs, (_output, job.Output), (_difference, difference));
        }
    }

    /// <summary>Denoises a picture: in its own place where nothing else needs it, since it may take a third of the memory.</summary>
    private static (ColourImage Clean, object[] Facts) Denoise(
        ColourImage noisy, bool keep, Denoiser? model, NoiseRange given, float strength, CommandContext context, IProgress<double> progress)
    {
        float sigma = given.IsAuto ? NoiseLevel.Estimate(noisy) : given.From, used = Math.Min(255, strength * sigma);
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        if (model is not null && (used > Tolerated * model.SigmaTo || used * Tolerated < model.SigmaFrom))
            context.Terminal.Tell(FormattableString.Invariant(
                $"warning: {noisy.Name}: has noise of σ {used:F1}; the model was trained for {model.SigmaFrom} to {model.SigmaTo}."));
        ColourImage clean = noisy;
        if (used >= NoNoise)
        {
            IPatchDenoiser denoiser = (IPatchDenoiser?)model ?? DictionaryDenoiser.Learn(
                noisy, used, DictionaryDenoiserOptions.Default with { Seed = context.Seed, Threads = context.Threads },
                cancellation: context.Cancellation);
            if (keep)
                clean = PictureDenoiser.Denoise(noisy, denoiser, used, context.Threads, progress, context.Cancellation);
            else
                PictureDenoiser.Denoise(noisy, clean, denoiser, used, context.Threads, progress, context.Cancellation);
        }
        else
        {
            context.Terminal.Tell(FormattableString.Invariant(
                $"warning: {noisy.Name}: has no noise to speak of (σ {used:F2}); it stays as it is."));
        }
        string size = FormattableString.Invariant($"{noisy.Width}×{noisy.Height}");
        return (clean, [size, (double)sigma, System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds]);
    }

    /// <summary>What a picture is compared with, looked at before the work.</summary>
    private static ColourImage? Reference(PictureJob job, ColourImage noisy)
    {
        if (job.Reference is null)
            return null;
        ColourImage reference = ImageFile.LoadColour(job.Reference);
        PictureDifference.RequireAlike(job.Reference, reference, noisy);
        return reference;
    }

    private static object[] Quality(ColourImage? reference, ColourImage noisy, ColourImage clean)
        => reference is null ? []
            :
            [
                ImageQuality.Psnr(noisy, reference), ImageQuality.Psnr(clean, reference),
                ImageQuality.Ssim(noisy, reference), ImageQuality.Ssim(clean, reference),
            ];
}
