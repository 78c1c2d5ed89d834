using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using FastSparseCoding.Fuzz.Building;

namespace FastSparseCoding.Fuzz;

/// <summary>Valid files taken apart, so that they can be put together again around damaged parts.</summary>
internal static class Containers
{
    /// <summary>Header and values; the header's length is kept right.</summary>
    public static FilePart Npy(byte[] file)
    {
        int end = 10 + BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8));
        return new FilePart(parts => Joined(parts, LengthBefore), new FilePart(file[10..end]), new FilePart(file[end..]));

        static byte[] LengthBefore(byte[] header) => NpyBytes.Make(header, []);
    }

    /// <summary>Header and values; the header's length is kept right.</summary>
    public static FilePart SafeTensors(byte[] file)
    {
        int end = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        return new FilePart(parts => Joined(parts, LengthBefore), new FilePart(file[8..end]), new FilePart(file[end..]));

        static byte[] LengthBefore(byte[] header)
        {
            byte[] length = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            return [.. length, .. header];
        }
    }

    /// <summary>Members, each a name and an array; lengths and check sums are kept right.</summary>
    public static FilePart Npz(byte[] file, CompressionLevel level)
    {
        using var zip = new ZipArchive(new MemoryStream(file));
        FilePart[] members = [.. zip.Entries.Select(
            e => new FilePart(parts => [.. parts.SelectMany(p => p)], new FilePart([.. Encoding.UTF8.GetBytes(e.FullName), 0]),
            Npy(Unpack(e.Open()))))];
        return new FilePart(parts => Zip(parts, level), members);
    }

    /// <summary>Chunks; lengths and check sums are kept right, and what is packed is damaged before it is packed.</summary>
    public static FilePart Png(byte[] file)
    {
        var chunks = new List<FilePart>();
        for (int at = 8, length; at < file.Length; at += 12 + length)
        {
            length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            byte[] type = file[(at + 4)..(at + 8)], data = file[(at + 8)..(at + 8 + length)];
            chunks.Add(type.AsSpan().SequenceEqual("IDAT"u8)
                ? new FilePart(parts => [.. parts.SelectMany(p => p)], new FilePart(type), Rows(data)) : new FilePart([.. type, .. data]));
        }
        return new FilePart(
            parts => [.. PngChunk.Signature, .. parts.SelectMany(p => p.Length < 4 ? p : PngChunk.Build(p.AsSpan(0, 4), p[4..]))], chunks);

        static FilePart Rows(byte[] packed)
            => new(parts => PngChunk.Pack([.. parts.SelectMany(p => p)]),
                new FilePart(Unpack(new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress))));
    }

    /// <summary>What is packed; lengths and check sum are kept right.</summary>
    public static FilePart Gzip(byte[] content) => new(parts =>
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            foreach (byte[] part in parts)
                gzip.Write(part);
        return packed.ToArray();
    }, new FilePart(content));

    /// <summary>Segments and the coded data between them; lengths of segments are kept right. Data begin with a zero here, segments with
    /// their marker.</summary>
    public static FilePart Jpeg(byte[] file)
    {
        var parts = new List<FilePart>();
        for (int at = 2; at < file.Length;)
        {
            bool segment = file[at] == 0xFF && file[at + 1] is not (0 or (>= 0xD0 and <= 0xD9));
            int end = segment ? at + 2 + BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(at + 2)) : at + 1;
            while (!segment && end < file.Length && (file[end] != 0xFF || file[end + 1] is 0 or (>= 0xD0 and <= 0xD9)))
                end++;
            parts.Add(segment ? new FilePart([file[at + 1], .. file[(at + 4)..end]]) : new FilePart([0, .. file[at..end]]));
            at = end;
        }
        return new FilePart(p => [0xFF, 0xD8, .. p.SelectMany(Segment)], parts);

        static byte[] Segment(byte[] part) => part.Length == 0 ? [] : part[0] == 0 ? part[1..]
            : [0xFF, part[0], (byte)((part.Length + 1) >> 8), (byte)(part.Length + 1), .. part[1..]];
    }

    private static byte[] Joined(IReadOnlyList<byte[]> parts, Func<byte[], byte[]> withLength)
        => parts.Count == 0 ? [] : [.. withLength(parts[0]), .. parts.Skip(1).SelectMany(p => p)];

    private static byte[] Zip(IReadOnlyList<byte[]> members, CompressionLevel level)
    {
        var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
            foreach (byte[] member in members)
            {
                int end = Math.Max(0, Array.IndexOf(member, (byte)0));
                string name = Encoding.UTF8.GetString(member, 0, Math.Min(end, 1000));
                ZipArchiveEntry entry = zip.CreateEntry(name.Length == 0 ? "none" : name, level);
                entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);       // an input depends on its number alone
                using Stream content = entry.Open();
                content.Write(member.AsSpan(Math.Min(member.Length, end + 1)));
            }
        return file.ToArray();
    }

    private static byte[] Unpack(Stream stream)
    {
        using (stream)
        {
            var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            return bytes.ToArray();
        }
    }
}
