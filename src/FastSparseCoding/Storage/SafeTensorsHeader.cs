using System.Text.Json;

namespace FastSparseCoding.Storage;

/// <summary>Reads the JSON header of a safetensors file and refuses what cannot be true of the bytes that follow it.</summary>
internal sealed class SafeTensorsHeader
{
    private readonly string _path;
    private readonly long _dataLength;

    private SafeTensorsHeader(string path, long dataLength)
    {
        _path = path;
        _dataLength = dataLength;
    }

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>The tensors in the order of their bytes.</summary>
    public List<TensorInfo> Tensors { get; } = [];

    /// <summary>Reads and checks a header.</summary>
    /// <param name="path">Named in messages.</param>
    /// <param name="json">The header's bytes.</param>
    /// <param name="dataLength">Number of bytes after the header.</param>
    public static SafeTensorsHeader Parse(string path, ReadOnlyMemory<byte> json, long dataLength)
    {
        var header = new SafeTensorsHeader(path, dataLength);
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 });
            header.Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string with bytes that are no UTF-8, found only when it is read.
            Throw.InvalidFile(path, $"its safetensors header is not valid JSON: {e.Message}");
        }
        header.CheckPlaces();
        return header;
    }

    private void Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            Throw.InvalidFile(_path, $"its safetensors header is a JSON {root.ValueKind}; expected an Object.");
        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (string.Equals(property.Name, SafeTensors.MetadataKey, StringComparison.Ordinal))
                ReadMetadata(property.Value);
            else
                Tensors.Add(ReadTensor(property.Name, property.Value));
        }
        Tensors.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
    }

    private void ReadMetadata(JsonElement metadata)
    {
        if (metadata.ValueKind != JsonValueKind.Object)
            Throw.InvalidFile(_path, $"its '{SafeTensors.MetadataKey}' is a JSON {metadata.ValueKind}; expected an Object.");
        foreach (JsonProperty pair in metadata.EnumerateObject())
        {
            if (pair.Value.ValueKind != JsonValueKind.String)
                Throw.InvalidFile(_path,
                    $"its '{SafeTensors.MetadataKey}' holds a {pair.Value.ValueKind} under '{pair.Name}'; expected a String.");
            Metadata[pair.Name] = pair.Value.GetString() ?? "";
        }
    }

    private TensorInfo ReadTensor(string name, JsonElement tensor)
    {
        if (tensor.ValueKind != JsonValueKind.Object || !tensor.TryGetProperty("dtype", out JsonElement dtype)
            || !tensor.TryGetProperty("shape", out JsonElement sizes) || !tensor.TryGetProperty("data_offsets", out JsonElement places))
            return Throw.InvalidFile<TensorInfo>(_path, $"its tensor '{name}' has no dtype, shape or data_offsets.");
        if (dtype.ValueKind != JsonValueKind.String)
            Throw.InvalidFile(_path, $"its tensor '{name}' has a dtype that is a JSON {dtype.ValueKind}; expected a String.");
        string type = dtype.GetString()!;
        long[] shape = ReadNumbers(name, "shape", sizes);
        long[] offsets = ReadNumbers(name, "data_offsets", places);
        if (offsets.Length != 2 || offsets[0] > offsets[1])
            Throw.InvalidFile(_path,
                $"its tensor '{name}' has data_offsets {SafeTensors.FormatShape(offsets)}; expected a begin and an end after it.");
        var info = new TensorInfo(name, type, shape, offsets[0], offsets[1]);
        CheckSize(info);
        return info;
    }

    private long[] ReadNumbers(string name, string field, JsonElement array)
    {
        if (array.ValueKind != JsonValueKind.Array)
            Throw.InvalidFile(_path, $"its tensor '{name}' has a {field} that is a JSON {array.ValueKind}; expected an Array.");
        if (array.GetArrayLength() is > SafeTensors.MaxRank and int length)
            Throw.InvalidFile(_path, $"its tensor '{name}' has a {field} of {length} numbers; at most {SafeTensors.MaxRank} are read.");
        var numbers = new List<long>();
        foreach (JsonElement item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out long number) || number < 0)
                return Throw.InvalidFile<long[]>(
                    _path, $"its tensor '{name}' has '{item.GetRawText()}' in its {field}; expected whole numbers from 0 to 2^63 - 1.");
            numbers.Add(number);
        }
        return [.. numbers];
    }

    private void CheckSize(TensorInfo info)
    {
        if (SafeTensors.BitsOf(info.Type) is not { } bits)
            return;
        Int128 all = bits;
        foreach (long size in info.Shape)
        {
            all *= size;
            if (all > (Int128)8 * long.MaxValue)
                Throw.InvalidFile(_path, $"its tensor '{info.Name}' has shape {info.ShapeText}; that is more than a file can hold.");
        }
        Int128 bytes = all / 8;
        if (all % 8 != 0)
            Throw.InvalidFile(_path, $"its tensor '{info.Name}' of shape {info.ShapeText} takes {all} bits, which are no whole bytes.");
        if (bytes != info.End - info.Begin)
            Throw.InvalidFile(_path,
                $"its tensor '{info.Name}' of shape {info.ShapeText} takes {bytes} bytes, but its data_offsets span "
                + $"{info.End - info.Begin}.");
    }

    /// <summary>The tensors must follow each other without gap or overlap, and end where the file ends.</summary>
    private void CheckPlaces()
    {
        long at = 0;
        foreach (TensorInfo tensor in Tensors)
        {
            if (tensor.Begin != at)
                Throw.InvalidFile(_path,
                    $"its tensor '{tensor.Name}' begins at byte {tensor.Begin} of the data; expected {at}, where the one before it ends.");
            at = tensor.End;
        }
        if (at > _dataLength)
            Throw.InvalidFile(_path, $"is truncated: its tensors take {at} bytes, but {_dataLength} follow the header.");
        if (at < _dataLength)
            Throw.InvalidFile(_path, $"is too long: its tensors take {at} bytes, but {_dataLength} follow the header.");
    }
}
