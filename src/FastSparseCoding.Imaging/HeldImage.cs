using System.Numerics.Tensors;
using FastSparseCoding.Imaging.Formats;

namespace FastSparseCoding.Imaging;

/// <summary>A picture of a store.</summary>
internal abstract class HeldImage(string name, int width, int height)
{
    public string Name { get; } = name;

    public int Width { get; } = width;

    public int Height { get; } = height;

    /// <summary>Copies pixels of a channel that lie side by side in a row.</summary>
    public abstract void Read(int channel, int x, int y, Span<float> pixels);
}

internal sealed class HeldGrayImage(GrayImage image) : HeldImage(image.Name, image.Width, image.Height)
{
    public override void Read(int channel, int x, int y, Span<float> pixels) => image.Row(y).Slice(x, pixels.Length).CopyTo(pixels);
}

internal sealed class HeldPicture(string name, Picture picture) : HeldImage(name, picture.Width, picture.Height)
{
    public override void Read(int channel, int x, int y, Span<float> pixels)
    {
        int bytes = picture.PixelBytes;
        Picture.Expand(picture.Bytes.Slice((y * Width + x) * bytes, pixels.Length * bytes), bytes, pixels);
    }
}

/// <summary>A picture whose channels are held apart.</summary>
internal sealed class HeldChannels(HeldImage[] channels) : HeldImage(channels[0].Name, channels[0].Width, channels[0].Height)
{
    public override void Read(int channel, int x, int y, Span<float> pixels) => channels[channel].Read(0, x, y, pixels);
}

internal sealed class HeldColourImage(ColourImage image) : HeldImage(image.Name, image.Width, image.Height)
{
    public override void Read(int channel, int x, int y, Span<float> pixels)
        => image.Read(Math.Min(channel, image.Channels - 1), x, y, pixels);
}

/// <summary>The luminance of a picture in colour, (R + G + B)/3, or its gray.</summary>
internal sealed class HeldLuminance(ColourImage image) : HeldImage(image.Name, image.Width, image.Height)
{
    private const int MostPixelsAtOnce = 256;

    public override void Read(int channel, int x, int y, Span<float> pixels)
    {
        Span<float> room = stackalloc float[MostPixelsAtOnce];
        for (int start = 0; start < pixels.Length; start += MostPixelsAtOnce)
        {
            Span<float> sum = pixels[start..Math.Min(start + MostPixelsAtOnce, pixels.Length)], plane = room[..sum.Length];
            image.Read(0, x + start, y, sum);
            for (int other = 1; other < image.Channels; other++)
            {
                image.Read(other, x + start, y, plane);
                TensorPrimitives.Add(sum, plane, sum);
            }
            TensorPrimitives.Divide(sum, image.Channels, sum);
        }
    }
}
