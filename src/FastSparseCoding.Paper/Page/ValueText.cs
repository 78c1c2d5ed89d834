using System.Globalization;
using System.Text.Json.Nodes;

namespace FastSparseCoding.Paper;

/// <summary>Values of tables as text and as JSON.</summary>
internal static class ValueText
{
    /// <summary>A value in text: numbers with as many digits as mean something.</summary>
    public static string Of(object value) => value switch
    {
        double number => Of(number),
        long[] shape => $"({string.Join(", ", shape)}{(shape.Length == 1 ? "," : "")})",
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>A value in JSON; what is not finite is null, because JSON has no word for it.</summary>
    public static JsonNode? ToJson(object value) => value switch
    {
        double number => double.IsFinite(number) ? JsonValue.Create(number) : null,
        float number => float.IsFinite(number) ? JsonValue.Create(number) : null,
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        long[] shape => new JsonArray([.. shape.Select(size => (JsonNode)JsonValue.Create(size))]),
        bool flag => JsonValue.Create(flag),
        Spread spread => spread.ToJson(),
        _ => JsonValue.Create(Of(value)),
    };

    private static string Of(double number)
        => double.IsFinite(number) ? number.ToString(Math.Abs(number) >= 1000 ? "F0" : "G4", CultureInfo.InvariantCulture)
            : double.IsNaN(number) ? "-" : "more";
}
