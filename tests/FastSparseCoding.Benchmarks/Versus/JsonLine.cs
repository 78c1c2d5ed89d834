using System.Buffers;
using System.Text;
using System.Text.Json;

namespace FastSparseCoding.Benchmarks.Versus;

/// <summary>One measurement as one line of JSON, with the field names of the peers' scripts.</summary>
internal static class JsonLine
{
    public static string Format(params ReadOnlySpan<(string Name, object Value)> fields)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach ((string name, object value) in fields)
                Write(json, name, value);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, string name, object value)
    {
        switch (value)
        {
            case string text: json.WriteString(name, text); break;
            case int number: json.WriteNumber(name, number); break;
            case long number: json.WriteNumber(name, number); break;
            case double number when double.IsFinite(number): json.WriteNumber(name, number); break;
            case double: json.WriteNull(name); break;
            default: throw new ArgumentException($"'{name}' is a {value.GetType().Name}; it must be a string or a number.", nameof(value));
        }
    }
}
