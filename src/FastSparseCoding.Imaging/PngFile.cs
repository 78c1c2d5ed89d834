using FastSparseCoding.Imaging.Formats;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Imaging;

/// <summary>Writes pictures as 8-bit PNG; <see cref="ImageFile"/> writes other depths and formats. Safe to call from several threads at
/// once.</summary>
public static class PngFile
{
    /// <summary>Writes a picture, whole or not at all.</summary>
    /// <param name="path">The target; its folder must exist.</param>
    /// <param name="image">The picture; values are clamped to 0 to 1 and rounded to 8 bits.</param>
    /// <exception cref="IOException">The target cannot be written, or the disk is full.</exception>
    public static void Write(string path, GrayImage image)
    {
        ColourImage picture = ColourImage.OfGray(image, 8);
        AtomicFile.Write(path, stream => PngEncoder.Write(stream, picture));
    }

    /// <summary>The bytes of the PNG file.</summary>
    /// <param name="image">The picture; values are clamped to 0 to 1 and rounded to 8 bits.</param>
    /// <returns>The file's content.</returns>
    public static byte[] Encode(GrayImage image)
    {
        using var stream = new MemoryStream();
        PngEncoder.Write(stream, ColourImage.OfGray(image, 8));
        return stream.ToArray();
    }

    /// <summary>Writes a picture in colour, whole or not at all.</summary>
    /// <param name="path">The target; its folder must exist.</param>
    /// <param name="width">Width in pixels, 1 or more.</param>
    /// <param name="rgb">Red, green and blue of every pixel, row after row; values are clamped to 0 to 1 and rounded to 8 bits.</param>
    /// <exception cref="ArgumentException">The values are not whole rows of that width.</exception>
    /// <exception cref="IOException">The target cannot be written, or the disk is full.</exception>
    public static void WriteColor(string path, int width, ReadOnlySpan<float> rgb)
    {
        Throw.IfBelow(width, 1);
        if (rgb.IsEmpty || rgb.Length % (3 * (long)width) != 0)
            Throw.Argument(nameof(rgb), $"'rgb' has {rgb.Length} values; it must have rows of {width} pixels of 3 values.");
        var picture = ColourImage.OfColours(width, rgb.Length / width / 3, rgb);
        AtomicFile.Write(path, stream => PngEncoder.Write(stream, picture));
    }
}
