using System.Text.Json;
using System.Text.Json.Nodes;
using FastSparseCoding.Paper;

namespace FastSparseCoding.Cli.Output;

/// <summary>A name and a value that are a file's own.</summary>
/// <param name="Name">The name.</param>
/// <param name="Text">The value for people.</param>
/// <param name="Json">The value for programs.</param>
internal sealed record GroupValue(string Name, string Text, JsonNode? Json);

/// <summary>What a command found: named values in order, and possibly a table; printed for people or as JSON.</summary>
internal sealed class Result
{
    /// <summary>Longer names stand without a column.</summary>
    private const int MostPadding = 40;

    private readonly List<(string Name, object Value)> _values = [];
    private readonly List<(string Name, IReadOnlyList<GroupValue> Pairs)> _groups = [];
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

    /// <summary>Adds names and values that are a file's own, under a name of ours, so that they replace or imitate nothing.</summary>
    public Result AddGroup(string name, IReadOnlyList<GroupValue> pairs)
    {
        if (pairs.Count > 0)
            _groups.Add((name, pairs));
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
            output.WriteLine($"{name.Replace('_', ' ').PadRight(width)}  {Printable.Line(ValueText.Of(value))}");
        foreach ((string name, IReadOnlyList<GroupValue> pairs) in _groups)
            PrintGroup(output, name, pairs);
    }

    private static void PrintGroup(TextWriter output, string name, IReadOnlyList<GroupValue> pairs)
    {
        (string Name, string Value)[] lines = [.. pairs.Select(p => (Printable.Piece(p.Name), Printable.Piece(p.Text)))];
        int width = Math.Min(MostPadding, lines.Max(l => l.Name.Length));
        output.WriteLine(name.Replace('_', ' '));
        foreach ((string key, string value) in lines)
            output.WriteLine($"  {key.PadRight(width)}  {value}");
    }

    private string ToJson()
    {
        var root = new JsonObject();
        foreach ((string name, object value) in _values)
            root[name.Replace(' ', '_')] = ValueText.ToJson(value);
        foreach ((string name, IReadOnlyList<GroupValue> pairs) in _groups)
            root[name] = new JsonObject(pairs.Select(p => KeyValuePair.Create(p.Name, p.Json)));
        if (_table is not null)
            root[_tableName] = _table.ToJson();
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
            root.WriteTo(writer);
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
