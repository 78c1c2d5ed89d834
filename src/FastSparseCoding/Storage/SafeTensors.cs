using System.Globalization;

namespace FastSparseCoding.Storage;

/// <summary>What a safetensors file says about one tensor: Begin and End are byte positions after the header.</summary>
internal sealed record TensorInfo(string Name, ElementType Type, long[] Shape, long Begin, long End)
{
    /// <summary>The shape as the file writes it.</summary>
    public string ShapeText => SafeTensors.FormatShape(Shape);
}

/// <summary>
/// The safetensors format: eight bytes with the length of a JSON header, the header (name → dtype, shape, data_offsets, and text pairs under
/// __metadata__), then the tensors' little-endian bytes without gaps.
/// </summary>
internal static class SafeTensors
{
    /// <summary>The longest header that is read, the same bound as the format's own library has.</summary>
    public const long MaxHeaderLength = 100_000_000;

    public const string MetadataKey = "__metadata__";

    private static readonly (string Name, ElementType Type)[] Types =
    [
        ("F32", ElementType.Float32), ("F64", ElementType.Float64), ("I32", ElementType.Int32), ("I64", ElementType.Int64),
    ];

    public static string TypeName(ElementType type) => Array.Find(Types, t => t.Type == type).Name;

    public static bool TryParseType(string? name, out ElementType type)
    {
        int index = Array.FindIndex(Types, t => string.Equals(t.Name, name, StringComparison.Ordinal));
        type = index < 0 ? default : Types[index].Type;
        return index >= 0;
    }

    public static string FormatShape(ReadOnlySpan<long> shape)
    {
        var sizes = new string[shape.Length];
        for (int i = 0; i < sizes.Length; i++)
            sizes[i] = shape[i].ToString(CultureInfo.InvariantCulture);
        return $"[{string.Join(", ", sizes)}]";
    }
}
