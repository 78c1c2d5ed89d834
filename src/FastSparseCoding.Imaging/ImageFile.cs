using FastSparseCoding.Imaging.Formats;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Imaging;

/// <summary>
/// Reads pictures: JPEG, PNG, BMP, GIF (its first frame), TIFF (its first page), PGM and PPM, told apart by their content, and turned
/// upright as their Exif notes or TIFF tag say. A picture of which the file lacks a part is refused: no pixel comes from anywhere else.
/// Writes PNG, TIFF, PGM and PPM. Pixels are all that is kept: notes (Exif, XMP), colour profiles, gamma and resolution are neither applied
/// nor written, and a picture that was turned upright is written upright. Safe to call from several threads at once.
/// </summary>
public static class ImageFile
{
    /// <summary>Pictures of more pixels are refused before memory is taken for them.</summary>
    public const long MaxPixels = 100_000_000;

    /// <summary>Pictures with a longer side are refused: decoders work in rows, and rows are to be small beside a picture.</summary>
    public const int MaxSide = 1_000_000;

    /// <summary>Bytes that tell a format.</summary>
    private const int MostHeadBytes = 32;

    /// <summary>What the thread takes at most, while it reads ahead.</summary>
    private static readonly ThreadLocal<long> MostAhead = new(() => MaxPixels);

    /// <summary>Endings of files that are taken from folders.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".pgm", ".ppm"];

    /// <summary>
    /// Reads a picture as gray: colours become the luma of ITU-R BT.601, rounded to the bits that the file has, 8 or 16; alpha is ignored.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <returns>The picture, upright, named by its path.</returns>
    /// <exception cref="IOException">There is no such file, it cannot be read, or memory does not suffice for its pixels.</exception>
    /// <exception cref="InvalidDataException">It is of none of the formats, damaged, cut short or too large.</exception>
    public static GrayImage Load(string path) => LoadPicture(path).ToGray(path);

    /// <summary>
    /// The same from a stream: an upload, an embedded resource, or a <see cref="MemoryStream"/> of bytes. What it holds from where it
    /// stands to its end is the picture; it is left open, and not as it stood. One that cannot seek is first read into memory.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">Its name in messages, and the picture's.</param>
    /// <returns>The picture, upright.</returns>
    /// <exception cref="ArgumentException">The stream cannot be read.</exception>
    /// <exception cref="IOException">Reading the stream fails so, or memory does not suffice for the pixels.</exception>
    /// <exception cref="InvalidDataException">It is of none of the formats, damaged, cut short or too large.</exception>
    public static GrayImage Load(Stream stream, string name = "an image") => Read(stream, name, DecodeGray).ToGray(name);

    /// <summary>
    /// Reads a picture with its colours and alpha, at its depth: 16 bits if the file has more than 8, else 8. Gray stays one channel, in
    /// palettes of PNG and BMP too. Alpha is that of PNG (tRNS included) and of TIFFs of 8 and 16 bits whose colours are not multiplied by
    /// it; that of BMP, of GIF and of other TIFFs is left out, and colours that were multiplied by alpha stay so. CMYK becomes RGB of 8
    /// bits. Values of PGM and PPM are brought to 255 or 65,535, which keeps them apart.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <returns>The picture, upright, named by its path. It takes a byte or two for each sample.</returns>
    /// <exception cref="IOException">There is no such file, it cannot be read, or memory does not suffice for its pixels.</exception>
    /// <exception cref="InvalidDataException">It is of none of the formats, damaged, cut short or too large.</exception>
    public static ColourImage LoadColour(string path) => Read(path, DecodeColour);

    /// <summary>The same from a stream, as <see cref="Load(Stream, string)"/> reads it.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">Its name in messages, and the picture's.</param>
    /// <returns>The picture, upright.</returns>
    /// <exception cref="ArgumentException">The stream cannot be read.</exception>
    /// <exception cref="IOException">Reading the stream fails so, or memory does not suffice for the pixels.</exception>
    /// <exception cref="InvalidDataException">It is of none of the formats, damaged, cut short or too large.</exception>
    public static ColourImage LoadColour(Stream stream, string name = "an image") => Read(stream, name, DecodeColour);

    /// <summary>
    /// Writes a picture, whole or not at all, with all its samples as they are and nothing else. The path's ending tells the format: .png
    /// and .tif or .tiff (not compressed) hold every picture, .pgm gray ones and .ppm coloured ones without alpha.
    /// </summary>
    /// <param name="path">The target; its folder must exist.</param>
    /// <param name="image">The picture.</param>
    /// <exception cref="IOException">The ending is of no format that is written, the format cannot hold the picture, the target cannot be
    /// written, or the disk is full, or the picture has more than <see cref="MaxPixels"/> pixels or a side of more than
    /// <see cref="MaxSide"/>, and could not be read again.</exception>
    public static void Save(string path, ColourImage image)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(image);
        WrittenFormat format = WrittenFormat.For(path, image.Channels, image.HasAlpha);
        if (TooLarge(image.Width, image.Height, MaxPixels) is { } problem)
            Throw.Unwritable<Stream>(path, $"it would be {problem} written.");
        AtomicFile.Write(path, stream => format.Write(stream, image));
    }

    /// <summary>Writes a picture to a stream, from where it stands on, and leaves it open.</summary>
    /// <param name="stream">The stream, of which nothing is asked but to be written to.</param>
    /// <param name="image">The picture.</param>
    /// <param name="format">The format.</param>
    /// <exception cref="ArgumentException">The format cannot hold the picture, the stream cannot be written to, or the picture has more
    /// than <see cref="MaxPixels"/> pixels or a side of more than <see cref="MaxSide"/>, and could not be read again.</exception>
    public static void Save(Stream stream, ColourImage image, ImageFormat format)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(image);
        if (!stream.CanWrite)
            Throw.Argument(nameof(stream), "'stream' cannot be written to; it must be writable.");
        var written = WrittenFormat.Of(format, image.Channels, image.HasAlpha);
        if (TooLarge(image.Width, image.Height, MaxPixels) is { } problem)
            Throw.Argument(nameof(image), $"'image' would be {problem} written.");
        written.Write(stream, image);
    }

    /// <summary>The same for a gray picture, its values clamped to 0 to 1 and rounded to the nearest level.</summary>
    /// <param name="stream">The stream, of which nothing is asked but to be written to.</param>
    /// <param name="image">The picture.</param>
    /// <param name="format">The format.</param>
    /// <param name="bits">Bits of a sample, 8 or 16.</param>
    /// <exception cref="ArgumentException">The format holds no gray pictures, there are neither 8 nor 16 bits, or the stream or the picture
    /// is refused as above.</exception>
    public static void Save(Stream stream, GrayImage image, ImageFormat format, int bits = 8)
        => Save(stream, ColourImage.OfGray(image, bits), format);

    /// <summary>A gray picture as small as its depth allows.</summary>
    internal static Picture LoadPicture(string path) => Read(path, DecodeGray);

    /// <summary>The same ahead of its turn: null when it has more pixels, before memory is taken for them, or cannot be read, which is told
    /// when its turn comes.</summary>
    internal static Picture? TryLoadPicture(string path, long mostPixels)
    {
        try
        {
            MostAhead.Value = mostPixels;
            return LoadPicture(path);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return null;
        }
        finally
        {
            MostAhead.Value = MaxPixels;
        }
    }

    private static T Read<T>(string path, Func<string, ImageBytes, T> decode)
    {
        using InputFile file = InputFile.Open(path);
        return Read(path, file.Stream, ImageBytes.WindowBytes, decode);
    }

    private static T Read<T>(Stream stream, string name, Func<string, ImageBytes, T> decode)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        if (!stream.CanRead)
            Throw.Argument(nameof(stream), "'stream' cannot be read; it must be readable.");
        return Read(name, stream, ImageBytes.WindowBytes, decode);
    }

    /// <summary>The same through a window of so many bytes, for tests.</summary>
    internal static ColourImage LoadColour(Stream stream, string name, int windowBytes) => Read(name, stream, windowBytes, DecodeColour);

    private static T Read<T>(string name, Stream stream, int windowBytes, Func<string, ImageBytes, T> decode)
    {
        try
        {
            if (stream.CanSeek)
                return decode(name, new ImageBytes(name, stream, windowBytes));
            using MemoryStream held = ImageBytes.Hold(name, stream);
            return decode(name, new ImageBytes(name, held, windowBytes));
        }
        catch (OutOfMemoryException e)
        {
            return Throw.Unreadable<T>(name, "there is not enough memory for its pixels.", e);
        }
    }

    private static ColourImage DecodeColour(string path, ImageBytes bytes)
    {
        var canvas = new ColourCanvas(path);
        Decode(path, bytes, canvas);
        return canvas.Image;
    }

    private static Picture DecodeGray(string path, ImageBytes bytes)
    {
        var canvas = new GrayCanvas();
        Decode(path, bytes, canvas);
        return canvas.Picture;
    }

    private static void Decode(string path, ImageBytes bytes, Canvas canvas)
    {
        if (bytes.Length == 0)
            Throw.InvalidFile(path, "is empty; expected an image.");
        ReadOnlySpan<byte> head = bytes.Slice(0, (int)Math.Min(MostHeadBytes, bytes.Length));
        if (JpegDecoder.Matches(head))
            JpegDecoder.Decode(path, bytes.ToArray(0, bytes.Length), canvas);
        else if (PngDecoder.Matches(head))
            PngDecoder.Decode(path, bytes, canvas);
        else if (TiffImage.Matches(head))
            TiffImage.Decode(path, bytes, canvas);
        else if (GifDecoder.Matches(head))
            GifDecoder.Decode(path, bytes.ToArray(0, bytes.Length), canvas);
        else if (BmpDecoder.Matches(head))
            BmpDecoder.Decode(path, bytes, canvas);
        else if (Netpbm.Matches(head))
            Netpbm.Decode(path, bytes, canvas);
        else
            Throw.InvalidFile(path, "is no image of a known format; expected JPEG, PNG, BMP, GIF, TIFF, PGM or PPM.");
    }

    /// <summary>Refuses sizes that no picture here has.</summary>
    internal static void CheckSize(string path, long width, long height)
    {
        if (width < 1 || height < 1)
            Throw.InvalidFile(path, $"says that it is {width}×{height} pixels; expected 1×1 or more.");
        if (TooLarge(width, height, MostAhead.Value) is { } problem)
            Throw.InvalidFile(path, $"is {problem} read.");
    }

    private static string? TooLarge(long width, long height, long most)
        => width > most || height > most || width * height > most ? $"{width}×{height} pixels; at most {most} pixels are"
            : width > MaxSide || height > MaxSide ? $"{width}×{height} pixels; at most {MaxSide} a side are" : null;
}
