using System.Buffers.Binary;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>Walks a JPEG's segments to its end marker (ITU-T T.81, annex B): one that is cut short has none.</summary>
internal static class JpegStructure
{
    private const byte StartOfScan = 0xDA;
    private const byte EndOfImage = 0xD9;

    public static void Check(string path, ReadOnlySpan<byte> bytes)
    {
        int at = 2;
        while (true)
        {
            at = NextMarker(bytes, at);
            if (at < 0)
                Throw.InvalidFile(path, "is cut short: it has no end-of-image marker.");
            byte marker = bytes[at];
            at++;
            if (marker == EndOfImage)
                return;
            if (bytes.Length - at < 2)
                Throw.InvalidFile(path, "is cut short: it ends within a segment.");
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
            if (length < 2 || length > bytes.Length - at)
                Throw.InvalidFile(path, $"is damaged or cut short: its segment at byte {at} claims {length} bytes, {bytes.Length - at} follow.");
            at += length;
            if (marker == StartOfScan)
                at = SkipScan(bytes, at);
        }
    }

    /// <summary>The place of the next marker's code, or −1.</summary>
    private static int NextMarker(ReadOnlySpan<byte> bytes, int at)
    {
        while (at + 1 < bytes.Length)
        {
            if (bytes[at] == 0xFF && bytes[at + 1] is not (0x00 or 0xFF))
                return at + 1;
            at++;
        }
        return -1;
    }

    /// <summary>Compressed data runs to the first marker that is neither a stuffed 0xFF nor a restart.</summary>
    private static int SkipScan(ReadOnlySpan<byte> bytes, int at)
    {
        while (at + 1 < bytes.Length && (bytes[at] != 0xFF || bytes[at + 1] is 0x00 or 0xFF or (>= 0xD0 and <= 0xD7)))
            at++;
        return at;
    }
}
