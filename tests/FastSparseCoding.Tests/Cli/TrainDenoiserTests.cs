using System.Text.Json;
using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Imaging.Denoising;
using FastSparseCoding.Tests.Storage;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>train-denoiser --start: what was learned is gone on from.</summary>
public sealed class TrainDenoiserTests(DenoisingWorkspace workspace) : IClassFixture<DenoisingWorkspace>, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_training_begins_with_what_was_learned_and_more_layers()
    {
        string deeper = _folder.File("deeper.safetensors");
        string[] train = ["train-denoiser", workspace.Clean, "-o", deeper, "--crop", "24", "--sigma", "20-30", "--patches", "2000", "-q"];
        double Start(params string[] options)
        {
            using var json = JsonDocument.Parse(Succeed([.. train, "--json", .. options]).Out);
            Assert.Equal(2, json.RootElement.GetProperty("depth").GetInt32());
            return json.RootElement.GetProperty("held_out_psnr_at_start").GetDouble();
        }

        double learned = Start("--start", workspace.Model, "--depth", "2"), fresh = Start("--patch", "6", "--atoms", "36", "--depth", "2");

        Assert.True(learned > fresh + 1, $"{learned} dB, {fresh} dB from cosines");
        Succeed([.. train.Where(word => word is not ("--sigma" or "20-30")), "--start", workspace.Model]);
        Assert.Equal((20, 30), (DenoiserFile.Load(deeper).SigmaFrom, DenoiserFile.Load(deeper).SigmaTo));     // those of the start
        Refuse($"--patch is 7; that of {workspace.Model} is 6.", [.. train, "--start", workspace.Model, "--patch", "7"]);
        Refuse($"--atoms is 49; that of {workspace.Model} is 36.", [.. train, "--start", workspace.Model, "--atoms", "49"]);
        Refuse("--depth is 0; it must be from 1 to 100.", [.. train, "--start", workspace.Model, "--depth", "0"]);
        Refuse($"{workspace.Model}: is a denoiser of one channel; --colour needs one of three.",
            [.. train, "--start", workspace.Model, "--colour"]);
        Refuse($"{workspace.Model}: is an input too, which no output may replace; give another name.",
            "train-denoiser", workspace.Clean, "--start", workspace.Model, "-o", workspace.Model);
    }

    /// <summary>Who measures a denoiser on what it was trained on is told, also of what it began with, gray or in colour.</summary>
    [Fact]
    public void Pictures_that_were_trained_on_are_told()
    {
        // Of eleven pictures, one of them twice, the tenth is kept apart.
        Assert.Equal(
            $"warning: {workspace.Clean}: 10 of 11 pictures looked up are among those that {workspace.Model} was trained on; its error on "
            + "others may be larger.", Assert.Single(Warnings(workspace.Model, workspace.Clean)));
        string others = Directory.CreateDirectory(_folder.File("others")).FullName, more = _folder.File("more.safetensors"),
            colour = _folder.File("colour.safetensors"), picture = Path.Combine(others, "a.png");
        ImageFile.Save(picture, ColourPictures.Leaves(64, 64, seed: 9));
        Assert.Empty(Warnings(workspace.Model, others));

        string[] train = ["train-denoiser", others, "--crop", "24", "--patches", "500", "-q", "-o"];
        Succeed([.. train, more, "--start", workspace.Model]);
        Succeed([.. train, colour, "--colour", "--patch", "4", "--atoms", "49", "--depth", "1"]);

        Assert.Contains(" 1 of 1 pictures ", Assert.Single(Warnings(more, others)), StringComparison.Ordinal);
        Assert.Contains(" 1 of 1 pictures ", Assert.Single(Warnings(more, others, "--colour")), StringComparison.Ordinal);
        Assert.Contains(" 10 of 11 pictures ", Assert.Single(Warnings(more, workspace.Clean)), StringComparison.Ordinal);
        Assert.Contains(" 1 of 1 pictures ", Assert.Single(Warnings(colour, others)), StringComparison.Ordinal);
        Assert.Empty(Warnings(colour, workspace.Clean));
    }

    private static string[] Warnings(string model, string pictures, params string[] options)
        => [.. Succeed(["evaluate-denoiser", pictures, "--model", model, "--sigma", "25", "-q", .. options]).ErrorLines
            .Where(l => l.Contains("trained on", StringComparison.Ordinal))];
}
