using System.Buffers.Binary;
using System.IO.Compression;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Fuzz.Building;

/// <summary>Chunks of PNGs with right lengths and check sums, whatever they hold.</summary>
internal static class PngChunk
{
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    public static byte[] Build(ReadOnlySpan<byte> type, byte[] data)
    {
        byte[] length = new byte[4], sum = new byte[4], content = [.. type, .. data];
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        var crc = new Crc32();
        crc.Append(content);
        BinaryPrimitives.WriteUInt32BigEndian(sum, crc.Value);
        return [.. length, .. content, .. sum];
    }

    /// <summary>The header of a picture of 8 bits, gray unless told otherwise.</summary>
    public static byte[] Header(int width, int height, byte colourType = 0)
    {
        var data = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(data, width);
        BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(4), height);
        (data[8], data[9]) = (8, colourType);
        return Build("IHDR"u8, data);
    }

    public static byte[] Pack(params ReadOnlySpan<byte> rows)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(rows);
        return packed.ToArray();
    }
}
