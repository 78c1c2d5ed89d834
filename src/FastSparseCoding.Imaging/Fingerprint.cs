using System.Buffers.Binary;
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
            Append(hash, images, i);
        return Text(hash.GetHashAndReset());
    }

    /// <summary>A number for every picture.</summary>
    public static IEnumerable<long> OfEach(ImageStore images)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < images.Count; i++)
        {
            Append(hash, images, i);
            yield return BinaryPrimitives.ReadInt64LittleEndian(hash.GetHashAndReset());
        }
    }

    /// <summary>The number of a picture by itself, gray or of several channels: that which it has in a store.</summary>
    public static long Of(IReadOnlyList<GrayImage> channels)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(BitConverter.GetBytes(channels[0].Width));
        foreach (GrayImage channel in channels)
            hash.AppendData(MemoryMarshal.AsBytes(channel.Pixels));
        return BinaryPrimitives.ReadInt64LittleEndian(hash.GetHashAndReset());
    }

    /// <summary>A number for every one of the first rows.</summary>
    public static IEnumerable<long> OfEach(Matrix x, int rows)
    {
        var hash = new byte[SHA256.HashSizeInBytes];
        for (int i = 0; i < rows; i++)
        {
            SHA256.HashData(MemoryMarshal.AsBytes(x.Row(i)), hash);
            yield return BinaryPrimitives.ReadInt64LittleEndian(hash);
        }
    }

    public static string Of(Matrix x) => Text(SHA256.HashData(MemoryMarshal.AsBytes(x.Values)));

    public static string Of(byte[] bytes) => Text(SHA256.HashData(bytes));

    public static string Of(PatchPreprocessing preprocessing)
    {
        string whitening = preprocessing.Whitening is { } w ? Text(SHA256.HashData(MemoryMarshal.AsBytes(w.Transform.Values))) : "none";
        return FormattableString.Invariant(
            $"patches of {preprocessing.PatchSize}, {PreprocessingFormat.NameOf(preprocessing.Normalization)}, deviation {preprocessing.MinimumDeviation}, whitening {whitening}");
    }

    private static void Append(IncrementalHash hash, ImageStore images, int image)
    {
        (int width, int height) = images.SizeOf(image);
        var row = new float[width];
        hash.AppendData(BitConverter.GetBytes(width));
        for (int channel = 0; channel < images.Channels; channel++)
            for (int y = 0; y < height; y++)
            {
                images.Read(image, channel, 0, y, row);
                hash.AppendData(MemoryMarshal.AsBytes(row.AsSpan()));
            }
    }

    private static string Text(byte[] hash) => Convert.ToHexStringLower(hash)[..16];
}
