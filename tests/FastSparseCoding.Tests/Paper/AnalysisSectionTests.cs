using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FastSparseCoding.Encoders;
using FastSparseCoding.Paper;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Paper;

/// <summary>The sections on explaining away and robustness, of encoders that were never trained.</summary>
public sealed partial class AnalysisSectionTests
{
    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(20, 9, seed: 1);
    private static readonly Matrix X = RandomData.Normal(50, 9, seed: 2);

    private static RunContext Context => UntrainedResult.Context;

    [Fact]
    public void Explaining_away_is_told_by_depth_with_an_example()
    {
        Section section = ExplainingAwaySection.Write([Untrained(seeds: 2)], patchSize: 3, Context);

        TableBlock table = Assert.Single(section.Blocks.OfType<TableBlock>());
        Assert.Equal(["layers of LISTA T=7", "layers of LISTA T=3", "trained for each depth"],
            table.Table.Rows.Select(r => (string)r[0]).Distinct());
        Assert.Equal([0, 1, 2, 3, 5, 7], table.Table.Rows.Where(r => (string)r[0] == "trained for each depth").Select(r => (int)r[1]));
        // Untrained, the first layers of the deepest are the encoders of each depth, and both seeds the same.
        Assert.Equal(table.Table.Rows[7][2..], table.Table.Rows[^1][2..]);
        Assert.All(table.Table.Rows.SelectMany(r => r[2..]),
            cell => Assert.Equal((2, 0.0), (((Spread)cell).Count, ((Spread)cell).HalfRange)));
        Assert.Equal(3, Assert.Single(section.Blocks.OfType<PictureRow>()).Row.Count);
        string page = Page(section);
        Assert.Equal(3, Count(page, "<img "));
        Assert.Equal(1, Count(page, "<svg "));
        Assert.Equal(2 * (8 + 4 + 6) * 5, section.Numbers.Count);
    }

    [Fact]
    public void Robustness_shows_where_predictors_fail()
    {
        ExperimentResult result = Untrained(seeds: 1);
        TrainableEncoder ruined = result.Method("lista", 1).Seeds[0].Encoder;
        ruined.Parameters.View("W_e").Values.Fill(1);
        ruined.Refresh();

        Section section = Robustness(result, [("others", RandomData.Normal(40, 9, seed: 3))]);

        // Six levels of noise, five of λ, one other set.
        Assert.All(section.Blocks.OfType<TableBlock>(), t => Assert.Equal(12, t.Table.Rows.Count));
        string page = System.Net.WebUtility.HtmlDecode(Page(section));
        Assert.All(["noise 0.25", "λ × 1.5", "others"],
            condition => Assert.Contains($"<td>{condition}</td>", page, StringComparison.Ordinal));
        Assert.Contains("In code error the predictor is behind in ", page, StringComparison.Ordinal);
        Assert.Contains("✗</td>", page, StringComparison.Ordinal);
        Assert.Equal(3, Count(page, "<svg "));
    }

    /// <summary>A name stands for the first element of the page that has it: a plot that shared one would be cut to another's
    /// frame.</summary>
    [Fact]
    public void Plots_on_a_page_share_no_names()
    {
        string page = Page(Robustness(Untrained(seeds: 1), []));

        string[] names = [.. Name().Matches(page).Select(m => m.Groups["name"].Value)];
        Assert.True(names.Length >= 3, page);
        Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
        Assert.All(Use().Matches(page), use => Assert.Contains(use.Groups["name"].Value, names));
    }

    /// <summary>A browser ignores an element that it does not know: nothing would be cut to its frame.</summary>
    [Fact]
    public void Plots_are_of_elements_that_svg_has()
    {
        XNamespace svg = "http://www.w3.org/2000/svg";
        string[] known = ["svg", "defs", "clipPath", "g", "rect", "polyline", "polygon", "line", "ellipse", "text", "path"];
        Picture[] plots = [.. Robustness(Untrained(seeds: 1), []).Blocks.OfType<Picture>()];

        Assert.Equal(3, plots.Length);
        foreach (Picture plot in plots)
        {
            XElement root = XDocument.Parse(Encoding.UTF8.GetString(plot.Content)).Root!;
            Assert.All(root.DescendantsAndSelf(), e => Assert.Contains(e.Name.LocalName, known));
            Assert.All(root.DescendantsAndSelf(), e => Assert.Equal(svg, e.Name.Namespace));
            string[] uses = [.. root.Descendants().Attributes("clip-path").Select(a => Use().Match(a.Value).Groups["name"].Value)];
            Assert.NotEmpty(uses);
            Assert.Equal(root.Descendants(svg + "clipPath").Select(e => e.Attribute("id")!.Value).Order(),
                uses.Distinct().Order());
        }
    }

    private static Section Robustness(ExperimentResult result, (string, Matrix)[] others)
    {
        using var folder = new TempFolder();
        Section section = RobustnessSection.Write(
            [result], others, new UncertifiedLog(folder.File("uncertified.txt")), NoProgress.Board, Context);
        Assert.Empty(folder.Names);     // all was certified
        return section;
    }

    private static string Page(Section section) => ReportPage.Write([section], [("command", "")]);

    private static ExperimentResult Untrained(int seeds) => UntrainedResult.Of(Dictionary, X, seeds);

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    [GeneratedRegex(" id=\"(?<name>clip[^\"]+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Name();

    [GeneratedRegex(@"url\(#(?<name>[^)]+)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Use();
}
