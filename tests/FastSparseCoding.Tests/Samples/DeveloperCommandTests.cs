using System.Numerics.Tensors;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Samples;

/// <summary>Commands of the documents that are not of the tool: benchmarks run here on small arrays, all others in CI.</summary>
[Collection(nameof(BuildsInTheTree))]
public sealed partial class DeveloperCommandTests
{
    private const string Versus = "dotnet run -c Release --project tests/FastSparseCoding.Benchmarks -- versus ";

    /// <summary>What nothing can run for all: CI itself, and what needs afl-fuzz.</summary>
    private static readonly string[] NotRun = ["bash .ci/run", "mkdir ../seeds", "AFL_SKIP_BIN_CHECK=1 afl-fuzz"];

    private static readonly string[] Documents =
        ["README.md", "CONTRIBUTING.md", "SECURITY.md", "src/PACKAGE.md",
            .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md")];

    [Theory]
    [InlineData("docs/speed.md", 9)]
    [InlineData("docs/onnx.md", 2)]
    public void Benchmarks_run_as_the_guide_says(string document, int kinds)
    {
        using TempFolder folder = Arrays();
        string command = Commands(Path.Combine(Repository.Root, document)).Concat(Quoted().Matches(
            File.ReadAllText(Path.Combine(Repository.Root, document))).Select(m => m.Groups["command"].Value)).Distinct().Single();
        string[] arguments = [.. command.Split(' ').Skip(1)
            .Select(word => word is "FOLDER" or "DICTIONARIES" ? folder.Path : word), "--quick", "--atoms", "100"];

        Assert.Equal(kinds, Measured(arguments));
    }

    [Fact]
    public void Benchmarks_in_numbered_cells_run()
    {
        using TempFolder folder = Arrays();

        Assert.Equal(3, Measured(
            [.. $"{Versus}{folder.Path} regimes omp factor".Split(' ').Skip(1), "--shared", folder.Path, "--cells", "0", "--quick"]));
    }

    /// <summary>How many kinds of line are printed, by their first field and its value; each is an object of JSON.</summary>
    private static int Measured(string[] arguments)
    {
        string[] lines = SampleRun.Ended(SampleRun.Dotnet(Repository.Root, arguments)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Select(line => JsonDocument.Parse(line).RootElement.EnumerateObject().First().ToString()).Distinct().Count();
    }

    [Fact]
    public void Every_command_is_run()
    {
        string ci = File.ReadAllText(Path.Combine(Repository.Root, ".ci", "run"));
        string[] commands = [.. Documents.SelectMany(Commands).Distinct(StringComparer.Ordinal)];

        Assert.InRange(commands.Length, 12, 100);
        Assert.All(commands.Where(c => !c.StartsWith(Versus, StringComparison.Ordinal)
            && !NotRun.Any(other => c.StartsWith(other, StringComparison.Ordinal))),
            command => Assert.Contains(command.TrimEnd([.. "0123456789"]), ci, StringComparison.Ordinal));
        Assert.All(NotRun, other => Assert.Contains(commands, c => c.StartsWith(other, StringComparison.Ordinal)));
    }

    /// <summary>Lines of code that begin like a shell's, but for the tool's own commands, without their comments.</summary>
    private static IEnumerable<string> Commands(string document)
        => Line().Matches(File.ReadAllText(Path.Combine(Repository.Root, document)).ReplaceLineEndings("\n"))
            .Select(m => m.Groups["command"].Value.Trim());

    private static TempFolder Arrays()
    {
        var folder = new TempFolder();
        Npy.Write(folder.File("X_train.npy"), RandomData.Normal(4500, 100, seed: 1));
        Npy.Write(folder.File("X_val.npy"), RandomData.Normal(4096, 100, seed: 2));
        Npy.Write(folder.File("D_100.npy"), RandomData.Dictionary(100, 100, seed: 3).Atoms);
        Npy.Write(folder.File("X_64.npy"), RandomData.Normal(300, 64, seed: 4));
        Directory.CreateDirectory(folder.File("regimes"));
        Npy.Write(folder.File("regimes/D_64x256.npy"), RandomData.Dictionary(256, 64, seed: 5).Atoms);
        Matrix digits = RandomData.Normal(4000, 30, seed: 6);
        TensorPrimitives.Abs(digits.Values, digits.Values);
        Npy.Write(folder.File("X_digits.npy"), digits);
        return folder;
    }

    [GeneratedRegex(@"^(    )?(?<command>(dotnet|bash|mkdir|python3|AFL_SKIP_BIN_CHECK=1|\.\./tools/\S+) [^#\n]+)",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex("`(?<command>dotnet run -c Release --project tests/FastSparseCoding.Benchmarks -- versus FOLDER onnx[^`]*)`",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Quoted();
}
