using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>Whatever is wrong: one line that says what and where, exit code 1 (2 where the command line itself makes no sense), and no
/// file.</summary>
public sealed class BadInputTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private readonly TempFolder _folder = new();

    private string Output => _folder.File("out.safetensors");

    public void Dispose()
    {
        Assert.DoesNotContain(_folder.Names,
            n => n.StartsWith("out.", StringComparison.Ordinal) || n.Contains("partial", StringComparison.Ordinal));
        _folder.Dispose();
    }

    [Fact]
    public void No_such_file()
    {
        string missing = _folder.File("missing");

        Refuse($"{missing}: there is no such file or folder.", "learn", missing, "-o", Output);
        Refuse($"{missing}.npy: there is no such file.", "learn", missing + ".npy", "-o", Output);
        Refuse($"{missing}: there is no such file.", "info", missing);
        Refuse($"{missing}: there is no such file.", "train", missing, workspace.Images, "-o", Output);
    }

    [Fact]
    public void An_empty_folder()
    {
        string empty = Directory.CreateDirectory(_folder.File("empty")).FullName;

        Refuse($"{empty}: holds no images; expected files ending in .jpg, .jpeg, .png, .bmp, .gif, .tif, .tiff, .pgm, .ppm.", "learn",
            empty, "-o", Output);
    }

    [Fact]
    public void A_damaged_picture_among_good_ones()
    {
        string images = Directory.CreateDirectory(_folder.File("images")).FullName;
        File.Copy(Path.Combine(workspace.Images, "00.png"), Path.Combine(images, "00.png"));
        string jpeg = Path.Combine(images, "cut.jpg"), text = Path.Combine(images, "text.png");

        File.WriteAllBytes(jpeg, Convert.FromHexString("FFD8FFE000104A46494600010100000100010000FFDB004300"));
        Outcome cut = Run("learn", images, "-o", Output);
        File.Delete(jpeg);
        File.WriteAllText(text, "this is no picture");
        Outcome other = Run("learn", images, "-o", Output);

        Assert.StartsWith($"error: {jpeg}: ", Assert.Single(cut.ErrorLines), StringComparison.Ordinal);
        Assert.StartsWith($"error: {text}: ", Assert.Single(other.ErrorLines), StringComparison.Ordinal);
        Assert.Equal((1, 1), (cut.ExitCode, other.ExitCode));
    }

    [Fact]
    public void Pictures_smaller_than_a_patch()
    {
        Outcome outcome = Run("learn", workspace.Images, "--patch", "50", "-o", Output);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("48×48", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("50", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_without_any_contrast()
    {
        string images = Directory.CreateDirectory(_folder.File("flat")).FullName;
        var flat = new GrayImage(20, 20);
        flat.Pixels.Fill(0.5f);
        PngFile.Write(Path.Combine(images, "flat.png"), flat);

        foreach (string[] command in new string[][] { ["learn", images], ["train", workspace.Dictionary, images],
            ["encode", workspace.Dictionary, images, "--samples", "10"] })
        {
            Outcome outcome = Run([.. command, "-o", command[0] == "encode" ? _folder.File("out.npy") : Output]);
            Assert.Equal(1, outcome.ExitCode);
            Assert.Contains("deviation", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Pictures_that_are_too_flat_on_a_grid_and_pictures_left_out()
    {
        string images = Directory.CreateDirectory(_folder.File("flat")).FullName;
        PngFile.Write(Path.Combine(images, "flat.png"), new GrayImage(20, 20));
        File.WriteAllText(Path.Combine(images, "other.webp"), "RIFF");

        Outcome outcome = Run("encode", workspace.Dictionary, images, "-o", _folder.File("out.npy"));

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal(
            [$"warning: {Path.Combine(images, "other.webp")} is left out; expected files ending in .jpg, .jpeg, .png, .bmp, .gif, .tif, "
                + ".tiff, .pgm, .ppm.",
                $"error: {images}: too flat: no patch of the grid has a standard deviation of 0.02 or more."],
            outcome.ErrorLines);
    }

    [Fact]
    public void A_picture_left_out_commands_no_terminal()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Names of files have no control characters.");
        string images = Directory.CreateDirectory(_folder.File("names")).FullName;
        PngFile.Write(Path.Combine(images, "flat.png"), new GrayImage(20, 20));
        File.WriteAllText(Path.Combine(images, "\e]0;owned\a.webp"), "RIFF");

        Assert.StartsWith(
            $"warning: {images}/\\u{{1B}}]0;owned\\u{{7}}.webp is left out; ",
            Run("encode", workspace.Dictionary, images, "-o", _folder.File("out.npy")).ErrorLines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Values_that_are_not_finite()
    {
        Matrix x = RandomData.Normal(50, 36, seed: 1);
        x.Row(7)[3] = float.NaN;
        string path = _folder.File("nan.npy");
        Npy.Write(path, x);
        string message = $"{path}: holds NaN at row 7, column 3; every value must be finite.";

        Refuse(message, "learn", path, "--atoms", "12", "-o", Output);
        Refuse(message, "train", workspace.Dictionary, path, "-o", Output);
        Refuse(message, "encode", workspace.Dictionary, path, "-o", _folder.File("out.npy"));
        Refuse(message, "encode", workspace.Encoder, path, "-o", _folder.File("out.npz"));
        Refuse(message, "evaluate", workspace.Encoder, path);
    }

    [Fact]
    public void Sizes_that_do_not_fit()
    {
        string path = _folder.File("wide.npy"), codes = _folder.File("codes.npy");
        Npy.Write(path, RandomData.Normal(50, 37, seed: 1));
        Npy.Write(codes, new Matrix(199, 12));
        string message = $"{path}: its signals have 37 values; the model takes signals of 36.";

        Refuse(message, "train", workspace.Dictionary, path, "-o", Output);
        Refuse(message, "encode", workspace.Dictionary, path, "-o", _folder.File("out.npy"));
        Refuse(message, "encode", workspace.Encoder, path, "-o", _folder.File("out.npy"));
        Refuse(message, "evaluate", workspace.Encoder, path);
        Refuse($"{codes}: is [199×12]; the codes of these signals are [200×12].", "evaluate", workspace.Encoder, workspace.Signals,
            "--codes", codes);
        Refuse("--patch is 7; the model was made from patches of side 6.", "train", workspace.Dictionary, workspace.Images, "--patch", "7",
            "-o", Output);
    }

    [Fact]
    public void A_dictionary_whose_atoms_have_another_norm()
    {
        string path = _folder.File("atoms.npy");
        Npy.Write(path, RandomData.Normal(12, 36, seed: 1));

        Outcome outcome = Run("encode", path, workspace.Signals, "-o", _folder.File("out.npy"));

        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith($"error: {path}: ", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("norm", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("-1", "-1")]
    [InlineData("NaN", "NaN")]
    [InlineData("Infinity", "Infinity")]
    public void A_sparsity_weight_that_is_not_above_zero(string lambda, string shown)
    {
        string message = $"--lambda is {shown}; it must be a finite number above 0.";

        Refuse(message, "learn", workspace.Images, "--lambda", lambda, "-o", Output);
        Refuse(message, "train", workspace.Dictionary, workspace.Images, "--lambda", lambda, "-o", Output);
        Refuse(message, "encode", workspace.Dictionary, workspace.Images, "--lambda", lambda, "-o", _folder.File("out.npy"));
    }

    [Theory]
    [InlineData("lista", "-1", "1000")]
    [InlineData("lista", "1001", "1000")]
    [InlineData("lcod", "-1", "10000")]
    [InlineData("lcod", "2000000000", "10000")]
    public void A_depth_out_of_range(string kind, string depth, string most)
        => Refuse($"--depth is {depth}; it must be from 0 to {most}.", "train", workspace.Dictionary, workspace.Images, "--encoder", kind,
            "--depth", depth, "-o", Output);

    [Fact]
    public void Numbers_out_of_range()
    {
        Refuse("--depth is 2; 'tanh' has no depth.", "train", workspace.Dictionary, workspace.Images, "--encoder", "tanh", "--depth", "2",
            "-o", Output);
        Refuse("--atoms is 0; it must be from 1 to 20000.", "learn", workspace.Images, "--atoms", "0", "-o", Output);
        Refuse("--samples is 0; it must be from 1 to 1000000000000.", "learn", workspace.Images, "--samples", "0", "-o", Output);
        Refuse("--batch is 65537; it must be from 1 to 65536.", "train", workspace.Dictionary, workspace.Images, "--batch", "65537", "-o",
            Output);
        Refuse("--learning-rate is 0; it must be a finite number above 0.", "train", workspace.Dictionary, workspace.Images,
            "--learning-rate", "0", "-o", Output);
        Refuse("--threads is 1025; it must be from 0 to 1024.", "learn", workspace.Images, "--threads", "1025", "-o", Output);
        Refuse("--stride is 0; it must be from 1 to 10000.", "encode", workspace.Dictionary, workspace.Images, "--stride", "0", "-o",
            _folder.File("out.npy"));
        Refuse("--tolerance is 0; it must be from 1E-07 to 1.", "encode", workspace.Dictionary, workspace.Images, "--tolerance", "0", "-o",
            _folder.File("out.npy"));
        Refuse("--min-std is 2; it must be from 0 to 1.", "learn", workspace.Images, "--min-std", "2", "-o", Output);
        Refuse("--min-std is 0; it must be above 0 when patches are divided by their deviation (--normalize unit-std).", "learn",
            workspace.Images, "--min-std", "0", "-o", Output);
        Refuse("--atoms is '100,x'; it must be different whole numbers from 2 to 4096 with commas between them, such as 100,400.",
            "reproduce", "--atoms", "100,x", "--out", _folder.File("out.d"));
        Refuse("--quick and --full exclude each other; give one of them or none.", "reproduce", "--quick", "--full", "--out",
            _folder.File("out.d"));
    }

    [Theory]
    [InlineData("--lambda", "0,5", "a number such as 0.5, or a fraction of λmax such as 0.1max")]
    [InlineData("--lambda", "1,000.5", "a number such as 0.5, or a fraction of λmax such as 0.1max")]
    [InlineData("--min-std", "0,02", "a number such as 0.5")]
    [InlineData("--atoms", "1e2", "a whole number such as 100")]
    [InlineData("--seed", "99999999999", "a whole number such as 100")]
    [InlineData("--samples", "1,000", "a whole number such as 100000")]
    public void Numbers_that_are_written_otherwise(string option, string value, string mustBe)
    {
        Outcome outcome = Run("learn", workspace.Images, option, value, "-o", Output);

        Assert.Equal((2, $"error: {option} is '{value}'; it must be {mustBe}."), (outcome.ExitCode, outcome.ErrorLines[0]));
    }

    [Fact]
    public void Signals_too_large_for_float32()
    {
        Matrix x = RandomData.Normal(3, 36, seed: 1);
        foreach (ref float value in x.Row(1))
            value = value > 0 ? float.MaxValue : -float.MaxValue;
        string path = _folder.File("huge.npy");
        Npy.Write(path, x);

        Refuse($"{path}: the code of signal 1 is not finite: its values are too large for float32; scale the signals.", "encode",
            workspace.Encoder, path, "-o", _folder.File("out.npy"));
    }

    [Fact]
    public void Signals_too_large_for_float32_have_the_code_zero_of_an_exact_solver_and_no_certificate()
    {
        // 17 atoms leave lanes of the last vector empty.
        string dictionary = _folder.File("d.npy"), path = _folder.File("huge.npy");
        Npy.Write(dictionary, new Matrix(17, 64, RandomData.Dictionary(17, 64, seed: 1).Atoms.Values.ToArray()));
        Matrix x = RandomData.Normal(3, 64, seed: 2);
        foreach (ref float value in x.Row(1))
            value = value > 0 ? float.MaxValue : -float.MaxValue;
        Npy.Write(path, x);

        Outcome outcome = Succeed("encode", dictionary, path, "--lambda", "0.5", "-q", "-o", _folder.File("codes.npy"));

        Assert.Equal("warning: 1 of 3 codes are not certified at the relative gap 1E-05; the largest is 1.\n", outcome.Error);
        Assert.Equal(new float[17], Npy.ReadMatrix(_folder.File("codes.npy")).Row(1).ToArray());
    }

    [Fact]
    public void One_file_for_two_outputs()
    {
        Refuse($"{_folder.File("out.npy")}: is given for two outputs; each needs a file of its own.", "encode", workspace.Dictionary,
            workspace.Signals, "--signals", _folder.File("out.npy"), "-o", _folder.File("out.npy"));
        Refuse($"{Output}: is given for two outputs; each needs a file of its own.", "learn", workspace.Images, "--mosaic", Output, "-o",
            Output);
    }

    [Fact]
    public void Words_that_are_not_known()
    {
        Outcome outcome = Run("train", workspace.Dictionary, workspace.Images, "--encoder", "gru", "-o", Output);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("'gru'", outcome.ErrorLines[0], StringComparison.Ordinal);
        Assert.Equal("'sparsecode train --help' lists what can be given.", outcome.ErrorLines[^1]);

        Outcome nothing = Run();
        Assert.Equal(2, nothing.ExitCode);
        Assert.Contains("--help", nothing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_mean_nothing_here()
    {
        Refuse($"--solver is for exact codes; {workspace.Encoder} holds a 'lista' encoder, which predicts codes of λ = 0.5.", "encode",
            workspace.Encoder, workspace.Signals, "--solver", "cd", "-o", _folder.File("out.npy"));
        Refuse($"{_folder.File("out.npy")}: sparse codes are written as .npz; give a name that ends in .npz.", "encode",
            workspace.Dictionary, workspace.Signals, "--sparse", "-o", _folder.File("out.npy"));
        Refuse($"--whiten is for images; {workspace.Signals} holds signals that are taken as they are.", "learn", workspace.Signals,
            "--whiten", "-o", Output);
        Refuse($"{workspace.Encoder}: holds a 'lista' encoder; expected a dictionary.", "train", workspace.Encoder, workspace.Images, "-o",
            Output);
        Refuse($"{workspace.Dictionary}: holds a dictionary; expected an encoder written by 'sparsecode train'.", "evaluate",
            workspace.Dictionary, workspace.Images);
        Refuse($"{workspace.Encoder}: predicts codes of λ = 0.5; the codes asked for are of λ = 0.4.", "encode", workspace.Dictionary,
            workspace.Signals, "--lambda", "0.4", "--warm-start", workspace.Encoder, "-o", _folder.File("out.npy"));
        Refuse($"--resume: there is no '{Output}.checkpoint' to go on from.", "learn", workspace.Images, "--resume", "-o", Output);
    }
}
