using System.Buffers.Binary;

namespace FastSparseCoding.Imaging;

/// <summary>
/// A picture of 1 (gray) or 3 (red, green, blue) channels, perhaps with alpha, at the depth of its file: 8 or 16 bits a sample, 1 or 2
/// bytes in memory. Values are read and written from 0 (black, transparent) to 1 (white, opaque); colours are not multiplied by alpha. Safe
/// to read from several threads at once; whoever changes it must be alone.
/// </summary>
public sealed class ColourImage
{
    private static readonly float[] Values8 = [.. Enumerable.Range(0, 256).Select(g => g / 255f)];

    private readonly byte[] _samples8 = [];         // all samples of a pixel, then those of the next, row after row
    private readonly ushort[] _samples16 = [];      // instead, of 16 bits

    /// <summary>Creates a black picture, transparent if it has alpha.</summary>
    /// <param name="width">Width in pixels, 1 or more.</param>
    /// <param name="height">Height in pixels, 1 or more.</param>
    /// <param name="channels">1 (gray) or 3 (red, green, blue).</param>
    /// <param name="hasAlpha">Whether every pixel has alpha too.</param>
    /// <param name="bits">Bits of a sample, 8 or 16.</param>
    /// <param name="name">Where the picture comes from, for messages.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is none of these, or there are 2^31 samples or more.</exception>
    public ColourImage(int width, int height, int channels, bool hasAlpha, int bits, string name = "an image")
    {
        Throw.IfBelow(width, 1);
        Throw.IfBelow(height, 1);
        if (channels is not (1 or 3))
            Throw.OutOfRange(nameof(channels), channels, "1 or 3");
        if (bits is not (8 or 16))
            Throw.OutOfRange(nameof(bits), bits, "8 or 16");
        (Width, Height, Channels, HasAlpha, Bits, Name) = (width, height, channels, hasAlpha, bits, name);
        Throw.IfAbove((Int128)width * height * Samples, Array.MaxLength, "width × height × samples");
        int length = width * height * Samples;
        if (bits == 8)
            _samples8 = new byte[length];
        else
            _samples16 = new ushort[length];
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>1 (gray) or 3 (red, green, blue); alpha is not counted.</summary>
    public int Channels { get; }

    /// <summary>Bits of a sample, 8 or 16.</summary>
    public int Bits { get; }

    /// <summary>Whether every pixel has alpha, which is channel number <see cref="Channels"/>.</summary>
    public bool HasAlpha { get; }

    /// <summary>Where the picture comes from: its path when it was read from a file.</summary>
    public string Name { get; }

    /// <summary>Samples of a pixel: its channels, and alpha.</summary>
    internal int Samples => HasAlpha ? Channels + 1 : Channels;

    /// <summary>The sample that is 1.</summary>
    internal int Largest => (1 << Bits) - 1;

    /// <summary>All samples of 8 bits, those of a pixel side by side.</summary>
    internal Span<byte> Samples8 => _samples8;

    /// <summary>All samples of 16 bits, those of a pixel side by side.</summary>
    internal Span<ushort> Samples16 => _samples16;

    /// <summary>A gray picture, its values clamped to 0 to 1 and rounded to the nearest level.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="bits">Bits of a sample, 8 or 16.</param>
    /// <returns>The picture at that depth, of the same name.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are neither 8 nor 16 bits.</exception>
    public static ColourImage OfGray(GrayImage image, int bits)
    {
        ArgumentNullException.ThrowIfNull(image);
        var picture = new ColourImage(image.Width, image.Height, 1, false, bits, image.Name);
        picture.WriteRows(0, 0, image.Pixels);
        return picture;
    }

    /// <summary>Reads whole rows of a channel.</summary>
    /// <param name="channel">0 to Channels − 1, or Channels for alpha.</param>
    /// <param name="firstRow">The first row, 0 to Height − 1.</param>
    /// <param name="values">Receives values from 0 to 1, row after row; its length is a multiple of the width.</param>
    /// <exception cref="ArgumentException">There is no such channel or row, or the values are not whole rows.</exception>
    public void ReadRows(int channel, int firstRow, Span<float> values)
        => Read(Place(channel, firstRow, values.Length), values);

    /// <summary>Reads samples of a channel that lie side by side in a row.</summary>
    internal void Read(int channel, int x, int y, Span<float> values) => Read((y * Width + x) * Samples + channel, values);

    private void Read(int at, Span<float> values)
    {
        int n = Samples;
        if (Bits == 8)
            for (int i = 0; i < values.Length; i++, at += n)
                values[i] = Values8[_samples8[at]];
        else
            for (int i = 0; i < values.Length; i++, at += n)
                values[i] = _samples16[at] / 65_535f;
    }

    /// <summary>Writes whole rows of a channel. What <see cref="ReadRows"/> gave comes back to the same samples.</summary>
    /// <param name="channel">0 to Channels − 1, or Channels for alpha.</param>
    /// <param name="firstRow">The first row, 0 to Height − 1.</param>
    /// <param name="values">Values, row after row, clamped to 0 to 1 and rounded to the nearest level of <see cref="Bits"/>; NaN becomes
    /// 0. Their number is a multiple of the width.</param>
    /// <exception cref="ArgumentException">There is no such channel or row, or the values are not whole rows.</exception>
    public void WriteRows(int channel, int firstRow, ReadOnlySpan<float> values)
    {
        int at = Place(channel, firstRow, values.Length), n = Samples;
        if (Bits == 8)
            for (int i = 0; i < values.Length; i++, at += n)
                _samples8[at] = (byte)Level(values[i], 255);
        else
            for (int i = 0; i < values.Length; i++, at += n)
                _samples16[at] = (ushort)Level(values[i], 65_535);
    }

    /// <summary>A channel as a picture of its own.</summary>
    /// <param name="channel">0 to Channels − 1, or Channels for alpha.</param>
    /// <returns>A copy, of the same name.</returns>
    /// <exception cref="ArgumentException">There is no such channel.</exception>
    public GrayImage Plane(int channel)
    {
        var values = new float[Width * Height];
        ReadRows(channel, 0, values);
        return new GrayImage(Width, Height, values, Name);
    }

    /// <summary>Takes the alpha of another picture, sample for sample.</summary>
    /// <param name="other">A picture with alpha, of the same size and depth.</param>
    /// <exception cref="ArgumentException">One of the two has no alpha, or they differ in size or depth.</exception>
    internal void CopyAlphaFrom(ColourImage other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (!HasAlpha || !other.HasAlpha || (Width, Height, Bits) != (other.Width, other.Height, other.Bits))
            Throw.Argument(nameof(other),
                $"'{nameof(other)}' is {other.Description()}; to give its alpha to {Description()} both must have alpha, one size and one "
                    + "depth.");
        for (int i = 0, at = Channels, from = other.Channels; i < Width * Height; i++, at += Samples, from += other.Samples)
            if (Bits == 8)
                _samples8[at] = other._samples8[from];
            else
                _samples16[at] = other._samples16[from];
    }

    /// <summary>A picture of colours side by side, rounded to 8 bits.</summary>
    internal static ColourImage OfColours(int width, int height, ReadOnlySpan<float> rgb)
    {
        var picture = new ColourImage(width, height, 3, false, 8);
        for (int i = 0; i < rgb.Length; i++)
            picture._samples8[i] = (byte)Level(rgb[i], 255);
        return picture;
    }

    /// <summary>Size, colours and depth, for messages.</summary>
    internal string Description()
        => $"{Width}×{Height}, {(Channels == 1 ? "gray" : "red, green and blue")} {(HasAlpha ? "with" : "without")} alpha, of {Bits} bits";

    /// <summary>A row as most formats store it: its samples one after the other, the high byte first.</summary>
    internal void CopyRow(int y, Span<byte> row)
    {
        int length = Width * Samples;
        if (Bits == 8)
        {
            _samples8.AsSpan(y * length, length).CopyTo(row);
            return;
        }
        Span<ushort> samples = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(row);
        _samples16.AsSpan(y * length, length).CopyTo(samples);
        if (BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(samples, samples);
    }

    private static int Level(float value, int largest) => (int)MathF.Round(Math.Clamp(value, 0, 1) * largest);

    /// <summary>The first sample of rows of a channel.</summary>
    private int Place(int channel, int firstRow, int count)
    {
        Throw.IfNotIndex(channel, Samples);
        Throw.IfNotIndex(firstRow, Height);
        if (count % Width != 0 || count / Width > Height - firstRow)
            Throw.Argument("values",
                $"'values' has {count} values; it must have whole rows of {Width}, of which {Height - firstRow} are left at row "
                    + $"{firstRow}.");
        return firstRow * Width * Samples + channel;
    }
}
