using System.Globalization;

namespace FastSparseCoding.Storage;

/// <summary>What a safetensors file says about one tensor: Type is the format's word for it, Begin and End are byte positions after the
/// header.</summary>
internal sealed record TensorInfo(string Name, string Type, long[] Shape, long Begin, long End)
{
    /// <summary>The shape as the file writes it.</summary>
    public string ShapeText => SafeTensors.FormatShape(Shape);
}

/// <summary>
/// The safetensors format: eight bytes with the length of a JSON header, the header (name → dtype, shape, data_offsets, and text pairs
/// under __metadata__), then the tensors' little-endian bytes without gaps.
/// </summary>
internal static class SafeTensors
{
    /// <summary>The longest header that is read. A model of this library has one of some 10 kB; reading one takes some 20 times its length
    /// in memory.</summary>
    public const long MaxHeaderLength = 1 << 24;

    /// <summary>The most dimensions that a tensor may have.</summary>
    public const int MaxRank = 8;

    public const string Float16 = "F16", BFloat16 = "BF16", Float32 = "F32", Float64 = "F64";

    public const string MetadataKey = "__metadata__";

    // The format's own list. Types of other names may come with newer versions of it; tensors of theirs are as long as the file says.
    private static readonly Dictionary<string, int> Bits = new(StringComparer.Ordinal)
    {
        [Float64] = 64,
        [Float32] = 32,
        [Float16] = 16,
        [BFloat16] = 16,
        ["C64"] = 64,
        ["I64"] = 64,
        ["I32"] = 32,
        ["I16"] = 16,
        ["I8"] = 8,
        ["U64"] = 64,
        ["U32"] = 32,
        ["U16"] = 16,
        ["U8"] = 8,
        ["BOOL"] = 8,
        ["F8_E4M3"] = 8,
        ["F8_E5M2"] = 8,
        ["F8_E8M0"] = 8,
        ["F6_E2M3"] = 6,
        ["F6_E3M2"] = 6,
        ["F4"] = 4,
    };

    /// <summary>The format's word for a type of the language.</summary>
    public static string TypeName<T>()
        where T : unmanaged
        => ElementType.Of<T>() switch
        {
            { Kind: 'f' } type => $"F{8 * type.Size}",
            { Kind: 'u' } type => $"U{8 * type.Size}",
            var type => $"I{8 * type.Size}",
        };

    /// <summary>Bits of an element, or null for a type that is not known.</summary>
    public static int? BitsOf(string type) => Bits.TryGetValue(type, out int bits) ? bits : null;

    public static string FormatShape(ReadOnlySpan<long> shape)
    {
        var sizes = new string[shape.Length];
        for (int i = 0; i < sizes.Length; i++)
            sizes[i] = shape[i].ToString(CultureInfo.InvariantCulture);
        return $"[{string.Join(", ", sizes)}]";
    }
}
