using FastSparseCoding.Storage;
using StbImageWriteSharp;

namespace FastSparseCoding.Imaging;

/// <summary>Writes gray pictures as 8-bit PNG.</summary>
public static class PngFile
{
    /// <summary>Writes a picture, whole or not at all.</summary>
    /// <param name="path">The target; its folder must exist.</param>
    /// <param name="image">The picture; values are clamped to 0 to 1 and rounded to 8 bits.</param>
    /// <exception cref="IOException">The target cannot be written, or the disk is full.</exception>
    public static void Write(string path, GrayImage image)
    {
        byte[] bytes = Encode(image);
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>The bytes of the PNG file.</summary>
    /// <param name="image">The picture; values are clamped to 0 to 1 and rounded to 8 bits.</param>
    /// <returns>The file's content.</returns>
    public static byte[] Encode(GrayImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var pixels = new byte[image.Width * image.Height];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)MathF.Round(Math.Clamp(image.Pixels[i], 0, 1) * 255);
        using var stream = new MemoryStream();
        new ImageWriter().WritePng(pixels, image.Width, image.Height, ColorComponents.Grey, stream);
        return stream.ToArray();
    }
}
