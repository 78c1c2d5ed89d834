using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace FastSparseCoding.Paper;

/// <summary>Rows of values under named columns, as aligned text, JSON or CSV.</summary>
[JsonConverter(typeof(ResultTableConverter))]
internal sealed class ResultTable(params string[] columns)
{
    private const string Gap = "  ";

    private readonly List<object[]> _rows = [];

    public IReadOnlyList<string> Columns => columns;

    public IReadOnlyList<object[]> Rows => _rows;

    public void Add(params object[] values) => _rows.Add(values);

    /// <summary>Prints the table, no line longer than a terminal is wide as long as two columns fit: titles are broken between words, and
    /// columns that do not fit follow below, each time beside the first.</summary>
    public void Print(TextWriter output, int width = 80)
    {
        string[][] cells = [.. _rows.Select(row => row.Select(ValueText.Of).ToArray())];
        int[] contents = [.. columns.Select((_, j) => cells.Select(row => row[j].Length).Append(1).Max())];
        int[] widths = [.. columns.Select((title, j) => Math.Max(contents[j], title.Length))];
        if (Total(widths) > width)
            widths = [.. columns.Select((title, j) => Math.Max(contents[j], title.Split(' ').Max(word => word.Length)))];
        for (int first = 1, next; first < Math.Max(2, columns.Length); first = next)
        {
            next = first + 1;
            while (next < columns.Length && Total([widths[0], .. widths[first..(next + 1)]]) <= width)
                next++;
            int[] shown = [0, .. Enumerable.Range(first, Math.Min(next, columns.Length) - first)];
            if (first > 1)
                output.WriteLine();
            foreach (string[] row in Titles(widths).Concat(cells))
                output.WriteLine(string.Join(Gap, shown.Select(j => Pad(row[j], j, widths[j]))).TrimEnd());
        }
    }

    private static int Total(int[] widths) => widths.Sum() + Gap.Length * (widths.Length - 1);

    // Names stand left, numbers right.
    private string Pad(string cell, int column, int width) => IsText(column) ? cell.PadRight(width) : cell.PadLeft(width);

    /// <summary>The titles in as many lines as the longest takes, which end together above the values.</summary>
    private IEnumerable<string[]> Titles(int[] widths)
    {
        string[][] broken = [.. columns.Select((title, j) => Break(title, widths[j]))];
        int lines = broken.Max(b => b.Length);
        for (int line = 0; line < lines; line++)
            yield return [.. broken.Select(b => line - lines + b.Length >= 0 ? b[line - lines + b.Length] : "")];
    }

    private static string[] Break(string title, int width)
    {
        var lines = new List<string>();
        foreach (string word in title.Split(' '))
            if (lines.Count > 0 && lines[^1].Length + 1 + word.Length <= width)
                lines[^1] += $" {word}";
            else
                lines.Add(word);
        return [.. lines];
    }

    public JsonArray ToJson()
    {
        var array = new JsonArray();
        foreach (object[] row in _rows)
        {
            var item = new JsonObject();
            for (int j = 0; j < columns.Length; j++)
                item[Key(columns[j])] = ValueText.ToJson(row[j]);
            array.Add((JsonNode)item);
        }
        return array;
    }

    /// <summary>A column's title as programs like it.</summary>
    private static string Key(string title)
        => title.Replace("µs", "microseconds", StringComparison.Ordinal).Replace(' ', '_').Replace('-', '_').ToLowerInvariant();

    /// <summary>Comma-separated values with every digit; an empty field where a value is not finite.</summary>
    public string ToCsv()
    {
        var text = new StringBuilder();
        text.AppendLine(string.Join(',', columns.Select(Key)));
        foreach (object[] row in _rows)
            text.AppendLine(string.Join(',', row.Select(Field)));
        return text.ToString();
    }

    private static string Field(object value) => value switch
    {
        double number => double.IsFinite(number) ? number.ToString("R", CultureInfo.InvariantCulture) : "",
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => $"\"{value.ToString()!.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
    };

    private bool IsText(int column) => _rows.Count > 0 && _rows[0][column] is string;
}
