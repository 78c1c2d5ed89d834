using System.CommandLine;
using System.Diagnostics;
using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Cli.Sharding;
using FastSparseCoding.Imaging;
using FastSparseCoding.Imaging.Formats;

namespace FastSparseCoding.Cli.Commands;

/// <summary>sparsecode denoise: pictures without their noise.</summary>
internal sealed class DenoiseCommand
{
    /// <summary>Less noise than this, in levels of 255, is none: nothing is done about it.</summary>
    private const float NoNoise = 0.2f;

    private static readonly string[] Columns = ["picture", "size", "estimated sigma", "sigma", "seconds"],
        QualityColumns = ["psnr before", "psnr", "ssim before", "ssim"];

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
        Description = "Deviation of the noise in levels of 255, above 0 and at most 255; auto estimates it. Below 0.2 nothing is done.",
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
        HelpName = "FILE",
    };

    private readonly ShardOptions _shard = new(
        $"pictures that follow each other, into the folder of all. What there is to tell of them is written to {PartName.Rule}, beside it; "
        + "'sparsecode merge' proves that all are there. A part that is there already is skipped.");

    public static Command Create(Func<ParseResult, CommandContext> context)
    {
        var self = new DenoiseCommand();
        var command = new ExampledCommand(
            "denoise", "Takes noise out of pictures, gray or in colour, at their full depth: with a trained denoiser, or without any with "
            + "a dictionary learned from the noisy picture itself.",
            ["sparsecode denoise noisy.png -o clean.png",
            "sparsecode denoise noisy/ -o clean/ --model denoiser.safetensors --sigma auto",
            "sparsecode denoise noisy.png -o clean.png --sigma 25 --reference original.png --difference noise.png",
            "sparsecode denoise noisy/ -o clean/ --model denoiser.safetensors --shard 0/8"])
        {
            self._inputs, self._output, self._model, self._sigma, self._strength, self._reference, self._difference,
        };
        self._shard.AddTo(command);
        command.SetAction(parsed => self.Run(parsed, context(parsed)));
        return command;
    }

    private int Run(ParseResult parsed, CommandContext context)
    {
        string[] inputs = context.Inputs.Of(parsed, _inputs);
        string? modelPath = parsed.GetValue(_model), difference = parsed.GetValue(_difference);
        float strength = Range.Check(_strength, parsed.GetValue(_strength) ?? 1, 0.1f, 10f);
        var plan = new PicturePlan(inputs, _output, parsed.GetRequiredValue(_output), parsed.GetValue(_reference));
        IReadOnlyList<PictureJob> jobs = plan.Jobs;
        if (jobs.Count > 1 && difference is not null)
            throw new UserError($"{_difference.Name} is for one picture; {jobs.Count} are given.");
        plan.Require([modelPath], difference);
        Denoiser? model = modelPath is null ? null : DenoiserFile.Load(modelPath);
        SignalInput.WarnPassedOver(inputs, context);
        NoiseRange sigma = parsed.GetValue(_sigma);
        var work = new PictureWork(Columns: [.. Columns, .. jobs[0].Reference is null ? [] : QualityColumns],
            (job, progress) => Run(job, model, sigma, strength, difference, context, progress))
        {
            Learns = model is null,
        };
        if (_shard.Bind(parsed, context.Terminal.Variable) is not { } shard)
        {
            PictureResults results = work.Run(jobs, context);
            context.Print(results.ToResult());
            return results.ExitCode(context);
        }
        Job whole = Job.Of("denoise").Add("pictures", InputIdentity.OfPictures([.. jobs.Select(j => j.Input)]))
            .Add("model", modelPath is null ? null : ContentHash.Of([modelPath], context.Cancellation))
            .Add("sigma", sigma.ToString()).Add("strength", FormattableString.Invariant($"{strength}"))
            .Add("seed", model is null ? FormattableString.Invariant($"{context.Seed}") : null)
            .Add("references", jobs[0].Reference is null ? null : InputIdentity.OfPictures([.. jobs.Select(j => j.Reference!)]))
            .Add("bad pictures", context.Skipped is null ? null : "left out");
        return new PictureShard(work, jobs, whole, parsed.GetRequiredValue(_output), shard, context).Run();
    }

    /// <summary>One picture; what is told of it.</summary>
    private static object[] Run(
        PictureJob job, Denoiser? model, NoiseRange given, float strength, string? difference, CommandContext context,
        PictureProgress progress)
    {
        ColourImage noisy = ImageFile.LoadColour(job.Input);
        WrittenFormat.For(job.Output, noisy.Channels, noisy.HasAlpha);
        ColourImage? reference = Reference(job, noisy);
        double estimated = given.IsAuto || NoiseLevel.CanEstimate(noisy) ? NoiseLevel.Estimate(noisy) : double.NaN;
        float sigma = Math.Min(255, strength * (given.IsAuto ? (float)estimated : given.From));
        long start = Stopwatch.GetTimestamp();
        ColourImage clean = Denoise(noisy, keep: reference is not null || difference is not null, model, sigma, context, progress);
        object[] facts =
        [
            job.Output, FormattableString.Invariant($"{noisy.Width}×{noisy.Height}"), estimated, (double)sigma,
            Stopwatch.GetElapsedTime(start).TotalSeconds, .. Quality(reference, noisy, clean),
        ];
        PictureOutput.Save(job.Output, clean);
        if (difference is not null)
            ImageFile.Save(difference, ColourImage.OfGray(PictureDifference.Draw(noisy, clean), 8));
        return facts;
    }

    /// <summary>Denoises a picture: in its own place where nothing else needs it, since it may take a third of the memory.</summary>
    private static ColourImage Denoise(
        ColourImage noisy, bool keep, Denoiser? model, float sigma, CommandContext context, PictureProgress progress)
    {
        if (sigma < NoNoise)
        {
            context.Terminal.Tell(FormattableString.Invariant(
                $"warning: {noisy.Name}: has no noise to speak of (σ {sigma:F2}); it stays as it is."));
            return noisy;
        }
        if (model is not null)
            context.WarnOfNoise(noisy.Name, model, sigma, noisy.Channels);
        IPatchDenoiser denoiser = (IPatchDenoiser?)model ?? DictionaryDenoiser.Learn(
            noisy, sigma, DictionaryDenoiserOptions.Default with { Seed = context.Seed, Threads = context.Threads },
            progress.Learning, context.Cancellation);
        if (keep)
            return PictureDenoiser.Denoise(noisy, denoiser, sigma, context.Threads, progress.Denoising, context.Cancellation);
        PictureDenoiser.Denoise(noisy, noisy, denoiser, sigma, context.Threads, progress.Denoising, context.Cancellation);
        return noisy;
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
