using System.Diagnostics.CodeAnalysis;
using BitMiracle.LibTiff.Classic;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>
/// TIFF, its first page: grays and colours of 8 and 16 bits as they are, with alpha that they were not multiplied by; other layouts as the
/// library shows them in 8-bit RGB, without alpha.
/// </summary>
internal static class TiffImage
{
    public static bool Matches(ReadOnlySpan<byte> bytes) => bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8);

    // The library knows only one handler for all files, so the first complaint is kept for each thread.
    [ThreadStatic]
    private static string? complaint;

    // Once the directory is read, a warning is of data that are missing or wrong, and what the library shows then is no picture.
    [ThreadStatic]
    private static bool heedsWarnings;

    static TiffImage() => Tiff.SetErrorHandler(new Complaints());

    public static void Decode(string path, ImageBytes bytes, Canvas canvas)
    {
        TiffDirectory directory = TiffDirectory.Read(path, bytes);
        (complaint, heedsWarnings) = (null, false);
        try
        {
            using Stream stream = bytes.AsStream();
            using Tiff? tiff = Tiff.ClientOpen(path, "rc", stream, new TiffStream());
            if (tiff is null)
                Refuse(path);
            else
                Decode(path, bytes, tiff, directory, canvas);
        }
        catch (Exception e) when (e is not (IOException or InvalidDataException or OutOfMemoryException))
        {
            // The decoder has no exception of its own: whatever it throws means that the file is damaged.
            Refuse(path);
        }
        finally
        {
            heedsWarnings = false;
        }
    }

    private static void Decode(string path, ImageBytes bytes, Tiff tiff, TiffDirectory directory, Canvas canvas)
    {
        (int width, int height) = (tiff.GetField(TiffTag.IMAGEWIDTH)[0].ToInt(), tiff.GetField(TiffTag.IMAGELENGTH)[0].ToInt());
        if (width != directory.Width || height != directory.Height || complaint is not null)
            Refuse(path);
        heedsWarnings = true;
        bool read = TiffSamples.Reads(directory)
            ? new TiffSamples(bytes, tiff, directory).Draw(canvas)
            : DrawShown(tiff, directory, canvas);
        if (!read || complaint is not null)
            Refuse(path);
    }

    /// <summary>Draws what the library shows; false when it refuses.</summary>
    private static bool DrawShown(Tiff tiff, TiffDirectory directory, Canvas canvas)
    {
        (int width, int height) = ((int)directory.Width, (int)directory.Height);
        // Colours stay as they are stored, and are not blended with black, when nobody knows what the extra samples mean.
        if (tiff.GetField(TiffTag.EXTRASAMPLES) is [var count, ..])
            tiff.SetField(TiffTag.EXTRASAMPLES, count.ToInt(), new short[count.ToInt()]);
        // The library mirrors, and does not turn.
        tiff.SetField(TiffTag.ORIENTATION, Orientation.TOPLEFT);
        var raster = new int[width * height];
        if (!tiff.ReadRGBAImageOriented(width, height, raster, Orientation.TOPLEFT, stopOnError: true) || complaint is not null)
            return false;
        int colours = directory.Photometric is 0 or 1 ? 1 : 3;
        canvas.Begin(new PixelLayout(width, height, colours, HasAlpha: false, Largest: 255, directory.Orientation));
        var row = new byte[width * colours];
        for (int y = 0, at = 0; y < height; y++)
        {
            for (int i = 0; i < row.Length; i += colours, at++)
            {
                row[i] = (byte)Tiff.GetR(raster[at]);
                if (colours == 3)
                    (row[i + 1], row[i + 2]) = ((byte)Tiff.GetG(raster[at]), (byte)Tiff.GetB(raster[at]));
            }
            canvas.Put(0, y, row);
        }
        return true;
    }

    [DoesNotReturn]
    private static void Refuse(string path)
        => Throw.InvalidFile(path,
            $"cannot be decoded: {Clean(path, complaint) ?? "it is damaged, or of a kind that is not read"}.");

    /// <summary>The library's words, without the path that stands before them already.</summary>
    private static string? Clean(string path, string? words)
        => words?.Replace($"{path}: ", "", StringComparison.Ordinal).ReplaceLineEndings(" ").Trim().TrimEnd('.');

    /// <summary>Keeps the first error instead of printing all.</summary>
    private sealed class Complaints : TiffErrorHandler
    {
        public override void ErrorHandler(Tiff tif, string method, string format, params object[] args)
            => complaint ??= string.Format(System.Globalization.CultureInfo.InvariantCulture, format, args);

        public override void ErrorHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
        {
        }

        public override void WarningHandler(Tiff tif, string method, string format, params object[] args)
        {
            if (heedsWarnings)
                ErrorHandler(tif, method, format, args);
        }

        public override void WarningHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
        {
        }
    }
}
