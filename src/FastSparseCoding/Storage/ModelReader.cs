using System.Globalization;
using System.Numerics;

namespace FastSparseCoding.Storage;

/// <summary>A model file opened for reading: format, version and checksum have been checked. Everything asked for must be there, and be
/// what is asked for.</summary>
internal sealed class ModelReader : IDisposable
{
    private readonly SafeTensorsReader _file;

    private ModelReader(SafeTensorsReader file)
    {
        _file = file;
        if (!IsModel(file))
            Throw.InvalidFile(
                Path, $"is a safetensors file but no model of this library: its metadata has no {ModelFormat.FormatKey} "
                + $"'{ModelFormat.FormatName}'.");
        FormatVersion = Number<int>(ModelFormat.VersionKey, 1, int.MaxValue);
        if (FormatVersion > ModelFormat.Version)
            Throw.InvalidFile(
                Path, $"is of model format version {FormatVersion}; this version of the library reads up to {ModelFormat.Version}.");
        CheckSize();
        CheckChecksum();
        Kind = Text(ModelFormat.KindKey);
    }

    public string Path => _file.Path;

    public string Kind { get; }

    public int FormatVersion { get; }

    public IReadOnlyDictionary<string, string> Metadata => _file.Metadata;

    public IReadOnlyList<TensorInfo> Tensors => _file.Tensors;

    public static ModelReader Open(FileSource source)
    {
        SafeTensorsReader file = SafeTensorsReader.Open(source);
        try
        {
            return new ModelReader(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether a safetensors file says that it is one of ours.</summary>
    public static bool IsModel(SafeTensorsReader file)
        => file.Metadata.TryGetValue(ModelFormat.FormatKey, out string? format)
            && string.Equals(format, ModelFormat.FormatName, StringComparison.Ordinal);

    /// <summary>Refuses any kind but those expected.</summary>
    public void RequireKind(string expected, params ReadOnlySpan<string> kinds)
    {
        if (!kinds.Contains(Kind))
            Throw.InvalidFile(Path, $"holds a '{Kind}'; expected {expected}.");
    }

    public bool Has(string key) => _file.Metadata.ContainsKey(key);

    public bool HasTensor(string name) => _file.Find(name) is not null;

    public string Text(string key)
        => _file.Metadata.TryGetValue(key, out string? value) ? value : Throw.InvalidFile<string>(Path, $"its metadata has no '{key}'.");

    public T Number<T>(string key, T minimum, T maximum)
        where T : INumber<T>
    {
        string text = Text(key);
        if (!T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out T? value) || !(value >= minimum && value <= maximum))
            return Throw.InvalidFile<T>(
                Path, string.Create(CultureInfo.InvariantCulture,
                $"its metadata has {key} '{text}'; expected a number from {minimum} to {maximum}."));
        return value;
    }

    public T[] Values<T>(string name)
        where T : unmanaged
        => _file.Read<T>(name);

    /// <summary>Refuses a file without this matrix, before anything is made for its values.</summary>
    public void RequireMatrix(string name, int rows, int columns) => _file.Require<float>(name, rows, columns);

    public Matrix Matrix(string name, int rows, int columns) => new(rows, columns, _file.Read<float>(name, rows, columns));

    /// <summary>A matrix of any shape, but two-dimensional.</summary>
    public Matrix Matrix(string name)
    {
        if (_file.Find(name) is { } info && (info.Shape.Length != 2 || info.Shape.Any(size => size > int.MaxValue)))
            Throw.InvalidFile(Path, $"its tensor '{name}' has shape {info.ShapeText}; expected two dimensions.");
        float[] values = _file.Read<float>(name);
        long[] shape = _file.Find(name)!.Shape;
        return new Matrix((int)shape[0], (int)shape[1], values);
    }

    /// <summary>Runs what may find the content unusable, and says so of the file: a message about an argument means nothing to who gave a
    /// path.</summary>
    public T Build<T>(string what, Func<T> build)
    {
        try
        {
            return build();
        }
        catch (ArgumentException e)
        {
            return Throw.InvalidFile<T>(Path, $"its {what} cannot be used: {e.Message}");
        }
        catch (OutOfMemoryException)
        {
            return Throw.InvalidFile<T>(Path, $"its {what} takes more memory than there is.");
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>No model takes more memory than there is; one that claims to would be read for its checksum without end.</summary>
    private void CheckSize()
    {
        long bytes = Tensors.Count > 0 ? Tensors[^1].End : 0, available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes > available)
            Throw.InvalidFile(Path, string.Create(
                CultureInfo.InvariantCulture,
                $"its tensors take {bytes / 1e9:F1} GB of memory; this process may use {available / 1e9:F1} GB in all."));
    }

    private void CheckChecksum()
    {
        // Files written by other programs may do without; a file that has one must match it.
        if (!_file.Metadata.TryGetValue(ModelFormat.ChecksumKey, out string? expected))
            return;
        using var checksum = new ModelChecksum(_file.Metadata);
        foreach (TensorInfo tensor in _file.Tensors)
        {
            checksum.Append(tensor);
            _file.ForEachChunk(tensor, chunk => checksum.Append(chunk.Span));
        }
        if (!string.Equals(checksum.Finish(), expected, StringComparison.Ordinal))
            Throw.InvalidFile(Path, "does not match its checksum; the file is damaged.");
    }
}
