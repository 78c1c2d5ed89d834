using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Storage;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>inpaint: missing pixels come back, known ones stay, and one line says what is wrong.</summary>
public sealed class InpaintTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly GrayImage _whole = DeadLeaves.Generate(72, 56, seed: 5);

    private string Whole => _folder.File("whole.png");

    private string Torn => _folder.File("torn.png");

    private string Mask => _folder.File("mask.png");

    private string Output => _folder.File("out.png");

    public InpaintTests()
    {
        var random = new Random(1);
        GrayImage torn = new(72, 56), mask = new(72, 56);
        for (int i = 0; i < torn.Pixels.Length; i++)
        {
            bool missing = random.NextDouble() < 0.4;
            torn.Pixels[i] = missing ? 0 : _whole.Pixels[i];
            mask.Pixels[i] = missing ? 1 : 0;
        }
        PngFile.Write(Whole, _whole);
        PngFile.Write(Torn, torn);
        PngFile.Write(Mask, mask);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_white_in_the_mask_is_filled_and_the_rest_stays()
    {
        using var json = JsonDocument.Parse(
            Succeed("inpaint", Torn, "--mask", Mask, "-o", Output, "--reference", Whole, "--json", "-q").Out);

        GrayImage torn = ImageFile.Load(Torn), mask = ImageFile.Load(Mask), result = ImageFile.Load(Output), whole = ImageFile.Load(Whole);
        int missing = 0;
        for (int i = 0; i < mask.Pixels.Length; i++)
            if (mask.Pixels[i] < 0.5f)
                Assert.Equal(torn.Pixels[i], result.Pixels[i]);
            else
                missing++;
        Assert.Equal(missing, json.RootElement.GetProperty("missing").GetInt32());
        Assert.Equal(ImageQuality.Psnr(result, whole), json.RootElement.GetProperty("psnr").GetDouble());
        Assert.InRange(ImageQuality.Psnr(result, whole), ImageQuality.Psnr(torn, whole) + 10, 100);
    }

    [Fact]
    public void The_method_is_the_dictionary_unless_cosines_are_asked_for()
    {
        bool[] known = Array.ConvertAll(ImageFile.Load(Mask).Pixels.ToArray(), pixel => pixel < 0.5f);
        foreach ((string method, string[] option, int rounds) in new (string, string[], int)[]
        {
            ("dictionary", [], InpaintOptions.Default.DictionaryRounds),
            ("dictionary", ["--method", "dictionary"], InpaintOptions.Default.DictionaryRounds),
            ("cosines", ["--method", "cosines"], 0),
        })
        {
            using var json = JsonDocument.Parse(Succeed(["inpaint", Torn, "--mask", Mask, "-o", Output, "--json", "-q", .. option]).Out);

            Assert.Equal(method, json.RootElement.GetProperty("method").GetString());
            ColourImage expected = Inpainter.Inpaint(
                ImageFile.LoadColour(Torn), known, new() { DictionaryRounds = rounds },
                cancellation: TestContext.Current.CancellationToken);
            string whole = _folder.File("expected.png");
            ImageFile.Save(whole, expected);
            Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(Output));
        }
        File.Delete(Output);
        Assert.Equal(2, Run("inpaint", Torn, "--mask", Mask, "-o", Output, "--method", "magic").ExitCode);
        Assert.False(File.Exists(Output));
    }

    [Fact]
    public void A_colour_in_the_picture_is_as_good_as_a_mask_and_depth_and_alpha_stay()
    {
        var picture = new ColourImage(40, 40, 3, hasAlpha: true, bits: 16);
        for (int channel = 0; channel < 3; channel++)
            picture.WriteRows(channel, 0, DeadLeaves.Generate(40, 40, seed: channel).Pixels);
        picture.WriteRows(3, 0, DeadLeaves.Generate(40, 40, seed: 9).Pixels);
        var mask = new GrayImage(40, 40);
        float[] row = new float[40];
        for (int channel = 0; channel < 3; channel++)
        {
            picture.ReadRows(channel, 20, row);
            row.AsSpan(5, 30).Fill(channel == 1 ? 0 : 1);       // a scratch of ff00ff
            picture.WriteRows(channel, 20, row);
        }
        mask.Row(20).Slice(5, 30).Fill(1);
        string marked = _folder.File("marked.tif"), lines = _folder.File("lines.png");
        string byColour = _folder.File("a.tif"), byMask = _folder.File("b.tif");
        ImageFile.Save(marked, picture);
        PngFile.Write(lines, mask);

        Succeed("inpaint", marked, "--mask-color", "ff00ff", "-o", byColour, "-q");
        Succeed("inpaint", marked, "--mask", lines, "-o", byMask, "-q", "--threads", "3");

        Assert.Equal(File.ReadAllBytes(byColour), File.ReadAllBytes(byMask));
        ColourImage result = ImageFile.LoadColour(byColour);
        Assert.Equal((3, 16, true), (result.Channels, result.Bits, result.HasAlpha));
        for (int channel = 0; channel <= 3; channel++)
        {
            float[] before = picture.Plane(channel).Pixels.ToArray(), after = result.Plane(channel).Pixels.ToArray();
            for (int i = 0; i < before.Length; i++)
                if (channel == 3 || mask.Pixels[i] == 0)
                    Assert.Equal(before[i], after[i]);
            Assert.True(channel == 3 || before[20 * 40 + 20] != after[20 * 40 + 20]);
        }
    }

    [Fact]
    public void A_model_joins_in_and_says_what_it_was_not_trained_for()
    {
        string model = _folder.File("den.safetensors"), colour = _folder.File("colour.safetensors"), with = _folder.File("with.png");
        DenoiserFile.Save(model, Denoiser.FromDct(6, 36, 1));
        Denoiser ofColour = Denoiser.FromDct(6, 64, 0, channels: 3);
        (ofColour.SigmaFrom, ofColour.SigmaTo) = (5, 55);
        DenoiserFile.Save(colour, ofColour);
        Succeed("inpaint", Torn, "--mask", Mask, "-o", Output, "-q");

        Outcome outcome = Succeed("inpaint", Torn, "--mask", Mask, "-o", with, "--model", model, "--json", "--threads", "2");

        using var json = JsonDocument.Parse(outcome.Out);
        Assert.Equal("dictionary and model", json.RootElement.GetProperty("method").GetString());
        Assert.Contains($"warning: {model}: is told of noise of σ 6 to 25; it was trained for 0 to 0.", outcome.Error,
            StringComparison.Ordinal);
        bool[] known = Array.ConvertAll(ImageFile.Load(Mask).Pixels.ToArray(), pixel => pixel < 0.5f);
        ColourImage expected = Inpainter.Inpaint(
            ImageFile.LoadColour(Torn), known, null, DenoiserFile.Load(model), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(expected.Plane(0).Pixels.ToArray(), ImageFile.Load(with).Pixels.ToArray());
        Assert.NotEqual(ImageFile.Load(Output).Pixels.ToArray(), ImageFile.Load(with).Pixels.ToArray());

        File.Delete(Output);
        Refuse($"'model' cleans patches of 3 channels; {Torn} has 1, and needs one for gray.",
            "inpaint", Torn, "--mask", Mask, "-o", Output, "--model", colour);
        Assert.False(File.Exists(Output));
    }

    [Theory]
    [InlineData(0, 0, 20, 56, 8,
        "leaves a hole of 20×56 pixels at row 0, column 0, over whose middle patches of 8×8 know nothing; take --patch 21.")]
    [InlineData(30, 20, 24, 24, 12,
        "leaves a hole of 24×24 pixels at row 20, column 30, over whose middle patches of 12×12 know nothing; take --patch 13.")]
    [InlineData(0, 0, 50, 56, 8, "leaves a hole of 50×56 pixels at row 0, column 0, over whose middle patches of 8×8 know nothing; no "
        + "patch is large enough: that takes a tool which invents what it does not know.")]
    public void A_hole_too_large_is_refused_with_the_patch_that_bridges_it(
        int x, int y, int width, int height, int patch, string message)
    {
        var mask = new GrayImage(72, 56);
        for (int row = y; row < y + height; row++)
            mask.Row(row).Slice(x, width).Fill(1);
        string hole = _folder.File("hole.png");
        PngFile.Write(hole, mask);

        Refuse($"{hole}: {message}",
            "inpaint", Torn, "--mask", hole, "-o", Output, "--patch", patch.ToString(CultureInfo.InvariantCulture));

        if (Regex.Match(message, @"--patch (\d+)").Groups[1].Value is { Length: > 0 } enough)
            Succeed("inpaint", Torn, "--mask", hole, "-o", Output, "--patch", enough, "-q");
    }

    [Fact]
    public void What_cannot_be_used_is_refused_in_one_line()
    {
        Refuse("what is missing is said by either --mask or --mask-color; give one of them.", "inpaint", Torn, "-o", Output);
        Refuse("what is missing is said by either --mask or --mask-color; give one of them.",
            "inpaint", Torn, "-o", Output, "--mask", Mask, "--mask-color", "ffffff");
        Refuse("--mask-color is 'red'; it must be six hexadecimal digits, such as ff00ff.",
            "inpaint", Torn, "-o", Output, "--mask-color", "red");
        Refuse($"--mask-color is 'ff0000', a colour; {Torn} is gray: give a gray such as ffffff.",
            "inpaint", Torn, "-o", Output, "--mask-color", "ff0000");
        Refuse($"--mask-color is '808090', a colour; {Torn} is gray: give a gray such as ffffff.",
            "inpaint", Torn, "-o", Output, "--mask-color", "808090");
        Refuse("--mask-color is ' ff00f'; it must be six hexadecimal digits, such as ff00ff.",
            "inpaint", Torn, "-o", Output, "--mask-color", " ff00f");
        string small = _folder.File("small.png"), white = _folder.File("white.png");
        PngFile.Write(small, new GrayImage(20, 30));
        var all = new GrayImage(72, 56);
        all.Pixels.Fill(1);
        PngFile.Write(white, all);
        Refuse($"{small}: is 20×30 pixels; as the mask of {Torn} it must be 72×56.", "inpaint", Torn, "-o", Output, "--mask", small);
        Refuse("--patch is 3; it must be from 4 to 32.", "inpaint", Torn, "-o", Output, "--mask", Mask, "--patch", "3");
        Refuse($"{Torn}: is an input too, which no output may replace; give another name.", "inpaint", Torn, "-o", Torn, "--mask", Mask);
        Refuse($"{white}: says that every pixel is missing; there is nothing to fill them from.",
            "inpaint", Torn, "-o", Output, "--mask", white);
        Refuse($"{small}: is 20×30 with 1 channels; to compare with {Torn} it must be 72×56 with 1.",
            "inpaint", Torn, "-o", Output, "--mask", Mask, "--reference", small);
        Assert.False(File.Exists(Output));
    }
}
