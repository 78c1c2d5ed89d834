using System.Buffers.Binary;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>
/// A PNG's chunks (W3C PNG, section 5), each checked against its length and check sum: the header, the palette, and where the data lie.
/// </summary>
internal sealed class PngChunks
{
    private PngChunks(PngHeader header)
    {
        Header = header;
    }

    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public PngHeader Header { get; }

    /// <summary>Bytes R, G, B of every colour.</summary>
    public byte[] Palette { get; private set; } = [];

    /// <summary>What tRNS holds: alpha of the first colours of a palette, or the samples of the one that is transparent.</summary>
    public byte[] Transparency { get; private set; } = [];

    /// <summary>Start and length of the pieces of the compressed data.</summary>
    public List<(long Start, int Length)> Data { get; } = [];

    public int Orientation { get; private set; } = 1;

    public static PngChunks Read(string path, ImageBytes bytes)
    {
        PngChunks? chunks = null;
        long at = Signature.Length;
        while (bytes.Length - at >= 12)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes.Slice(at, 4));
            if (length > bytes.Length - at - 12)
                break;
            if (CheckSum(bytes, at + 4, 4 + (long)length) != BinaryPrimitives.ReadUInt32BigEndian(bytes.Slice(at + 8 + length, 4)))
                Throw.InvalidFile(path, $"is damaged: its chunk at byte {at} does not match its check sum.");
            byte[] type = bytes.ToArray(at + 4, 4);
            if (chunks is null)
                chunks = new PngChunks(PngHeader.Parse(path, type, length == PngHeader.Bytes ? bytes.Slice(at + 8, (int)length) : []));
            else if (type.AsSpan().SequenceEqual("IEND"u8))
                return chunks.Complete(path);
            else
                chunks.Add(path, type, bytes, at, (int)length);
            at += 12 + length;
        }
        return Throw.InvalidFile<PngChunks>(path, $"is cut short: it ends within the chunk at byte {at}.");
    }

    private static uint CheckSum(ImageBytes bytes, long at, long length)
    {
        var crc = new Crc32();
        for (int count; length > 0; at += count, length -= count)
        {
            count = (int)Math.Min(length, bytes.Window);
            crc.Append(bytes.Slice(at, count));
        }
        return crc.Value;
    }

    private void Add(string path, ReadOnlySpan<byte> type, ImageBytes bytes, long at, int length)
    {
        const byte Optional = 0x20;     // of the type's first byte: a reader that does not know it may pass over it
        if (type.SequenceEqual("IDAT"u8))
            Data.Add((at + 8, length));
        else if (type.SequenceEqual("PLTE"u8))
        {
            if (Palette.Length > 0 || Data.Count > 0 || length is 0 or > 768 || length % 3 != 0)
                Throw.InvalidFile(path,
                    $"is damaged: its palette at byte {at} has {length} bytes, comes after the data, or is its second; expected 3 "
                        + "for each of 1 to 256 colours.");
            Palette = bytes.ToArray(at + 8, length);
        }
        else if (type.SequenceEqual("tRNS"u8))
            AddTransparency(path, bytes, at, length);
        else if (type.SequenceEqual("eXIf"u8))
            Orientation = Exif.Orientation(bytes.ToArray(at + 8, length));
        else if ((type[0] & Optional) == 0)
            Throw.InvalidFile(path, $"has a chunk at byte {at} that is needed to read it and of no known type.");
    }

    /// <summary>Takes what tells which pixels are transparent. What names colours beyond the palette does no harm, nor does what comes
    /// beside alpha.</summary>
    private void AddTransparency(string path, ImageBytes bytes, long at, int length)
    {
        int expected = Header.Colour switch
        {
            PngColour.Gray => 2,
            PngColour.Rgb => 6,
            _ => length,
        };
        if (Transparency.Length > 0 || length != expected)
            Throw.InvalidFile(path,
                $"is damaged: its transparent colour at byte {at} has {length} bytes, or is its second; expected {expected}.");
        Transparency = bytes.ToArray(at + 8, length);
    }

    /// <summary>
    /// The samples of the colour that is transparent, where pixels are their own colours; none if there is no such colour.
    /// </summary>
    public ushort[] TransparentColour()
    {
        if (Header.Colour is not (PngColour.Gray or PngColour.Rgb))
            return [];
        var colour = new ushort[Transparency.Length / 2];
        for (int c = 0; c < colour.Length; c++)
            colour[c] = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(Transparency.AsSpan(2 * c)) & ((1 << Header.Bits) - 1));
        return colour;
    }

    private PngChunks Complete(string path)
    {
        if (Data.Count == 0)
            Throw.InvalidFile(path, "is damaged: it has no data.");
        if (Header.Colour == PngColour.Palette && Palette.Length == 0)
            Throw.InvalidFile(path, "is damaged: it has no palette.");
        return this;
    }
}

/// <summary>What a PNG's samples mean: bits 1 (palette), 2 (colour) and 4 (alpha).</summary>
internal enum PngColour
{
    Gray = 0,
    Rgb = 2,
    Palette = 3,
    GrayAlpha = 4,
    RgbAlpha = 6,
}

/// <summary>A PNG's first chunk.</summary>
internal readonly record struct PngHeader(int Width, int Height, int Bits, PngColour Colour, bool Interlaced)
{
    /// <summary>Bytes of the chunk's data.</summary>
    public const int Bytes = 13;

    public int Channels => Colour switch
    {
        PngColour.Rgb => 3,
        PngColour.GrayAlpha => 2,
        PngColour.RgbAlpha => 4,
        _ => 1,
    };

    /// <summary>Bytes of a row of pixels, without the one that names its filter.</summary>
    public int RowBytes(int width) => (int)(((long)width * Channels * Bits + 7) / 8);

    public static PngHeader Parse(string path, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        if (!type.SequenceEqual("IHDR"u8) || data.Length != Bytes)
            Throw.InvalidFile(path, "is damaged: its first chunk is no header.");
        uint width = BinaryPrimitives.ReadUInt32BigEndian(data), height = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        ImageFile.CheckSize(path, width, height);
        (int bits, var colour) = (data[8], (PngColour)data[9]);
        bool known = colour switch
        {
            PngColour.Gray => bits is 1 or 2 or 4 or 8 or 16,
            PngColour.Palette => bits is 1 or 2 or 4 or 8,
            PngColour.Rgb or PngColour.GrayAlpha or PngColour.RgbAlpha => bits is 8 or 16,
            _ => false,
        };
        if (!known || data[10] != 0 || data[11] != 0 || data[12] > 1)
            Throw.InvalidFile(path,
                $"is damaged: its header claims {bits} bits of colour type {data[9]}, compression {data[10]}, filter {data[11]} and "
                    + $"interlace {data[12]}, which do not go together.");
        return new PngHeader((int)width, (int)height, bits, colour, data[12] == 1);
    }
}
