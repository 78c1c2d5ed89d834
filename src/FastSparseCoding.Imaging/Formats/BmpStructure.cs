using System.Buffers.Binary;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>Checks that a BMP holds the pixels that its header promises; the decoder would go on reading what is not there.</summary>
internal static class BmpStructure
{
    public static void Check(string path, ReadOnlySpan<byte> bytes)
    {
        int header = BinaryPrimitives.ReadInt32LittleEndian(bytes[14..]);
        bool old = header == 12;
        if (!old && (header < 40 || bytes.Length < 14 + 40))
            Throw.InvalidFile(path, $"is no BMP that can be read: its header claims {header} bytes.");
        long width = old ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[18..]) : BinaryPrimitives.ReadInt32LittleEndian(bytes[18..]);
        long height = old ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[20..]) : Math.Abs((long)BinaryPrimitives.ReadInt32LittleEndian(bytes[22..]));
        ImageFile.CheckSize(path, width, height);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(old ? 24 : 28)..]);
        uint start = BinaryPrimitives.ReadUInt32LittleEndian(bytes[10..]);
        long need = start + (width * bits + 31) / 32 * 4 * height;
        if (need > bytes.Length)
            Throw.InvalidFile(path, $"is cut short: its {width}×{height} pixels need {need} bytes, it has {bytes.Length}.");
    }
}
