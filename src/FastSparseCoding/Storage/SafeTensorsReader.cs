using System.Buffers.Binary;

namespace FastSparseCoding.Storage;

/// <summary>A safetensors file opened for reading; its header has been checked, its tensors are read when asked for.</summary>
internal sealed class SafeTensorsReader : IDisposable
{
    private readonly InputFile _file;
    private readonly SafeTensorsHeader _header;
    private readonly Dictionary<string, TensorInfo> _byName;
    private readonly long _dataStart;

    private SafeTensorsReader(InputFile file)
    {
        _file = file;
        if (file.Length < 8)
            Throw.InvalidFile(file.Path,
                $"is not a safetensors file: it has {file.Length} bytes, fewer than the 8 that give its header's length.");
        Span<byte> prefix = stackalloc byte[8];
        file.ReadExactly(prefix, 0);
        if (NpyHeader.IsNpy(prefix))
            Throw.InvalidFile(file.Path, "is an .npy array; expected a safetensors file.");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > (ulong)(file.Length - 8))
            Throw.InvalidFile(file.Path,
                $"is truncated or not a safetensors file: it promises a header of {length} bytes, but {file.Length - 8} follow.");
        if (length > SafeTensors.MaxHeaderLength)
            Throw.InvalidFile(file.Path, $"promises a header of {length} bytes; at most {SafeTensors.MaxHeaderLength} are read.");
        var json = new byte[length];
        file.ReadExactly(json, 8);
        _dataStart = 8 + json.Length;
        _header = SafeTensorsHeader.Parse(file.Path, json, file.Length - _dataStart);
        _byName = _header.Tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
    }

    public string Path => _file.Path;

    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>The tensors in the order of their bytes.</summary>
    public IReadOnlyList<TensorInfo> Tensors => _header.Tensors;

    public static SafeTensorsReader Open(FileSource source) => Open(InputFile.Open(source));

    /// <summary>Reads the header of a file, which it disposes.</summary>
    public static SafeTensorsReader Open(InputFile file)
    {
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

    public TensorInfo? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The values of a tensor that must be there, of this type; where float32 is asked for any floating-point type is rounded to
    /// it.</summary>
    public T[] Read<T>(string name)
        where T : unmanaged
    {
        TensorInfo info = Readable<T>(name);
        T[] values = FileMemory.Allocate<T>(
            Path, $"its tensor '{name}'", (info.End - info.Begin) * 8 / SafeTensors.BitsOf(info.Type)!.Value);
        if (info.Type == SafeTensors.TypeName<T>())
            _file.ReadValues(values.AsSpan(), _dataStart + info.Begin);
        else
            FloatTypes.Read(_file, _dataStart + info.Begin, info.Type, (float[])(object)values);
        return values;
    }

    /// <summary>The values of a tensor that must be there, of this type and shape.</summary>
    public T[] Read<T>(string name, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        Require<T>(name, shape);
        return Read<T>(name);
    }

    /// <summary>Refuses a file without this tensor in this shape, before anything is made for its values.</summary>
    public void Require<T>(string name, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        if (Readable<T>(name) is var info && !shape.SequenceEqual(info.Shape))
            Throw.InvalidFile(Path, $"its tensor '{name}' has shape {info.ShapeText}; expected {SafeTensors.FormatShape(shape)}.");
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

    private TensorInfo Readable<T>(string name)
        where T : unmanaged
    {
        TensorInfo info = Find(name) ?? Throw.InvalidFile<TensorInfo>(Path, $"has no tensor '{name}'.");
        bool isFloat = typeof(T) == typeof(float);
        if (info.Type != SafeTensors.TypeName<T>() && !(isFloat && FloatTypes.AreConverted(info.Type)))
            Throw.InvalidFile(
                Path, $"its tensor '{name}' is of type '{info.Type}'; expected "
                + $"{(isFloat ? "F32, F64, F16 or BF16" : SafeTensors.TypeName<T>())}.");
        return info;
    }
}
