using System.Text;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace FastSparseCoding.Paper;

/// <summary>What all plots look like: colours, axes, legend, size.</summary>
internal static class PlotStyle
{
    /// <summary>Size of the drawing. On a telephone of 375 px it is shown at three quarters, with letters of 11 px.</summary>
    public const int Width = 440, Height = 400;

    private const double FontSize = 14;

    // Of middle lightness, so that lines and letters are readable on white and on black paper alike.
    public static readonly OxyColor Ink = OxyColor.FromRgb(118, 118, 118);
    public static readonly OxyColor Blue = OxyColor.FromRgb(46, 134, 222);
    public static readonly OxyColor Orange = OxyColor.FromRgb(230, 110, 30);
    public static readonly OxyColor Green = OxyColor.FromRgb(40, 160, 90);
    public static readonly OxyColor Purple = OxyColor.FromRgb(160, 90, 200);

    private static readonly OxyColor Grid = OxyColor.FromArgb(70, 128, 128, 128);

    private const byte BandOpacity = 80;

    public static PlotModel Model(params Axis[] axes)
    {
        var model = new PlotModel
        {
            TextColor = Ink,
            PlotAreaBorderColor = Ink,
            Background = OxyColors.Transparent,
            DefaultFont = "sans-serif",
            DefaultFontSize = FontSize,
            Padding = new OxyThickness(4, 8, 16, 4)
        };
        foreach (Axis axis in axes)
            model.Axes.Add(axis);
        model.Legends.Add(new Legend
        {
            LegendPlacement = LegendPlacement.Outside,
            LegendPosition = LegendPosition.BottomLeft,
            LegendOrientation = LegendOrientation.Horizontal,
            LegendTextColor = Ink,
            LegendFontSize = FontSize,
            LegendLineSpacing = 9,
            LegendPadding = 8,
        });
        return model;
    }

    public static LogarithmicAxis Logarithmic(AxisPosition position, string title) => Style(new LogarithmicAxis
    {
        Position = position,
        Title = title,
        UseSuperExponentialFormat = false,
        StringFormat = "G4"
    }, 0.03);

    public static LinearAxis Linear(AxisPosition position, string title, double step = double.NaN)
        => Style(new LinearAxis { Position = position, Title = title, MajorStep = step, MinorTickSize = 0, StringFormat = "G3" }, 0.05);

    public static LineSeries Line(string? name, IEnumerable<DataPoint> points, OxyColor color, LineStyle style = LineStyle.Solid)
    {
        var series = new LineSeries { Title = name, Color = color, LineStyle = style, StrokeThickness = 2 };
        series.Points.AddRange(points);
        return series;
    }

    /// <summary>A line with its points marked.</summary>
    public static LineSeries Marked(string? name, IEnumerable<DataPoint> points, OxyColor color, double size)
    {
        LineSeries series = Line(name, points, color);
        (series.MarkerType, series.MarkerSize, series.MarkerFill) = (MarkerType.Circle, size, color);
        return series;
    }

    /// <summary>From the least to the most of the seeds; nothing when there is one seed.</summary>
    public static IEnumerable<Series> Band(IEnumerable<(double Work, Spread Value)> points, OxyColor color)
    {
        (double Work, Spread Value)[] all = [.. points];
        if (all.Length == 0 || all[0].Value.Count == 1)
            yield break;
        var band = new AreaSeries { Color = OxyColors.Transparent, Fill = OxyColor.FromAColor(BandOpacity, color), RenderInLegend = false };
        band.MinimumSegmentLength = 0;      // thin as it may be
        band.Points.AddRange(all.Select(p => new DataPoint(p.Work, p.Value.Least)));
        band.Points2.AddRange(all.Select(p => new DataPoint(p.Work, p.Value.Most)));
        yield return band;
    }

    public static Picture Export(PlotModel model, string fileName, string caption, int width = Width, int height = Height)
    {
        var exporter = new SvgExporter
        {
            Width = width,
            Height = height,
            IsDocument = true,
            UseVerticalTextAlignmentWorkaround = true,
            TextMeasurer = new BrowserLetters()
        };
        string svg = WithOwnNames(exporter.ExportToString(model), Path.GetFileNameWithoutExtension(fileName));
        return new Picture(fileName, Encoding.UTF8.GetBytes(svg), caption);
    }

    private static T Style<T>(T axis, double padding)
        where T : Axis
    {
        axis.AxisTitleDistance = 11;
        axis.TicklineColor = Ink;
        axis.MajorGridlineStyle = LineStyle.Solid;
        axis.MajorGridlineColor = Grid;
        (axis.MinimumPadding, axis.MaximumPadding) = (padding, padding);
        return axis;
    }

    // Names are shared by all pictures of a page, so that each needs its own; the element clipPath keeps its name.
    private static string WithOwnNames(string svg, string picture)
        => svg.Replace("id=\"clipPath", $"id=\"clip-{picture}-", StringComparison.Ordinal)
            .Replace("url(#clipPath", $"url(#clip-{picture}-", StringComparison.Ordinal);

    /// <summary>Measures letters as wide as browsers draw them with the widest of the usual fonts, so that nothing is cut off.</summary>
    private sealed class BrowserLetters() : PdfRenderContext(Width, Height, OxyColors.Transparent)
    {
        private const double WidthOfLetter = 0.6, HeightOfLetter = 0.8;

        public override OxySize MeasureText(string text, string fontFamily, double fontSize, double fontWeight)
            => text is null ? OxySize.Empty : new OxySize(WidthOfLetter * fontSize * text.Length, HeightOfLetter * fontSize);
    }
}
