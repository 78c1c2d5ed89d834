using System.Buffers.Binary;
using System.IO.Compression;

namespace FastSparseCoding.Tests.Imaging;

/// <summary>Small folders in the format of MNIST: bars in four directions, moved and dirtied, to be told apart.</summary>
internal static class DigitFiles
{
    public const int Side = 8;

    /// <summary>Writes the four files; the training ones gzipped.</summary>
    public static string Write(string folder, int train = 400, int test = 200)
    {
        Directory.CreateDirectory(folder);
        WritePair(folder, "train", train, seed: 1, zipped: true);
        WritePair(folder, "t10k", test, seed: 2, zipped: false);
        return folder;
    }

    public static byte[] Idx(int[] sizes, byte[] values)
    {
        var header = new byte[4 + 4 * sizes.Length];
        (header[2], header[3]) = (0x08, (byte)sizes.Length);
        for (int i = 0; i < sizes.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + 4 * i), sizes[i]);
        return [.. header, .. values];
    }

    private static void WritePair(string folder, string name, int count, int seed, bool zipped)
    {
        var random = new Random(seed);
        byte[] labels = [.. Enumerable.Range(0, count).Select(_ => (byte)random.Next(4))];
        byte[] pixels = [.. labels.SelectMany(label => Bar(label, random))];
        Save(Path.Combine(folder, $"{name}-images-idx3-ubyte"), Idx([count, Side, Side], pixels), zipped);
        Save(Path.Combine(folder, $"{name}-labels-idx1-ubyte"), Idx([count], labels), zipped);
    }

    private static byte[] Bar(byte label, Random random)
    {
        var picture = new byte[Side * Side];
        int at = random.Next(Side);
        for (int i = 0; i < picture.Length; i++)
        {
            (int y, int x) = (i / Side, i % Side);
            int place = label switch { 0 => x, 1 => y, 2 => (x + y) % Side, _ => (x - y + Side) % Side };
            picture[i] = (byte)Math.Clamp((place == at ? 180 : 20) + random.Next(-70, 71), 0, 255);
        }
        return picture;
    }

    private static void Save(string path, byte[] bytes, bool zipped)
    {
        if (!zipped)
        {
            File.WriteAllBytes(path, bytes);
            return;
        }
        using var gzip = new GZipStream(File.Create(path + ".gz"), CompressionLevel.Fastest);
        gzip.Write(bytes);
    }
}
