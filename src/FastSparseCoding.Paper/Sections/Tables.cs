
namespace FastSparseCoding.Paper;

/// <summary>The numbers of a reproduction as tables.</summary>
internal static class Tables
{
    /// <summary>A row for every trained encoder, after one for the exact solver: what a person reads at the end of a run.</summary>
    public static ResultTable Summary(IReadOnlyList<ExperimentResult> results)
    {
        var table = new ResultTable(
            "method", "atoms", "error", "relative error", "objective gap", "support F1", "FISTA iterations", "CoD updates", "multiply-adds",
            "µs per signal");
        foreach (ExperimentResult result in results)
        {
            table.Add("exact (active set)", result.Atoms, 0.0, 0.0, 0.0, 1.0, double.NaN, double.NaN, double.NaN, result.ExactMicroseconds);
            foreach (SeededResult m in result.Methods)
                table.Add(m.Candidate.Name, result.Atoms, m.CodeError, m.RelativeCodeError, m.RelativeObjectiveGap, m.SupportF1,
                    m.FistaIterations, m.CodUpdates, m.MultiplyAdds, m.Microseconds);
        }
        return table;
    }

    /// <summary>Every number of every seed, in long form.</summary>
    public static ResultTable Numbers(IEnumerable<Section> sections)
    {
        var table = new ResultTable("experiment", "atoms", "method", "seed", "work", "quantity", "value");
        foreach (Number n in sections.SelectMany(s => s.Numbers))
            table.Add(n.Experiment, n.Atoms, n.Method, n.Seed, n.Work, n.Quantity, n.Value);
        return table;
    }
}
