using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace FastSparseCoding.Paper;

/// <summary>Rows of values under named columns, as aligned text, JSON or CSV.</summary>
internal sealed class ResultTable(params string[] columns)
{
    private readonly List<object[]> _rows = [];

    public IReadOnlyList<string> Columns => columns;

    public IReadOnlyList<object[]> Rows => _rows;

    public void Add(params object[] values) => _rows.Add(values);

    public void Print(TextWriter output)
    {
        string[][] cells = [columns, .. _rows.Select(row => row.Select(ValueText.Of).ToArray())];
        int[] widths = [.. columns.Select((_, j) => cells.Max(row => row[j].Length))];
        foreach (string[] row in cells)
        {
            // Names stand left, numbers right.
            IEnumerable<string> padded = row.Select((cell, j) => IsText(j) ? cell.PadRight(widths[j]) : cell.PadLeft(widths[j]));
            output.WriteLine(string.Join("  ", padded).TrimEnd());
        }
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
