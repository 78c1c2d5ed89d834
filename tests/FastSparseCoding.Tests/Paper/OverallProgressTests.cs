using FastSparseCoding.Paper;
using FastSparseCoding.Tests.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Paper;

public sealed class OverallProgressTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pieces_count_by_their_work()
    {
        var told = new Board();
        var overall = new OverallProgress(told, new Dictionary<string, double> { ["a"] = 300, ["b"] = 100 });

        IProgressPiece a = overall.Start("a"), b = overall.Start("b"), other = overall.Start("c");
        a.Report(1, 2, "");
        other.Report(1, 1, "");
        b.Report(100L, 100L, 1, TimeSpan.Zero, "");
        a.Report(0.75, TimeSpan.Zero);
        a.Report(2, 2, "");
        overall.Complete();

        Assert.Equal(["everything", "a", "b", "c"], told.Titles);
        Assert.Equal([0.375, 0.625, 0.8125, 1], told.Parts.Select(p => p.Part));
        Assert.All(told.Parts, p => Assert.True(p.Part < 1 ? p.Remaining > TimeSpan.Zero : p.Remaining == TimeSpan.Zero));
    }

    [Fact]
    public void Nothing_planned_is_nothing_told()
    {
        var told = new Board();
        var overall = new OverallProgress(told, new Dictionary<string, double>());
        overall.Start("a").Report(1, 2, "");
        overall.Complete();

        Assert.Equal(["a"], told.Titles);
        Assert.Empty(told.Parts);
    }

    [Fact]
    public void What_the_folder_has_is_not_planned()
    {
        RunFolder folder = RunFolder.Open(_folder.File("run"), "settings");
        Dictionary<string, double> all = new(WorkPlan.OfPatches(folder, Plan.Full)),
            digits = new(WorkPlan.OfDigits(folder, DigitsPlan.Small));
        // Two sizes of dictionary: learning, measuring, and for three seeds the codes and the encoders; and two sections.
        Assert.Equal(2 * (2 + 3 * (1 + Plan.Candidates.Count)) + 2, all.Count);
        Assert.Equal(1 + DigitsPlan.Candidates.Count + DigitsPlan.EndToEnd.Count, digits.Count);
        Assert.All(all.Concat(digits), p => Assert.True(p.Value > 0));

        File.WriteAllText(folder["dictionary-400.safetensors"], "");
        File.WriteAllText(folder["lista-100-7-s2.safetensors"], "");
        File.WriteAllText(folder["digits-lista-1-1-end-to-end.safetensors"], "");

        Assert.Equal(["LISTA T=7, 100 atoms, seed 2", "dictionary of 400 atoms"],
            all.Keys.Except(new Dictionary<string, double>(WorkPlan.OfPatches(folder, Plan.Full)).Keys).Order(StringComparer.Ordinal));
        Assert.Equal(["digits: LISTA T=1 end to end, seed 1"],
            digits.Keys.Except(new Dictionary<string, double>(WorkPlan.OfDigits(folder, DigitsPlan.Small)).Keys));
    }

    private sealed class Board : IProgressBoard
    {
        public List<string> Titles { get; } = [];

        public List<(double Part, TimeSpan Remaining)> Parts { get; } = [];

        public IProgressPiece Start(string title)
        {
            Titles.Add(title);
            return title == "everything" ? new Everything(Parts) : NoProgress.Board;
        }
    }

    private sealed class Everything(List<(double Part, TimeSpan Remaining)> parts) : IProgressPiece
    {
        public void Report(long done, long total, double perSecond, TimeSpan remaining, string detail) => Assert.Fail("Parts are told.");

        public void Report(int done, int total, string step) => Assert.Fail("Parts are told.");

        public void Report(double part, TimeSpan remaining) => parts.Add((part, remaining));
    }
}
