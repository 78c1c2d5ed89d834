using System.Security.Cryptography;
using System.Text;

namespace FastSparseCoding.Storage;

/// <summary>
/// SHA-256 over a model's metadata (but the checksum itself) and tensors, so that a changed bit anywhere is found: key NUL value NUL for
/// every pair in ordinal order of the keys, then name NUL type NUL shape NUL and the bytes of every tensor in the order of the file.
/// </summary>
internal sealed class ModelChecksum : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public ModelChecksum(IEnumerable<KeyValuePair<string, string>> metadata)
    {
        foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (string.Equals(key, ModelFormat.ChecksumKey, StringComparison.Ordinal))
                continue;
            Append(key);
            Append(value);
        }
    }

    public void Append(TensorInfo tensor)
    {
        Append(tensor.Name);
        Append(tensor.Type);
        Append(tensor.ShapeText);
    }

    public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    /// <summary>The first 32 hexadecimal digits.</summary>
    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset())[..32];

    public void Dispose() => _hash.Dispose();

    private void Append(string text) => Append(Encoding.UTF8.GetBytes(text + '\0'));
}
