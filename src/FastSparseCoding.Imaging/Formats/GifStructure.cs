namespace FastSparseCoding.Imaging.Formats;

/// <summary>Walks a GIF's blocks to its trailer (GIF89a, appendix A): one that is cut short has none.</summary>
internal static class GifStructure
{
    private const byte Extension = 0x21;
    private const byte Frame = 0x2C;
    private const byte Trailer = 0x3B;

    public static void Check(string path, ReadOnlySpan<byte> bytes)
    {
        int at = bytes.Length < 13 ? bytes.Length : 13 + PaletteBytes(bytes[10]);
        while (at < bytes.Length)
        {
            switch (bytes[at])
            {
                case Trailer:
                    return;
                case Extension:
                    at = SkipData(bytes, at + 2);
                    break;
                case Frame when at + 9 < bytes.Length:
                    at = SkipData(bytes, at + 11 + PaletteBytes(bytes[at + 9]));
                    break;
                case Frame:
                    at = bytes.Length;
                    break;
                default:
                    Throw.InvalidFile(path, $"is damaged: its byte {at} begins no block of a GIF.");
                    break;
            }
        }
        Throw.InvalidFile(path, "is cut short: it does not end as a GIF ends.");
    }

    /// <summary>Bytes of a palette, as the flags of a screen or frame tell.</summary>
    private static int PaletteBytes(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);

    /// <summary>Data runs in pieces, each behind its length, to one of length 0.</summary>
    private static int SkipData(ReadOnlySpan<byte> bytes, int at)
    {
        while (at < bytes.Length && bytes[at] != 0)
            at += 1 + bytes[at];
        return at + 1;
    }
}
