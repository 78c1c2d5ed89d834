using System.Buffers.Binary;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>
/// The orientation that a camera noted (Exif 2.3, 4.6.4, tag 274). Notes that cannot be read are as good as none: no pixel depends on them.
/// </summary>
internal static class Exif
{
    private const int OrientationTag = 274, Short = 3, EntryBytes = 12;

    /// <summary>The orientation, 1 to 8, in the notes of a JPEG or PNG, which have the form of a TIFF; 1 when there is none.</summary>
    public static int Orientation(ReadOnlySpan<byte> tiff)
    {
        bool little = tiff.StartsWith("II*\0"u8);
        if (tiff.Length < 8 || (!little && !tiff.StartsWith("MM\0*"u8)))
            return 1;
        uint at = little ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (at > tiff.Length - 2)
            return 1;
        ReadOnlySpan<byte> entries = tiff[((int)at + 2)..];
        for (int left = Number(tiff[(int)at..]); left > 0 && entries.Length >= EntryBytes; left--, entries = entries[EntryBytes..])
            if (Number(entries) == OrientationTag && Number(entries[2..]) == Short
                && Number(entries[8..]) is >= 1 and <= 8 and int orientation)
                return orientation;
        return 1;

        int Number(ReadOnlySpan<byte> bytes)
            => little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }
}
