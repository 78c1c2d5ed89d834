using FastSparseCoding.Solvers;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace FastSparseCoding.Paper;

/// <summary>Non-zeros, error and energy against λ, one above the other over the same logarithmic axis.</summary>
internal static class PathPlot
{
    private const int Width = 760, Height = 720;

    // Room between the parts, as a share of the height.
    private const double Gap = 0.03;

    /// <summary>Draws the points of a path.</summary>
    /// <param name="fileName">Name of the picture.</param>
    /// <param name="points">The path, λ descending.</param>
    /// <param name="heldOut">Error on held-out values at every λ; empty when none were held out.</param>
    public static Picture Draw(string fileName, IReadOnlyList<LassoPathPoint> points, IReadOnlyList<double> heldOut)
    {
        var model = new PlotModel
        {
            TextColor = Plots.Ink,
            PlotAreaBorderColor = OxyColors.Transparent,
            Background = OxyColors.Transparent,
            DefaultFont = "sans-serif",
            DefaultFontSize = 13,
            Padding = new OxyThickness(8, 8, 24, 8)
        };
        model.Axes.Add(Plots.Axis(AxisPosition.Bottom, "sparsity weight λ"));
        AddPart(model, 2, "non-zeros", [Curve(points, p => p.NonZeros, Plots.Blue)]);
        LineSeries error = Curve(points, p => p.RelativeSquaredError, Plots.Blue);
        AddPart(model, 1, "relative error", heldOut.Count > 0 ? [error, .. HeldOut(points, heldOut)] : [error]);
        AddPart(model, 0, "energy E", [Curve(points, p => p.Energy, Plots.Blue)]);
        return Plots.Export(model, fileName, "", Width, Height);
    }

    private static void AddPart(PlotModel model, int place, string title, IReadOnlyList<LineSeries> curves)
    {
        string key = title;
        model.Axes.Add(new LinearAxis
        {
            Key = key,
            Position = AxisPosition.Left,
            Title = title,
            StartPosition = place / 3.0 + (place > 0 ? Gap / 2 : 0),
            EndPosition = (place + 1) / 3.0 - (place < 2 ? Gap / 2 : 0),
            Minimum = 0,
            MaximumPadding = 0.08,
            MinorTickSize = 0,
            StringFormat = "G4",
            AxisTitleDistance = 18,     // the exporter takes letters for smaller than browsers draw them
            TicklineColor = Plots.Ink,
            AxislineStyle = LineStyle.Solid,
            AxislineColor = Plots.Ink,
            MajorGridlineStyle = LineStyle.Solid,
            MajorGridlineColor = Plots.Grid,
        });
        foreach (LineSeries curve in curves)
        {
            curve.YAxisKey = key;
            model.Series.Add(curve);
        }
    }

    private static LineSeries Curve(IReadOnlyList<LassoPathPoint> points, Func<LassoPathPoint, double> value, OxyColor color)
        => Line(points.Select(p => new DataPoint(p.Lambda, value(p))), color);

    /// <summary>The curve of held-out errors, and its lowest point.</summary>
    private static LineSeries[] HeldOut(IReadOnlyList<LassoPathPoint> points, IReadOnlyList<double> errors)
    {
        LineSeries curve = Line(points.Zip(errors, (p, error) => new DataPoint(p.Lambda, error)), Plots.Orange);
        DataPoint least = curve.Points.MinBy(p => p.Y);
        LineSeries lowest = Line([least], Plots.Orange);
        lowest.MarkerSize = 7;
        lowest.LabelFormatString = "held out: least at λ = {0:G3}";
        lowest.LabelMargin = 10;
        lowest.TextColor = Plots.Orange;
        return [curve, lowest];
    }

    private static LineSeries Line(IEnumerable<DataPoint> points, OxyColor color)
    {
        var series = new LineSeries
        {
            Color = color,
            StrokeThickness = 2,
            MarkerType = MarkerType.Circle,
            MarkerSize = 3,
            MarkerFill = color
        };
        series.Points.AddRange(points);
        return series;
    }
}
