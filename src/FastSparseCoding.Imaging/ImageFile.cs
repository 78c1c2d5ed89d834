using FastSparseCoding.Imaging.Formats;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Imaging;

/// <summary>
/// Reads pictures: JPEG, PNG, BMP, GIF (its first frame), TIFF (its first page), PGM and PPM, told apart by their content, and turned
/// upright as their Exif notes or TIFF tag say. Colours become gray by the luma of ITU-R BT.601, rounded to the bits that the file has, 8
/// or 16; alpha is ignored. A picture of which the file lacks a part is refused: no pixel comes from anywhere else.
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

    /// <summary>Reads a picture.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The picture, upright, named by its path.</returns>
    /// <exception cref="IOException">There is no such file, it cannot be read, or memory does not suffice for its pixels.</exception>
    /// <exception cref="InvalidDataException">It is of none of the formats, damaged, cut short or too large.</exception>
    public static GrayImage Load(string path) => Guard(path, bytes => Decode(path, bytes).ToGray(path));

    /// <summary>The same, as small as its depth allows.</summary>
    internal static Picture LoadPicture(string path) => Guard(path, bytes => Decode(path, bytes));

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

    private static Picture Decode(string path, byte[] bytes)
    {
        if (bytes.Length == 0)
            Throw.InvalidFile(path, "is empty; expected an image.");
        if (JpegDecoder.Matches(bytes))
            return JpegDecoder.Decode(path, bytes);
        if (PngDecoder.Matches(bytes))
            return PngDecoder.Decode(path, bytes);
        if (TiffImage.Matches(bytes))
            return TiffImage.Decode(path, bytes);
        if (GifDecoder.Matches(bytes))
            return GifDecoder.Decode(path, bytes);
        if (BmpDecoder.Matches(bytes))
            return BmpDecoder.Decode(path, bytes);
        if (Netpbm.Matches(bytes))
            return Netpbm.Decode(path, bytes);
        return Throw.InvalidFile<Picture>(path, "is no image of a known format; expected JPEG, PNG, BMP, GIF, TIFF, PGM or PPM.");
    }

    /// <summary>Refuses sizes that no picture here has.</summary>
    internal static void CheckSize(string path, long width, long height)
    {
        if (width < 1 || height < 1)
            Throw.InvalidFile(path, $"says that it is {width}×{height} pixels; expected 1×1 or more.");
        long most = MostAhead.Value;
        if (width > most || height > most || width * height > most)
            Throw.InvalidFile(path, $"is {width}×{height} pixels; at most {most} pixels are read.");
        if (width > MaxSide || height > MaxSide)
            Throw.InvalidFile(path, $"is {width}×{height} pixels; at most {MaxSide} a side are read.");
    }

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
