using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FastSparseCoding.Cli.Input;

namespace FastSparseCoding.Cli.Sharding;

/// <summary>Fingerprint of what a part is made from, kept while it is read.</summary>
internal sealed class ContentHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Append(SignalBlock block)
    {
        _hash.AppendData(MemoryMarshal.AsBytes(block.X.Values));
        if (block.Mask is { } mask)
            _hash.AppendData(MemoryMarshal.AsBytes(mask.Values));
    }

    /// <summary>The fingerprint of all that was appended.</summary>
    public string Finish() => InputIdentity.Text(_hash);

    /// <summary>The fingerprint of signals that are read for nothing else.</summary>
    public static string Of(SignalStream stream, CancellationToken cancellation)
    {
        using var hash = new ContentHash();
        foreach (SignalBlock block in stream.Blocks)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.Append(block);
        }
        return hash.Finish();
    }

    /// <summary>The fingerprint of files, byte for byte; of one that cannot be read, that it cannot.</summary>
    public static string Of(IEnumerable<string> files, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string path in files)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(OfFile(path));
        }
        return InputIdentity.Text(hash);
    }

    public void Dispose() => _hash.Dispose();

    private static byte[] OfFile(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return SHA256.HashData(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "unreadable"u8.ToArray();
        }
    }
}
