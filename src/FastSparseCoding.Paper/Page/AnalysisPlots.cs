using FastSparseCoding.Evaluation;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace FastSparseCoding.Paper;

/// <summary>The plots of explaining away and robustness, in the style of the others.</summary>
internal static class AnalysisPlots
{
    private static readonly OxyColor[] Colors = [Plots.Blue, Plots.Orange, OxyColor.FromRgb(40, 160, 90), OxyColor.FromRgb(160, 90, 200)];

    /// <summary>The coefficients of the atom explained away and of the one that explains it, by depth, in the sign of the first.</summary>
    public static Picture Activations(ExplainedAtom example, string fileName, string caption)
    {
        PlotModel model = Model(Linear(AxisPosition.Bottom, "depth t", 1), Linear(AxisPosition.Left, "|coefficient|", double.NaN));
        AddActivations(model, "explaining atom", example.ExplainingActivations, Colors[0]);
        AddActivations(model, "explained away", example.Activations, Colors[1]);
        var optimum = new LineSeries { Title = "its optimum", Color = Colors[0], LineStyle = LineStyle.Dash, StrokeThickness = 1.5 };
        optimum.Points.Add(new DataPoint(0, Math.Abs(example.ExplainingOptimum)));
        optimum.Points.Add(new DataPoint(example.Activations.Count - 1, Math.Abs(example.ExplainingOptimum)));
        model.Series.Add(optimum);
        return Plots.Export(model, fileName, caption, 600, 330);
    }

    /// <summary>A measure against the level of a condition: predictors solid, exact solvers at equal work dashed in the same
    /// colour.</summary>
    public static Picture Levels(
        string fileName, string caption, string levelTitle, string measureTitle,
        IEnumerable<(string Encoder, IReadOnlyList<(double Level, double Predictor, double Solver)> Points)> curves)
    {
        var y = new LogarithmicAxis
        {
            Position = AxisPosition.Left,
            Title = measureTitle,
            StringFormat = "G4",
            UseSuperExponentialFormat = false
        };
        PlotModel model = Model(Linear(AxisPosition.Bottom, levelTitle, double.NaN), y);
        foreach ((int i, (string encoder, IReadOnlyList<(double Level, double Predictor, double Solver)> points)) in curves.Index())
        {
            OxyColor color = Colors[i % Colors.Length];
            model.Series.Add(Line(encoder, color, LineStyle.Solid, points.Select(p => new DataPoint(p.Level, p.Predictor))));
            LineSeries solver = Line(encoder, color, LineStyle.Dash, points.Select(p => new DataPoint(p.Level, p.Solver)));
            solver.RenderInLegend = false;
            model.Series.Add(solver);
        }
        return Plots.Export(model, fileName, caption, 720, 420);
    }

    private static void AddActivations(PlotModel model, string name, IReadOnlyList<float> values, OxyColor color)
        => model.Series.Add(Line(name, color, LineStyle.Solid, values.Select((v, t) => new DataPoint(t, Math.Abs(v)))));

    private static LineSeries Line(string name, OxyColor color, LineStyle style, IEnumerable<DataPoint> points)
    {
        // The exporter takes letters for smaller than browsers draw them and would cut the name off: they are given room for twice as many.
        string title = name.PadRight(2 * name.Length, '\u00A0');
        var series = new LineSeries
        {
            Title = title,
            Color = color,
            LineStyle = style,
            StrokeThickness = 2,
            MarkerType = MarkerType.Circle,
            MarkerSize = 3.5,
            MarkerFill = color
        };
        series.Points.AddRange(points);
        return series;
    }

    private static LinearAxis Linear(AxisPosition position, string title, double step)
        => new() { Position = position, Title = title, MajorStep = step, MinorTickSize = 0, StringFormat = "G3" };

    private static PlotModel Model(params Axis[] axes)
    {
        var model = new PlotModel
        {
            TextColor = Plots.Ink,
            PlotAreaBorderColor = Plots.Ink,
            Background = OxyColors.Transparent,
            DefaultFont = "sans-serif",
            DefaultFontSize = 13,
            Padding = new OxyThickness(8, 8, 40, 8)
        };
        foreach (Axis axis in axes)
        {
            axis.AxisTitleDistance = 18;     // the exporter takes letters for smaller than browsers draw them
            axis.TicklineColor = Plots.Ink;
            axis.MajorGridlineStyle = LineStyle.Solid;
            axis.MajorGridlineColor = Plots.Grid;
            (axis.MinimumPadding, axis.MaximumPadding) = (0.05, 0.05);
            model.Axes.Add(axis);
        }
        model.Legends.Add(new Legend
        {
            LegendPlacement = LegendPlacement.Outside,
            LegendPosition = LegendPosition.RightTop,
            LegendTextColor = Plots.Ink,
            LegendFontSize = 13,
            LegendLineSpacing = 7,
            LegendPadding = 12,
        });
        return model;
    }
}
