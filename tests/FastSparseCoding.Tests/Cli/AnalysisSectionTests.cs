using System.Text.RegularExpressions;
using FastSparseCoding.Cli;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Cli.Reproduction;
using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Cli;

public sealed partial class AnalysisSectionTests
{
    private const float Lambda = 0.3f;

    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(20, 9, seed: 1);
    private static readonly Matrix X = RandomData.Normal(50, 9, seed: 2);

    private static CommandContext Context => new(new Terminal(TextWriter.Null, TextWriter.Null, false), Json: false, Quiet: true, Seed: 1, Threads: 1, TestContext.Current.CancellationToken);

    [Fact]
    public void Explaining_away_is_told_by_depth_with_an_example()
    {
        Matrix codes = new ActiveSetSolver(Dictionary, Lambda).Encode(X, cancellation: TestContext.Current.CancellationToken);

        ExplainingAwayResult result = ExplainingAwaySection.Measure(Dictionary, Encoders(("lcod", 3), ("lista", 1), ("tanh", 0), ("lista", 9), ("shrink", 0)), X, codes, Context);

        Assert.Equal(["layers of LISTA T=9", "layers of LISTA T=1", "trained for each depth"], result.Runs.Select(r => r.Name));
        Assert.Equal([0, 1, 9], result.Runs[2].Depths);
        Assert.Equal(result.Runs[0].Measured.Depths[9], result.Runs[2].Measured.Depths[2]);
        Assert.Equal(10 + 2 + 3, ExplainingAwaySection.Table(result).Rows.Count);
        string html = ExplainingAwaySection.Html(result, patchSize: 3);
        Assert.Equal(3, Count(html, "<img "));
        Assert.Equal(1, Count(html, "<svg "));
        Assert.Contains($"Test patch {result.Runs[0].Measured.Example!.Signal}: both atoms respond at depth 0", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_LISTA_there_is_nothing_to_explain_away()
        => Assert.Equal("", ExplainingAwaySection.Html(ExplainingAwaySection.Measure(Dictionary, Encoders(("lcod", 3), ("shrink", 0)), X, new Matrix(50, 20), Context), patchSize: 3));

    [Fact]
    public void Robustness_shows_where_predictors_fail()
    {
        TrainableEncoder[] encoders = Encoders(("lcod", 3), ("tanh", 0), ("lista", 1), ("lista", 0));
        encoders[2].Parameters.View("W_e").Values.Fill(1);      // ruined
        encoders[2].Refresh();

        RobustnessResult result = RobustnessSection.Measure(Dictionary, encoders, X, [("others", RandomData.Normal(40, 9, seed: 3))], Context);

        // Six levels of noise, five of λ, one other set; without tanh.
        Assert.Equal(12 * 3, result.Rows.Count);
        ResultTable table = RobustnessSection.Table(result);
        Assert.Equal(36, table.Rows.Count);
        string html = RobustnessSection.Html(result);
        Assert.All(["noise 0.25", "λ × 1.5", "others"], condition => Assert.Contains($"<td>{System.Net.WebUtility.HtmlEncode(condition)}</td>", html, StringComparison.Ordinal));
        Assert.Contains("In code error the predictor is behind in ", html, StringComparison.Ordinal);
        Assert.Contains("✗</td>", System.Net.WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        Assert.Equal(3, Count(html, "<svg "));
    }

    /// <summary>A name stands for the first element of the page that has it: a plot that shared one would be cut to another's frame.</summary>
    [Fact]
    public void Plots_on_a_page_share_no_names()
    {
        string html = RobustnessSection.Html(RobustnessSection.Measure(Dictionary, Encoders(("lista", 1)), X, [], Context));

        string[] names = [.. Name().Matches(html).Select(m => m.Groups["name"].Value)];
        Assert.True(names.Length >= 3, html);
        Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
        Assert.All(Use().Matches(html), use => Assert.Contains(use.Groups["name"].Value, names));
    }

    private static TrainableEncoder[] Encoders(params (string Kind, int Depth)[] all) => [.. all.Select(e => EncoderFactory.Create(e.Kind, Dictionary, Lambda, e.Depth))];

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    [GeneratedRegex(" id=\"(?<name>[^\"]+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Name();

    [GeneratedRegex(@"url\(#(?<name>[^)]+)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Use();
}
