using System.Globalization;
using System.Text;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;

namespace FastSparseCoding.Cli.Reproduction;

/// <summary>Kinds of conditions an encoder was not trained for.</summary>
internal enum ConditionKind
{
    Noise,
    Lambda,
    OtherImages,
}

/// <summary>An encoder under a condition.</summary>
/// <param name="Kind">Kind of the condition.</param>
/// <param name="Condition">The condition in words.</param>
/// <param name="Level">Deviation of the noise, or factor of λ; NaN for other images.</param>
/// <param name="Encoder">The encoder.</param>
/// <param name="Point">The encoder against the exact solver at equal work.</param>
internal sealed record RobustnessRow(ConditionKind Kind, string Condition, double Level, Candidate Encoder, EqualWorkPoint Point);

/// <summary>All encoders for one dictionary under all conditions.</summary>
internal sealed record RobustnessResult(int Atoms, IReadOnlyList<RobustnessRow> Rows);

/// <summary>The predictors under noise, another λ and other images, against FISTA (LISTA) and CoD (LCoD) at equal work: where they fail is shown.</summary>
internal static class RobustnessSection
{
    /// <summary>Deviations of the noise, where 1 is that of a patch; and factors of λ.</summary>
    private static readonly double[] Noise = [0, 0.1, 0.25, 0.5, 1, 2];

    private static readonly float[] Factors = [0.5f, 0.75f, 1, 1.5f, 2];

    /// <summary>Measures lista, lcod and shrink; other encoders have no thresholds to scale and are left out.</summary>
    /// <param name="dictionary">The dictionary.</param>
    /// <param name="encoders">Encoders trained on it, all for the same λ.</param>
    /// <param name="test">Signals of the kind trained on.</param>
    /// <param name="otherImages">Signals of other image sets, by name; may be empty.</param>
    /// <param name="context">Seed of the noise, threads, cancellation.</param>
    public static RobustnessResult Measure(AtomDictionary dictionary, IReadOnlyList<TrainableEncoder> encoders, Matrix test, IReadOnlyList<(string Name, Matrix X)> otherImages, CommandContext context)
    {
        TrainableEncoder[] measured = [.. encoders.Where(e => e.Kind is "lista" or "lcod" or "shrink").OrderBy(e => e.Kind == "lcod").ThenBy(e => e.Depth)];
        var rows = new List<RobustnessRow>();
        foreach (double deviation in Noise)
            Add(ConditionKind.Noise, string.Create(CultureInfo.InvariantCulture, $"noise {deviation}"), deviation, Robustness.AddNoise(test, deviation, context.Seed), 1);
        foreach (float factor in Factors)
            Add(ConditionKind.Lambda, string.Create(CultureInfo.InvariantCulture, $"λ × {factor}"), factor, test, factor);
        foreach ((string name, Matrix x) in otherImages)
            Add(ConditionKind.OtherImages, name, double.NaN, x, 1);
        return new RobustnessResult(dictionary.AtomCount, rows);

        void Add(ConditionKind kind, string condition, double level, Matrix x, float factor)
        {
            EqualWorkComparison? comparison = null;
            foreach (TrainableEncoder encoder in measured)
            {
                comparison ??= new EqualWorkComparison(dictionary, encoder.Lambda * factor, x, context.Threads, context.Cancellation);
                rows.Add(new RobustnessRow(kind, condition, level, new Candidate(encoder.Kind, encoder.Depth), comparison.Measure(Robustness.ScaleThresholds(encoder, factor))));
            }
        }
    }

    /// <summary>Every number, a row for each encoder and condition.</summary>
    public static ResultTable Table(RobustnessResult result)
    {
        var table = new ResultTable(
            "condition", "encoder", "atoms", "level", "relative error", "solver's relative error", "objective gap", "solver's objective gap", "solver's iterations", "worth in iterations", "behind in error", "behind in objective");
        foreach (RobustnessRow row in result.Rows)
        {
            EqualWorkPoint p = row.Point;
            table.Add(
                row.Condition, row.Encoder.Name, result.Atoms, row.Level, p.Predictor.RelativeCodeError, p.Solver.RelativeCodeError, p.Predictor.RelativeObjectiveGap, p.Solver.RelativeObjectiveGap,
                p.Iterations, p.Worth, p.BehindInError ? 1 : 0, p.BehindInObjective ? 1 : 0);
        }
        return table;
    }

    /// <summary>Where the predictors fail, plots of LISTA, and tables of all.</summary>
    public static string Html(RobustnessResult result)
    {
        if (result.Rows.Count == 0)
            return "";
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"<section><h3>Robustness, {result.Atoms} atoms</h3>\n<p>Predictors on signals and sparsity weights they were not trained for, against the exact solver stopped at equal work: FISTA for LISTA, CoD for LCoD. ");
        text.Append("Noise is added to the patches, in units of their deviation; for another λ all thresholds are scaled by its factor. Optimal codes are those of the same signals at the same λ.</p>\n");
        text.Append($"<p>{Failures(result, "code error", p => p.BehindInError)} {Failures(result, "objective", p => p.BehindInObjective)}</p></section>\n");
        text.Append(Plot(result, ConditionKind.Noise, "deviation of the noise", "relative error ‖Z − Z*‖²", q => q.RelativeCodeError, "Code error under noise: LISTA (solid), FISTA at equal work (dashed)."));
        text.Append(Plot(result, ConditionKind.Lambda, "factor of λ and of the thresholds", "relative error ‖Z − Z*‖²", q => q.RelativeCodeError, "Code error at another λ: LISTA (solid), FISTA at equal work (dashed)."));
        text.Append(Plot(result, ConditionKind.Lambda, "factor of λ and of the thresholds", "relative objective gap", q => q.RelativeObjectiveGap, "Objective gap at another λ: where a solid line is above the dashed one of its colour, LISTA fails."));
        text.Append("<section><h4>Relative error, predictor / solver at equal work</h4>\n").Append(Pivot(result, p => Pair(p.Predictor.RelativeCodeError, p.Solver.RelativeCodeError, p.BehindInError)));
        text.Append("<h4>Relative objective gap, predictor / solver at equal work</h4>\n").Append(Pivot(result, p => Pair(p.Predictor.RelativeObjectiveGap, p.Solver.RelativeObjectiveGap, p.BehindInObjective)));
        text.Append("<h4>Iterations of the solver that reach the predictor's code error</h4>\n").Append(Pivot(result, p => p.Worth));
        return text.Append("<p class=\"note\">✗: the predictor is behind the solver.</p></section>\n").ToString();
    }

    private static string Failures(RobustnessResult result, string measure, Func<EqualWorkPoint, bool> behind)
    {
        RobustnessRow[] failed = [.. result.Rows.Where(row => behind(row.Point))];
        if (failed.Length == 0)
            return $"In {measure} no predictor is behind the solver under any of these conditions.";
        IEnumerable<string> conditions = failed.GroupBy(row => row.Condition, StringComparer.Ordinal).Select(g => $"{g.Key} ({string.Join(", ", g.Select(row => row.Encoder.Name))})");
        return Reproduction.Html.Encode(string.Create(CultureInfo.InvariantCulture, $"In {measure} the predictor is behind in {failed.Length} of {result.Rows.Count} cases: {string.Join("; ", conditions)}."));
    }

    private static string Plot(RobustnessResult result, ConditionKind kind, string level, string title, Func<CodeQuality, double> measure, string caption)
    {
        var curves = result.Rows.Where(row => row.Kind == kind && row.Encoder is { Kind: "lista", Depth: > 0 }).GroupBy(row => row.Encoder).Select(g =>
            (g.Key.Name, (IReadOnlyList<(double, double, double)>)[.. g.Select(row => (row.Level, measure(row.Point.Predictor), measure(row.Point.Solver)))])).ToArray();
        return curves.Length == 0 ? "" : Reproduction.Html.Figure(AnalysisPlots.Levels(level, title, curves), caption);
    }

    private static string Pivot(RobustnessResult result, Func<EqualWorkPoint, object> cell)
    {
        var table = new ResultTable(["condition", .. result.Rows.Select(row => row.Encoder.Name).Distinct(StringComparer.Ordinal)]);
        foreach (IGrouping<string, RobustnessRow> condition in result.Rows.GroupBy(row => row.Condition, StringComparer.Ordinal))
            table.Add([condition.Key, .. condition.Select(row => cell(row.Point))]);
        return $"<div class=\"scroll\">{Reproduction.Html.Table(table)}</div>\n";
    }

    private static string Pair(double predictor, double solver, bool behind) => string.Create(CultureInfo.InvariantCulture, $"{predictor:G3}\u00A0/\u00A0{solver:G3}{(behind ? "\u00A0✗" : "")}");
}
