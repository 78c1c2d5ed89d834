using System.Buffers.Binary;

namespace FastSparseCoding.Storage;

/// <summary>A safetensors file opened for reading; its header has been checked, its tensors are read when asked for.</summary>
internal sealed class SafeTensorsReader : IDisposable
{
    private readonly InputFile _file;
    private readonly SafeTensorsHeader _header;
    private readonly long _dataStart;

    private SafeTensorsReader(InputFile file)
    {
        _file = file;
        if (file.Length < 8)
            Throw.InvalidFile(file.Path, $"is not a safetensors file: it has {file.Length} bytes, fewer than the 8 that give its header's length.");
        Span<byte> prefix = stackalloc byte[8];
        file.ReadExactly(prefix, 0);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > (ulong)(file.Length - 8))
            Throw.InvalidFile(file.Path, $"is truncated or not a safetensors file: it promises a header of {length} bytes, but {file.Length - 8} follow.");
        if (length > SafeTensors.MaxHeaderLength)
            Throw.InvalidFile(file.Path, $"promises a header of {length} bytes; at most {SafeTensors.MaxHeaderLength} are read.");
        var json = new byte[length];
        file.ReadExactly(json, 8);
        _dataStart = 8 + json.Length;
        _header = SafeTensorsHeader.Parse(file.Path, json, file.Length - _dataStart);
    }

    public string Path => _file.Path;

    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>The tensors in the order of their bytes.</summary>
    public IReadOnlyList<TensorInfo> Tensors => _header.Tensors;

    public static SafeTensorsReader Open(string path)
    {
        InputFile file = InputFile.Open(path);
        try
        {
            return new SafeTensorsReader(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public TensorInfo? Find(string name) => _header.Tensors.Find(t => string.Equals(t.Name, name, StringComparison.Ordinal));

    /// <summary>The values of a tensor that must be there, of this type.</summary>
    public T[] Read<T>(string name)
        where T : unmanaged
    {
        TensorInfo info = Find(name) ?? Throw.InvalidFile<TensorInfo>(Path, $"has no tensor '{name}'.");
        if (info.Type != ElementType.Of<T>())
            Throw.InvalidFile(Path, $"its tensor '{name}' is of type {SafeTensors.TypeName(info.Type)}; expected {SafeTensors.TypeName(ElementType.Of<T>())}.");
        long count = (info.End - info.Begin) / info.Type.Bytes;
        if (count > Array.MaxLength)
            Throw.InvalidFile(Path, $"its tensor '{name}' holds {count} values; at most {Array.MaxLength} fit one array.");
        var values = new T[count];
        _file.ReadValues(values.AsSpan(), _dataStart + info.Begin);
        return values;
    }

    /// <summary>The values of a tensor that must be there, of this type and shape.</summary>
    public T[] Read<T>(string name, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        if (Find(name) is { } info && !shape.SequenceEqual(info.Shape))
            Throw.InvalidFile(Path, $"its tensor '{name}' has shape {info.ShapeText}; expected {SafeTensors.FormatShape(shape)}.");
        return Read<T>(name);
    }

    /// <summary>The raw bytes of all tensors, in pieces, in the file's order: for a checksum.</summary>
    public void ForEachChunk(TensorInfo tensor, Action<ReadOnlyMemory<byte>> visit)
    {
        var buffer = new byte[Math.Min(1 << 16, tensor.End - tensor.Begin)];
        for (long at = tensor.Begin; at < tensor.End; at += buffer.Length)
        {
            Memory<byte> chunk = buffer.AsMemory(0, (int)Math.Min(buffer.Length, tensor.End - at));
            _file.ReadExactly(chunk.Span, _dataStart + at);
            visit(chunk);
        }
    }

    public void Dispose() => _file.Dispose();
}
