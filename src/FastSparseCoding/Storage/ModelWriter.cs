using System.Globalization;

namespace FastSparseCoding.Storage;

/// <summary>
/// Collects what one model file holds: a safetensors file whose metadata name this library's format, its version and the kind of content,
/// and end in a checksum of everything else.
/// </summary>
internal sealed class ModelWriter
{
    private readonly SafeTensorsWriter _tensors = new();

    public ModelWriter(string kind)
    {
        Set(ModelFormat.FormatKey, ModelFormat.FormatName);
        Set(ModelFormat.VersionKey, ModelFormat.BasicVersion);
        Set(ModelFormat.KindKey, kind);
    }

    /// <summary>What has been set, in ordinal order of its keys.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _tensors.Metadata;

    public void Set(string key, string value) => _tensors.Metadata[key] = value;

    /// <summary>A number in the shortest text that reads back as the same bits.</summary>
    public void Set<T>(string key, T value)
        where T : IFormattable
        => Set(key, value.ToString(null, CultureInfo.InvariantCulture));

    public void Add<T>(string name, ReadOnlySpan<T> values)
        where T : unmanaged
        => _tensors.Add(name, [values.Length], values);

    public void Add(string name, ReadOnlyMatrixView matrix) => _tensors.Add(name, [matrix.Rows, matrix.Columns], matrix.Values);

    /// <summary>Writes the file.</summary>
    public void Save(FileTarget target)
    {
        Set(ModelFormat.ChecksumKey, Checksum());
        target.Write(_tensors.WriteTo);
    }

    private string Checksum()
    {
        using var checksum = new ModelChecksum(_tensors.Metadata);
        foreach ((TensorInfo info, byte[][] chunks) in _tensors.Tensors)
        {
            checksum.Append(info);
            foreach (byte[] chunk in chunks)
                checksum.Append(chunk);
        }
        return checksum.Finish();
    }
}
