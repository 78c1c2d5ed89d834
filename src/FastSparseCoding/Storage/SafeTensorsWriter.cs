using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace FastSparseCoding.Storage;

/// <summary>Collects tensors and text pairs and writes them as one safetensors file; the same content always makes the same
/// bytes.</summary>
internal sealed class SafeTensorsWriter(int chunkBytes = SafeTensorsWriter.ChunkBytes)
{
    /// <summary>Bytes that are kept in one array; a tensor may have more than one array holds.</summary>
    private const int ChunkBytes = 1 << 26;

    private readonly List<(TensorInfo Info, byte[][] Chunks)> _tensors = [];

    /// <summary>Text pairs, written in ordinal order of their keys.</summary>
    public SortedDictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>The tensors with their places: widest elements first, so that all stand on multiples of their size, then in the order
    /// added.</summary>
    public IEnumerable<(TensorInfo Info, byte[][] Chunks)> Tensors
    {
        get
        {
            long at = 0;
            foreach ((TensorInfo info, byte[][] chunks) in _tensors.OrderByDescending(t => SafeTensors.BitsOf(t.Info.Type)))
            {
                long length = chunks.Sum(chunk => (long)chunk.Length);
                yield return (info with { Begin = at, End = at + length }, chunks);
                at += length;
            }
        }
    }

    /// <summary>Adds a copy of a tensor.</summary>
    public void Add<T>(string name, ReadOnlySpan<long> shape, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var info = new TensorInfo(name, SafeTensors.TypeName<T>(), shape.ToArray(), 0, 0);
        Throw.IfLengthNot(values.Length, info.Shape.Aggregate(1L, (product, size) => product * size), name);
        int most = chunkBytes / Unsafe.SizeOf<T>();
        var chunks = new byte[(values.Length + most - 1) / most][];
        for (int i = 0; i < chunks.Length; i++)
            chunks[i] = MemoryMarshal.AsBytes(values.Slice(i * most, Math.Min(most, values.Length - i * most))).ToArray();
        _tensors.Add((info, chunks));
    }

    public void WriteTo(Stream stream)
    {
        WriteHeader(stream, Metadata, Tensors.Select(t => t.Info));
        foreach ((_, byte[][] chunks) in Tensors)
            foreach (byte[] chunk in chunks)
                stream.Write(chunk);
    }

    /// <summary>Writes what stands before the tensors' bytes: JSON, padded with spaces so that the data begins on a multiple of 8
    /// bytes.</summary>
    public static void WriteHeader(
        Stream stream, IReadOnlyCollection<KeyValuePair<string, string>> metadata, IEnumerable<TensorInfo> tensors)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteMetadata(json, metadata);
            foreach (TensorInfo info in tensors)
                WriteTensor(json, info);
            json.WriteEndObject();
        }
        while (buffer.Length % 8 != 0)
            buffer.WriteByte((byte)' ');
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, buffer.Length);
        stream.Write(length);
        stream.Write(buffer.ToArray());
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyCollection<KeyValuePair<string, string>> metadata)
    {
        if (metadata.Count == 0)
            return;
        json.WriteStartObject(SafeTensors.MetadataKey);
        foreach ((string key, string value) in metadata)
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteTensor(Utf8JsonWriter json, TensorInfo info)
    {
        json.WriteStartObject(info.Name);
        json.WriteString("dtype", info.Type);
        json.WriteStartArray("shape");
        foreach (long size in info.Shape)
            json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(info.Begin);
        json.WriteNumberValue(info.End);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
