using System.Text.Json;
using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>One picture that cannot be read ends the work, or is left out where that is asked for; either is told.</summary>
public sealed class SkipBadTests : IClassFixture<Workspace>, IDisposable
{
    private readonly Workspace _workspace;
    private readonly TempFolder _folder = new();
    private readonly string _bad;

    public SkipBadTests(Workspace workspace)
    {
        _workspace = workspace;
        Directory.CreateDirectory(Photos);
        foreach (string picture in Directory.EnumerateFiles(workspace.Images))
            File.Copy(picture, Path.Combine(Photos, Path.GetFileName(picture)));
        _bad = Path.Combine(Photos, "05b.png");
        File.WriteAllText(_bad, "no picture");
        File.WriteAllText(Path.Combine(Photos, "._05.png"), "what macOS leaves beside 05.png");
    }

    private string Photos => _folder.File("photos");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("learn", "--atoms", "12", "--samples", "500", "--patch", "6", "-o", "OUT.safetensors")]
    [InlineData("train", "DICTIONARY", "--depth", "1", "--samples", "500", "-o", "OUT.safetensors")]
    [InlineData("encode", "DICTIONARY", "-o", "OUT.npy")]
    [InlineData("path", "DICTIONARY", "--points", "2", "-o", "OUT.csv")]
    [InlineData("train-denoiser", "--colour", "--patches", "20000", "--atoms", "100", "--patch", "4", "--depth", "1", "-o",
        "OUT.safetensors")]
    [InlineData("evaluate-denoiser", "--sigma", "25")]
    public void It_is_left_out_and_counted(string command, params string[] rest)
    {
        int at = rest[0] == "DICTIONARY" ? 1 : 0;
        string[] args = [command, .. rest[..at].Select(_ => _workspace.Dictionary), Photos,
            .. rest[at..].Select(w => w.StartsWith("OUT", StringComparison.Ordinal) ? _folder.File(w) : w), "--json", "-q"];

        Outcome refused = Run(args), done = Succeed([.. args, "--skip-bad"]);

        Assert.Equal(1, refused.ExitCode);
        Assert.StartsWith($"error: {_bad}: ", refused.ErrorLines[^1], StringComparison.Ordinal);
        string told = Assert.Single(done.ErrorLines, line => line.Contains("05b", StringComparison.Ordinal));
        Assert.Equal($"warning: {refused.ErrorLines[^1]["error: ".Length..]} It is left out.", told);
        Assert.Equal(1, JsonDocument.Parse(done.Out).RootElement.GetProperty("skipped_files").GetInt32());
    }

    [Theory]
    [InlineData("a patch", 6, "learn", "--atoms", "12", "--samples", "500", "--patch", "6", "-o", "OUT.safetensors")]
    [InlineData("a patch", 6, "learn", "--whiten", "--atoms", "12", "--samples", "500", "--patch", "6", "-o", "OUT.safetensors")]
    [InlineData("a patch", 6, "train", "DICTIONARY", "--depth", "1", "--samples", "500", "-o", "OUT.safetensors")]
    [InlineData("a patch", 6, "encode", "DICTIONARY", "-o", "OUT.npy")]
    [InlineData("a patch", 6, "encode", "DICTIONARY", "--samples", "100", "-o", "OUT.npy")]
    [InlineData("a patch", 6, "path", "DICTIONARY", "--points", "2", "-o", "OUT.csv")]
    [InlineData("a patch", 6, "evaluate", "ENCODER", "--samples", "100")]
    [InlineData("a crop", 32, "train-denoiser", "--patches", "20000", "--atoms", "100", "--patch", "4", "--depth", "1", "-o",
        "OUT.safetensors")]
    [InlineData("a crop", 32, "train-denoiser", "--colour", "--patches", "20000", "--atoms", "100", "--patch", "4", "--depth", "1", "-o",
        "OUT.safetensors")]
    [InlineData("a window of SSIM", 11, "evaluate-denoiser", "--sigma", "25")]
    public void One_too_small_is_left_out_like_one_that_cannot_be_read(string what, int side, string command, params string[] rest)
    {
        string small = _folder.File("photos/03b.png");
        PngFile.Write(small, new GrayImage(40, 5));
        File.Delete(_bad);
        int at = rest[0] is "DICTIONARY" or "ENCODER" ? 1 : 0;
        string[] args = [command, .. rest[..at].Select(w => w == "ENCODER" ? _workspace.Encoder : _workspace.Dictionary), Photos,
            .. rest[at..].Select(w => w.StartsWith("OUT", StringComparison.Ordinal) ? _folder.File(w) : w), "--json", "-q"];
        string problem = $"{small}: is 40×5 pixels; it must be at least {side}×{side}, the size of {what}.";

        Outcome refused = Run(args);
        File.WriteAllText(_bad, "no picture");
        Outcome done = Succeed([.. args, "--skip-bad"]);

        Assert.Equal((1, $"error: {problem}"), (refused.ExitCode, refused.ErrorLines[^1]));
        Assert.Single(done.ErrorLines, $"warning: {problem} It is left out.");
        Assert.Single(done.ErrorLines, line => line.Contains("05b", StringComparison.Ordinal));
        Assert.Equal(2, JsonDocument.Parse(done.Out).RootElement.GetProperty("skipped_files").GetInt32());
    }

    [Fact]
    public void One_too_small_is_left_out_where_pictures_are_denoised()
    {
        PngFile.Write(_folder.File("photos/03b.png"), new GrayImage(40, 5));
        string clean = Path.Combine(_folder.Path, "clean");
        Directory.CreateDirectory(clean);
        foreach (string picture in Directory.GetFiles(Photos, "??.png"))
            if (Path.GetFileName(picture) is not ("00.png" or "01.png"))
                File.Delete(picture);

        JsonElement root = JsonDocument.Parse(Succeed(
            "denoise", Photos, "-o", clean, "--sigma", "25", "--skip-bad", "--json", "-q").Out).RootElement;

        Assert.Equal((4, 2, 2), (Number("pictures"), Number("failed"), Number("skipped_files")));
        Assert.Equal(2, Directory.GetFiles(clean).Length);

        int Number(string name) => root.GetProperty(name).GetInt32();
    }

    [Fact]
    public void What_is_left_gives_the_codes_of_a_folder_without_it()
    {
        Succeed("encode", _workspace.Dictionary, Photos, "--skip-bad", "-o", _folder.File("a.npy"));
        Succeed("encode", _workspace.Dictionary, _workspace.Images, "-o", _folder.File("b.npy"));

        Assert.Equal(File.ReadAllBytes(_folder.File("b.npy")), File.ReadAllBytes(_folder.File("a.npy")));
    }

    [Fact]
    public void Nothing_left_is_an_error()
    {
        Outcome outcome = Run("learn", _bad, "--skip-bad", "-o", _folder.File("d.safetensors"));

        Assert.Equal($"error: {_bad}: no picture is left, of 1.", outcome.ErrorLines[^1]);
    }
}
