using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Samples;

/// <summary>The sample builds against the library as any application does, runs, and is what the guide to the library shows.</summary>
[Collection(nameof(BuildsInTheTree))]
public sealed class QuickStartTests
{
    private static readonly string Project = Path.Combine(Repository.Root, "samples", "QuickStart");

    [Fact]
    public void It_builds_and_runs()
    {
        using var folder = new TempFolder();
        string output = SampleRun.Output("QuickStart", folder);

        Assert.Contains("exact codes use ", output, StringComparison.Ordinal);
        Assert.Contains("support F1 0.", output, StringComparison.Ordinal);
        Assert.EndsWith("the loaded encoder gives the same bits\n", output, StringComparison.Ordinal);
        Assert.Equal(["lista.safetensors"], folder.Names);
    }

    [Fact]
    public void The_guide_shows_it()
    {
        string program = File.ReadAllText(Path.Combine(Project, "Program.cs")),
            guide = File.ReadAllText(Path.Combine(Repository.Root, "docs", "library.md"));

        Assert.Contains($"```csharp\n{program.ReplaceLineEndings("\n")}```", guide.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.InRange(program.Split('\n').Length, 1, 100);
    }
}
