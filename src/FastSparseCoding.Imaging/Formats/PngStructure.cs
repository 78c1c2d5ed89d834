using System.Buffers.Binary;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>Walks a PNG's chunks to the last, checking their lengths and check sums.</summary>
internal static class PngStructure
{
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public static void Check(string path, ReadOnlySpan<byte> bytes)
    {
        int at = Signature.Length;
        while (bytes.Length - at >= 12)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
            if (length > bytes.Length - at - 12)
                break;
            ReadOnlySpan<byte> typeAndData = bytes.Slice(at + 4, 4 + (int)length);
            var crc = new Crc32();
            crc.Append(typeAndData);
            if (crc.Value != BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 8 + (int)length)..]))
                Throw.InvalidFile(path, $"is damaged: its chunk at byte {at} does not match its check sum.");
            if (typeAndData.StartsWith("IEND"u8))
                return;
            at += 12 + (int)length;
        }
        Throw.InvalidFile(path, $"is cut short: it ends within the chunk at byte {at}.");
    }
}
