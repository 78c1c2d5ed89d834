using System.Text;
using FastSparseCoding.Evaluation;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace FastSparseCoding.Paper;

/// <summary>Error against work on log-log axes, as in the paper's Figures 3 and 4.</summary>
internal static class Plots
{
    private const int Width = 720, Height = 460;

    // Of middle lightness, so that lines and letters are readable on white and on black paper alike.
    internal static readonly OxyColor Ink = OxyColor.FromRgb(118, 118, 118);
    internal static readonly OxyColor Grid = OxyColor.FromArgb(70, 128, 128, 128);
    internal static readonly OxyColor Blue = OxyColor.FromRgb(46, 134, 222);
    internal static readonly OxyColor Orange = OxyColor.FromRgb(230, 110, 30);

    /// <summary>FISTA and ISTA against LISTA. Work is counted in products by a matrix: k for FISTA, T + 1 for LISTA.</summary>
    public static Picture FistaAgainstLista(ExperimentResult result)
    {
        PlotModel model = Model("products by a matrix: k of FISTA and ISTA, T + 1 of LISTA", "error ‖Z − Z*‖²");
        double floor = Floor(result.Lista);
        model.Series.Add(Curve("ISTA", result.Curves.Ista, floor, Ink, LineStyle.Dash));
        model.Series.Add(Curve("FISTA", result.Curves.Fista, floor, Blue, LineStyle.Solid));
        model.Series.Add(Points("LISTA", result.Lista.Select(m => (m.Candidate.Depth + 1, m))));
        return Export(model, $"fista-lista-{result.Atoms}.svg",
            $"Error against work, {result.Atoms} atoms: FISTA and ISTA after k iterations, LISTA with T = 0, 1, 2, 3, 5, 7 (the paper's "
            + "Figure 3); means over the seeds.");
    }

    /// <summary>CoD against LCoD, by coordinate updates.</summary>
    public static Picture CodAgainstLcod(ExperimentResult result)
    {
        PlotModel model = Model("coordinate updates", "error ‖Z − Z*‖²");
        model.Series.Add(Curve("CoD", result.Curves.Cod, Floor(result.Lcod), Blue, LineStyle.Solid));
        model.Series.Add(Points("LCoD", result.Lcod.Select(m => (m.Candidate.Depth, m))));
        return Export(model, $"cod-lcod-{result.Atoms}.svg",
            $"Error against coordinate updates, {result.Atoms} atoms: CoD and LCoD (the paper's Figure 4); means over the seeds.");
    }

    /// <summary>An exact method from zero and from a prediction, down to where float32 codes end.</summary>
    public static Picture WarmStart(ExperimentResult result, WarmStart start)
    {
        string method = start.Cold.Method;
        PlotModel model = Model(method == "CoD" ? "coordinate updates" : "iterations", "relative gap (E − E*)/E*");
        model.Series.Add(Convergence($"{method} from zero", start.Cold, Blue));
        model.Series.Add(Convergence($"{method} from {start.Start.Name}", start.Warm[0], Orange));
        return Export(model, $"warm-start-{start.Start.Kind}-{result.Atoms}.svg",
            $"{method} from zero and from the prediction of {start.Start.Name} (seed 1), {result.Atoms} atoms.");
    }

    private static PlotModel Model(string work, string measure)
    {
        var model = new PlotModel
        {
            TextColor = Ink,
            PlotAreaBorderColor = Ink,
            Background = OxyColors.Transparent,
            DefaultFont = "sans-serif",
            DefaultFontSize = 13,
            Padding = new OxyThickness(8, 8, 16, 8)
        };
        model.Axes.Add(Axis(AxisPosition.Bottom, work));
        model.Axes.Add(Axis(AxisPosition.Left, measure));
        model.Legends.Add(new Legend
        {
            LegendPosition = LegendPosition.LeftBottom,
            LegendTextColor = Ink,
            LegendFontSize = 13,
            LegendLineSpacing = 7,
            LegendPadding = 12
        });
        return model;
    }

    internal static LogarithmicAxis Axis(AxisPosition position, string title) => new()
    {
        Position = position,
        Title = title,
        AxisTitleDistance = position == AxisPosition.Left ? 30 : 18,      // the exporter takes letters for smaller than browsers draw them
        UseSuperExponentialFormat = false,
        StringFormat = "G4",
        TicklineColor = Ink,
        MajorGridlineStyle = LineStyle.Solid,
        MajorGridlineColor = Grid,
        MaximumPadding = 0.03,
        MinimumPadding = 0.03,
    };

    private static LineSeries Curve(string name, PredictionCurve curve, double floor, OxyColor color, LineStyle style)
        => Line(name, curve.Iterations.Zip(curve.CodeErrors, (k, error) => new DataPoint(k, error)).Where(p => p.Y > floor), color, style);

    /// <summary>How far down a curve is worth showing: to a fifth of the best prediction's error.</summary>
    private static double Floor(IEnumerable<SeededResult> predictions) => predictions.Min(m => m.CodeError.Mean) / 5;

    // Below a millionth the codes' rounding is all there is to see.
    private static LineSeries Convergence(string name, ConvergenceCurve curve, OxyColor color)
        => Line(name, curve.Iterations.Zip(curve.RelativeGaps, (k, gap) => new DataPoint(k, gap)).Where(p => p.X > 0 && p.Y > 5e-7), color,
            LineStyle.Solid);

    private static LineSeries Line(string name, IEnumerable<DataPoint> points, OxyColor color, LineStyle style)
    {
        var series = new LineSeries { Title = name, Color = color, LineStyle = style, StrokeThickness = 2 };
        series.Points.AddRange(points);
        return series;
    }

    private static LineSeries Points(string name, IEnumerable<(int Work, SeededResult Measured)> points)
    {
        var series = new LineSeries
        {
            Title = name,
            Color = Orange,
            StrokeThickness = 1.5,
            MarkerType = MarkerType.Circle,
            MarkerSize = 5,
            MarkerFill = Orange,
            LabelFormatString = "{1:G3}",
            LabelMargin = 8,
            TextColor = Orange,
        };
        series.Points.AddRange(points.Select(p => new DataPoint(p.Work, p.Measured.CodeError.Mean)));
        return series;
    }

    internal static Picture Export(PlotModel model, string fileName, string caption, int width = Width, int height = Height)
    {
        var exporter = new SvgExporter { Width = width, Height = height, IsDocument = true, UseVerticalTextAlignmentWorkaround = true };
        string svg = WithOwnNames(exporter.ExportToString(model), Path.GetFileNameWithoutExtension(fileName));
        return new Picture(fileName, Encoding.UTF8.GetBytes(svg), caption);
    }

    // Names are shared by all pictures of a page, so that each needs its own; the element clipPath keeps its name.
    private static string WithOwnNames(string svg, string picture)
        => svg.Replace("id=\"clipPath", $"id=\"clip-{picture}-", StringComparison.Ordinal)
            .Replace("url(#clipPath", $"url(#clip-{picture}-", StringComparison.Ordinal);
}
