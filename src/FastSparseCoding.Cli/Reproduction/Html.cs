using System.Net;
using System.Text;
using FastSparseCoding.Cli.Output;

namespace FastSparseCoding.Cli.Reproduction;

/// <summary>The parts that pages are made of.</summary>
internal static class Html
{
    public static string Table(ResultTable table)
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

    public static string Figure(string content, string caption) => $"<section><figure>{content}<figcaption>{Encode(caption)}</figcaption></figure></section>\n";

    public static string Encode(string text) => WebUtility.HtmlEncode(text);
}
