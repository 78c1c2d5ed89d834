namespace FastSparseCoding.Imaging.Formats;

/// <summary>
/// A decoded gray picture: levels of 8 bits where the file has no more, so that it can be kept small, values from 0 to 1 otherwise.
/// </summary>
internal sealed class Picture
{
    /// <summary>Level g of 8 bits as a value from 0 to 1.</summary>
    private static readonly float[] Values8 = [.. Enumerable.Range(0, 256).Select(g => g / 255f)];

    private readonly byte[]? _levels;
    private readonly float[]? _values;

    public Picture(int width, int height, byte[] levels)
    {
        (Width, Height, _levels) = (width, height, levels);
    }

    public Picture(int width, int height, float[] values)
    {
        (Width, Height, _values) = (width, height, values);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Bytes that a pixel takes here: 1 or 4.</summary>
    public int PixelBytes => _levels is null ? sizeof(float) : 1;

    /// <summary>The pixels as they lie in memory, row after row.</summary>
    public ReadOnlySpan<byte> Bytes => _levels ?? System.Runtime.InteropServices.MemoryMarshal.AsBytes(_values.AsSpan());

    /// <summary>A channel of a picture in colour.</summary>
    public static Picture OfChannel(ColourImage image, int channel)
    {
        if (image.Bits == 8)
        {
            var levels = new byte[image.Width * image.Height];
            for (int i = 0, at = channel; i < levels.Length; i++, at += image.Samples)
                levels[i] = image.Samples8[at];
            return new Picture(image.Width, image.Height, levels);
        }
        var values = new float[image.Width * image.Height];
        image.ReadRows(channel, 0, values);
        return new Picture(image.Width, image.Height, values);
    }

    /// <summary>Pixels as they lie in memory, as values from 0 to 1.</summary>
    public static void Expand(ReadOnlySpan<byte> bytes, int pixelBytes, Span<float> values)
    {
        if (pixelBytes != 1)
        {
            System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes).CopyTo(values);
            return;
        }
        for (int i = 0; i < bytes.Length; i++)
            values[i] = Values8[bytes[i]];
    }

    public GrayImage ToGray(string name)
    {
        if (_values is not null)
            return new GrayImage(Width, Height, _values, name);
        var values = new float[_levels!.Length];
        Expand(_levels, 1, values);
        return new GrayImage(Width, Height, values, name);
    }
}
