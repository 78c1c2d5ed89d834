using BitMiracle.LibTiff.Classic;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>TIFF, its first page, in any layout that can be shown as 8-bit RGBA.</summary>
internal static class TiffImage
{
    public static bool Matches(ReadOnlySpan<byte> bytes) => bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8);

    // The library knows only one handler for all files, so the first complaint is kept for each thread.
    [ThreadStatic]
    private static string? complaint;

    static TiffImage() => Tiff.SetErrorHandler(new Complaints());

    public static GrayImage Decode(string path, byte[] bytes)
    {
        complaint = null;
        try
        {
            using var stream = new MemoryStream(bytes);
            using Tiff? tiff = Tiff.ClientOpen(path, "r", stream, new TiffStream());
            return tiff is null ? Refuse(path) : Decode(path, tiff);
        }
        catch (Exception e) when (e is not (InvalidDataException or OutOfMemoryException))
        {
            // The decoder has no exception of its own: whatever it throws means that the file is damaged.
            return Throw.InvalidFile<GrayImage>(path, $"cannot be decoded: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}.");
        }
    }

    private static GrayImage Decode(string path, Tiff tiff)
    {
        FieldValue[]? widthField = tiff.GetField(TiffTag.IMAGEWIDTH), heightField = tiff.GetField(TiffTag.IMAGELENGTH);
        if (widthField is null || heightField is null)
            return Refuse(path);
        int width = widthField[0].ToInt(), height = heightField[0].ToInt();
        ImageFile.CheckSize(path, width, height);
        // Alpha is ignored: colours stay as they are stored, and are not blended with black, when nobody knows what the extra samples mean.
        if (tiff.GetField(TiffTag.EXTRASAMPLES) is [var count, ..])
            tiff.SetField(TiffTag.EXTRASAMPLES, count.ToInt(), new short[count.ToInt()]);
        var raster = new int[width * height];
        if (!tiff.ReadRGBAImageOriented(width, height, raster, Orientation.TOPLEFT, stopOnError: true) || complaint is not null)
            return Refuse(path);
        float[] pixels = Array.ConvertAll(raster, p => Luma.Of(Tiff.GetR(p), Tiff.GetG(p), Tiff.GetB(p), 255) / 255f);
        return new GrayImage(width, height, pixels, path);
    }

    private static GrayImage Refuse(string path)
        => Throw.InvalidFile<GrayImage>(path, $"cannot be decoded: {complaint ?? "its header is damaged"}.");

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
        }

        public override void WarningHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
        {
        }
    }
}
