using System.CommandLine;
using System.Text.RegularExpressions;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Imaging;
using FastSparseCoding.Imaging.Formats;

namespace FastSparseCoding.Cli.Commands;

/// <summary>sparsecode inpaint: missing pixels from those around them.</summary>
internal sealed partial class InpaintCommand
{
    /// <summary>How far from what a model was trained for its noise may be before it is told.</summary>
    private const float Tolerated = 1.2f;

    private const string Dictionary = "dictionary", Cosines = "cosines";

    private static readonly InpaintOptions Defaults = InpaintOptions.Default;

    private readonly Argument<string> _input = new("IN") { Description = "The picture, gray or in colour." };
    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "The result: a file ending in .png, .tif, .pgm or .ppm.",
        Required = true,
        HelpName = "OUT",
    };
    private readonly Option<string?> _mask = new("--mask")
    {
        Description = "A picture of the same size: what is white in it, or lighter than mid-gray, is missing.",
        HelpName = "MASK",
    };
    private readonly Option<string?> _colour = new("--mask-color")
    {
        Description = "In place of a mask: pixels of exactly this colour are missing, as six hexadecimal digits such as ff00ff.",
        HelpName = "RRGGBB",
    };
    private readonly Option<int> _patch = new("--patch")
    {
        Description = "Side of a patch in pixels, from 4 to 32: larger patches bridge larger holes.",
        DefaultValueFactory = _ => Defaults.PatchSize,
        HelpName = "N",
    };
    private readonly Option<string> _method = new("--method")
    {
        Description = "dictionary: patches coded by what is known of them, with a dictionary learned from the picture, after their "
            + "cosines; missing pixels become the mean of both. cosines: these alone, mostly 0.1 to 0.3 dB worse and five to eight times as fast.",
        DefaultValueFactory = _ => Dictionary,
        HelpName = "METHOD",
    };
    private readonly Option<string?> _model = new("--model")
    {
        Description = "A denoiser of train-denoiser: it goes on from what the method says, and missing pixels become the mean of both: "
            + "better by 0.1 to 0.2 dB on photographs, worse on drawings. [default: none; the picture alone]",
        HelpName = "FILE",
    };
    private readonly Option<string?> _reference = new("--reference")
    {
        Description = "The whole picture: PSNR and SSIM of the result are told.",
        HelpName = "WHOLE",
    };

    public static Command Create(Func<ParseResult, CommandContext> context)
    {
        var self = new InpaintCommand();
        self._method.AcceptOnlyFromAmong(Dictionary, Cosines);
        var command = new ExampledCommand(
            "inpaint", "Fills missing pixels of a picture from the known ones, which stay exactly as they are: scratches, text, dead "
            + "pixels. Holes must be smaller than a patch bridges.",
            ["sparsecode inpaint scratched.png --mask mask.png -o whole.png",
            "sparsecode inpaint marked.png --mask-color ff00ff -o whole.png --patch 16",
            "sparsecode inpaint scratched.png --mask mask.png -o whole.png --model denoiser.safetensors"])
        {
            self._input, self._output, self._mask, self._colour, self._patch, self._method, self._model, self._reference,
        };
        command.SetAction(parsed => self.Run(parsed, context(parsed)));
        return command;
    }

    private int Run(ParseResult parsed, CommandContext context)
    {
        string input = parsed.GetRequiredValue(_input), output = parsed.GetRequiredValue(_output);
        string? mask = parsed.GetValue(_mask), colour = parsed.GetValue(_colour), reference = parsed.GetValue(_reference);
        string? modelPath = parsed.GetValue(_model);
        string method = parsed.GetRequiredValue(_method);
        if (mask is null == colour is null)
            throw new UserError($"what is missing is said by either {_mask.Name} or {_colour.Name}; give one of them.");
        WrittenFormat.RequireEnding(output);
        InpaintOptions options = Defaults with
        {
            PatchSize = Range.Check(_patch, parsed.GetValue(_patch), 4, 32),
            DictionaryRounds = method == Dictionary ? Defaults.DictionaryRounds : 0,
            Seed = context.Seed,
        };
        OutputFile.Require([input, mask, reference, modelPath], output);
        Denoiser? model = modelPath is null ? null : DenoiserFile.Load(modelPath);
        ColourImage picture = ImageFile.LoadColour(input);
        WrittenFormat.For(output, picture.Channels, picture.HasAlpha);
        bool[] known = mask is not null ? OfMask(mask, picture) : OfColour(colour!, picture);
        if (!known.Contains(false))
            context.Terminal.Tell($"warning: {mask ?? input}: says that nothing is missing; the picture stays as it is.");
        if (!known.Contains(true))
            throw new UserError($"{mask ?? input}: says that every pixel is missing; there is nothing to fill them from.");
        ColourImage? original = null;
        if (reference is not null)
        {
            original = ImageFile.LoadColour(reference);
            PictureDifference.RequireAlike(reference, original, picture);
        }
        if (model is not null && (model.SigmaTo * Tolerated < options.FirstSigma || model.SigmaFrom > Tolerated * options.LastSigma))
            context.Terminal.Tell(FormattableString.Invariant(
                $"warning: {modelPath}: is told of noise of σ {options.LastSigma} to {options.FirstSigma}; ")
                + FormattableString.Invariant($"it was trained for {model.SigmaFrom} to {model.SigmaTo}."));
        ColourImage? whole = null;
        context.Track(board =>
        {
            ProgressBoard.Piece piece = board.Start("inpainting");
            var progress = new Relay<double>(done => piece.Report((int)(100 * done), 100, ""));
            whole = Fill(mask ?? input, () =>
                Inpainter.Inpaint(picture, known, options, model, context.Threads, progress, context.Cancellation));
        });
        Result result = new Result().Add("picture", output).Add("method", model is null ? method : $"{method} and model")
            .Add("size", FormattableString.Invariant($"{picture.Width}×{picture.Height}"))
            .Add("missing", known.Count(k => !k)).Add("missing_share", known.Count(k => !k) / (double)known.Length);
        if (original is not null)
            result.Add("psnr", ImageQuality.Psnr(whole!, original)).Add("ssim", ImageQuality.Ssim(whole!, original));
        ImageFile.Save(output, whole!);
        context.Print(result);
        return ExitCode.Done;
    }

    /// <summary>What is wrong with the mask is said of its file, and of the option that would bridge its holes.</summary>
    private static ColourImage Fill(string mask, Func<ColourImage> fill)
    {
        try
        {
            return fill();
        }
        catch (ArgumentException e) when (e.ParamName == "known")
        {
            string text = UserError.Text(e).Replace("'known' ", "", StringComparison.Ordinal);
            throw new UserError($"{mask}: {LargerPatch().Replace(text, "take --patch $1")}");
        }
    }

    [GeneratedRegex(@"take patches of (\d+)×\d+")]
    private static partial Regex LargerPatch();

    private static bool[] OfMask(string path, ColourImage picture)
    {
        GrayImage mask = ImageFile.Load(path);
        if ((mask.Width, mask.Height) != (picture.Width, picture.Height))
            throw new UserError(
                $"{path}: is {mask.Width}×{mask.Height} pixels; as the mask of {picture.Name} it must be "
                + $"{picture.Width}×{picture.Height}.");
        return Array.ConvertAll(mask.Pixels.ToArray(), pixel => pixel < 0.5f);
    }

    private bool[] OfColour(string text, ColourImage picture)
    {
        string digits = text.StartsWith('#') ? text[1..] : text;
        if (digits.Length != 6 || !digits.All(char.IsAsciiHexDigit))
            throw new UserError($"{_colour.Name} is '{text}'; it must be six hexadecimal digits, such as ff00ff.");
        int rgb = Convert.ToInt32(digits, 16);
        if (picture.Channels == 1 && rgb != (rgb & 255) * 0x010101)
            throw new UserError($"{_colour.Name} is '{text}', a colour; {picture.Name} is gray: give a gray such as ffffff.");
        var known = new bool[picture.Width * picture.Height];
        for (int channel = 0; channel < picture.Channels; channel++)
        {
            float missing = ((rgb >> (16 - 8 * channel)) & 255) / 255f;
            ReadOnlySpan<float> pixels = picture.Plane(channel).Pixels;
            for (int i = 0; i < known.Length; i++)
                known[i] |= pixels[i] != missing;
        }
        return known;
    }
}
