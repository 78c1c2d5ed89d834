using System.Globalization;
using FastSparseCoding.Evaluation;

namespace FastSparseCoding.Paper;

/// <summary>Figure 3 and the headline: LISTA against FISTA and ISTA.</summary>
internal static class Figure3Section
{
    private const string Id = "lista";

    private static readonly int[] ShownIterations = [1, 2, 3, 5, 7, 10, 20, 30, 50, 100, 200];

    public static Section Write(IReadOnlyList<ExperimentResult> results) => new(
        Id, "LISTA against FISTA (Figure 3)", [.. results.SelectMany(Claims)],
        [
            new Paragraph(
                "LISTA is ISTA unrolled to T products by S, with all its matrices trained to predict the exact code. A point is worth "
                + "the iterations of FISTA, started from zero, that make the same error; between two iterations the curve is read on "
                + "log-log axes. Three variants below are not the paper's: the layered one keeps W_e and S shared but gives every layer "
                + "thresholds and gains of its own: the same products by S; the coupled one computes the residual in every layer, with "
                + "two products by [m×n] and thresholds of its own; SLISTA learns the T + 1 steps of ISTA and nothing else, from the "
                + "energy of its codes, not from exact ones."),
            .. results.SelectMany(Blocks),
        ],
        [.. results.SelectMany(Numbers)]);

    private static IEnumerable<Claim> Claims(ExperimentResult result)
    {
        SeededResult one = result.Method("lista", 1);
        string setting = $"{result.Atoms} atoms";
        double? iterations = PaperNumbers.FistaIterations(result.Atoms, 1);
        yield return new Claim("One layer of LISTA (T = 1) is worth many iterations of FISTA", setting,
            $"{PaperNumbers.Text(iterations, 0)}{(iterations is null ? "" : " iterations")}", $"{one.FistaIterations} iterations",
            Verdicts.Iterations([.. one.Seeds.Select(m => m.FistaIterations)], iterations));
        IReadOnlyList<int> depths = PaperNumbers.ListaDepths;
        double[] known = [.. depths.Select(t => PaperNumbers.ListaError(result.Atoms, t)).OfType<double>()];
        string paper = known.Length == 0 ? PaperNumbers.Unknown : string.Join(" / ", known.Select(e => PaperNumbers.Text(e, 2)));
        IReadOnlyList<double>[] errors = [.. depths.Select(t => result.Method("lista", t).Errors)];
        yield return new Claim(
            "Its error falls with depth, T = 1 / 3 / 7", setting, paper,
            $"{string.Join(" / ", depths.Select(t => result.Method("lista", t).CodeError))} (relative "
                + $"{string.Join(" / ", depths.Select(t => ValueText.Of(result.Method("lista", t).RelativeCodeError.Mean)))})",
            Verdicts.Depth(
                [.. Enumerable.Range(0, result.SeedCount).Select(seed => errors.Select(e => e[seed]).ToArray())],
                known.Length == 0 ? null : known));
    }

    private static IEnumerable<Block> Blocks(ExperimentResult result)
    {
        yield return new Heading($"{result.Atoms} atoms");
        yield return Plots.FistaAgainstLista(result);
        var table = new ResultTable(
            "method", "error", "relative error", "paper's error, its data", "equals FISTA", "paper's FISTA", "objective gap", "support F1",
            "multiply-adds", "µs per signal");
        foreach (SeededResult m in result.Lista.Concat(result.Variants))
        {
            int depth = m.Candidate.Depth;
            table.Add(
                m.Candidate.Name, m.CodeError, m.RelativeCodeError,
                PaperNumbers.Text(m.Candidate.IsVariant ? null : PaperNumbers.ListaError(result.Atoms, depth), 2), m.FistaIterations,
                PaperNumbers.Text(m.Candidate.IsVariant ? null : PaperNumbers.FistaIterations(result.Atoms, depth), 0),
                m.RelativeObjectiveGap, m.SupportF1, m.MultiplyAdds, m.Microseconds);
        }
        yield return new TableBlock(
            $"LISTA with {result.Atoms} atoms; the relative error is divided by the mean ‖Z*‖², {ValueText.Of(result.CodeEnergy)} here "
            + "and not known for the paper's data.", table);
        var curve = new ResultTable(["error after", .. ShownIterations.Select(k => k.ToString(CultureInfo.InvariantCulture))]);
        foreach (PredictionCurve exact in new[] { result.Curves.Ista, result.Curves.Fista })
            curve.Add([exact.Method, .. ShownIterations.Select(k => (object)ErrorAt(exact, k))]);
        yield return new TableBlock("The exact methods' error after k iterations from zero.", curve);
    }

    private static double ErrorAt(PredictionCurve curve, int k)
        => curve.Iterations.Zip(curve.CodeErrors).Where(p => p.First <= k).Last().Second;

    private static IEnumerable<Number> Numbers(ExperimentResult result)
        => Measured.Curve(Id, result, result.Curves.Ista).Concat(Measured.Curve(Id, result, result.Curves.Fista))
            .Concat(result.Lista.Concat(result.Variants).SelectMany(m => Measured.Method(Id, result, m)));
}
