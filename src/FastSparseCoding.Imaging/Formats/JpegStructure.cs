using System.Buffers.Binary;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>
/// Walks a JPEG's segments to its end marker (ITU-T T.81, annex B): one that is cut short has none. The decoder hands out memory as it found it
/// where no scan has written, so there must be one of every component, and decoding must get to the end.
/// </summary>
internal static class JpegStructure
{
    private const byte FirstFrame = 0xC0;
    private const byte LastFrame = 0xC2;
    private const byte StartOfScan = 0xDA;
    private const byte EndOfImage = 0xD9;

    public static void Check(string path, ReadOnlySpan<byte> bytes)
    {
        int at = 2;
        List<byte>? missing = null;     // components of the frame that no scan has shown yet
        while (true)
        {
            at = NextMarker(bytes, at);
            if (at < 0)
                Throw.InvalidFile(path, "is cut short: it has no end-of-image marker.");
            byte marker = bytes[at];
            at++;
            if (marker == EndOfImage)
            {
                if (missing is { Count: > 0 })
                    Throw.InvalidFile(path, $"is damaged: it has no scan of its component {missing[0]}.");
                return;
            }
            if (bytes.Length - at < 2)
                Throw.InvalidFile(path, "is cut short: it ends within a segment.");
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
            if (length < 2 || length > bytes.Length - at)
                Throw.InvalidFile(path, $"is damaged or cut short: its segment at byte {at} claims {length} bytes, {bytes.Length - at} follow.");
            ReadOnlySpan<byte> segment = bytes.Slice(at + 2, length - 2);
            at += length;
            if (marker is >= FirstFrame and <= LastFrame)
                missing ??= Components(path, segment);
            if (marker == StartOfScan)
            {
                Remove(missing, segment);
                at = SkipScan(bytes, at);
            }
        }
    }

    /// <summary>Refuses a file whose decoding stopped before its end marker: the decoder takes a damaged segment for the end.</summary>
    public static void CheckEnd(string path, ReadOnlySpan<byte> bytes, long end)
    {
        if (end > bytes.Length || !bytes[..(int)end].EndsWith((ReadOnlySpan<byte>)[0xFF, EndOfImage]))
            Throw.InvalidFile(path, $"is damaged: it cannot be decoded beyond byte {end}.");
    }

    /// <summary>The components that a frame header names: after 6 bytes of sizes, 3 bytes for each, its name first.</summary>
    private static List<byte> Components(string path, ReadOnlySpan<byte> frame)
    {
        var components = new List<byte>();
        for (int i = 6; i + 2 < frame.Length; i += 3)
        {
            if (components.Contains(frame[i]))
                Throw.InvalidFile(path, $"is damaged: it has two components {frame[i]}.");
            components.Add(frame[i]);
        }
        return components;
    }

    /// <summary>
    /// A scan header holds its number of components, 2 bytes for each, its name first, the first coefficient, the last, and the bits known before: the
    /// first pass over a component starts at coefficient 0 with none known.
    /// </summary>
    private static void Remove(List<byte>? missing, ReadOnlySpan<byte> scan)
    {
        if (missing is null || scan.Length < 1 || scan.Length < 4 + 2 * scan[0] || scan[1 + 2 * scan[0]] != 0 || scan[3 + 2 * scan[0]] >> 4 != 0)
            return;
        for (int i = 0; i < scan[0]; i++)
            missing.Remove(scan[1 + 2 * i]);
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
