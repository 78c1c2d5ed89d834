using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>Who measures an encoder on what it was trained on is told.</summary>
public sealed class TrainedOnTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pictures_that_were_trained_on_are_told()
    {
        // Of twelve pictures the tenth is kept apart.
        Assert.Equal(
            [$"warning: {workspace.Images}: 11 of 12 pictures looked up are among those that {workspace.Encoder} was trained on; its error "
                + "on others may be larger."],
            Warnings(workspace.Encoder, workspace.Images));
        string copy = Directory.CreateDirectory(_folder.File("copy")).FullName;
        File.Copy(Path.Combine(workspace.Images, "09.png"), Path.Combine(copy, "a.png"));
        Assert.Empty(Warnings(workspace.Encoder, copy));
        File.Copy(Path.Combine(workspace.Images, "08.png"), Path.Combine(copy, "b.png"));
        Assert.Contains(" 1 of 2 pictures ", Assert.Single(Warnings(workspace.Encoder, copy)), StringComparison.Ordinal);
    }

    [Fact]
    public void Signals_that_were_trained_on_are_told()
    {
        string encoder = _folder.File("e.safetensors"), rest = _folder.File("rest.npy"), other = _folder.File("other.npy");
        Succeed("train", workspace.Dictionary, workspace.Signals, "--depth", "1", "--samples", "500", "-o", encoder);
        Matrix x = Npy.ReadMatrix(workspace.Signals);
        Npy.Write(rest, x.RowRange(180, 20));
        Npy.Write(other, RandomData.Normal(50, 36, seed: 9));

        Assert.Contains(": 180 of 200 signals looked up ", Assert.Single(Warnings(encoder, workspace.Signals)), StringComparison.Ordinal);
        Assert.Empty(Warnings(encoder, rest));
        Assert.Empty(Warnings(encoder, other));
        ModelFile.Save(encoder, ModelFile.LoadEncoder(encoder));
        Assert.Empty(Warnings(encoder, workspace.Signals));
    }

    [Fact]
    public void A_sketch_of_much_data_is_small_and_finds_what_it_has_seen()
    {
        var random = new Random(1);
        long[] seen = [.. Enumerable.Range(0, 50_000).Select(_ => random.NextInt64(long.MinValue, long.MaxValue))],
            others = [.. Enumerable.Range(0, 50_000).Select(_ => random.NextInt64(long.MinValue, long.MaxValue))];
        long[] sketch = DataSketch.Of(seen);

        Assert.Equal(seen.Order().Take(DataSketch.Most), sketch);
        Assert.Equal((DataSketch.Most, DataSketch.Most), DataSketch.Overlap(sketch, seen));
        (int known, int lookedUp) = DataSketch.Overlap(sketch, others);
        Assert.Equal(0, known);
        Assert.InRange(lookedUp, DataSketch.Most / 2, 2 * DataSketch.Most);
        Assert.Equal((2, 3), DataSketch.Overlap(DataSketch.Of([5, 1]), [1, 5, 9]));
        Assert.Equal((0, 0), DataSketch.Overlap([], seen));
    }

    private static string[] Warnings(string encoder, string signals)
        => [.. Succeed("evaluate", encoder, signals, "--samples", "200", "-q").ErrorLines
            .Where(l => l.Contains("trained on", StringComparison.Ordinal))];
}
