using System.Buffers.Binary;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>
/// Writes TIFF (TIFF 6.0), not compressed, which every reader knows: the directory, then the rows in strips, high bytes first.
/// </summary>
internal static class TiffEncoder
{
    private const int StripBytes = 1 << 16, EntryBytes = 12;

    /// <summary>Dots per inch: nobody knows a picture's, and baseline readers ask for them (section 8).</summary>
    private const uint Resolution = 72, Inch = 2;

    public static void Write(Stream stream, ColourImage image)
    {
        var row = new byte[image.Width * image.Samples * image.Bits / 8];
        stream.Write(Head(image, row.Length));
        for (int y = 0; y < image.Height; y++)
        {
            image.CopyRow(y, row);
            stream.Write(row);
        }
    }

    /// <summary>All that lies before the first row.</summary>
    private static byte[] Head(ColourImage image, int rowBytes)
    {
        int rows = Math.Clamp(StripBytes / rowBytes, 1, image.Height), strips = (image.Height + rows - 1) / rows;
        (int Tag, int Type, uint[] Values)[] tags =
        [
            (TiffTags.Width, TiffTags.Long, [(uint)image.Width]),
            (TiffTags.Height, TiffTags.Long, [(uint)image.Height]),
            (TiffTags.Bits, TiffTags.Short, [.. Enumerable.Repeat((uint)image.Bits, image.Samples)]),
            (TiffTags.Compression, TiffTags.Short, [1]),
            (TiffTags.Photometric, TiffTags.Short, [image.Channels == 1 ? 1u : 2]),
            (TiffTags.StripOffsets, TiffTags.Long, new uint[strips]),
            (TiffTags.Samples, TiffTags.Short, [(uint)image.Samples]),
            (TiffTags.RowsPerStrip, TiffTags.Long, [(uint)rows]),
            (TiffTags.StripBytes, TiffTags.Long, new uint[strips]),
            (TiffTags.XResolution, TiffTags.Rational, [Resolution, 1]),
            (TiffTags.YResolution, TiffTags.Rational, [Resolution, 1]),
            (TiffTags.ResolutionUnit, TiffTags.Short, [Inch]),
            .. image.HasAlpha ? [(TiffTags.ExtraSamples, TiffTags.Short, new uint[] { 2 })] : Array.Empty<(int, int, uint[])>(),
        ];
        int directoryEnd = 8 + 2 + EntryBytes * tags.Length + 4, start = directoryEnd + tags.Sum(t => Outside(t.Type, t.Values));
        (uint[] offsets, uint[] lengths) = (tags[5].Values, tags[8].Values);
        for (int i = 0; i < strips; i++)
        {
            offsets[i] = (uint)(start + (long)i * rows * rowBytes);
            lengths[i] = (uint)(Math.Min(rows, image.Height - i * rows) * rowBytes);
        }
        return Directory(tags, directoryEnd, start);
    }

    private static byte[] Directory((int Tag, int Type, uint[] Values)[] tags, int directoryEnd, int start)
    {
        var head = new byte[start];
        "MM\0*\0\0\0\u0008"u8.CopyTo(head);
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(8), (ushort)tags.Length);
        int at = 10, outside = directoryEnd;
        foreach ((int tag, int type, uint[] values) in tags)
        {
            Span<byte> entry = head.AsSpan(at);
            BinaryPrimitives.WriteUInt16BigEndian(entry, (ushort)tag);
            BinaryPrimitives.WriteUInt16BigEndian(entry[2..], (ushort)type);
            BinaryPrimitives.WriteInt32BigEndian(entry[4..], values.Length / NumbersOf(type));
            int far = Outside(type, values);
            if (far > 0)
                BinaryPrimitives.WriteInt32BigEndian(entry[8..], outside);
            WriteValues(far > 0 ? head.AsSpan(outside) : entry[8..], type, values);
            at += EntryBytes;
            outside += far;
        }
        return head;
    }

    private static void WriteValues(Span<byte> target, int type, uint[] values)
    {
        foreach (uint value in values)
        {
            if (type == TiffTags.Short)
                BinaryPrimitives.WriteUInt16BigEndian(target, (ushort)value);
            else
                BinaryPrimitives.WriteUInt32BigEndian(target, value);
            target = target[(TiffTags.SizeOf(type) / NumbersOf(type))..];
        }
    }

    /// <summary>Numbers of a value: a fraction has two.</summary>
    private static int NumbersOf(int type) => type == TiffTags.Rational ? 2 : 1;

    /// <summary>Bytes of values that do not fit their entry and lie behind the directory.</summary>
    private static int Outside(int type, uint[] values)
    {
        int bytes = values.Length * TiffTags.SizeOf(type) / NumbersOf(type);
        return bytes > 4 ? (bytes + 1) / 2 * 2 : 0;
    }
}
