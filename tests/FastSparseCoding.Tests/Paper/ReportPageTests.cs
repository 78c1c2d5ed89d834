using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FastSparseCoding.Paper;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Paper;

/// <summary>How the page is built, and what Figure 3 shows, by encoders that were never trained.</summary>
public sealed partial class ReportPageTests
{
    private const string Blue = "rgb(46,134,222)", Orange = "rgb(230,110,30)", Purple = "rgb(160,90,200)";

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private readonly ExperimentResult _result = Result(atoms: 20, seeds: 2);

    private string Page => ReportPage.Write(
        [Figure3Section.Write([_result]), Table1Section.Write([_result])], [("seed", "1"), ("command", "sparsecode reproduce")]);

    [Fact]
    public void The_page_opens_with_figure_3_beside_the_claims_and_ends_with_rules_settings_and_words()
    {
        string page = Page;

        string[] order =
        [
            "<h1>", "<div class=\"opening pictured\">", "<svg ", "<div class=\"claims\"><table>", "<section id=\"lista\">",
            "<section id=\"baselines\">", "<section id=\"verdicts\">", "<section id=\"settings\">", "<section id=\"glossary\">"
        ];
        int[] places = [.. order.Select(part => page.IndexOf(part, StringComparison.Ordinal))];
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
        Assert.Equal(places[2], page.LastIndexOf("<svg ", StringComparison.Ordinal));       // it is shown once
        Assert.True(places[3] <= page.IndexOf("<table", StringComparison.Ordinal));
        Assert.Equal(3, Regex.Count(page, "class=\"(reproduced|partly|not-reproduced)\">"));
        Assert.Equal(3, Regex.Count(page, "<li>"));
    }

    /// <summary>What comes later holds: on paper, the widths of a screen and the colours of the night must not.</summary>
    [Fact]
    public void Styles_of_print_come_last()
    {
        string style = Page[..Page.IndexOf("</style>", StringComparison.Ordinal)];

        string print = style[style.LastIndexOf("@media", StringComparison.Ordinal)..];
        Assert.StartsWith("@media print {", print, StringComparison.Ordinal);
        Assert.EndsWith("}\n}\n", print, StringComparison.Ordinal);
        Assert.All([".scroll { overflow: visible; }", "--ink: #000;", "nav { display: none; }"],
            rule => Assert.Contains(rule, print, StringComparison.Ordinal));
    }

    [Fact]
    public void The_glossary_is_that_of_the_docs()
    {
        string page = WebUtility.HtmlDecode(Page[Page.IndexOf("<section id=\"glossary\">", StringComparison.Ordinal)..]);
        string[] rows = [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "glossary.md")).Where(l => l.StartsWith('|')).Skip(2)];

        Assert.True(rows.Length >= 10);
        Assert.Equal(rows.Length, Regex.Count(page, "<dt>"));
        Assert.All(rows, row => Assert.Contains($"<dt>{row.Split('|')[1].Trim()}", page, StringComparison.Ordinal));
        Assert.Contains("<dt>soft threshold, h_θ(v)</dt><dd>sign(v)·max(|v| − θ, 0)</dd>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_stand_right_with_one_point_under_the_other_and_text_stands_left()
    {
        var table = new ResultTable("name", "start", "value", "paper");
        table.Add("a", "zero", 12.5, "1.50");
        table.Add("b", "LISTA", Spread.Of([0.125, 0.375]), PaperNumbers.Unknown);
        table.Add("c", "CoD", 7, PaperNumbers.Unknown);

        string html = WebUtility.HtmlDecode(Html.Table(table));

        Assert.Contains(
            "<th scope=\"col\">name</th><th scope=\"col\">start</th><th scope=\"col\" class=\"number\">value</th>"
            + "<th scope=\"col\" class=\"number\">paper</th>", html, StringComparison.Ordinal);
        Assert.Contains("<td>b</td><td>LISTA</td><td class=\"number\">0.2500 ± 0.1250</td>", html, StringComparison.Ordinal);
        // Behind the whole part stand ".2500 ± 0.1250" there, 14 letters of which four are half as wide, and ".5" here.
        Assert.Contains("<td class=\"number\" style=\"padding-right:calc(.45rem + 10.5ch)\">12.5</td>", html, StringComparison.Ordinal);
        Assert.Contains("<td class=\"number\" style=\"padding-right:calc(.45rem + 12ch)\">7</td>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void The_crossing_leads_from_one_layer_to_the_curve_of_fista()
    {
        // Untrained, T = 1 is worth the two iterations that it is: seven layers stand in for a trained one.
        SeededResult seven = _result.Method("lista", 7);
        ExperimentResult result = _result with
        {
            Methods = [.. _result.Methods.Select(m => m.Candidate == new Candidate("lista", 1) ? m with { Seeds = seven.Seeds } : m)]
        };
        XElement plot = Figure3(result);

        (double X, double Y)[] fista = Longest(plot, Blue), crossing = Level(plot, Orange);
        string name = $"T = 1 is worth {result.Method("lista", 1).FistaIterations} iterations";
        Assert.Contains(plot.Descendants(Svg + "text"), t => t.Value == name);
        (double X, double Y) end = crossing[1];
        Assert.True(end.X - crossing[0].X > 20);
        int next = Array.FindIndex(fista, p => p.X >= end.X);
        ((double X, double Y) a, (double X, double Y) b) = (fista[next - 1], fista[next]);
        Assert.Equal(a.Y + (b.Y - a.Y) * (end.X - a.X) / (b.X - a.X), end.Y, 0.5);     // points within two pixels are drawn as one
    }

    [Fact]
    public void The_papers_points_and_its_crossing_are_drawn_where_they_are_known()
    {
        XElement known = Figure3(Result(atoms: 100, seeds: 1)), unknown = Figure3(_result);

        (double X, double Y)[] paper = Longest(known, Purple), crossing = Level(known, Purple);
        Assert.Equal(3, paper.Length);                                                     // T = 1, 3, 7 are 2, 4, 8 products
        double octave = paper[1].X - paper[0].X;
        Assert.Equal(octave, paper[2].X - paper[1].X, 0.1);
        Assert.Equal(octave * Math.Log2(18 / 2.0), crossing[1].X - crossing[0].X, 0.1);
        Assert.Equal(paper[0].Y, crossing[1].Y, 0.1);
        Assert.Contains(known.Descendants(Svg + "text"), t => t.Value == "the paper's T = 1: 18 iterations");
        Assert.DoesNotContain(unknown.Descendants(), e => e.ToString().Contains(Purple, StringComparison.Ordinal));
    }

    [Fact]
    public void Several_seeds_are_shown_as_a_band_from_the_least_to_the_most()
    {
        XElement one = Figure3(Result(atoms: 20, seeds: 1)), several = Figure3(_result);

        Assert.Empty(Bands(one));
        (double X, double Y)[] band = Points(Assert.Single(Bands(several)));
        Assert.Equal(12, band.Length);                                                     // six depths, there and back
        Assert.All(Enumerable.Range(0, 6), i => Assert.Equal(band[i].X, band[11 - i].X, 0.1));
        Assert.True(Enumerable.Range(0, 6).Max(i => Math.Abs(band[i].Y - band[11 - i].Y)) > 1);
    }

    [Fact]
    public void Claims_tell_how_far_seeds_differ()
    {
        Section[] sections = [Figure3Section.Write([_result]), Table1Section.Write([_result]), Figure4Section.Write([_result])];
        Claim[] claims = [.. sections.SelectMany(s => s.Claims)];

        Assert.Equal(4, claims.Length);
        Assert.All(claims, claim => Assert.Matches("[0-9] ± [0-9]", claim.Measured));
    }

    /// <summary>A telephone of 375 px leaves 343 to a plot.</summary>
    [Fact]
    public void Letters_of_plots_are_of_ten_pixels_at_least_on_a_telephone()
    {
        XElement plot = Figure3(_result);
        double width = Number(plot.Attribute("width")!.Value);

        double[] sizes = [.. plot.Descendants(Svg + "text").Select(t => Number(FontSize().Match(t.ToString()).Groups["size"].Value))];
        Assert.True(sizes.Length > 10);
        Assert.All(sizes, size => Assert.InRange(size * Math.Min(1, 343 / width), 10, 20));
    }

    private static ExperimentResult Result(int atoms, int seeds)
        => UntrainedResult.Of(RandomData.Dictionary(atoms, 9, seed: 1), RandomData.Normal(50, 9, seed: 2), seeds, apart: 0.02f);

    private static XElement Figure3(ExperimentResult result)
        => XDocument.Parse(Encoding.UTF8.GetString(Plots.FistaAgainstLista(result).Content)).Root!;

    private static IEnumerable<XElement> Bands(XElement plot)
        => plot.Descendants(Svg + "polygon").Where(p => p.ToString().Contains("fill-opacity", StringComparison.Ordinal));

    private static IEnumerable<(double X, double Y)[]> Lines(XElement plot, string color)
        => plot.Descendants(Svg + "polyline")
            .Where(p => p.Attribute("style")!.Value.Contains($"stroke:{color}", StringComparison.Ordinal)).Select(Points);

    private static (double X, double Y)[] Longest(XElement plot, string color) => Lines(plot, color).MaxBy(p => p.Length)!;

    /// <summary>The highest line of two points that is level: samples in the legend stand below the plot.</summary>
    private static (double X, double Y)[] Level(XElement plot, string color)
        => Lines(plot, color).Where(p => p.Length == 2 && p[0].Y == p[1].Y).MinBy(p => p[0].Y)!;

    private static (double X, double Y)[] Points(XElement line)
        => [.. line.Attribute("points")!.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split(','))
            .Select(p => (Number(p[0]), Number(p[1])))];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex("font-size[:=]\"?(?<size>[0-9.]+)", RegexOptions.ExplicitCapture)]
    private static partial Regex FontSize();
}
