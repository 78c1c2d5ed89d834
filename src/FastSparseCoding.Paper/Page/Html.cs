using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace FastSparseCoding.Paper;

/// <summary>Pieces of a page.</summary>
internal static partial class Html
{
    public static string Encode(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A table that scrolls sideways where it is wider than the page: text left, numbers right, one decimal point under the
    /// other.</summary>
    public static string Table(ResultTable table)
    {
        string[][] cells = [.. table.Rows.Select(row => row.Select(ValueText.Of).ToArray())];
        Column[] columns = [.. table.Columns.Select((_, j) => new Column([.. cells.Select(row => row[j])]))];
        var text = new StringBuilder("<div class=\"scroll\"><table><thead><tr>");
        foreach ((Column column, string title) in columns.Zip(table.Columns))
            text.Append($"<th scope=\"col\"{column.Class}>{Encode(title)}</th>");
        text.Append("</tr></thead><tbody>\n");
        foreach (string[] row in cells)
            text.Append($"<tr>{string.Concat(row.Zip(columns, (cell, column) => column.Cell(cell)))}</tr>\n");
        return text.Append("</tbody></table></div>\n").ToString();
    }

    public static string Figure(string content, string caption)
        => $"<figure>{content}<figcaption>{Encode(caption)}</figcaption></figure>\n";

    /// <summary>Words and what stands beside them.</summary>
    public static string Definitions(IEnumerable<(string Word, string Text)> items)
        => $"<dl>\n{string.Concat(items.Select(i => $"<dt>{Encode(i.Word)}</dt><dd>{Encode(i.Text)}</dd>\n"))}</dl>\n";

    /// <summary>How the cells of a column stand: a column of numbers is one where every cell is a number or tells that there is
    /// none.</summary>
    private sealed class Column(string[] cells)
    {
        private readonly bool _isNumber = cells.All(c => NumberOrNone().IsMatch(c));
        private readonly double _places = cells.Select(Places).DefaultIfEmpty().Max();

        public string Class => _isNumber ? " class=\"number\"" : "";

        /// <summary>A number keeps the room that others of its column need behind the decimal point.</summary>
        public string Cell(string cell)
        {
            double missing = _isNumber ? _places - Places(cell) : 0;
            string room = missing == 0 ? ""
                : string.Create(CultureInfo.InvariantCulture, $" style=\"padding-right:calc(.45rem + {missing}ch)\"");
            return $"<td{Class}{room}>{Encode(cell)}</td>";
        }

        /// <summary>Width behind the whole part, in digits: a point is half of one wide.</summary>
        private static double Places(string cell)
        {
            int whole = WholePart().Match(cell).Length;
            return cell.Length - whole - 0.5 * cell[whole..].Count(c => c is '.' or ' ');
        }
    }

    [GeneratedRegex("^(-?[0-9]+(\\.[0-9]+)?(E[-+][0-9]+)?( ± [0-9]+(\\.[0-9]+)?)?|–|-|more)$", RegexOptions.ExplicitCapture)]
    private static partial Regex NumberOrNone();

    [GeneratedRegex("^-?[0-9]*")]
    private static partial Regex WholePart();
}
