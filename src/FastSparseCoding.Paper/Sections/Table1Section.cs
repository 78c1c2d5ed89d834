
namespace FastSparseCoding.Paper;

/// <summary>Table 1: the feed-forward baselines against LISTA.</summary>
internal static class Table1Section
{
    private const string Id = "baselines";

    public static Section Write(IReadOnlyList<ExperimentResult> results) => new(
        Id, "The feed-forward baselines against LISTA (Table 1)", [.. results.Select(Claim)],
        [
            new Paragraph(
                "The baselines are one product and a nonlinearity: g·tanh(Wx + u), the double tanh g·(tanh(Wx + u) + tanh(Wx − u)), and "
                + "the shrinkage h_θ(Wx), which is LISTA without layers. They see as many patches as LISTA, with Adam and the rates that "
                + "did best for each. The paper's cells are not known for certain and are left out."),
            .. results.Select(Table),
        ],
        [.. results.SelectMany(r => Baselines(r).SelectMany(m => Measured.Method(Id, r, m)))]);

    private static IEnumerable<SeededResult> Baselines(ExperimentResult result)
        => [result.Method("tanh"), result.Method("tanh2"), result.Method("shrink")];

    private static Claim Claim(ExperimentResult result) => new(
        "LISTA predicts better than feed-forward encoders: tanh, double tanh, shrinkage against T = 1", $"{result.Atoms} atoms",
        "shown; cells not certain",
        $"error {string.Join(" / ", Baselines(result).Select(m => m.CodeError))} against "
            + $"{result.Method("lista", 1).CodeError}",
        Verdicts.Baselines([.. Baselines(result).Select(m => m.Errors)], result.Method("lista", 1).Errors));

    private static Block Table(ExperimentResult result)
    {
        var table = new ResultTable(
            "encoder", "error", "relative error", "equals FISTA", "objective gap", "support F1", "multiply-adds", "µs per signal");
        foreach (SeededResult m in Baselines(result).Append(result.Method("lista", 1)).Append(result.Method("lista", 3)))
            table.Add(m.Candidate.Name, m.CodeError, m.RelativeCodeError, m.FistaIterations, m.RelativeObjectiveGap, m.SupportF1,
                m.MultiplyAdds, m.Microseconds);
        return new TableBlock($"{result.Atoms} atoms. A tanh is never exactly zero, hence the low F1 of its support.", table);
    }
}
