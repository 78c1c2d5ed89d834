using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using FastSparseCoding.Evaluation;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace FastSparseCoding.Cli.Reproduction;

/// <summary>The plots of explaining away and robustness, as SVG elements to stand inside a page.</summary>
internal static partial class AnalysisPlots
{
    // Of middle lightness, so that lines and letters are readable on white and on black paper alike.
    private static readonly OxyColor Ink = OxyColor.FromRgb(118, 118, 118);
    private static readonly OxyColor Grid = OxyColor.FromArgb(70, 128, 128, 128);
    private static readonly OxyColor[] Colors = [OxyColor.FromRgb(46, 134, 222), OxyColor.FromRgb(230, 110, 30), OxyColor.FromRgb(40, 160, 90), OxyColor.FromRgb(160, 90, 200)];

    /// <summary>The coefficients of the atom explained away and of the one that explains it, by depth, in the sign of the first.</summary>
    public static string Activations(ExplainedAtom example)
    {
        PlotModel model = Model(Linear(AxisPosition.Bottom, "depth t", 1), Linear(AxisPosition.Left, "|coefficient|", double.NaN));
        AddActivations(model, "explaining atom", example.ExplainingActivations, Colors[0]);
        AddActivations(model, "explained away", example.Activations, Colors[1]);
        var optimum = new LineSeries { Title = "its optimum", Color = Colors[0], LineStyle = LineStyle.Dash, StrokeThickness = 1.5 };
        optimum.Points.Add(new DataPoint(0, Math.Abs(example.ExplainingOptimum)));
        optimum.Points.Add(new DataPoint(example.Activations.Count - 1, Math.Abs(example.ExplainingOptimum)));
        model.Series.Add(optimum);
        return Export(model, 600, 330);
    }

    /// <summary>A measure against the level of a condition: predictors solid, exact solvers at equal work dashed in the same colour.</summary>
    public static string Levels(string levelTitle, string measureTitle, IEnumerable<(string Encoder, IReadOnlyList<(double Level, double Predictor, double Solver)> Points)> curves)
    {
        var y = new LogarithmicAxis { Position = AxisPosition.Left, Title = measureTitle, StringFormat = "G4", UseSuperExponentialFormat = false };
        PlotModel model = Model(Linear(AxisPosition.Bottom, levelTitle, double.NaN), y);
        foreach ((int i, (string encoder, IReadOnlyList<(double Level, double Predictor, double Solver)> points)) in curves.Index())
        {
            OxyColor color = Colors[i % Colors.Length];
            model.Series.Add(Line(encoder, color, LineStyle.Solid, points.Select(p => new DataPoint(p.Level, p.Predictor))));
            LineSeries solver = Line(encoder, color, LineStyle.Dash, points.Select(p => new DataPoint(p.Level, p.Solver)));
            solver.RenderInLegend = false;
            model.Series.Add(solver);
        }
        return Export(model, 720, 420);
    }

    private static void AddActivations(PlotModel model, string name, IReadOnlyList<float> values, OxyColor color)
        => model.Series.Add(Line(name, color, LineStyle.Solid, values.Select((v, t) => new DataPoint(t, Math.Abs(v)))));

    private static LineSeries Line(string name, OxyColor color, LineStyle style, IEnumerable<DataPoint> points)
    {
        // The exporter takes letters for smaller than browsers draw them and would cut the name off: they are given room for twice as many.
        string title = name.PadRight(2 * name.Length, '\u00A0');
        var series = new LineSeries { Title = title, Color = color, LineStyle = style, StrokeThickness = 2, MarkerType = MarkerType.Circle, MarkerSize = 3.5, MarkerFill = color };
        series.Points.AddRange(points);
        return series;
    }

    private static LinearAxis Linear(AxisPosition position, string title, double step)
        => new() { Position = position, Title = title, MajorStep = step, MinorTickSize = 0, StringFormat = "G3" };

    private static PlotModel Model(params Axis[] axes)
    {
        var model = new PlotModel { TextColor = Ink, PlotAreaBorderColor = Ink, Background = OxyColors.Transparent, DefaultFont = "sans-serif", DefaultFontSize = 13, Padding = new OxyThickness(8, 8, 40, 8) };
        foreach (Axis axis in axes)
        {
            axis.AxisTitleDistance = 18;     // the exporter takes letters for smaller than browsers draw them
            axis.TicklineColor = Ink;
            axis.MajorGridlineStyle = LineStyle.Solid;
            axis.MajorGridlineColor = Grid;
            (axis.MinimumPadding, axis.MaximumPadding) = (0.05, 0.05);
            model.Axes.Add(axis);
        }
        model.Legends.Add(new Legend
        {
            LegendPlacement = LegendPlacement.Outside,
            LegendPosition = LegendPosition.RightTop,
            LegendTextColor = Ink,
            LegendFontSize = 13,
            LegendLineSpacing = 7,
            LegendPadding = 12,
        });
        return model;
    }

    /// <summary>Everything from the document's head belongs to a file, not to a page; and names are shared by all pictures of a page, so each has its own.</summary>
    private static string Export(PlotModel model, double width, double height)
    {
        string svg = new SvgExporter { Width = width, Height = height, IsDocument = true, UseVerticalTextAlignmentWorkaround = true }.ExportToString(model);
        string name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(svg)))[..8];
        svg = svg.Replace("id=\"clipPath", $"id=\"clip-{name}-", StringComparison.Ordinal).Replace("url(#clipPath", $"url(#clip-{name}-", StringComparison.Ordinal);
        return SvgSize().Replace(svg[svg.IndexOf("<svg", StringComparison.Ordinal)..], "<svg role=\"img\" viewBox=\"0 0 $1 $2\" width=\"$1\" height=\"$2\"", 1);
    }

    [GeneratedRegex("<svg width=\"([0-9]+)\" height=\"([0-9]+)\"")]
    private static partial Regex SvgSize();
}
