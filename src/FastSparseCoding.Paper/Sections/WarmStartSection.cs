
namespace FastSparseCoding.Paper;

/// <summary>Exact methods that start from a prediction.</summary>
internal static class WarmStartSection
{
    /// <summary>What measuring it is called.</summary>
    public const string Title = "exact methods from predictions";

    private const string Id = "warm-start";

    public static Section Write(IReadOnlyList<ExperimentResult> results, IProgressBoard board, RunContext context)
    {
        IProgressPiece piece = board.Start(Title);
        var measured = new List<(ExperimentResult Result, IReadOnlyList<WarmStart> Curves, IReadOnlyList<CertifiedStart> Certified)>();
        foreach (ExperimentResult result in results)
        {
            var starts = new WarmStarts(result, context);
            measured.Add((result, starts.Iterative(), starts.ActiveSet()));
            piece.Report(measured.Count, results.Count, "");
        }
        return new Section(
            Id, "Exact methods that start from a prediction", [.. measured.SelectMany(m => m.Curves.Select(c => Claim(m.Result, c)))],
            [
                new Paragraph(
                    "A prediction is also a start. Each curve is the mean of (E − E*)/E* after k iterations, from a code of zeros and "
                    + "from the prediction; the times are for a signal in batches on one thread, prediction included, of the first seed."),
                .. measured.SelectMany(m => Blocks(m.Result, m.Curves, m.Certified)),
            ],
            [.. measured.SelectMany(
                m => m.Curves.SelectMany(c => Numbers(m.Result, c)).Concat(m.Certified.Select(c => Time(m.Result, c))))]);
    }

    private static Claim Claim(ExperimentResult result, WarmStart start)
    {
        Milestone first = start.Milestones[0];
        return new Claim(
            $"A prediction saves {start.Cold.Method} work: iterations to a relative gap of {ValueText.Of(first.Gap)}, from "
                + $"{start.Start.Name} against from zero", $"{result.Atoms} atoms", "shown as a curve",
            $"{first.WarmIterations} against {ValueText.Of(first.ColdIterations)}",
            Verdicts.WarmStart(
                [.. start.Warm.Select(w => w.IterationsFor(first.Gap))], start.Start.IsLcod ? start.Start.Depth : start.Start.Depth + 1,
                first.ColdIterations));
    }

    private static IEnumerable<Block> Blocks(
        ExperimentResult result, IReadOnlyList<WarmStart> starts, IReadOnlyList<CertifiedStart> certified)
    {
        yield return new Heading($"{result.Atoms} atoms");
        foreach (WarmStart start in starts)
            yield return Plots.WarmStart(result, start);
        var table = new ResultTable(
            "method", "start", "relative gap", "iterations from zero", "from the prediction", "µs from zero", "µs from the prediction",
            "speed-up");
        foreach (WarmStart start in starts)
            foreach (Milestone m in start.Milestones)
                table.Add(start.Cold.Method, start.Start.Name, m.Gap, m.ColdIterations, m.WarmIterations, m.ColdMicroseconds,
                    m.WarmMicroseconds, m.ColdMicroseconds / m.WarmMicroseconds);
        yield return new TableBlock("Iterations and time to a mean relative gap.", table);
        var exact = new ResultTable("active set from", "changes of the support", "certified", "µs per signal");
        foreach (CertifiedStart c in certified)
            exact.Add(c.Start?.Name ?? "zero", c.Changes, c.Certified, c.Microseconds);
        yield return new TableBlock("The active-set method to a certificate of every code, a relative duality gap of 1e-5.", exact);
    }

    private static IEnumerable<Number> Numbers(ExperimentResult result, WarmStart start)
    {
        string from = $"{start.Cold.Method} from {start.Start.Name}";
        foreach ((int k, double gap) in start.Cold.Iterations.Zip(start.Cold.RelativeGaps))
            yield return new Number(Id, result.Atoms, start.Cold.Method, 0, k, "relative_objective_gap", gap);
        foreach ((int index, var warm) in start.Warm.Index())
            foreach ((int k, double gap) in warm.Iterations.Zip(warm.RelativeGaps))
                yield return new Number(Id, result.Atoms, from, index + 1, k, "relative_objective_gap", gap);
        foreach (Milestone m in start.Milestones)
        {
            string to = $"to_gap_{ValueText.Of(m.Gap)}";
            yield return new Number(
                Id, result.Atoms, start.Cold.Method, 0, m.ColdIterations, $"microseconds_per_signal_{to}", m.ColdMicroseconds);
            yield return new Number(
                Id, result.Atoms, from, 1, start.Warm[0].IterationsFor(m.Gap), $"microseconds_per_signal_{to}", m.WarmMicroseconds);
        }
    }

    private static Number Time(ExperimentResult result, CertifiedStart start)
        => new(Id, result.Atoms, $"active set from {start.Start?.Name ?? "zero"}", start.Start is null ? 0 : 1, start.Changes.Mean,
            "microseconds_per_signal", start.Microseconds);
}
