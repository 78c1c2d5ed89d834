using System.Globalization;
using System.Numerics.Tensors;
using System.Reflection;
using System.Text.RegularExpressions;
using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Cli;
using FastSparseCoding.Tests.Cluster;
using FastSparseCoding.Tests.Imaging;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using FastSparseCoding.Training;
using Xunit;

namespace FastSparseCoding.Tests.Samples;

/// <summary>What the README and the guides tell the reader to type works, in the order in which it stands there.</summary>
public sealed partial class ReadmeTests(Workspace workspace) : IClassFixture<Workspace>
{
    private static readonly string[] Readme = File.ReadAllLines(Path.Combine(Repository.Root, "README.md"));

    [Theory]
    [InlineData("README.md", "atoms.png clean.png codes.npy codes.npz dictionary.safetensors lista.safetensors whole.png")]
    [InlineData("docs/choosing-lambda.md", "path.svg")]
    [InlineData("docs/clusters.md", "better.safetensors codes.npy codes.npz cut.npy out places.npz")]
    [InlineData("docs/command-line.md",
        "atoms.npy classifier.safetensors codes.npy codes.csv codes.npz digits.safetensors encoder.safetensors labels.csv paper path.svg "
            + "pictures")]
    [InlineData("docs/denoising.md", "clean.png codes.npz denoiser.safetensors out places.npz whole.png")]
    [InlineData("docs/onnx.md", "atoms.npy classifier.onnx denoiser.onnx encoder.safetensors lista.onnx")]
    [InlineData("docs/python.md", "codes.npy codes.npz")]
    [InlineData("docs/reproduction.md", "paper")]
    [InlineData("docs/spectra.md", "dyes.safetensors shares.npy")]
    public void Its_commands_run(string document, string made)
    {
        using var folder = new TempFolder();
        MakeInputs(folder);

        foreach (string command in Commands(document))
            CommandLine.Succeed([.. Small(command).Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1)
                .Select(word => IsPath(word) ? folder.File(word) : word), .. Short(command)]);

        Assert.Subset(folder.Names.ToHashSet(StringComparer.Ordinal), made.Split(' ').ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>Those of several processes, by a real engine and in this order, like the others on little.</summary>
    [Fact]
    public void Its_commands_of_mpirun_run()
    {
        using var folder = new TempFolder();
        MakeInputs(folder);
        string[] commands = [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "clusters.md"))
            .Where(line => line.StartsWith("mpirun -n ", StringComparison.Ordinal)).Select(line => line.Split('#')[0])];

        foreach (string[] words in commands.Select(command => Small(command).Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            bool isTool = words[3] == "sparsecode";
            string program = isTool ? OutputTests.ToolPath : Path.Combine(AppContext.BaseDirectory, Path.GetFileName(words[4]));
            string[] arguments = isTool ? [.. words[4..], .. Short(string.Join(' ', words[3..]))] : words[5..];
            Outcome outcome = MpiEngine.Run(MpiEngine.Start(
                "mpirun.openmpi", int.Parse(words[2], CultureInfo.InvariantCulture), folder.Path, program, arguments));
            Assert.True(outcome.ExitCode == 0, outcome.Error);
        }

        Assert.Equal(4, commands.Length);
        Assert.Subset(folder.Names.ToHashSet(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal) { "codes.npz" });
    }

    [Fact]
    public void No_guide_has_commands_that_are_not_run()
    {
        string[] run = [.. typeof(ReadmeTests).GetMethod(nameof(Its_commands_run))!.GetCustomAttributes<InlineDataAttribute>()
            .Select(attribute => (string)attribute.Data[0]!)];

        Assert.All(Documents().Where(document => Commands(document).Length > 0), document => Assert.Contains(document, run));
    }

    [Fact]
    public void The_library_in_the_README_is_of_the_sample()
    {
        string program = File.ReadAllText(Path.Combine(Repository.Root, "samples", "QuickStart", "Program.cs"));
        string[] lines = [.. Readme.SkipWhile(line => line != "```csharp").Skip(1).TakeWhile(line => line != "```")];

        Assert.InRange(lines.Length, 5, 15);
        Assert.All(lines, line => Assert.Contains(line + "\n", program.ReplaceLineEndings("\n"), StringComparison.Ordinal));
    }

    [Fact]
    public void It_is_short() => Assert.InRange(Readme.Length, 50, 150);

    private static string[] Commands(string document)
        => [.. File.ReadLines(Path.Combine(Repository.Root, document))
            .Where(line => line.StartsWith("sparsecode ", StringComparison.Ordinal)).Select(line => line.Split('#')[0])];

    private static IEnumerable<string> Documents()
        => ["README.md", .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md")
            .Select(path => $"docs/{Path.GetFileName(path)}")];

    private void MakeInputs(TempFolder folder)
    {
        foreach (string photos in new[] { "photos", "others" })
        {
            Directory.CreateDirectory(folder.File(photos));
            foreach (string picture in Directory.EnumerateFiles(workspace.Images))
                File.Copy(picture, Path.Combine(folder.File(photos), Path.GetFileName(picture)));
        }
        DigitFiles.Write(folder.File("mnist"));
        Npy.Write(folder.File("signals.npy"), RandomData.Normal(100, 100, seed: 1));
        Matrix densities = RandomData.Normal(500, 3, seed: 2);
        TensorPrimitives.Abs(densities.Values, densities.Values);
        Npy.Write(folder.File("densities.npy"), densities);
        var weights = new Matrix(1, 24);
        weights.Values.Fill(1.5f);
        Npy.Write(folder.File("weights.npy"), weights);
        var known = new Matrix(100, 100);
        known.Values.Fill(1);
        Npy.Write(folder.File("known.npy"), known);
        string dictionary = folder.File("dictionary.safetensors");
        CommandLine.Succeed("learn", folder.File("photos"), "--atoms", "24", "--samples", "1000", "-o", dictionary);
        CommandLine.Succeed("train", dictionary, folder.File("photos"), "--samples", "1000", "-o", folder.File("lista.safetensors"));
        ISparseEncoder encoder = ModelFile.Load(folder.File("lista.safetensors"));
        ClassifierFile.Save(folder.File("classifier.safetensors"), new ClassifierModel(new LinearClassifier(24, 10), encoder));
        Denoiser denoiser = Denoiser.FromDct(3, 16, 1);
        (denoiser.SigmaFrom, denoiser.SigmaTo) = (5, 55);
        DenoiserFile.Save(folder.File("denoiser.safetensors"), denoiser);
        MakePictures(folder);
    }

    /// <summary>Pictures with noise, without, and with a scratch.</summary>
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
    }

    [Fact]
    public void All_links_lead_to_files_that_exist()
        => Assert.All(Documents(), document =>
        {
            string path = Path.Combine(Repository.Root, document);
            string[] targets = [.. Links().Matches(File.ReadAllText(path)).Select(m => m.Groups["target"].Value)];
            Assert.All(targets, t => Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(path)!, t)), $"{document}: {t}"));
        });

    private static bool IsPath(string word)
        => word is "paper" or "mnist" || word.EndsWith('/') || word.StartsWith("mnist/", StringComparison.Ordinal)
        || Path.GetExtension(word) is ".safetensors" or ".npy" or ".npz" or ".png" or ".svg" or ".csv" or ".onnx";

    /// <summary>The numbers of commands that would take minutes, small.</summary>
    private static string Small(string command)
        => Sizes().Replace(command, size => size.Groups["what"].Value switch
        {
            "atoms" => "--atoms 24",
            "minutes" => "--minutes 0.02",
            _ => "--samples 1000",
        }).Replace("--full", "", StringComparison.Ordinal).Replace("bsds500/train", "photos/", StringComparison.Ordinal);

    /// <summary>Little work for commands that would take minutes.</summary>
    private static string[] Short(string command) => command.Split(' ')[1] switch
    {
        "reproduce" => ["--quick", "--samples", "500"],
        "learn" or "train" when !command.Contains("--samples", StringComparison.Ordinal) => ["--samples", "1000"],
        _ => [],
    };

    [GeneratedRegex(@"\]\((?<target>[^)#:]+)(#[^)]*)?\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Links();

    [GeneratedRegex("--(?<what>atoms|samples|minutes) [0-9]+", RegexOptions.ExplicitCapture)]
    private static partial Regex Sizes();
}
