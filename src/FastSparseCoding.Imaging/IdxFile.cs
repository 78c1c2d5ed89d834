using System.Buffers.Binary;
using System.IO.Compression;

namespace FastSparseCoding.Imaging;

/// <summary>The IDX files of MNIST and its kin: unsigned bytes in one (labels) or three (images) dimensions, gzipped or not.</summary>
public static class IdxFile
{
    private const int MaxBytes = 1 << 30;

    /// <summary>Reads images.</summary>
    /// <param name="path">A file of dimensions N × height × width.</param>
    /// <returns>The images, one per row [N × height·width], from 0 to 1, and their size.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no IDX file of images, cut short, too long or too large.</exception>
    public static (Matrix Images, int Height, int Width) ReadImages(string path)
    {
        (int[] sizes, byte[] values) = Read(path, 3, "images (three dimensions of unsigned bytes)");
        var images = new Matrix(sizes[0], sizes[1] * sizes[2]);
        for (int i = 0; i < values.Length; i++)
            images.Values[i] = values[i] / 255f;
        return (images, sizes[1], sizes[2]);
    }

    /// <summary>Reads labels.</summary>
    /// <param name="path">A file of one dimension N.</param>
    /// <returns>The labels.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no IDX file of labels, cut short, too long or too large.</exception>
    public static byte[] ReadLabels(string path) => Read(path, 1, "labels (one dimension of unsigned bytes)").Values;

    private static (int[] Sizes, byte[] Values) Read(string path, int dimensions, string expected)
    {
        byte[] bytes = Unzip(path, ImageFile.ReadAll(path));
        int header = 4 + 4 * dimensions;
        if (bytes.Length < header || !bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0, 0, 0x08, (byte)dimensions]))
            Throw.InvalidFile(path, $"is no IDX file of {expected}.");
        var sizes = new int[dimensions];
        long count = 1, most = 1;       // most: as if a size of 0 were 1, since the rows of no images have a length too
        for (int i = 0; i < dimensions; i++)
        {
            sizes[i] = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(4 + 4 * i));
            if (sizes[i] < 0 || (most *= Math.Max(sizes[i], 1)) > MaxBytes)
                Throw.InvalidFile(path, $"claims sizes {string.Join('×', sizes.Take(i + 1))}; at most {MaxBytes} values are read.");
            count *= sizes[i];
        }
        if (bytes.Length - header != count)
            Throw.InvalidFile(path, $"holds {bytes.Length - header} values; its sizes {string.Join('×', sizes)} make {count}.");
        return (sizes, bytes[header..]);
    }

    private static byte[] Unzip(string path, byte[] bytes)
    {
        if (!bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
            return bytes;
        using var unzipped = new MemoryStream();
        try
        {
            using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            var buffer = new byte[1 << 16];
            for (int read; (read = gzip.Read(buffer)) > 0;)
            {
                unzipped.Write(buffer, 0, read);
                if (unzipped.Length > MaxBytes)
                    Throw.InvalidFile(path, $"unpacks to more than {MaxBytes} bytes.");
            }
        }
        catch (InvalidDataException e) when (!e.Message.StartsWith(path, StringComparison.Ordinal))
        {
            Throw.InvalidFile(path, $"is damaged: {e.Message}");
        }
        return unzipped.ToArray();
    }
}
