using System.CommandLine;
using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Imaging;
using FastSparseCoding.Paper;

namespace FastSparseCoding.Cli.Commands;

/// <summary>sparsecode evaluate-denoiser: how good denoising is on clean pictures that noise is added to.</summary>
internal sealed class EvaluateDenoiserCommand
{
    private readonly Argument<string[]> _images =
        new("CLEAN") { Description = "Clean pictures, or folders of them.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> _model = new("--model")
    {
        Description = "A denoiser of train-denoiser. [default: none; a dictionary is learned from each noisy picture itself]",
        HelpName = "FILE",
    };
    private readonly Option<float[]?> _sigma = new("--sigma")
    {
        Description = "Deviations of the noise in levels of 255, above 0 and at most 255, with ',' between. [default: 15,25,50]",
        CustomParser = NoiseRange.ParseList,
        HelpName = "σ,σ,…",
    };

    private readonly Option<bool> _colour = new("--colour", "--color")
    {
        Description = "Noise is added to red, green and blue, and taken out of pictures in colour; without it they become gray. [default: "
            + "as the model was trained]",
    };

    public static Command Create(Func<ParseResult, CommandContext> context)
    {
        var self = new EvaluateDenoiserCommand();
        var command = new ExampledCommand(
            "evaluate-denoiser", "Adds noise to clean pictures, seeded, in float and not clipped, takes it out again and tells mean PSNR "
            + "and SSIM before and after, of pixels clipped to black and white: the table of the denoising papers.",
            ["sparsecode evaluate-denoiser BSD68/ --model denoiser.safetensors --sigma 15,25,50",
            "sparsecode evaluate-denoiser photos/ --sigma 25"])
        {
            self._images, self._model, self._sigma, self._colour,
        };
        command.SetAction(parsed => self.Run(parsed, context(parsed)));
        return command;
    }

    private int Run(ParseResult parsed, CommandContext context)
    {
        string[] paths = context.Inputs.Of(parsed, _images);
        float[] sigmas = parsed.GetValue(_sigma) ?? [15, 25, 50];
        List<string> files = [.. ImageFolder.Find(paths)];
        Denoiser? model = parsed.GetValue(_model) is { } path ? DenoiserFile.Load(path) : null;
        bool colour = model is { Channels: 3 } || parsed.GetValue(_colour);
        SignalInput.WarnPassedOver(paths, context);
        var fingerprints = new List<long>();
        int patch = model?.PatchSize ?? DictionaryDenoiserOptions.Default.PatchSize;
        PictureRule rule = patch < ImageQuality.WindowSide ? context.AtLeast(ImageQuality.WindowSide, "a window of SSIM")
            : context.AtLeast(patch);
        var table = new ResultTable("sigma", "pictures", "psnr before", "psnr", "ssim before", "ssim", "seconds per picture");
        context.Track(board =>
        {
            ProgressBoard.Piece? learning = model is null ? board.Start("learning dictionaries") : null;
            ProgressBoard.Piece piece = board.Start("denoising");
            for (int s = 0; s < sigmas.Length; s++)
            {
                var measured = new List<DenoisingQuality>();
                if (model is not null)
                    context.WarnOfNoise(FormattableString.Invariant($"σ {sigmas[s]}"), model, sigmas[s], colour ? 3 : 1);
                for (int i = 0; i < files.Count; i++)
                {
                    if (rule.Load(files[i], file => Channels(file, colour), c => (c[0].Width, c[0].Height)) is not { } channels)
                    {
                        files.RemoveAt(i--);
                        continue;
                    }
                    if (s == 0 && model is not null)
                        fingerprints.Add(Fingerprint.Of(channels.Length == model.Channels ? channels : [ImageFile.Load(files[i])]));
                    int done = s * files.Count + i, all = sigmas.Length * files.Count;
                    var progress = new PictureProgress(learning, piece, done, all);
                    measured.Add(DenoisingQuality.Measure(
                        channels, sigmas[s], model, unchecked(context.Seed + i), context.Threads, progress.Learning,
                        progress.Denoising, context.Cancellation));
                    piece.Report(done + 1, all, FormattableString.Invariant(
                        $"σ {sigmas[s]}, PSNR {measured.Average(q => q.Psnr):F2} dB so far"));
                }
                if (files.Count == 0)
                    throw new UserError($"{paths[0]}: no picture is left.");
                table.Add(
                    (double)sigmas[s], files.Count, measured.Average(q => q.PsnrBefore), measured.Average(q => q.Psnr),
                    measured.Average(q => q.SsimBefore), measured.Average(q => q.Ssim), measured.Average(q => q.Seconds));
            }
        });
        if (parsed.GetValue(_model) is { } trained)
            context.WarnOfTraining(trained, paths[0], "pictures", fingerprints);
        context.Print(new Result().Add("method", model is null ? "own dictionary" : "model").Add("colour", colour)
            .AddTable("results", table));
        return ExitCode.Done;
    }

    /// <summary>The gray picture, or its red, green and blue; a gray picture has them alike.</summary>
    private static GrayImage[] Channels(string path, bool colour)
    {
        if (!colour)
            return [ImageFile.Load(path)];
        ColourImage picture = ImageFile.LoadColour(path);
        return [.. Enumerable.Range(0, 3).Select(channel => picture.Plane(picture.Channels == 3 ? channel : 0))];
    }
}
