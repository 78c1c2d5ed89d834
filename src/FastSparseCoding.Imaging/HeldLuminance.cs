using System.Numerics.Tensors;

namespace FastSparseCoding.Imaging;

/// <summary>The luminance of a picture that is held in colour: (R + G + B)/3, or its gray.</summary>
internal sealed class HeldLuminance(ColourImage image) : HeldImage(image.Name, image.Width, image.Height)
{
    private const int MostPixelsAtOnce = 256;

    public override void Read(int x, int y, Span<float> pixels)
    {
        Span<float> room = stackalloc float[MostPixelsAtOnce];
        for (int start = 0; start < pixels.Length; start += MostPixelsAtOnce)
        {
            Span<float> sum = pixels[start..Math.Min(start + MostPixelsAtOnce, pixels.Length)], plane = room[..sum.Length];
            image.Read(0, x + start, y, sum);
            for (int channel = 1; channel < image.Channels; channel++)
            {
                image.Read(channel, x + start, y, plane);
                TensorPrimitives.Add(sum, plane, sum);
            }
            TensorPrimitives.Divide(sum, image.Channels, sum);
        }
    }
}
