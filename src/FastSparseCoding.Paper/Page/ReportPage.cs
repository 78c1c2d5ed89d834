using System.Text;
using System.Text.RegularExpressions;

namespace FastSparseCoding.Paper;

/// <summary>One self-contained page: Figure 3 beside the claims, then the sections, and at the end rules, settings and words.</summary>
internal static partial class ReportPage
{
    public const string Title = "Learning Fast Approximations of Sparse Coding, reproduced";

    public const string Introduction =
        "After K. Gregor and Y. LeCun, ICML 2010. A code Z* minimises E(x, z) = ½‖x − zD‖² + λ‖z‖₁; a network shaped like a few "
            + "iterations of a solver is trained to predict it. " +
        "Errors are ‖Z − Z*‖², summed over coefficients and averaged over patches that no training saw. The paper's numbers were "
            + "measured on its own patches and dictionaries, so errors compare in shape, " +
        "and iterations saved in size. Where the paper's number is not known for certain, none is given.";

    public const string RulesIntroduction =
        "Each claim is judged from the numbers of this run alone, by these rules; with several seeds, what must hold must hold for each "
        + "of them. What is neither reproduced nor partly reproduced is not.";

    public static string Write(IReadOnlyList<Section> sections, IReadOnlyList<(string Name, string Value)> settings)
    {
        string command = settings.First(s => s.Name == "command").Value;
        (string Id, string Title, string Content)[] parts =
        [
            .. sections.Select(s => (s.Id, s.Title, Content(s, command))),
            ("verdicts", "How the verdicts are reached", Rules(sections)), ("settings", "Settings", Html.Definitions(settings)),
            ("glossary", "Glossary", Html.Definitions(Glossary.Read().Select(g => (Term(g.Word, g.Symbol), g.Meaning)))),
        ];
        var page = new StringBuilder();
        page.Append(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, "
            + $"initial-scale=1\">\n<title>{Title}</title>\n<style>\n{Resource.Text("report.css")}</style></head>\n")
            .Append($"<body>\n<h1>{Title}</h1>\n{Opening(sections)}<p>{Html.Encode(Introduction)}</p>\n<nav aria-label=\"Contents\">");
        foreach ((string id, string title, _) in parts)
            page.Append($"<a href=\"#{id}\">{Html.Encode(title)}</a> ");
        page.Append("</nav>\n");
        foreach ((string id, string title, string content) in parts)
            page.Append($"<section id=\"{id}\">\n<h2>{Html.Encode(title)}</h2>\n{content}</section>\n");
        page.Append(
            "<p class=\"note\">Every number, of every seed, is in <code>numbers.csv</code> beside this page; <code>report.md</code> "
            + "holds the same tables as text.</p>\n</body></html>\n");
        return page.ToString();
    }

    /// <summary>The claims of all sections.</summary>
    public static ResultTable Claims(IReadOnlyList<Section> sections)
    {
        var table = new ResultTable("claim", "setting", "the paper, on its data", "measured here", "verdict");
        foreach (Claim claim in sections.SelectMany(s => s.Claims))
            table.Add(claim.Statement, claim.Setting, claim.Paper, claim.Measured, claim.Judgement.Word);
        return table;
    }

    /// <summary>The rules that the claims were judged by, each once.</summary>
    public static IEnumerable<string> RulesOf(IReadOnlyList<Section> sections)
        => sections.SelectMany(s => s.Claims).Select(c => c.Judgement.Rule).Distinct(StringComparer.Ordinal);

    /// <summary>The pictures that say most, beside the claims.</summary>
    private static string Opening(IReadOnlyList<Section> sections)
    {
        Picture[] pictures = [.. sections.SelectMany(s => s.Blocks).OfType<Picture>().Where(p => p.Opens)];
        Claim[] claims = [.. sections.SelectMany(s => s.Claims)];
        var text = new StringBuilder($"<div class=\"opening{(pictures.Length > 0 ? " pictured" : "")}\">\n");
        if (pictures.Length > 0)
            text.Append($"<div>{string.Concat(pictures.Select(Of))}</div>\n");
        if (claims.Length > 0)
            text.Append(
                "<div class=\"claims\"><table><thead><tr><th scope=\"col\">claim</th><th scope=\"col\">the paper, on its data</th>"
                + "<th scope=\"col\">measured here</th><th scope=\"col\"><a href=\"#verdicts\">verdict</a></th></tr></thead><tbody>\n"
                + $"{string.Concat(claims.Select(Row))}</tbody></table></div>\n");
        return text.Append("</div>\n").ToString();
    }

    private static string Row(Claim claim)
    {
        string verdict = claim.Judgement.Word;
        return $"<tr><td>{Html.Encode(claim.Statement)}<small>{Html.Encode(claim.Setting)}</small></td><td>{Html.Encode(claim.Paper)}</td>"
            + $"<td>{Html.Encode(claim.Measured)}</td><td class=\"{verdict.Replace(' ', '-')}\">{verdict}</td></tr>\n";
    }

    private static string Rules(IReadOnlyList<Section> sections)
        => $"<p>{Html.Encode(RulesIntroduction)}</p>\n<ul>\n"
            + $"{string.Concat(RulesOf(sections).Select(r => $"<li>{Html.Encode(r)}</li>\n"))}</ul>\n";

    private static string Term(string word, string symbol) => symbol.Length == 0 ? word : $"{word}, {symbol}";

    /// <summary>The blocks in their order; pictures that follow each other stand side by side.</summary>
    private static string Content(Section section, string command)
    {
        var text = new StringBuilder();
        Block? before = null;
        foreach (Block block in section.Blocks.Where(b => b is not Picture { Opens: true }))
        {
            if (IsPicture(block) != IsPicture(before))
                text.Append(IsPicture(block) ? "<div class=\"figures\">\n" : "</div>\n");
            text.Append(Of(block));
            before = block;
        }
        return text.Append(IsPicture(before) ? "</div>\n" : "")
            .Append($"<p class=\"setting\">Made again by <code>{Html.Encode(command)}</code></p>\n").ToString();
    }

    private static bool IsPicture(Block? block) => block is Picture or PictureRow;

    private static string Of(Block block) => block switch
    {
        Paragraph p => $"<p>{Html.Encode(p.Text)}</p>\n",
        Heading h => $"<h3>{Html.Encode(h.Text)}</h3>\n",
        TableBlock t => $"{Html.Table(t.Table)}<p class=\"caption\">{Html.Encode(t.Caption)}</p>\n",
        Picture p when p.FileName.EndsWith(".svg", StringComparison.Ordinal)
            => Html.Figure(Inline(Encoding.UTF8.GetString(p.Content)), p.Caption),
        PictureRow r => Html.Figure(
            $"<div class=\"row\">{string.Concat(r.Row.Select(p => $"<div>{Image(p)}<span class=\"note\">{Html.Encode(p.Caption)}</span></div>"))}</div>", r.Caption),
        Picture p => Html.Figure(Image(p), p.Caption),
        _ => "",
    };

    private static string Image(Picture p)
        => $"<img alt=\"{Html.Encode(p.Caption)}\" src=\"data:image/png;base64,{Convert.ToBase64String(p.Content)}\">";

    // The page's letters are its own ink; everything from the document's head belongs to a file, not to a page.
    private static string Inline(string svg)
        => SvgSize().Replace(svg[svg.IndexOf("<svg", StringComparison.Ordinal)..],
            "<svg role=\"img\" viewBox=\"0 0 $1 $2\" width=\"$1\" height=\"$2\"", 1);

    [GeneratedRegex("<svg width=\"([0-9]+)\" height=\"([0-9]+)\"")]
    private static partial Regex SvgSize();
}
