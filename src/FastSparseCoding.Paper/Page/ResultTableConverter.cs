using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace FastSparseCoding.Paper;

/// <summary>A table as JSON that keeps the type and every bit of its values: {"columns": […], "rows": [[…]]}.</summary>
internal sealed class ResultTableConverter : JsonConverter<ResultTable>
{
    private const string Columns = "columns", Rows = "rows", Number = "number", Least = "least", Most = "most", Count = "count";

    public override ResultTable Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => FromNode(JsonNode.Parse(ref reader)!);

    public override void Write(Utf8JsonWriter writer, ResultTable value, JsonSerializerOptions options) => ToNode(value).WriteTo(writer);

    /// <summary>Reads a table.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static ResultTable FromNode(JsonNode node)
    {
        try
        {
            var table = new ResultTable([.. node[Columns]!.AsArray().Select(c => c!.GetValue<string>())]);
            foreach (JsonNode? row in node[Rows]!.AsArray())
                table.Add([.. row!.AsArray().Select(cell => Value(cell!))]);
            return table;
        }
        catch (Exception e) when (e is InvalidOperationException or NullReferenceException or FormatException)
        {
            return Throw.Json<ResultTable>("a table is expected", e);
        }
    }

    /// <summary>A table as JSON.</summary>
    public static JsonObject ToNode(ResultTable value) => new()
    {
        [Columns] = new JsonArray([.. value.Columns.Select(c => (JsonNode)c)]),
        [Rows] = new JsonArray([.. value.Rows.Select(row => new JsonArray([.. row.Select(Node)]))]),
    };

    private static JsonNode Node(object value) => value switch
    {
        string text => JsonValue.Create(text),
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        double number => new JsonObject { [Number] = Text(number) },
        Spread s => new JsonObject { [Number] = Text(s.Mean), [Least] = Text(s.Least), [Most] = Text(s.Most), [Count] = s.Count },
        _ => Throw.NotSupported<JsonNode>($"a table's value of type {value.GetType().Name} is not stored."),
    };

    private static object Value(JsonNode node) => node switch
    {
        JsonObject o when o[Least] is { } least
            => new Spread(Double(o[Number]!), Double(least), Double(o[Most]!), o[Count]!.GetValue<int>()),
        JsonObject o => Double(o[Number]!),
        JsonValue v when v.GetValueKind() == JsonValueKind.String => v.GetValue<string>(),
        JsonValue v => v.TryGetValue(out int small) ? small : v.GetValue<long>(),
        _ => Throw.Json<object>("a value of a table is expected", null),
    };

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static double Double(JsonNode node) => double.Parse(node.GetValue<string>(), CultureInfo.InvariantCulture);
}
