using FastSparseCoding.Evaluation;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace FastSparseCoding.Cli.Reproduction;

/// <summary>Error against work on log-log axes, as in the paper's Figures 3 and 4.</summary>
internal static class Plots
{
    private const int Width = 720, Height = 460;

    // Of middle lightness, so that lines and letters are readable on white and on black paper alike.
    private static readonly OxyColor Ink = OxyColor.FromRgb(118, 118, 118);
    private static readonly OxyColor Grid = OxyColor.FromArgb(70, 128, 128, 128);
    private static readonly OxyColor Blue = OxyColor.FromRgb(46, 134, 222);
    private static readonly OxyColor Orange = OxyColor.FromRgb(230, 110, 30);

    /// <summary>FISTA and ISTA against LISTA. Work is counted in products by a matrix: k for FISTA, T + 1 for LISTA.</summary>
    public static string FistaAgainstLista(ExperimentResult result)
    {
        PlotModel model = Model("products by a matrix: k of FISTA and ISTA, T + 1 of LISTA", result);
        model.Series.Add(Curve("ISTA", result.Curves.Ista, Ink, LineStyle.Dash));
        model.Series.Add(Curve("FISTA", result.Curves.Fista, Blue, LineStyle.Solid));
        model.Series.Add(Points("LISTA", result.Methods.Where(m => m.Candidate.Kind is "shrink" or "lista").Select(m => (m.Candidate.Depth + 1, m.Measured))));
        return Export(model);
    }

    /// <summary>CoD against LCoD, by coordinate updates.</summary>
    public static string CodAgainstLcod(ExperimentResult result)
    {
        PlotModel model = Model("coordinate updates", result);
        model.Series.Add(Curve("CoD", result.Curves.Cod, Blue, LineStyle.Solid));
        model.Series.Add(Points("LCoD", result.Methods.Where(m => m.Candidate.Kind == "lcod").Select(m => (m.Candidate.Depth, m.Measured))));
        return Export(model);
    }

    private static PlotModel Model(string work, ExperimentResult result)
    {
        var model = new PlotModel { TextColor = Ink, PlotAreaBorderColor = Ink, Background = OxyColors.Transparent, DefaultFont = "sans-serif", DefaultFontSize = 13, Padding = new OxyThickness(8, 8, 16, 8) };
        model.Axes.Add(Axis(AxisPosition.Bottom, work));
        model.Axes.Add(Axis(AxisPosition.Left, $"error ‖Z − Z*‖², {result.Dictionary.AtomCount} atoms"));
        model.Legends.Add(new Legend { LegendPosition = LegendPosition.RightTop, LegendTextColor = Ink, LegendFontSize = 13, LegendLineSpacing = 7, LegendPadding = 12 });
        return model;
    }

    private static LogarithmicAxis Axis(AxisPosition position, string title) => new()
    {
        Position = position,
        Title = title,
        AxisTitleDistance = 18,      // the exporter takes letters for smaller than browsers draw them
        UseSuperExponentialFormat = false,
        StringFormat = "G4",
        TicklineColor = Ink,
        MajorGridlineStyle = LineStyle.Solid,
        MajorGridlineColor = Grid,
        MaximumPadding = 0.03,
        MinimumPadding = 0.03,
    };

    private static LineSeries Curve(string name, PredictionCurve curve, OxyColor color, LineStyle style)
    {
        var series = new LineSeries { Title = name, Color = color, LineStyle = style, StrokeThickness = 2 };
        series.Points.AddRange(curve.Iterations.Zip(curve.CodeErrors, (k, error) => new DataPoint(k, error)).Where(p => p.Y > 0));
        return series;
    }

    private static LineSeries Points(string name, IEnumerable<(int Work, MethodResult Measured)> points)
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
        series.Points.AddRange(points.Select(p => new DataPoint(p.Work, p.Measured.Quality.CodeError)));
        return series;
    }

    private static string Export(PlotModel model)
        => new SvgExporter { Width = Width, Height = Height, IsDocument = true, UseVerticalTextAlignmentWorkaround = true }.ExportToString(model);
}
