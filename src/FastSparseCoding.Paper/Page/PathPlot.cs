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
        PlotModel model = PlotStyle.Model(PlotStyle.Logarithmic(AxisPosition.Bottom, "sparsity weight λ"));
        model.PlotAreaBorderColor = OxyColors.Transparent;
        AddPart(model, 2, "non-zeros", [Curve(points, p => p.NonZeros, PlotStyle.Blue)]);
        LineSeries error = Curve(points, p => p.RelativeSquaredError, PlotStyle.Blue);
        AddPart(model, 1, "relative error", heldOut.Count > 0 ? [error, .. HeldOut(points, heldOut)] : [error]);
        AddPart(model, 0, "energy E", [Curve(points, p => p.Energy, PlotStyle.Blue)]);
        return PlotStyle.Export(model, fileName, "", Width, Height);
    }

    private static void AddPart(PlotModel model, int place, string title, IReadOnlyList<LineSeries> curves)
    {
        LinearAxis axis = PlotStyle.Linear(AxisPosition.Left, title);
        axis.Key = title;
        axis.StartPosition = place / 3.0 + (place > 0 ? Gap / 2 : 0);
        axis.EndPosition = (place + 1) / 3.0 - (place < 2 ? Gap / 2 : 0);
        (axis.Minimum, axis.MaximumPadding) = (0, 0.08);
        (axis.StringFormat, axis.AxislineStyle, axis.AxislineColor) = ("G4", LineStyle.Solid, PlotStyle.Ink);
        model.Axes.Add(axis);
        foreach (LineSeries curve in curves)
        {
            curve.YAxisKey = title;
            model.Series.Add(curve);
        }
    }

    private static LineSeries Curve(IReadOnlyList<LassoPathPoint> points, Func<LassoPathPoint, double> value, OxyColor color)
        => Line(points.Select(p => new DataPoint(p.Lambda, value(p))), color);

    /// <summary>The curve of held-out errors, and its lowest point.</summary>
    private static LineSeries[] HeldOut(IReadOnlyList<LassoPathPoint> points, IReadOnlyList<double> errors)
    {
        LineSeries curve = Line(points.Zip(errors, (p, error) => new DataPoint(p.Lambda, error)), PlotStyle.Orange);
        DataPoint least = curve.Points.MinBy(p => p.Y);
        LineSeries lowest = Line([least], PlotStyle.Orange);
        lowest.MarkerSize = 7;
        lowest.LabelFormatString = "held out: least at λ = {0:G3}";
        lowest.LabelMargin = 10;
        lowest.TextColor = PlotStyle.Orange;
        return [curve, lowest];
    }

    private static LineSeries Line(IEnumerable<DataPoint> points, OxyColor color) => PlotStyle.Marked(null, points, color, size: 3);
}
