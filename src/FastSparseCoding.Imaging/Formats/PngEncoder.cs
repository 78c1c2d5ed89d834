using System.Buffers.Binary;
using System.IO.Compression;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>
/// Writes PNG (W3C PNG, third edition) row by row. Each row has the filter whose bytes, taken as signed, have the smallest sum of
/// magnitudes (section 12.7).
/// </summary>
internal static class PngEncoder
{
    private const int ChunkBytes = 1 << 16;

    private static readonly byte[] Filters = [PngFilter.None, PngFilter.Sub, PngFilter.Up, PngFilter.PaethOf];

    public static void Write(Stream stream, ColourImage image)
    {
        stream.Write(PngChunks.Signature);
        WriteChunk(stream, "IHDR"u8, Header(image));
        WriteRows(stream, image);
        WriteChunk(stream, "IEND"u8, []);
    }

    private static byte[] Header(ColourImage image)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), image.Height);
        PngColour colour = (image.Channels, image.HasAlpha) switch
        {
            (1, false) => PngColour.Gray,
            (1, true) => PngColour.GrayAlpha,
            (_, false) => PngColour.Rgb,
            _ => PngColour.RgbAlpha,
        };
        (header[8], header[9]) = ((byte)image.Bits, (byte)colour);
        return header;
    }

    private static void WriteRows(Stream stream, ColourImage image)
    {
        int pixelBytes = image.Samples * image.Bits / 8, length = image.Width * pixelBytes;
        byte[] row = new byte[length], above = new byte[length], best = new byte[1 + length], other = new byte[1 + length];
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            for (int y = 0; y < image.Height; y++)
            {
                image.CopyRow(y, row);
                zlib.Write(Filtered());
                (row, above) = (above, row);
                if (packed.Length >= ChunkBytes)
                    WriteData();
            }
        WriteData();

        byte[] Filtered()
        {
            long least = long.MaxValue;
            foreach (byte filter in Filters)
            {
                other[0] = filter;
                PngFilter.Apply(filter, row, above, pixelBytes, other.AsSpan(1));
                long sum = SumOfMagnitudes(other.AsSpan(1));
                if (sum < least)
                    (least, best, other) = (sum, other, best);
            }
            return best;
        }

        void WriteData()
        {
            WriteChunk(stream, "IDAT"u8, packed.GetBuffer().AsSpan(0, (int)packed.Length));
            packed.SetLength(0);
        }
    }

    private static long SumOfMagnitudes(ReadOnlySpan<byte> bytes)
    {
        long sum = 0;
        foreach (byte value in bytes)
            sum += Math.Abs((int)(sbyte)value);
        return sum;
    }

    private static void WriteChunk(Stream stream, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        var crc = new Crc32();
        crc.Append(type);
        crc.Append(data);
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        stream.Write(number);
        stream.Write(type);
        stream.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, crc.Value);
        stream.Write(number);
    }
}
