using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace FastSparseCoding.Imaging;

/// <summary>Short texts that tell data from other data.</summary>
internal static class Fingerprint
{
    public static string Of(ImageStore images)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < images.Count; i++)
        {
            (int width, int height) = images.SizeOf(i);
            var row = new float[width];
            hash.AppendData(BitConverter.GetBytes(width));
            for (int channel = 0; channel < images.Channels; channel++)
                for (int y = 0; y < height; y++)
                {
                    images.Read(i, channel, 0, y, row);
                    hash.AppendData(MemoryMarshal.AsBytes(row.AsSpan()));
                }
        }
        return Text(hash.GetHashAndReset());
    }

    public static string Of(Matrix x) => Text(SHA256.HashData(MemoryMarshal.AsBytes(x.Values)));

    public static string Of(byte[] bytes) => Text(SHA256.HashData(bytes));

    public static string Of(PatchPreprocessing preprocessing)
    {
        string whitening = preprocessing.Whitening is { } w ? Text(SHA256.HashData(MemoryMarshal.AsBytes(w.Transform.Values))) : "none";
        return FormattableString.Invariant(
            $"patches of {preprocessing.PatchSize}, {PreprocessingFormat.NameOf(preprocessing.Normalization)}, deviation {preprocessing.MinimumDeviation}, whitening {whitening}");
    }

    private static string Text(byte[] hash) => Convert.ToHexStringLower(hash)[..16];
}
