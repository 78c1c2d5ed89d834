using System.Globalization;
using FastSparseCoding.Evaluation;

namespace FastSparseCoding.Paper;

/// <summary>A kind of condition that encoders were not trained for.</summary>
internal enum ConditionKind
{
    Noise,
    Lambda,
    OtherSignals,
}

/// <summary>A condition: its level is the deviation of the noise or the factor of λ.</summary>
internal sealed record Condition(ConditionKind Kind, string Name, double Level);

/// <summary>An encoder under a condition, against the exact solver at equal work, for every seed.</summary>
internal sealed record RobustnessRow(Condition Condition, Candidate Encoder, IReadOnlyList<EqualWorkPoint> Seeds)
{
    public bool BehindInError => Mean(p => p.Predictor.CodeError) > Mean(p => p.Solver.CodeError);

    public bool BehindInObjective => Mean(p => p.Predictor.RelativeObjectiveGap) > Mean(p => p.Solver.RelativeObjectiveGap);

    public double Mean(Func<EqualWorkPoint, double> value) => Seeds.Average(value);

    public Spread Spread(Func<EqualWorkPoint, double> value) => Paper.Spread.Of(Seeds.Select(value));
}

/// <summary>The predictors under noise, another λ and other signals, against FISTA (LISTA) and CoD (LCoD) at equal work: where they fail is
/// shown.</summary>
internal static class RobustnessSection
{
    /// <summary>What measuring it is called.</summary>
    public const string Title = "robustness";

    private const string Id = "robustness";

    /// <summary>Deviations of the noise, where 1 is that of a patch; and factors of λ.</summary>
    private static readonly double[] Noise = [0, 0.1, 0.25, 0.5, 1, 2];

    private static readonly float[] Factors = [0.5f, 0.75f, 1, 1.5f, 2];

    private static readonly Candidate[] Encoders =
        [new("shrink", 0), new("lista", 1), new("lista", 3), new("lista", 7), new("lcod", 5), new("lcod", 20), new("lcod", 50)];

    public static Section Write(
        IReadOnlyList<ExperimentResult> results, IReadOnlyList<(string Name, Matrix X)> otherSignals, UncertifiedLog uncertified,
        IProgressBoard board, RunContext context)
    {
        IProgressPiece piece = board.Start(Title);
        var measured = new List<(ExperimentResult Result, RobustnessRow[] Rows)>();
        foreach (ExperimentResult result in results)
        {
            measured.Add((result, [.. Measure(result, otherSignals, uncertified, context)]));
            piece.Report(measured.Count, results.Count, "");
        }
        return new Section(
            Id, "Robustness: where the predictors fail", [],
            [
                new Paragraph(
                    "Predictors on signals and sparsity weights they were not trained for, against the exact solver stopped at equal "
                    + "work: FISTA for LISTA, CoD for LCoD. Noise is added to the patches, in units of their deviation; for another λ "
                    + "all thresholds are scaled by its factor. Optimal codes are those of the same signals at the same λ. The paper "
                    + "makes no claim here."),
                .. measured.SelectMany(m => Blocks(m.Result, m.Rows)),
            ],
            [.. measured.SelectMany(m => m.Rows.SelectMany(row => Numbers(m.Result, row)))]);
    }

    private static IEnumerable<RobustnessRow> Measure(
        ExperimentResult result, IReadOnlyList<(string Name, Matrix X)> otherSignals, UncertifiedLog uncertified, RunContext context)
    {
        Matrix x = result.Sample.X;
        IEnumerable<(Condition Condition, Matrix X, float Factor)> conditions =
        [
            .. Noise.Select(d => (new Condition(ConditionKind.Noise, string.Create(CultureInfo.InvariantCulture, $"noise {d}"), d),
                Robustness.AddNoise(x, d, context.Seed), 1f)),
            .. Factors.Select(f => (new Condition(ConditionKind.Lambda, string.Create(CultureInfo.InvariantCulture, $"λ × {f}"), f), x, f)),
            .. otherSignals.Select(o => (new Condition(ConditionKind.OtherSignals, o.Name, double.NaN), o.X, 1f)),
        ];
        foreach ((Condition condition, Matrix signals, float factor) in conditions)
        {
            var comparison = new EqualWorkComparison(
                result.Dictionary, Plan.Lambda * factor, signals, context.Threads, context.Cancellation);
            uncertified.Set($"signals of {condition.Name}, {result.Atoms} atoms", comparison.Uncertified, signals.Rows);
            foreach (Candidate encoder in Encoders)
                yield return new RobustnessRow(
                    condition, encoder, [.. result.Method(encoder.Kind, encoder.Depth)
                    .Seeds.Select(s => comparison.Measure(Robustness.ScaleThresholds(s.Encoder, factor)))]);
        }
    }

    private static IEnumerable<Block> Blocks(ExperimentResult result, RobustnessRow[] rows)
    {
        yield return new Heading($"{result.Atoms} atoms");
        yield return new Paragraph(
            $"{Failures(rows, "code error", r => r.BehindInError)} {Failures(rows, "objective", r => r.BehindInObjective)}");
        yield return Plot(result, rows, ConditionKind.Noise, "noise", "deviation of the noise", "relative error ‖Z − Z*‖²",
            q => q.RelativeCodeError, "Code error under noise: LISTA (solid), FISTA at equal work (dashed).");
        yield return Plot(result, rows, ConditionKind.Lambda, "lambda", "factor of λ and of the thresholds", "relative error ‖Z − Z*‖²",
            q => q.RelativeCodeError, "Code error at another λ: LISTA (solid), FISTA at equal work (dashed).");
        yield return Plot(result, rows, ConditionKind.Lambda, "gap", "factor of λ and of the thresholds", "relative objective gap",
            q => q.RelativeObjectiveGap,
            "Objective gap at another λ: where a solid line is above the dashed one of its colour, LISTA fails.");
        yield return Pivot("Relative error, predictor / solver at equal work; ✗: the predictor is behind. Means over the seeds.", rows,
            r => Pair(r, q => q.RelativeCodeError, r.BehindInError));
        yield return Pivot("Relative objective gap, predictor / solver at equal work; ✗: the predictor is behind.", rows,
            r => Pair(r, q => q.RelativeObjectiveGap, r.BehindInObjective));
        yield return Pivot("Iterations of the solver that reach the predictor's code error.", rows,
            r => Spread.Of(r.Seeds.Select(p => p.Worth)));
    }

    private static string Failures(RobustnessRow[] rows, string measure, Func<RobustnessRow, bool> behind)
    {
        RobustnessRow[] failed = [.. rows.Where(behind)];
        if (failed.Length == 0)
            return $"In {measure} no predictor is behind the solver under any of these conditions.";
        IEnumerable<string> conditions = failed.GroupBy(row => row.Condition.Name, StringComparer.Ordinal)
            .Select(g => $"{g.Key} ({string.Join(", ", g.Select(row => row.Encoder.Name))})");
        return $"In {measure} the predictor is behind in {failed.Length} of {rows.Length} cases: {string.Join("; ", conditions)}.";
    }

    private static Picture Plot(
        ExperimentResult result, RobustnessRow[] rows, ConditionKind kind, string name, string level, string title, Func<CodeQuality,
        double> measure, string caption)
    {
        var curves = rows.Where(row => row.Condition.Kind == kind && row.Encoder is { Kind: "lista" }).GroupBy(row => row.Encoder)
            .Select(g =>
            (g.Key.Name, (IReadOnlyList<(double, Spread, Spread)>)[.. g.Select(
                row => (row.Condition.Level, row.Spread(p => measure(p.Predictor)), row.Spread(p => measure(p.Solver))))]));
        return AnalysisPlots.Levels($"robustness-{name}-{result.Atoms}.svg", caption + Plots.Bands(result), level, title, curves);
    }

    private static TableBlock Pivot(string caption, RobustnessRow[] rows, Func<RobustnessRow, object> cell)
    {
        var table = new ResultTable(["condition", .. Encoders.Select(e => e.Name)]);
        foreach (IGrouping<string, RobustnessRow> condition in rows.GroupBy(row => row.Condition.Name, StringComparer.Ordinal))
            table.Add([condition.Key, .. condition.Select(cell)]);
        return new TableBlock(caption, table);
    }

    private static string Pair(RobustnessRow row, Func<CodeQuality, double> measure, bool behind)
        => string.Create(CultureInfo.InvariantCulture,
            $"{row.Mean(p => measure(p.Predictor)):G3} / {row.Mean(p => measure(p.Solver)):G3}{(behind ? " ✗" : "")}");

    private static IEnumerable<Number> Numbers(ExperimentResult result, RobustnessRow row)
    {
        foreach ((int seed, EqualWorkPoint p) in row.Seeds.Index())
        {
            Number Of(string quantity, double value)
                => new(Id, result.Atoms, $"{row.Encoder.Name}, {row.Condition.Name}", seed + 1, row.Encoder.Depth, quantity, value);
            yield return Of("relative_code_error_here", p.Predictor.RelativeCodeError);
            yield return Of("relative_objective_gap_here", p.Predictor.RelativeObjectiveGap);
            yield return Of("solvers_relative_code_error", p.Solver.RelativeCodeError);
            yield return Of("solvers_relative_objective_gap", p.Solver.RelativeObjectiveGap);
            yield return Of("worth_in_iterations", p.Worth);
        }
    }
}
