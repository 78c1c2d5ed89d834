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

    private const long MaxBytes = 1L << 30;

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
    public static GrayImage Load(string path) => Guard(path, bytes => DecodeGray(path, bytes).ToGray(path));

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
    public static ColourImage LoadColour(string path)
        => Guard(path, bytes =>
        {
            var canvas = new ColourCanvas(path);
            Decode(path, bytes, canvas);
            return canvas.Image;
        });

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

    /// <summary>A gray picture as small as its depth allows.</summary>
    internal static Picture LoadPicture(string path) => Guard(path, bytes => DecodeGray(path, bytes));

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

    private static T Guard<T>(string path, Func<byte[], T> decode)
    {
        try
        {
            return decode(ReadAll(path));
        }
        catch (OutOfMemoryException e)
        {
            return Throw.Unreadable<T>(path, "there is not enough memory for its pixels.", e);
        }
    }

    private static Picture DecodeGray(string path, byte[] bytes)
    {
        var canvas = new GrayCanvas();
        Decode(path, bytes, canvas);
        return canvas.Picture;
    }

    private static void Decode(string path, byte[] bytes, Canvas canvas)
    {
        if (bytes.Length == 0)
            Throw.InvalidFile(path, "is empty; expected an image.");
        if (JpegDecoder.Matches(bytes))
            JpegDecoder.Decode(path, bytes, canvas);
        else if (PngDecoder.Matches(bytes))
            PngDecoder.Decode(path, bytes, canvas);
        else if (TiffImage.Matches(bytes))
            TiffImage.Decode(path, bytes, canvas);
        else if (GifDecoder.Matches(bytes))
            GifDecoder.Decode(path, bytes, canvas);
        else if (BmpDecoder.Matches(bytes))
            BmpDecoder.Decode(path, bytes, canvas);
        else if (Netpbm.Matches(bytes))
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

    /// <summary>The bytes of a file, unless they are too many for any picture or set of pictures.</summary>
    internal static byte[] ReadAll(string path)
    {
        using InputFile file = InputFile.Open(path);
        if (file.Length > MaxBytes)
            Throw.InvalidFile(path, $"has {file.Length} bytes; at most {MaxBytes} are read.");
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes, 0);
        return bytes;
    }
}
