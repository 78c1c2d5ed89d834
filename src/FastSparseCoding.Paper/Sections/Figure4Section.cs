
namespace FastSparseCoding.Paper;

/// <summary>Figure 4 and Table 2: LCoD against CoD.</summary>
internal static class Figure4Section
{
    private const string Id = "lcod";

    private static readonly int[] ClaimedUpdates = [5, 10, 20];

    public static Section Write(IReadOnlyList<ExperimentResult> results) => new(
        Id, "LCoD against CoD (Figure 4, Table 2)", [.. results.Select(Claim)],
        [
            new Paragraph(
                "LCoD is greedy coordinate descent cut off after a fixed number of updates, with its matrices trained; every signal "
                + "chooses its own coordinates. An update of CoD and one of LCoD cost the same, so the factor is the work that training "
                + "saves. After few updates CoD's code h(B) is worse than a code of zeros, because B still holds what one atom should "
                + "have explained away from the others: there LCoD gains most."),
            .. results.SelectMany(Blocks),
        ],
        [.. results.SelectMany(r => Measured.Curve(Id, r, r.Curves.Cod).Concat(r.Lcod.SelectMany(m => Measured.Method(Id, r, m))))]);

    private static Claim Claim(ExperimentResult result) => new(
        "LCoD needs a tenth of CoD's work for the same error: factor at 5 / 10 / 20 updates", $"{result.Atoms} atoms",
        "about 10; updates not said",
        string.Join(" / ", ClaimedUpdates.Select(k => result.Method("lcod", k).UpdatesSaved)),
        Verdicts.Updates([.. result.Method("lcod", 10).Seeds.Select(m => m.CodUpdates / 10)]));

    private static IEnumerable<Block> Blocks(ExperimentResult result)
    {
        yield return new Heading($"{result.Atoms} atoms");
        yield return Plots.CodAgainstLcod(result);
        var table = new ResultTable(
            "method", "error", "relative error", "CoD's error", "equals CoD", "factor", "equals FISTA", "objective gap", "support F1",
            "multiply-adds", "µs per signal");
        foreach (SeededResult m in result.Lcod)
        {
            double cod = result.Curves.Cod.Iterations.Zip(result.Curves.Cod.CodeErrors).Where(p => p.First <= m.Candidate.Depth).Last()
                .Second;
            table.Add(
                m.Candidate.Name, m.CodeError, m.RelativeCodeError, cod, m.CodUpdates, m.UpdatesSaved, m.FistaIterations,
                m.RelativeObjectiveGap, m.SupportF1, m.MultiplyAdds, m.Microseconds);
        }
        yield return new TableBlock(
            $"LCoD with {result.Atoms} atoms. CoD's error is that after as many updates; \"equals CoD\" is the number of its updates "
            + "that make LCoD's error, and the factor their ratio.", table);
    }
}
