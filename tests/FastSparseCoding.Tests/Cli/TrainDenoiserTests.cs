using System.Text.Json;
using FastSparseCoding.Imaging;
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
}
