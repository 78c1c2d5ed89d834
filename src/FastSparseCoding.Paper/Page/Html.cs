using System.Net;
using System.Text;

namespace FastSparseCoding.Paper;

/// <summary>Pieces of a page.</summary>
internal static class Html
{
    public static string Encode(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A table that scrolls sideways where it is wider than the page.</summary>
    public static string Table(ResultTable table)
    {
        var text = new StringBuilder("<div class=\"scroll\"><table><thead><tr>");
        foreach (string column in table.Columns)
            text.Append($"<th scope=\"col\">{Encode(column)}</th>");
        text.Append("</tr></thead><tbody>\n");
        foreach (object[] row in table.Rows)
        {
            text.Append("<tr>");
            foreach (object value in row)
                text.Append($"<td>{Encode(ValueText.Of(value))}</td>");
            text.Append("</tr>\n");
        }
        return text.Append("</tbody></table></div>\n").ToString();
    }

    public static string Figure(string content, string caption)
        => $"<figure>{content}<figcaption>{Encode(caption)}</figcaption></figure>\n";
}
