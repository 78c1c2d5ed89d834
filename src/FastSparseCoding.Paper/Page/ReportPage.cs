using System.Text;
using System.Text.RegularExpressions;

namespace FastSparseCoding.Paper;

/// <summary>One self-contained page: the claims at the top, then the settings and the sections.</summary>
internal static partial class ReportPage
{
    public const string Title = "Learning Fast Approximations of Sparse Coding, reproduced";

    public const string Introduction =
        "After K. Gregor and Y. LeCun, ICML 2010. A code Z* minimises E(x, z) = ½‖x − zD‖² + λ‖z‖₁; a network shaped like a few "
            + "iterations of a solver is trained to predict it. " +
        "Errors are ‖Z − Z*‖², summed over coefficients and averaged over patches that no training saw. The paper's numbers were "
            + "measured on its own patches and dictionaries, so errors compare in shape, " +
        "and iterations saved in size. Where the paper's number is not known for certain, none is given.";

    private const string Style = """
        :root { color-scheme: light dark; --ink: #1d2530; --soft: #5b6673; --line: #d5dae1; --paper: #fff; --shade: #f4f6f8; --mark: #b04e0b; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --soft: #9aa6b4; --line: #39424e; --paper: #14181d; --shade: #1c2229; --mark: #f0924c; } }
        @media print { :root { --ink: #000; --soft: #444; --line: #bbb; --paper: #fff; --shade: #fff; --mark: #8a3d08; } figure, tr, .setting { break-inside: avoid; } h2, h3 { break-after: avoid; } .scroll { overflow: visible; } table { font-size: .7rem; } nav { display: none; } }
        * { box-sizing: border-box; } html { scroll-behavior: smooth; }
        body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 74rem; font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper); overflow-wrap: break-word; }
        h1 { font-size: 1.7rem; line-height: 1.25; } h2 { margin: 3rem 0 1rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); font-size: 1.35rem; } h3 { margin: 1.8rem 0 .5rem; font-size: 1.1rem; }
        p { max-width: 46rem; } a { color: var(--mark); } nav { margin: 1rem 0; } nav a { display: inline-block; margin: 0 1.2rem .3rem 0; }
        .note, figcaption, .caption { color: var(--soft); font-size: .9rem; } .caption { margin: .3rem 0 1.6rem; }
        .scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .86rem; }
        th, td { padding: .35rem .55rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; } thead th { vertical-align: bottom; white-space: normal; background: var(--shade); }
        th:first-child, td:first-child { text-align: left; }
        .claims td, .claims th { text-align: left; white-space: normal; vertical-align: top; } .claims td:nth-child(2) { white-space: nowrap; } .claims td:last-child { font-weight: 600; color: var(--mark); }
        figure { margin: 1.2rem 0; } figure img, figure svg { max-width: 100%; height: auto; display: block; } figure img { image-rendering: pixelated; width: 28rem; }
        .row { display: flex; flex-wrap: wrap; gap: 1.2rem; } figure .row img { width: 8.5rem; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; } dt { color: var(--soft); } dd { margin: 0; min-width: 0; overflow-wrap: anywhere; } code { font-size: .9em; overflow-wrap: anywhere; }
        .setting { padding: .6rem .9rem; background: var(--shade); border-left: 3px solid var(--line); font-size: .9rem; max-width: none; }
        @media (max-width: 40rem) {
          dl { display: block; } dd { margin-bottom: .5rem; }
          .claims thead { display: none; } .claims tr { display: block; padding: .6rem 0; border-bottom: 1px solid var(--line); } .claims td { display: block; border: 0; padding: .1rem 0; }
          .claims td:nth-child(3)::before { content: "paper: "; color: var(--soft); } .claims td:nth-child(4)::before { content: "here: "; color: var(--soft); font-weight: 400; }
        }
        """;

    public static string Write(IReadOnlyList<Section> sections, IReadOnlyList<(string Name, string Value)> settings)
    {
        string command = settings.First(s => s.Name == "command").Value;
        var page = new StringBuilder();
        page.Append(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, "
            + $"initial-scale=1\">\n<title>{Title}</title>\n<style>\n{Style}\n</style></head>\n")
            .Append($"<body>\n<h1>{Title}</h1>\n<p>{Html.Encode(Introduction)}</p>\n<h2>Claims</h2>\n<div "
                + $"class=\"claims\">{Html.Table(Claims(sections))}</div>\n<nav aria-label=\"Contents\">");
        foreach (Section section in sections)
            page.Append($"<a href=\"#{section.Id}\">{Html.Encode(section.Title)}</a> ");
        page.Append("</nav>\n<h2>Settings</h2>\n<dl>\n");
        foreach ((string name, string value) in settings)
            page.Append($"<dt>{Html.Encode(name)}</dt><dd>{Html.Encode(value)}</dd>\n");
        page.Append("</dl>\n");
        foreach (Section section in sections)
            page.Append(Of(section, command));
        page.Append(
            "<p class=\"note\">Every number, of every seed, is in <code>numbers.csv</code> beside this page; <code>report.md</code> "
            + "holds the same tables as text.</p>\n</body></html>\n");
        return page.ToString();
    }

    /// <summary>The claims of all sections.</summary>
    public static ResultTable Claims(IReadOnlyList<Section> sections)
    {
        var table = new ResultTable("claim", "setting", "the paper, on its data", "measured here");
        foreach (Claim claim in sections.SelectMany(s => s.Claims))
            table.Add(claim.Statement, claim.Setting, claim.Paper, claim.Measured);
        return table;
    }

    private static string Of(Section section, string command)
    {
        var text = new StringBuilder($"<section id=\"{section.Id}\">\n<h2>{Html.Encode(section.Title)}</h2>\n");
        foreach (Block block in section.Blocks)
            text.Append(Of(block));
        return text.Append($"<p class=\"setting\">Made again by <code>{Html.Encode(command)}</code></p>\n</section>\n").ToString();
    }

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
