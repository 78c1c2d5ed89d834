using System.Security.Cryptography;
using System.Text;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Sharding;

/// <summary>Texts that tell inputs from others without reading all of them, the same wherever they are mounted.</summary>
internal static class InputIdentity
{
    private const int Samples = 64, SampleBytes = 4096;

    /// <summary>A file by its length and 64 pieces of it from its first bytes to its last.</summary>
    public static string OfFile(FileSource source)
    {
        using InputFile file = source.Path is { } path ? InputFile.Open(ArrayPath.Parse(path).File) : InputFile.Open(source);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = new byte[(int)Math.Min(SampleBytes, file.Length)];
        long last = file.Length - piece.Length;
        for (int i = 0; i < Samples; i++)
        {
            file.ReadExactly(piece, (long)((Int128)last * i / (Samples - 1)));
            hash.AppendData(piece);
        }
        return FormattableString.Invariant($"{file.Length} bytes, samples {Text(hash)}");
    }

    /// <summary>Pictures by their names, as seen from the folder that they have in common, and lengths.</summary>
    public static string OfPictures(IReadOnlyList<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string name, string path) in CommonFolder.Relative(files).Zip(files))
            hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant(
                $"{name.Replace('\\', '/')}\0{new FileInfo(path).Length}\0")));
        return FormattableString.Invariant($"{files.Count} pictures, names and lengths {Text(hash)}");
    }

    /// <summary>The hash so far, in short.</summary>
    public static string Text(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
}
