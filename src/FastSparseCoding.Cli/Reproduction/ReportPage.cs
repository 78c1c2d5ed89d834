using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using FastSparseCoding.Cli.Output;

namespace FastSparseCoding.Cli.Reproduction;

/// <summary>One self-contained page with the settings, tables, plots and atoms.</summary>
internal static partial class ReportPage
{
    private const string Style = """
        :root { color-scheme: light dark; --ink: #1d2530; --soft: #5b6673; --line: #d5dae1; --paper: #fff; --mark: #c75c12; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --soft: #9aa6b4; --line: #39424e; --paper: #14181d; --mark: #f0924c; } }
        @media print { :root { --ink: #000; --soft: #444; --line: #bbb; --paper: #fff; --mark: #a04a0d; } section { break-inside: avoid; } }
        body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 62rem; font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
        h1 { font-size: 1.7rem; line-height: 1.25; } h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); } h3 { margin-top: 1.8rem; }
        .headline { font-size: 1.15rem; } .headline b { color: var(--mark); } .note, figcaption { color: var(--soft); font-size: .9rem; }
        .scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .88rem; }
        th, td { padding: .3rem .65rem; text-align: right; border-bottom: 1px solid var(--line); } th { vertical-align: bottom; } th:first-child, td:first-child { text-align: left; white-space: nowrap; }
        figure { margin: 1.2rem 0; } figure img, figure svg { max-width: 100%; height: auto; } img.atoms { image-rendering: pixelated; width: 28rem; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; } code { font-size: .9em; overflow-wrap: anywhere; }
        """;

    public static string Write(IReadOnlyList<ExperimentResult> results, IReadOnlyList<(string Name, string Value)> settings, Func<int, byte[]> atomsPng)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Learning Fast Approximations of Sparse Coding, reproduced</title>\n<style>\n")
            .Append(Style).Append("\n</style></head><body>\n<h1>Learning Fast Approximations of Sparse Coding, reproduced</h1>\n")
            .Append("<p>After K. Gregor and Y. LeCun, ICML 2010. A code Z* minimises E(x, z) = ½‖x − zD‖² + λ‖z‖₁. A network shaped like a few iterations of a solver is trained to predict it. ")
            .Append("Errors are ‖Z − Z*‖², summed over coefficients and averaged over patches that no training saw.</p>\n");
        foreach (ExperimentResult result in results)
            page.Append(Headline(result));
        page.Append("<h2>Settings</h2>\n<dl>\n");
        foreach ((string name, string value) in settings)
            page.Append($"<dt>{Encode(name)}</dt><dd>{Encode(value)}</dd>\n");
        page.Append("</dl>\n");
        foreach (ExperimentResult result in results)
            page.Append(Section(result, atomsPng(result.Dictionary.AtomCount)));
        page.Append("<p class=\"note\">Every number of the tables and curves is in <code>numbers.csv</code> beside this page.</p>\n</body></html>\n");
        return page.ToString();
    }

    private static string Headline(ExperimentResult result)
    {
        MethodResult lista = result.Methods.First(m => m.Candidate is { Kind: "lista", Depth: 1 }).Measured;
        (Candidate candidate, MethodResult lcod) = result.Methods.First(m => m.Candidate is { Kind: "lcod", Depth: 5 });
        return string.Create(
            CultureInfo.InvariantCulture,
            $"<p class=\"headline\">With {result.Dictionary.AtomCount} atoms, one layer of LISTA (T = 1) is worth <b>{Result.Text(lista.FistaIterations)} iterations of FISTA</b>, and {candidate.Depth} updates of LCoD are worth <b>{Result.Text(lcod.CodUpdates)} updates of CoD</b>.</p>\n");
    }

    private static string Section(ExperimentResult result, byte[] atoms)
    {
        int m = result.Dictionary.AtomCount;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"<h2>{m} atoms</h2>\n<section><h3>Encoders</h3>\n<div class=\"scroll\">{Table(Tables.Summary([result]))}</div>\n");
        text.Append(CultureInfo.InvariantCulture, $"<p class=\"note\">Exact codes: {Result.Text(result.NonZeros)} of {m} coefficients are not zero, mean ‖Z*‖² is {Result.Text(result.CodeEnergy)}; {result.Certified:P1} of them are certified by a relative duality gap of 1e-5. ");
        text.Append("FISTA iterations and CoD updates are those with which the exact method, started from zero, reaches the same error. Times are of one thread in batches, measured on this machine.</p></section>\n");
        text.Append(Figure(Inline(Plots.FistaAgainstLista(result)), $"Error against work: FISTA and ISTA after k iterations, LISTA with T = 0, 1, 3, 7 (the paper's Figure 3), {m} atoms."));
        text.Append(Figure(Inline(Plots.CodAgainstLcod(result)), $"Error against coordinate updates: CoD and LCoD (the paper's Figure 4), {m} atoms."));
        text.Append(Figure($"<img class=\"atoms\" alt=\"The {m} atoms as gray pictures\" src=\"data:image/png;base64,{Convert.ToBase64String(atoms)}\">", $"The {m} atoms of the learned dictionary."));
        return text.ToString();
    }

    private static string Figure(string content, string caption) => $"<section><figure>{content}<figcaption>{Encode(caption)}</figcaption></figure></section>\n";

    // The page's letters are its own ink; everything from the document's head belongs to a file, not to a page.
    private static string Inline(string svg)
        => SvgSize().Replace(svg[svg.IndexOf("<svg", StringComparison.Ordinal)..], "<svg role=\"img\" viewBox=\"0 0 $1 $2\" width=\"$1\" height=\"$2\"", 1);

    private static string Table(ResultTable table)
    {
        var text = new StringBuilder("<table><thead><tr>");
        foreach (string column in table.Columns)
            text.Append($"<th scope=\"col\">{Encode(column)}</th>");
        text.Append("</tr></thead><tbody>\n");
        foreach (object[] row in table.Rows)
        {
            text.Append("<tr>");
            foreach (object value in row)
                text.Append($"<td>{Encode(Result.Text(value))}</td>");
            text.Append("</tr>\n");
        }
        return text.Append("</tbody></table>\n").ToString();
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    [GeneratedRegex("<svg width=\"([0-9]+)\" height=\"([0-9]+)\"")]
    private static partial Regex SvgSize();
}
