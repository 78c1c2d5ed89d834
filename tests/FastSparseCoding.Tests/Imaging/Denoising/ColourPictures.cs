using FastSparseCoding.Imaging;

namespace FastSparseCoding.Tests.Imaging.Denoising;

/// <summary>Generated pictures in colour, of 16 bits.</summary>
internal static class ColourPictures
{
    /// <summary>Dead leaves whose channels are mixtures of two pictures, kept from black and white, so that noise is not cut off.</summary>
    public static ColourImage Leaves(int width, int height, int seed, bool hasAlpha = false)
    {
        GrayImage light = DeadLeaves.Generate(width, height, seed), tint = DeadLeaves.Generate(width, height, seed + 1000);
        var picture = new ColourImage(width, height, 3, hasAlpha, 16, "leaves");
        for (int channel = 0; channel < 3; channel++)
        {
            float share = 0.05f * channel;
            picture.WriteRows(channel, 0, [.. light.Pixels.ToArray().Zip(tint.Pixels.ToArray(), (l, t) => 0.3f + 0.3f * l + share * t)]);
        }
        if (hasAlpha)
            picture.WriteRows(3, 0, tint.Pixels);
        return picture;
    }

    public static ColourImage Noisy(ColourImage clean, float sigma, int seed)
    {
        var noisy = new ColourImage(clean.Width, clean.Height, clean.Channels, clean.HasAlpha, clean.Bits, clean.Name);
        for (int channel = 0; channel < clean.Channels; channel++)
            noisy.WriteRows(channel, 0, DenoisingPictures.Noisy(clean.Plane(channel), sigma, seed + channel).Pixels);
        if (clean.HasAlpha)
            noisy.CopyAlphaFrom(clean);
        return noisy;
    }
}
