using FastSparseCoding.Cli.Output;
using FastSparseCoding.Tests.Storage;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>No output replaces an input, another output or somebody else's file, whatever the names say; what cannot be written is found
/// before the work.</summary>
public sealed class OutputIdentityTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Inputs_are_not_replaced()
    {
        string picture = _folder.File("p.png"), dictionary = _folder.File("d.safetensors"), signals = _folder.File("x.npy"),
            link = _folder.File("link"), folder = _folder.File("folder");
        File.Copy(Path.Combine(workspace.Images, "00.png"), picture);
        File.Copy(workspace.Dictionary, dictionary);
        File.Copy(workspace.Signals, signals);
        File.CreateSymbolicLink(link, picture);
        Directory.CreateSymbolicLink(folder, _folder.Path);
        byte[][] before = [File.ReadAllBytes(picture), File.ReadAllBytes(dictionary), File.ReadAllBytes(signals)];
        string out1 = _folder.File("out"), through = Path.Combine(folder, "p.png");

        RefuseInput(picture, "learn", picture, "--patch", "6", "-o", picture);
        RefuseInput(link, "learn", picture, "--patch", "6", "-o", link);
        RefuseInput(through, "learn", picture, "--patch", "6", "-o", through);
        RefuseInput(picture, "learn", _folder.Path, "--patch", "6", "-o", out1, "--mosaic", picture);
        RefuseInput(through, "learn", _folder.Path, "--patch", "6", "-o", out1, "--mosaic", through);
        RefuseInput(dictionary, "learn", picture, "--start", dictionary, "-o", dictionary);
        RefuseInput(dictionary, "train", dictionary, picture, "-o", dictionary);
        RefuseInput(signals, "encode", dictionary, signals, "-o", signals);
        RefuseInput(signals, "encode", dictionary, signals, "-o", _folder.File("z.npy"), "--signals", signals);
        RefuseInput(signals, "path", dictionary, signals, "-o", signals);
        RefuseInput(dictionary, "path", dictionary, signals, "--plot", dictionary);

        Assert.Equal(before, [File.ReadAllBytes(picture), File.ReadAllBytes(dictionary), File.ReadAllBytes(signals)]);
        Assert.Equal(["d.safetensors", "folder", "link", "p.png", "x.npy"], _folder.Names);
    }

    [Fact]
    public void Two_outputs_are_two_files()
    {
        string target = _folder.Write("target", [1]), link = _folder.File("link"), output = _folder.File("out.safetensors");
        File.CreateSymbolicLink(link, target);
        Directory.CreateSymbolicLink(_folder.File("folder"), _folder.Path);

        RefuseTwo(link, "learn", workspace.Images, "--patch", "6", "-o", target, "--mosaic", link);
        RefuseTwo(_folder.File("folder/new"), "learn", workspace.Images, "--patch", "6", "-o", _folder.File("new"), "--mosaic",
            _folder.File("folder/new"));
        RefuseTwo(output + ".checkpoint", "learn", workspace.Images, "--patch", "6", "-o", output, "--mosaic", output + ".checkpoint");
        RefuseTwo(target, "path", workspace.Dictionary, workspace.Signals, "-o", link, "--plot", target);
        Assert.Equal([1], File.ReadAllBytes(target));
    }

    [Fact]
    public void A_strangers_file_in_the_checkpoints_place_stays()
    {
        string output = _folder.File("out.safetensors"), checkpoint = output + ".checkpoint";
        foreach (byte[] content in (byte[][])[[1, 2, 3], [], File.ReadAllBytes(workspace.Dictionary)])
        {
            File.WriteAllBytes(checkpoint, content);
            foreach (string[] command in (
                string[][])[["learn", workspace.Images, "--patch", "6"], ["train", workspace.Dictionary, workspace.Images]])
                Refuse($"{checkpoint}: is in the place of the checkpoint, but is none of this command; move it away or give another "
                    + "--output.", [.. command, "--samples", "100", "-o", output]);
            Assert.Equal(content, File.ReadAllBytes(checkpoint));
        }

        File.Delete(checkpoint);
        Assert.Equal(130, RunUntilExists(
            checkpoint, "train", workspace.Dictionary, workspace.Images, "--samples", "60000", "--evaluations", "50", "-o", output)
            .ExitCode);
        Refuse($"{checkpoint}: is in the place of the checkpoint, but is none of this command; move it away or give another --output.",
            "learn", workspace.Images, "--patch", "6", "-o", output);
        Succeed("train", workspace.Dictionary, workspace.Images, "--samples", "2000", "-o", output);
        Assert.Equal(["out.safetensors"], _folder.Names);
    }

    [Fact]
    public void Names_that_cannot_be_are_found_before_the_work()
    {
        string longest = _folder.File(new string('n', 245));
        foreach (string[] command in (
            string[][])[["learn", workspace.Images, "--patch", "6"], ["train", workspace.Dictionary, workspace.Images]])
        {
            Refuse($"{longest}.checkpoint: cannot be written: its name has 256 bytes; a file's name has 255 at most.",
                [.. command, "--samples", "1000000000", "-o", longest]);
            Refuse("--output is empty; it must have a value.", [.. command, "-o", ""]);
        }
        string tooLong = _folder.File(new string('n', 252) + ".npy");
        Refuse($"{tooLong}: cannot be written: its name has 256 bytes; a file's name has 255 at most.", "encode", workspace.Dictionary,
            workspace.Signals, "-o", tooLong);
        Refuse("--signals is empty; it must have a value.", "encode", workspace.Dictionary, workspace.Signals, "-o",
            _folder.File("z.npy"), "--signals", "");
        Refuse("--plot is empty; it must have a value.", "path", workspace.Dictionary, workspace.Signals, "--plot", "");
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void A_path_is_followed_through_links_as_far_as_it_exists()
    {
        string target = _folder.Write("target", [1]);
        Directory.CreateDirectory(_folder.File("a"));
        Directory.CreateSymbolicLink(_folder.File("b"), "a");
        File.CreateSymbolicLink(_folder.File("a/up"), "../target");
        File.CreateSymbolicLink(_folder.File("circle"), _folder.File("circle"));

        Assert.True(RealPath.Same(target, _folder.File("b/up")));
        Assert.True(RealPath.Same(_folder.File("a/new"), _folder.File("b/../a/./new")));
        Assert.False(RealPath.Same(_folder.File("a/new"), _folder.File("new")));
        Assert.Equal(RealPath.Of(_folder.File("circle")), RealPath.Of(_folder.File("circle")));
    }

    private static void RefuseInput(string path, params string[] command)
        => Refuse($"{path}: is an input too, which no output may replace; give another name.", command);

    private static void RefuseTwo(string path, params string[] command)
        => Refuse($"{path}: is given for two outputs; each needs a file of its own.", command);
}
