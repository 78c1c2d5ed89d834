using System.Text.Json;
using System.Text.RegularExpressions;
using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>train-denoiser, denoise and evaluate-denoiser: noise goes, and one line says what is wrong.</summary>
public sealed class DenoiseTests(DenoisingWorkspace workspace) : IClassFixture<DenoisingWorkspace>, IDisposable
{
    private readonly TempFolder _folder = new();

    private string Output => _folder.File("out.png");

    private string OneNoisy => Path.Combine(workspace.Noisy, "00.pgm");

    private string OneClean => Path.Combine(workspace.Clean, "00.png");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_picture_is_denoised_and_compared(bool withModel)
    {
        string difference = _folder.File("difference.png");
        string[] model = withModel ? ["--model", workspace.Model] : [];
        Outcome outcome = Succeed(["denoise", OneNoisy, "-o", Output, "--sigma", "25", "--reference", OneClean, "--difference", difference,
            "--json", "-q", .. model]);

        using var json = JsonDocument.Parse(outcome.Out);
        JsonElement row = json.RootElement.GetProperty("results")[0];
        Assert.Equal(withModel ? "model" : "own dictionary", json.RootElement.GetProperty("method").GetString());
        Assert.Equal(("64×64", 25), (row.GetProperty("size").GetString(), row.GetProperty("sigma").GetDouble()));
        ColourImage noisy = ImageFile.LoadColour(OneNoisy), clean = ImageFile.LoadColour(OneClean), result = ImageFile.LoadColour(Output);
        Assert.Equal((1, 16, false), (result.Channels, result.Bits, result.HasAlpha));
        Assert.Equal(ImageQuality.Psnr(noisy, clean), row.GetProperty("psnr_before").GetDouble());
        Assert.Equal(ImageQuality.Psnr(result, clean), row.GetProperty("psnr").GetDouble());
        Assert.Equal(ImageQuality.Ssim(result, clean), row.GetProperty("ssim").GetDouble());
        Assert.InRange(row.GetProperty("psnr").GetDouble(), row.GetProperty("psnr_before").GetDouble() + 3, 100);
        float[] before = noisy.Plane(0).Pixels.ToArray(), after = result.Plane(0).Pixels.ToArray();
        GrayImage drawn = ImageFile.Load(difference);
        for (int i = 0; i < before.Length; i++)
            Assert.Equal(Math.Clamp(0.5f + 4 * (before[i] - after[i]), 0, 1), drawn.Pixels[i], 0.5 / 255 + 1e-4);
    }

    [Fact]
    public void A_folder_becomes_a_folder_of_the_same_names()
    {
        Directory.CreateDirectory(_folder.File("in"));
        string output = Path.Combine(_folder.File("in"), "out");
        using var json = JsonDocument.Parse(Succeed(
            "denoise", workspace.Noisy, "-o", output, "--model", workspace.Model, "--reference", workspace.Clean, "--json", "-q").Out);

        Assert.Equal(2, json.RootElement.GetProperty("pictures").GetInt32());
        Assert.Equal(["00.pgm", Path.Combine("more", "01.png")], Directory.EnumerateFiles(output, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(output, f)).Order(StringComparer.Ordinal));
        Assert.All(json.RootElement.GetProperty("results").EnumerateArray(), row =>
        {
            Assert.InRange(row.GetProperty("sigma").GetDouble(), 20, 32);
            Assert.InRange(row.GetProperty("psnr").GetDouble(), row.GetProperty("psnr_before").GetDouble() + 3, 100);
            Assert.Equal(row.GetProperty("estimated_sigma").GetDouble(), row.GetProperty("sigma").GetDouble());
        });
        Assert.Equal(8, ImageFile.LoadColour(Path.Combine(output, "more", "01.png")).Bits);
    }

    [Fact]
    public void The_same_bits_for_any_number_of_threads_and_more_is_taken_out_with_strength()
    {
        string two = _folder.File("two.png"), strong = _folder.File("strong.png");
        foreach (string[] model in new string[][] { ["--model", workspace.Model], [] })
        {
            Succeed(["denoise", OneNoisy, "-o", Output, "--threads", "1", "--sigma", "auto", "-q", .. model]);
            Succeed(["denoise", OneNoisy, "-o", two, "--threads", "3", "-q", .. model]);
            Succeed(["denoise", OneNoisy, "-o", strong, "--strength", "1.3", "-q", .. model]);
            Assert.Equal(File.ReadAllBytes(Output), File.ReadAllBytes(two));
            Assert.InRange(Roughness(strong), 0, Roughness(Output) * 0.99);
        }

        static double Roughness(string path)
        {
            GrayImage image = ImageFile.Load(path);
            return Enumerable.Range(1, image.Pixels.Length - 1).Sum(i => Math.Abs(image.Pixels[i] - image.Pixels[i - 1]));
        }
    }

    [Fact]
    public void Noise_that_a_model_does_not_know_is_told_and_no_noise_is_left_alone()
    {
        Outcome outcome = Succeed("denoise", OneNoisy, "-o", Output, "--model", workspace.Model, "--sigma", "60", "-q");
        Assert.Equal($"warning: {OneNoisy}: is denoised for σ 60.0; the model was trained for 20 to 30.\n", outcome.Error);

        string flat = _folder.File("flat.png"), same = _folder.File("same.png");
        PngFile.Write(flat, new GrayImage(20, 20));
        outcome = Succeed("denoise", flat, "-o", same, "-q");
        Assert.Equal($"warning: {flat}: has no noise to speak of (σ 0.00); it stays as it is.\n", outcome.Error);
        Assert.Equal(ImageFile.Load(flat).Pixels, ImageFile.Load(same).Pixels);
    }

    [Fact]
    public void The_table_of_clean_pictures_is_that_of_the_library()
    {
        using var json = JsonDocument.Parse(
            Succeed("evaluate-denoiser", workspace.Clean, "--model", workspace.Model, "--sigma", "20,30", "--json", "-q").Out);

        JsonElement[] rows = [.. json.RootElement.GetProperty("results").EnumerateArray()];
        Assert.Equal([20, 30], rows.Select(r => r.GetProperty("sigma").GetDouble()));
        IReadOnlyList<string> files = ImageFolder.Find([workspace.Clean]);
        Denoiser model = DenoiserFile.Load(workspace.Model);
        double mean = files.Select((f, i) => DenoisingQuality.Measure(
            [ImageFile.Load(f)], 30, model, 1 + i, cancellation: TestContext.Current.CancellationToken).Psnr).Average();
        Assert.Equal(mean, rows[1].GetProperty("psnr").GetDouble(), 1e-9);
        Assert.Equal(files.Count, rows[1].GetProperty("pictures").GetInt32());
        Assert.InRange(mean, rows[1].GetProperty("psnr_before").GetDouble() + 3, 100);
    }

    [Fact]
    public void An_interrupted_training_goes_on_to_the_same_bits_and_a_time_becomes_patches()
    {
        string straight = _folder.File("straight.safetensors"), broken = _folder.File("broken.safetensors");
        string[] train = ["train-denoiser", workspace.Clean, "--patch", "5", "--atoms", "25", "--depth", "1", "--crop", "20"];
        Outcome timed = Succeed([.. train, "-o", straight, "--minutes", "0.07"]);
        string patches = Regex.Match(timed.Error, @"--minutes 0\.07 is --patches (\d+) here\.").Groups[1].Value;

        RunUntilExists(broken + ".checkpoint", [.. train, "-o", broken, "--patches", patches]);
        Succeed([.. train, "-o", broken, "--resume", "--minutes", "5", "--quiet"]);

        Assert.Equal(File.ReadAllBytes(straight), File.ReadAllBytes(broken));
        Assert.Equal(["broken.safetensors", "straight.safetensors"], _folder.Names);
    }

    [Fact]
    public void A_picture_that_cannot_be_denoised_does_not_keep_the_others_from_it()
    {
        string input = _folder.File("in"), output = _folder.File("out");
        Directory.CreateDirectory(input);
        File.Copy(OneNoisy, Path.Combine(input, "a.pgm"));
        File.WriteAllBytes(Path.Combine(input, "b.png"), [1, 2, 3]);
        PngFile.Write(Path.Combine(input, "c.png"), new GrayImage(5, 5));
        File.Copy(OneNoisy, Path.Combine(input, "d.pgm"));

        Outcome outcome = Run("denoise", input, "-o", output, "--model", workspace.Model, "--sigma", "25", "--json", "-q");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal(2, outcome.ErrorLines.Length);
        Assert.StartsWith($"error: {Path.Combine(input, "b.png")}: ", outcome.ErrorLines[0], StringComparison.Ordinal);
        Assert.Equal($"error: {Path.Combine(input, "c.png")}: is 5×5 pixels; it must be at least 6×6, the size of a patch.",
            outcome.ErrorLines[1]);
        using var json = JsonDocument.Parse(outcome.Out);
        Assert.Equal((4, 2), (json.RootElement.GetProperty("pictures").GetInt32(), json.RootElement.GetProperty("failed").GetInt32()));
        Assert.Equal(["a.pgm", "d.pgm"], Directory.EnumerateFiles(output).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Results_lie_outside_what_is_read_and_one_picture_may_go_to_a_folder()
    {
        string inside = Path.Combine(workspace.Noisy, "out"), output = _folder.File("out");
        Refuse($"{inside}: lies in {workspace.Noisy}, whose pictures are read; give a folder outside it.",
            "denoise", workspace.Noisy, "-o", inside, "--sigma", "25");
        Directory.CreateDirectory(output);
        Succeed("denoise", OneNoisy, "-o", output, "--reference", OneClean, "--sigma", "25", "-q");
        Succeed("denoise", OneNoisy, "-o", Path.Combine(output, "b.png"), "--reference", workspace.Clean, "--sigma", "25", "-q");
        Assert.Equal(["00.pgm", "b.png"], Directory.EnumerateFiles(output).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Refuse("--output is empty; it must have a value.", "denoise", OneNoisy, "-o", "");
        string none = Path.Combine(OneClean, "sub");
        Outcome outcome = Run("denoise", workspace.Noisy, "-o", none, "--sigma", "25", "-q");
        Assert.StartsWith($"error: {none}: the folder cannot be created: ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Learning_the_dictionary_is_shown_too()
    {
        string[] lines = Succeed("denoise", OneNoisy, "-o", Output, "--sigma", "25").ErrorLines;
        Assert.Equal(["learning dictionaries: 100 of 100, picture 1 of 1", "denoising: 100 of 100, picture 1 of 1",
            "denoising: 1 of 1, 00.pgm"], lines);

        lines = Succeed("evaluate-denoiser", OneClean, "--sigma", "25").ErrorLines;
        Assert.Contains("learning dictionaries: 100 of 100, picture 1 of 1", lines);
        Assert.DoesNotContain("learning dictionaries", Succeed("denoise", OneNoisy, "-o", Output, "--sigma", "25", "--model",
            workspace.Model).Error, StringComparison.Ordinal);
    }

    /// <summary>A picture alone in its folder goes to a folder that is not there yet.</summary>
    [Fact]
    public void A_folder_of_one_picture_makes_a_folder_of_one()
    {
        string input = _folder.File("in"), output = _folder.File("new/out");
        Directory.CreateDirectory(input);
        File.Copy(OneNoisy, Path.Combine(input, "a.pgm"));
        Succeed("denoise", input, "-o", output, "--model", workspace.Model, "--sigma", "25", "-q");
        Assert.Equal(["a.pgm"], Directory.EnumerateFiles(output).Select(Path.GetFileName));
        Refuse($"{Output}: is the name of a file; the results of a folder or of several pictures need a folder.",
            "denoise", input, "-o", Output, "--model", workspace.Model, "--sigma", "25");
    }

    [Fact]
    public void Nothing_is_written_when_the_result_cannot_be_compared()
    {
        string small = _folder.File("small.png"), clean = _folder.File("clean.png");
        PngFile.Write(small, NoiseLevel.Add(new GrayImage(10, 10), 25, 1));     // less than a window of SSIM
        PngFile.Write(clean, new GrayImage(10, 10));
        Outcome outcome = Run(
            "denoise", small, "-o", Output, "--model", workspace.Model, "--sigma", "25", "--reference", clean, "-q");
        Assert.Equal((1, 1), (outcome.ExitCode, outcome.ErrorLines.Length));
        Assert.Equal(["clean.png", "small.png"], _folder.Names);
    }

    [Fact]
    public void A_gray_model_is_warned_about_where_the_luminance_has_other_noise_and_colours_have_a_model_of_their_own()
    {
        string colours = _folder.File("colours.png"), gray = _folder.File("gray.png"), model = _folder.File("model.safetensors");
        var picture = new ColourImage(40, 40, 3, hasAlpha: false, bits: 8);
        for (int channel = 0; channel < 3; channel++)
            picture.WriteRows(channel, 0, NoiseLevel.Add(DeadLeaves.Generate(40, 40, channel), 25, channel).Pixels);
        ImageFile.Save(colours, picture);
        Outcome outcome = Succeed("denoise", colours, "-o", Output, "--model", workspace.Model, "--sigma", "25", "-q");
        Assert.Equal($"warning: {colours}: is denoised for σ 14.4 and 25.0; the model was trained for 20 to 30.\n", outcome.Error);

        Succeed("train-denoiser", colours, "-o", model, "--colour", "--patch", "4", "--atoms", "49", "--depth", "1", "--patches", "2000",
            "--crop", "12", "--sigma", "25", "-q");
        Assert.Equal("", Succeed("denoise", colours, "-o", Output, "--model", model, "--sigma", "25", "-q").Error);
        Assert.Equal(3, ImageFile.LoadColour(Output).Channels);
        using var json = JsonDocument.Parse(Succeed("evaluate-denoiser", colours, "--model", model, "--sigma", "25", "--json", "-q").Out);
        Assert.True(json.RootElement.GetProperty("colour").GetBoolean());
        PngFile.Write(gray, DeadLeaves.Generate(40, 40, 1));
        Refuse($"'denoiser' cleans patches of 3 channels; {gray} has 1, and needs one for gray.",
            "denoise", gray, "-o", Output, "--model", model, "--sigma", "25");
    }

    [Fact]
    public void What_cannot_be_used_is_refused_in_one_line_and_nothing_is_written()
    {
        Refuse($"{_folder.File("out.jpg")}: cannot be written: pictures are written to files ending in .png, .tif, .tiff, .pgm, .ppm.",
            "denoise", OneNoisy, "-o", _folder.File("out.jpg"));
        Refuse($"{workspace.Model}: is an input too, which no output may replace; give another name.",
            "train-denoiser", workspace.Clean, workspace.Model, "-o", workspace.Model);
        Refuse("--output is -; pictures are not written to standard output: give a file or a folder.", "denoise", OneNoisy, "-o", "-");
        Refuse($"{_folder.File("o.jpg")}: is the name of a file; the results of a folder or of several pictures need a folder.",
            "denoise", workspace.Noisy, "-o", _folder.File("o.jpg"));
        Refuse($"--strength is 20; it must be from 0.1 to 10.", "denoise", OneNoisy, "-o", Output, "--strength", "20");
        Refuse("--difference is for one picture; 2 are given.",
            "denoise", workspace.Noisy, "-o", _folder.File("o"), "--difference", Output);
        Refuse($"{OneClean}: is no folder; the pictures that several results are compared with must be in one.",
            "denoise", workspace.Noisy, "-o", _folder.File("o"), "--reference", OneClean);
        string small = _folder.File("small.png");
        PngFile.Write(small, new GrayImage(20, 30));
        Refuse($"{small}: is 20×30 with 1 channels; to compare with {OneNoisy} it must be 64×64 with 1.",
            "denoise", OneNoisy, "-o", Output, "--reference", small, "--sigma", "25");
        Refuse("--atoms is 37; it must be a square number from 81, the pixels of a patch, to 16384.",
            "train-denoiser", workspace.Clean, "-o", _folder.File("out.safetensors"), "--atoms", "37");
        Refuse("--crop is 3; it must be from 9 to 256.",
            "train-denoiser", workspace.Clean, "-o", _folder.File("out.safetensors"), "--crop", "3");
        Refuse("--minutes and --patches both say how long to train; give one of them.",
            "train-denoiser", workspace.Clean, "-o", _folder.File("out.safetensors"), "--minutes", "1", "--patches", "7");
        Refuse("--minutes is 0; it must be from 0.01 to 100000.",
            "train-denoiser", workspace.Clean, "-o", _folder.File("out.safetensors"), "--minutes", "0");
        Refuse($"{small}: is 20×30 pixels; it must be at least 32×32, the size of a crop.",
            "train-denoiser", small, "-o", _folder.File("out.safetensors"), "--patches", "100");
        string dictionary = _folder.File("dictionary");
        ModelFile.Save(dictionary, OvercompleteDct.Create(3, 4), new Penalty(0.1f));
        Refuse($"{dictionary}: holds a 'dictionary'; expected a denoiser.", "denoise", OneNoisy, "-o", Output, "--model", dictionary);
        Assert.Equal(["dictionary", "small.png"], _folder.Names);
    }

    [Theory]
    [InlineData("denoise", "x", "--sigma is 'x'; it must be a number above 0 and at most 255, or auto.")]
    [InlineData("denoise", "0", "--sigma is '0'; it must be a number above 0 and at most 255, or auto.")]
    [InlineData("train-denoiser", "50-5",
        "--sigma is '50-5'; it must be a number above 0 and at most 255, or two with '-' between, such as 5-55.")]
    [InlineData("evaluate-denoiser", "15,,3",
        "--sigma is '15,,3'; it must be numbers above 0 and at most 255 with ',' between, such as 15,25,50.")]
    public void Deviations_that_are_none_are_bad_usage(string command, string sigma, string message)
    {
        string[] output = command == "evaluate-denoiser" ? [] : ["-o", Output];
        Outcome outcome = Run([command, OneNoisy, "--sigma", sigma, .. output]);
        Assert.Equal((2, $"error: {message}"), (outcome.ExitCode, outcome.ErrorLines[0]));
    }
}
