using BitMiracle.LibTiff.Classic;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>
/// TIFF, its first page: 16-bit grays and colours as they are, other layouts as the library shows them in 8-bit RGB; alpha is ignored.
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

    public static Picture Decode(string path, byte[] bytes)
    {
        TiffDirectory directory = TiffDirectory.Read(path, bytes);
        (complaint, heedsWarnings) = (null, false);
        try
        {
            using var stream = new MemoryStream(bytes);
            using Tiff? tiff = Tiff.ClientOpen(path, "rc", stream, new TiffStream());
            return tiff is null ? Refuse(path) : Decode(path, tiff, directory).Upright(directory.Orientation);
        }
        catch (Exception e) when (e is not (InvalidDataException or OutOfMemoryException))
        {
            // The decoder has no exception of its own: whatever it throws means that the file is damaged.
            return Refuse(path);
        }
        finally
        {
            heedsWarnings = false;
        }
    }

    private static Picture Decode(string path, Tiff tiff, TiffDirectory directory)
    {
        (int width, int height) = (tiff.GetField(TiffTag.IMAGEWIDTH)[0].ToInt(), tiff.GetField(TiffTag.IMAGELENGTH)[0].ToInt());
        if (width != directory.Width || height != directory.Height || complaint is not null)
            return Refuse(path);
        heedsWarnings = true;
        if (directory is { Bits: 16, Photometric: 0 or 1 or 2 })
            return new TiffWideSamples(tiff, directory).Read() is { } wide && complaint is null ? new Picture(width, height, wide)
                : Refuse(path);
        // Alpha is ignored: colours stay as they are stored, and are not blended with black, when nobody knows what the extra samples mean.
        if (tiff.GetField(TiffTag.EXTRASAMPLES) is [var count, ..])
            tiff.SetField(TiffTag.EXTRASAMPLES, count.ToInt(), new short[count.ToInt()]);
        // The library mirrors, and does not turn.
        tiff.SetField(TiffTag.ORIENTATION, Orientation.TOPLEFT);
        var raster = new int[width * height];
        if (!tiff.ReadRGBAImageOriented(width, height, raster, Orientation.TOPLEFT, stopOnError: true) || complaint is not null)
            return Refuse(path);
        return new Picture(width, height, Array.ConvertAll(raster, p => Luma.Of8(Tiff.GetR(p), Tiff.GetG(p), Tiff.GetB(p))));
    }

    private static Picture Refuse(string path)
        => Throw.InvalidFile<Picture>(path,
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
