using System.Buffers.Binary;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>
/// A JPEG that is a strip or tile of a TIFF, before the library that decodes it sees it: the library walks the whole picture for every
/// scan, and scans of a few bytes may be without end. What is left is a sequential picture with a scan for each component at most, as
/// encoders write it.
/// </summary>
internal static class TiffJpeg
{
    private const int MostScans = 4;

    private const byte StartOfImage = 0xD8, EndOfImage = 0xD9, StartOfScan = 0xDA;

    /// <summary>Refuses what is no such JPEG; data that are cut short are left to the library.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">Which strip or tile, for messages.</param>
    /// <param name="bytes">The JPEG.</param>
    public static void Check(string path, string what, ReadOnlySpan<byte> bytes)
    {
        int scans = 0;
        if (!bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, StartOfImage]))
            Throw.InvalidFile(path, $"is damaged: of its {what}, is no JPEG.");
        for (int at = 2; at + 1 < bytes.Length;)
        {
            (byte mark, byte marker) = (bytes[at], bytes[at + 1]);
            if (mark != 0xFF || marker is 0 or StartOfImage)
                Throw.InvalidFile(path, $"is damaged: of its {what}, byte {at} is no marker of a JPEG.");
            if (marker == EndOfImage)
                return;
            at += marker == 0xFF ? 1 : 2;
            if (marker is 0xFF or 0x01 or (>= 0xD0 and <= 0xD7))
                continue;
            if (marker is >= 0xC2 and <= 0xCF and not 0xC4)
                Throw.InvalidFile(
                    path, $"has {what}, of a JPEG that is not sequential with Huffman codes; such are not read within a TIFF.");
            if (at + 2 > bytes.Length)
                return;
            at += Math.Max(2, (int)BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]));
            if (marker != StartOfScan)
                continue;
            if (++scans > MostScans)
                Throw.InvalidFile(path, $"is damaged: of its {what}, has more than {MostScans} scans.");
            at = SkipScan(bytes, at);
        }
    }

    /// <summary>The place of the marker that ends a scan.</summary>
    private static int SkipScan(ReadOnlySpan<byte> bytes, int at)
    {
        while (at + 1 < bytes.Length)
        {
            int next = bytes[at..^1].IndexOf((byte)0xFF);
            if (next < 0)
                return bytes.Length;
            at += next;
            if (bytes[at + 1] is not (0 or (>= 0xD0 and <= 0xD7)))
                return at;
            at += 2;
        }
        return bytes.Length;
    }
}
