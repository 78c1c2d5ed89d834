using System.Buffers.Binary;

namespace FastSparseCoding.Fuzz.Building;

/// <summary>JPEGs built segment by segment: blocks that are their mean alone, with codes that can be read off.</summary>
internal sealed class JpegBytes
{
    private readonly List<byte> _bytes = [0xFF, 0xD8];

    /// <summary>A quantisation table whose steps are all the same.</summary>
    public static byte[] Steps(byte step) => [0, .. Enumerable.Repeat(step, 64)];

    /// <summary>A table of one code, '0'.</summary>
    public static byte[] OneCode(int kind, byte symbol) => [(byte)(kind << 4), 1, .. new byte[15], symbol];

    /// <summary>A table of the sizes 0 to 11, each with the 4 bits of its number as code.</summary>
    public static byte[] Sizes => [0, 0, 0, 0, 12, .. new byte[12], .. Enumerable.Range(0, 12).Select(i => (byte)i)];

    public JpegBytes Segment(byte marker, params ReadOnlySpan<byte> data)
    {
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)(data.Length + 2));
        _bytes.AddRange([0xFF, marker, .. length, .. data]);
        return this;
    }

    /// <summary>A frame of components 1, 2, … each sampled once, with quantisation table 0.</summary>
    public JpegBytes Frame(byte marker, int width, int height, int components = 1)
        => Segment(marker, [8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, (byte)components,
            .. Enumerable.Range(1, components).SelectMany(i => new byte[] { (byte)i, 0x11, 0 })]);

    /// <summary>A scan header of all components with tables 0.</summary>
    public JpegBytes Scan(int components = 1, byte first = 0, byte last = 63, byte bits = 0)
        => Segment(0xDA, [(byte)components, .. Enumerable.Range(1, components).SelectMany(i => new byte[] { (byte)i, 0 }), first, last,
            bits]);

    public JpegBytes Raw(params ReadOnlySpan<byte> data)
    {
        _bytes.AddRange(data);
        return this;
    }

    /// <summary>The means of blocks, of one or of several components in turn, for the tables <see cref="Sizes"/> and a '0' that ends a
    /// block.</summary>
    public JpegBytes Means(IReadOnlyList<int> means, int components = 1, int restartInterval = 0)
    {
        var bits = new System.Text.StringBuilder();
        var before = new int[components];
        for (int i = 0; i < means.Count; i++)
        {
            int unit = i / components;
            if (restartInterval > 0 && i % components == 0 && unit > 0 && unit % restartInterval == 0)
            {
                Flush(bits);
                Raw(0xFF, (byte)(0xD0 + (unit / restartInterval - 1) % 8));
                Array.Clear(before);
            }
            int difference = means[i] - before[i % components], size = difference == 0 ? 0 : (int)Math.Log2(Math.Abs(difference)) + 1;
            bits.Append(Convert.ToString(size, 2).PadLeft(4, '0'));
            if (size > 0)
                bits.Append(Convert.ToString(difference > 0 ? difference : difference + (1 << size) - 1, 2).PadLeft(size, '0'));
            bits.Append('0');
            before[i % components] = means[i];
        }
        Flush(bits);
        return this;
    }

    public byte[] End() => [.. _bytes, 0xFF, 0xD9];

    private void Flush(System.Text.StringBuilder bits)
    {
        string padded = bits.ToString().PadRight((bits.Length + 7) / 8 * 8, '1');
        for (int i = 0; i < padded.Length; i += 8)
        {
            byte value = Convert.ToByte(padded.Substring(i, 8), 2);
            _bytes.Add(value);
            if (value == 0xFF)
                _bytes.Add(0);
        }
        bits.Clear();
    }
}
