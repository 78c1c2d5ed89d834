using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace FastSparseCoding.Paper;

/// <summary>The plots of explaining away and robustness, in the style of the others.</summary>
internal static class AnalysisPlots
{
    private static readonly OxyColor[] Colors = [PlotStyle.Blue, PlotStyle.Orange, PlotStyle.Green, PlotStyle.Purple];

    /// <summary>The coefficients of the atom explained away and of the one that explains it, by depth, in the sign of the first.</summary>
    public static Picture Activations(ExplainedAtom example, string fileName, string caption)
    {
        PlotModel model = PlotStyle.Model(
            PlotStyle.Linear(AxisPosition.Bottom, "depth t", 1), PlotStyle.Linear(AxisPosition.Left, "|coefficient|"));
        AddActivations(model, "explaining atom", example.ExplainingActivations, Colors[0]);
        AddActivations(model, "explained away", example.Activations, Colors[1]);
        double optimum = Math.Abs(example.ExplainingOptimum);
        model.Series.Add(PlotStyle.Line(
            "its optimum", [new DataPoint(0, optimum), new DataPoint(example.Activations.Count - 1, optimum)], Colors[0], LineStyle.Dash));
        return PlotStyle.Export(model, fileName, caption, height: 320);
    }

    /// <summary>A measure against the level of a condition: predictors solid, exact solvers at equal work dashed in the same
    /// colour.</summary>
    public static Picture Levels(
        string fileName, string caption, string levelTitle, string measureTitle,
        IEnumerable<(string Encoder, IReadOnlyList<(double Level, Spread Predictor, Spread Solver)> Points)> curves)
    {
        PlotModel model = PlotStyle.Model(
            PlotStyle.Linear(AxisPosition.Bottom, levelTitle), PlotStyle.Logarithmic(AxisPosition.Left, measureTitle));
        foreach ((int i, (string encoder, IReadOnlyList<(double Level, Spread Predictor, Spread Solver)> points)) in curves.Index())
        {
            OxyColor color = Colors[i % Colors.Length];
            foreach (Series band in PlotStyle.Band(points.Select(p => (p.Level, p.Predictor)), color))
                model.Series.Add(band);
            model.Series.Add(PlotStyle.Marked(encoder, points.Select(p => new DataPoint(p.Level, p.Predictor.Mean)), color, size: 3.5));
            LineSeries solver = PlotStyle.Marked(null, points.Select(p => new DataPoint(p.Level, p.Solver.Mean)), color, size: 3.5);
            (solver.LineStyle, solver.RenderInLegend) = (LineStyle.Dash, false);
            model.Series.Add(solver);
        }
        return PlotStyle.Export(model, fileName, caption);
    }

    private static void AddActivations(PlotModel model, string name, IReadOnlyList<float> values, OxyColor color)
        => model.Series.Add(PlotStyle.Marked(name, values.Select((v, t) => new DataPoint(t, Math.Abs(v))), color, size: 3.5));
}
