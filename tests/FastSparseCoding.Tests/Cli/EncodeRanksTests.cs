using System.Text.Json;
using System.Text.Json.Nodes;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Cli;

/// <summary>Ranks that share an encoding, as threads: the bytes and the facts of one process.</summary>
public sealed class EncodeRanksTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Of twenty blocks two ranks take ten each, three ranks six or seven.</summary>
    [Theory]
    [InlineData(2, "--lambda 0.1max")]
    [InlineData(3, "--max-atoms 3 --error 0.5")]
    [InlineData(2, "--mask")]
    [InlineData(3, "--warm-start")]
    [InlineData(2, "encoder")]
    public void What_is_told_of_parts_that_a_rank_makes_one_after_the_other_is_told_of_each_by_itself(int ranks, string way)
    {
        string[] command = EncodeWays.Prepare(way, 20_000, workspace, _folder);

        JsonNode whole = Json(CommandLine.Succeed([.. command, "-o", _folder.File("whole.npz"), "--json"]));
        JsonNode shared = Json(CommandLine.RunRanks(ranks, [.. command, "-o", _folder.File("shared.npz"), "--json"]));

        Assert.Equal(File.ReadAllBytes(_folder.File("whole.npz")), File.ReadAllBytes(_folder.File("shared.npz")));
        Assert.Equal(ranks, (int)shared["ranks"]!);
        EncodeWays.RequireSameFacts(whole, shared);
        Assert.DoesNotContain(_folder.Names, name => name.Contains("part", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(20)]        // more than pictures
    public void Pictures_with_signals_and_places(int ranks)
    {
        string[] outputs = [_folder.File("z.npz"), _folder.File("x.npy"), _folder.File("places.npz")],
            command = ["encode", workspace.Dictionary, workspace.Images, "--stride", "4"];
        CommandLine.Succeed([.. command, "-o", _folder.File("whole.npz"), "--signals", _folder.File("whole.npy"), "--places",
            _folder.File("whole-places.npz")]);

        Outcome shared = CommandLine.RunRanks(ranks, [.. command, "-o", outputs[0], "--signals", outputs[1], "--places", outputs[2]]);

        Assert.True(shared.ExitCode == 0, shared.Error);
        Assert.Equal(File.ReadAllBytes(_folder.File("whole.npz")), File.ReadAllBytes(outputs[0]));
        Assert.Equal(File.ReadAllBytes(_folder.File("whole.npy")), File.ReadAllBytes(outputs[1]));
        Assert.Equal(File.ReadAllBytes(_folder.File("whole-places.npz")), File.ReadAllBytes(outputs[2]));
        Assert.DoesNotContain(_folder.Names, name => name.Contains("part", StringComparison.Ordinal));
    }

    /// <summary>Of five parts the first of two ranks takes 0, 2 and 4 and cannot do 2; the second takes 1 and 3. Three ranks then do
    /// what is left.</summary>
    [Fact]
    public void Ranks_take_parts_in_turn_and_what_is_done_is_not_done_again()
    {
        string images = _folder.File("images"), damaged = Path.Combine(images, "c.pgm"), z = _folder.File("z.npz");
        Directory.CreateDirectory(images);
        foreach (char name in "abcde")
            File.WriteAllBytes(Path.Combine(images, $"{name}.pgm"),
                [.. "P5 20 20 255\n"u8, .. Enumerable.Range(0, 400).Select(i => (byte)(i * name))]);
        byte[] sound = File.ReadAllBytes(damaged);
        File.WriteAllBytes(damaged, [(byte)'Q', .. sound[1..]]);
        string[] command = ["encode", workspace.Dictionary, images, "-o", z];

        Outcome failed = CommandLine.RunRanks(2, command);

        Assert.Equal(1, failed.ExitCode);
        Assert.StartsWith($"error: {damaged}: ", failed.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Equal(["images", .. new[] { 0, 1, 3 }.Select(i => $"z.npz.ranks.{i}-of-5.part.npz")], _folder.Names);

        File.WriteAllBytes(damaged, sound);
        Outcome again = CommandLine.RunRanks(3, command);
        Assert.Contains($"{z}: 3 of its 5 parts were done already; they stayed as they were.", again.ErrorLines);
        CommandLine.Succeed([.. command[..^1], _folder.File("whole.npz")]);
        Assert.Equal(File.ReadAllBytes(_folder.File("whole.npz")), File.ReadAllBytes(z));
        Assert.Equal(["images", "whole.npz", "z.npz"], _folder.Names);
    }

    /// <summary>Parts that nobody has asked for are none that somebody may still want.</summary>
    [Theory]
    [InlineData("--lambda 0.3")]
    [InlineData("damaged")]
    public void Parts_of_an_interrupted_run_of_another_job_are_made_anew(string other)
    {
        string z = _folder.File("z.npz");
        string[] command = EncodeWays.Prepare("encoder", 3000, workspace, _folder);
        command[1] = workspace.Dictionary;
        foreach (string output in new[] { z, _folder.File("x-again.npy") })
            File.WriteAllText($"{output}.ranks.1-of-3.part.npz", "no archive");
        if (other != "damaged")
        {
            CommandLine.Succeed([.. command, .. other.Split(' '), "-o", z, "--shard", "1/3"]);
            File.Move(z + ".1-of-3.part.npz", z + ".ranks.1-of-3.part.npz", overwrite: true);
        }

        Outcome shared = CommandLine.RunRanks(2, [.. command, "-o", z, "--signals", _folder.File("x-again.npy")]);

        Assert.True(shared.ExitCode == 0, shared.Error);
        Assert.DoesNotContain("done already", shared.Error, StringComparison.Ordinal);
        CommandLine.Succeed([.. command, "-o", _folder.File("whole.npz")]);
        Assert.Equal(File.ReadAllBytes(_folder.File("whole.npz")), File.ReadAllBytes(z));
        Assert.Equal(File.ReadAllBytes(_folder.File("x.npy")), File.ReadAllBytes(_folder.File("x-again.npy")));
        Assert.Equal(["whole.npz", "x-again.npy", "x.npy", "z.npz"], _folder.Names);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Pictures_of_which_no_patch_is_left(bool areDamaged)
    {
        string images = _folder.File("images"), z = _folder.File("z.npz");
        Directory.CreateDirectory(images);
        foreach (char name in "abc")
            File.WriteAllBytes(Path.Combine(images, $"{name}.pgm"),
                areDamaged ? [1, 2, 3] : [.. "P5 20 20 255\n"u8, .. new byte[400]]);

        Outcome outcome = CommandLine.RunRanks(2, "encode", workspace.Dictionary, images, "--skip-bad", "--places", _folder.File("p.npz"),
            "-o", z, "-q");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal($"error: {images}: no patch is left: every picture was left out or is too flat.", outcome.ErrorLines[^1]);
        Assert.Equal(areDamaged ? 3 : 0, outcome.ErrorLines.Count(line => line.StartsWith("warning: ", StringComparison.Ordinal)));
        Assert.Equal(["images"], _folder.Names);
    }

    private static JsonNode Json(Outcome outcome)
    {
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return JsonNode.Parse(outcome.Out)!;
    }
}
