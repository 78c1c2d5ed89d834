using System.Buffers.Binary;

namespace FastSparseCoding.Fuzz.Building;

/// <summary>TIFFs built tag by tag, in either order of bytes, with the pixels behind the directory.</summary>
internal static class TiffBytes
{
    public const int Short = 3, Long = 4;

    /// <summary>The tags that every gray or colour picture of one strip has; its pixels lie at the place that <see cref="Build"/> puts
    /// them.</summary>
    public static List<(int Tag, int Type, uint[] Values)> Strip(
        uint width, uint height, uint bits, uint photometric, uint samples, uint bytes) =>
    [
        (256, Long, [width]), (257, Long, [height]), (258, Short, [.. Enumerable.Repeat(bits, (int)samples)]), (259, Short, [1]),
        (262, Short, [photometric]),
        (273, Long, [0]), (277, Short, [samples]), (278, Long, [height]), (279, Long, [bytes]),
    ];

    /// <summary>The file; places of strips (273) and tiles (324) count from the first pixel.</summary>
    public static byte[] Build(IEnumerable<(int Tag, int Type, uint[] Values)> tags, ReadOnlySpan<byte> pixels, bool bigEndian = false)
    {
        (int Tag, int Type, uint[] Values)[] sorted = [.. tags.OrderBy(t => t.Tag)];
        int directory = 8 + 2 + 12 * sorted.Length + 4,
            start = directory + sorted.Sum(t => t.Values.Length * Size(t.Type) > 4 ? t.Values.Length * Size(t.Type) : 0);
        List<byte> entries = [], values = [];
        foreach ((int tag, int type, uint[] numbers) in sorted)
        {
            byte[] raw = [.. numbers.SelectMany(n => Bytes(tag is 273 or 324 ? n + (uint)start : n, Size(type), bigEndian))];
            entries.AddRange([.. Bytes((uint)tag, 2, bigEndian), .. Bytes((uint)type, 2, bigEndian),
                .. Bytes((uint)numbers.Length, 4, bigEndian)]);
            entries.AddRange(raw.Length <= 4 ? [.. raw, .. new byte[4 - raw.Length]]
                : Bytes((uint)(directory + values.Count), 4, bigEndian));
            if (raw.Length > 4)
                values.AddRange(raw);
        }
        byte[] mark = bigEndian ? "MM\0*"u8.ToArray() : "II*\0"u8.ToArray();
        return [.. mark, .. Bytes(8, 4, bigEndian), .. Bytes((uint)sorted.Length, 2, bigEndian), .. entries, 0, 0, 0, 0, .. values,
            .. pixels];
    }

    /// <summary>Entries as they are, for files that lie.</summary>
    public static byte[] Raw(params (ushort Tag, ushort Type, uint Count, uint Value)[] entries)
    {
        var bytes = new byte[8 + 2 + 12 * entries.Length + 4];
        "II*\0"u8.CopyTo(bytes);
        bytes[4] = 8;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)entries.Length);
        int at = 10;
        foreach ((ushort tag, ushort type, uint count, uint value) in entries.OrderBy(e => e.Tag))
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), tag);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at + 2), type);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at + 4), count);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at + 8), value);
            at += 12;
        }
        return bytes;
    }

    private static int Size(int type) => type == Short ? 2 : 4;

    private static byte[] Bytes(uint value, int size, bool bigEndian)
    {
        byte[] little = [(byte)value, (byte)(value >> 8), (byte)(value >> 16), (byte)(value >> 24)];
        return bigEndian ? [.. little[..size].Reverse()] : little[..size];
    }
}
