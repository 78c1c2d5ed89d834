using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FastSparseCoding.Cli.Output;

/// <summary>What a command found: named values in order, and possibly a table; printed for people or as JSON.</summary>
internal sealed class Result
{
    private readonly List<(string Name, object Value)> _values = [];
    private string _tableName = "";
    private ResultTable? _table;

    public Result Add(string name, object value)
    {
        _values.Add((name, value));
        return this;
    }

    public Result AddTable(string name, ResultTable table)
    {
        (_tableName, _table) = (name, table);
        return this;
    }

    public void Print(TextWriter output, bool json)
    {
        if (json)
            output.WriteLine(ToJson());
        else
            PrintText(output);
    }

    private void PrintText(TextWriter output)
    {
        _table?.Print(output);
        int width = _values.Count > 0 ? _values.Max(v => v.Name.Length) : 0;
        foreach ((string name, object value) in _values)
            output.WriteLine($"{name.Replace('_', ' ').PadRight(width)}  {Text(value)}");
    }

    private string ToJson()
    {
        var root = new JsonObject();
        foreach ((string name, object value) in _values)
            root[name.Replace(' ', '_')] = Node(value);
        if (_table is not null)
            root[_tableName] = _table.ToJson();
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
            root.WriteTo(writer);
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>A value in text: numbers with as many digits as mean something.</summary>
    internal static string Text(object value) => value switch
    {
        double number => Text(number),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>A value in JSON; what is not finite is null, because JSON has no word for it.</summary>
    internal static JsonNode? Node(object value) => value switch
    {
        double number => double.IsFinite(number) ? JsonValue.Create(number) : null,
        float number => float.IsFinite(number) ? JsonValue.Create(number) : null,
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        bool flag => JsonValue.Create(flag),
        Spread spread => spread.ToJson(),
        _ => JsonValue.Create(Text(value)),
    };

    private static string Text(double number)
        => double.IsFinite(number) ? number.ToString(Math.Abs(number) >= 1000 ? "F0" : "G4", CultureInfo.InvariantCulture) : double.IsNaN(number) ? "-" : "more";
}
