using System.Text.RegularExpressions;
using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Cli;
using FastSparseCoding.Tests.Imaging;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Samples;

/// <summary>What the README tells the reader to type works, in the order in which it stands there.</summary>
public sealed partial class ReadmeTests(Workspace workspace) : IClassFixture<Workspace>
{
    private static readonly string[] Readme = File.ReadAllLines(Path.Combine(Repository.Root, "README.md"));

    [Theory]
    [InlineData("README.md", 15)]
    [InlineData("docs/denoising.md", 8)]
    public void Its_commands_run(string document, int fewest)
    {
        using var folder = new TempFolder();
        string[] lines = File.ReadAllLines(Path.Combine(Repository.Root, document));
        Directory.CreateDirectory(folder.File("photos"));
        foreach (string picture in Directory.EnumerateFiles(workspace.Images))
            File.Copy(picture, Path.Combine(folder.File("photos"), Path.GetFileName(picture)));
        DigitFiles.Write(folder.File("mnist"));
        Npy.Write(folder.File("signals.npy"), RandomData.Normal(100, 100, seed: 1));
        var weights = new Matrix(1, 24);
        weights.Values.Fill(1.5f);
        Npy.Write(folder.File("weights.npy"), weights);
        var known = new Matrix(100, 100);
        known.Values.Fill(1);
        Npy.Write(folder.File("known.npy"), known);
        MakePictures(folder);
        string[] commands = [.. lines.Where(l => l.StartsWith("sparsecode ", StringComparison.Ordinal)).Select(l => l.Split('#')[0])];

        foreach (string command in commands)
            CommandLine.Succeed([.. Small(command).Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1)
                .Select(word => IsPath(word) ? folder.File(word) : word), .. Short(command)]);

        Assert.InRange(commands.Length, fewest, 30);
        string[] made = document == "README.md"
            ? ["atoms.png", "classifier.safetensors", "clean.png", "codes.npy", "codes.npz", "denoiser.safetensors",
                "dictionary.safetensors", "digits.safetensors", "lista.safetensors", "paper", "path.svg", "pictures", "whole.png"]
            : ["clean.png", "codes.npz", "denoiser.safetensors", "out", "places.npz", "whole.png"];
        Assert.Subset(folder.Names.ToHashSet(StringComparer.Ordinal), made.ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>Pictures with noise, without, and with a scratch; and a dictionary, which the README learns itself.</summary>
    private void MakePictures(TempFolder folder)
    {
        GrayImage clean = ImageFile.Load(Directory.EnumerateFiles(workspace.Images).First()), noisy = NoiseLevel.Add(clean, 25, seed: 1);
        var mask = new GrayImage(clean.Width, clean.Height);
        mask.Row(20)[5..40].Fill(1);
        Directory.CreateDirectory(folder.File("noisy"));
        Directory.CreateDirectory(folder.File("clean"));
        PngFile.Write(folder.File("noisy.png"), noisy);
        PngFile.Write(Path.Combine(folder.File("noisy"), "a.png"), noisy);
        PngFile.Write(Path.Combine(folder.File("clean"), "a.png"), clean);
        PngFile.Write(folder.File("scratched.png"), clean);
        PngFile.Write(folder.File("mask.png"), mask);
        File.Copy(workspace.Dictionary, folder.File("dictionary.safetensors"));
    }

    [Fact]
    public void Its_links_lead_to_files_that_exist()
    {
        string[] targets = [.. Regex.Matches(
            string.Join('\n', Readme), @"\]\((?<target>[^)#:]+)\)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5))
            .Select(m => m.Groups["target"].Value)];

        Assert.NotEmpty(targets);
        Assert.All(targets, t => Assert.True(Path.Exists(Path.Combine(Repository.Root, t)), t));
    }

    private static bool IsPath(string word)
        => word is "paper" || word.EndsWith('/') || word.StartsWith("mnist/", StringComparison.Ordinal)
        || Path.GetExtension(word) is ".safetensors" or ".npy" or ".npz" or ".png" or ".svg";

    /// <summary>The numbers of commands that would take minutes, small.</summary>
    private static string Small(string command)
        => Sizes().Replace(command, size => size.Groups["what"].Value switch
        {
            "atoms" => "--atoms 24",
            "minutes" => "--minutes 0.02",
            _ => "--samples 1000",
        });

    /// <summary>Little work for commands that would take minutes.</summary>
    private static string[] Short(string command) => command.Split(' ')[1] switch
    {
        "reproduce" => ["--quick", "--samples", "500"],
        "learn" or "train" when !command.Contains("--samples", StringComparison.Ordinal) => ["--samples", "1000"],
        _ => [],
    };

    [GeneratedRegex("--(?<what>atoms|samples|minutes) [0-9]+", RegexOptions.ExplicitCapture)]
    private static partial Regex Sizes();
}
