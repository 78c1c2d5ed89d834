using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Samples;

/// <summary>A program of one file builds against the library and runs.</summary>
[Collection(nameof(BuildsInTheTree))]
public sealed class AppTests
{
    [Fact]
    public void It_builds_and_runs()
    {
        string[] lines = SampleRun.Output("App.cs").TrimEnd().Split('\n');

        Assert.Equal(3, lines.Length);
        Assert.Matches("^one signal: [1-9] of 32 atoms$", lines[0]);
        Assert.Matches(@"^a batch: [2-6]\.[0-9] atoms a signal$", lines[1]);
        Assert.Equal("LISTA, untrained: 5000 codes of 32 values", lines[2]);
        Assert.InRange(File.ReadLines(Path.Combine(Repository.Root, "samples", "App.cs")).Count(), 1, 100);
    }
}
