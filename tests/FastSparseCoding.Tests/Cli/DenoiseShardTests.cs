using System.Text.Json.Nodes;
using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Cli;

/// <summary>Pictures denoised in parts.</summary>
public sealed class DenoiseShardTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _noisy, _clean, _model;

    public DenoiseShardTests()
    {
        (_noisy, _clean, _model) = (_folder.File("noisy"), _folder.File("clean"), _folder.File("denoiser.safetensors"));
        Directory.CreateDirectory(_noisy);
        int number = 0;
        foreach (GrayImage picture in DeadLeaves.GenerateMany(5, 32, seed: 3))
            PngFile.Write(Path.Combine(_noisy, FormattableString.Invariant($"{number++}.png")), NoiseLevel.Add(picture, 25, number));
        Denoiser denoiser = Denoiser.FromDct(4, 16, 1);
        (denoiser.SigmaFrom, denoiser.SigmaTo) = (5, 55);
        DenoiserFile.Save(_model, denoiser);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]     // more than pictures
    public void The_folder_is_as_one_run_leaves_it(int count)
    {
        string whole = _folder.File("whole");
        JsonArray expected = Table(CommandLine.Succeed("denoise", _noisy, "-o", whole, "--model", _model, "--sigma", "25", "--reference",
            _noisy, "--json"));

        for (int i = 0; i < count; i++)
            CommandLine.Succeed([.. Command, "--reference", _noisy, "--shard", $"{i}/{count}"]);
        Outcome merged = CommandLine.Succeed("merge", "-o", _clean, "--json");

        Assert.Equal(Names(whole), Names(_clean));
        foreach (string name in Names(whole))
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole, name)), File.ReadAllBytes(Path.Combine(_clean, name)));
        Assert.Equal(5, (int)JsonNode.Parse(merged.Out)!["pictures"]!);
        foreach ((JsonNode? one, JsonNode? other) in expected.Zip(Table(merged)))
            foreach (string name in new[] { "size", "sigma", "estimated_sigma", "psnr_before", "psnr", "ssim" })
                Assert.Equal(one![name]?.ToString(), other![name]?.ToString());
    }

    [Fact]
    public void A_finished_part_is_skipped_unless_a_picture_is_gone()
    {
        string part = _folder.File("clean.0-of-2.part.npz");
        CommandLine.Succeed([.. Command, "--shard", "0/2"]);

        Assert.Equal($"{part}: is done already; it stays as it is.\n", CommandLine.Succeed([.. Command, "--shard", "0/2", "-q"]).Error);

        File.Delete(Path.Combine(_clean, "1.png"));
        Assert.Equal("", CommandLine.Succeed([.. Command, "--shard", "0/2", "-q"]).Error);
        Assert.Equal(["0.png", "1.png"], Names(_clean));
    }

    [Fact]
    public void A_picture_that_is_gone_is_named_by_the_merge()
    {
        CommandLine.Succeed([.. Command, "--shard", "0/1"]);
        File.Delete(Path.Combine(_clean, "3.png"));

        CommandLine.Refuse(
            $"{Path.Combine(_clean, "3.png")}: is not there; {_folder.File("clean.0-of-1.part.npz")} says that it was written.",
            "merge", "-o", _clean);
    }

    [Fact]
    public void A_part_with_a_picture_that_fails_is_not_done()
    {
        File.WriteAllBytes(Path.Combine(_noisy, "4.png"), [1, 2, 3]);

        Assert.Equal(1, CommandLine.Run([.. Command, "--shard", "1/2", "-q"]).ExitCode);
        Assert.False(File.Exists(_folder.File("clean.1-of-2.part.npz")));

        CommandLine.Succeed([.. Command, "--shard", "1/2", "--skip-bad"]);
        Assert.Equal(["2.png", "3.png"], Names(_clean));
    }

    [Fact]
    public void One_picture_is_not_parted()
        => CommandLine.Refuse($"{_folder.File("a.png")}: is one picture; --shard parts those of a folder.",
            "denoise", Path.Combine(_noisy, "0.png"), "-o", _folder.File("a.png"), "--shard", "0/1");

    private string[] Command => ["denoise", _noisy, "-o", _clean, "--model", _model, "--sigma", "25"];

    private static string[] Names(string folder) => [.. Directory.EnumerateFiles(folder).Select(p => Path.GetFileName(p)).Order(
        StringComparer.Ordinal)];

    private static JsonArray Table(Outcome outcome) => JsonNode.Parse(outcome.Out)!["results"]!.AsArray();
}
