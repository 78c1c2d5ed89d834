using StbImageSharp;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>JPEG, PNG, BMP and GIF. The decoder forgives files that are cut short and can be led astray by hostile ones, so their structure is checked first.</summary>
internal static class RasterImage
{
    public static bool Matches(ReadOnlySpan<byte> bytes) => IsJpeg(bytes) || IsPng(bytes) || IsBmp(bytes) || IsGif(bytes);

    public static GrayImage Decode(string path, byte[] bytes)
    {
        if (IsJpeg(bytes))
            JpegStructure.Check(path, bytes);
        else if (IsPng(bytes))
            PngStructure.Check(path, bytes);
        else if (IsBmp(bytes))
            BmpStructure.Check(path, bytes);
        else
            GifStructure.Check(path, bytes);
        ImageInfo? info = Guard(path, () => ImageInfo.FromStream(new MemoryStream(bytes)));
        if (info is null)
            return Throw.InvalidFile<GrayImage>(path, "cannot be decoded: its header is damaged.");
        // A BMP stored from the top down has a negative height.
        ImageFile.CheckSize(path, info.Value.Width, Math.Abs((long)info.Value.Height));
        // A byte more than there is tells a decoder that stops at the last from one that runs past it.
        using var stream = new MemoryStream([.. bytes, 0]);
        ImageResult image = Guard(path, () => ImageResult.FromStream(stream, ColorComponents.RedGreenBlue));
        if (IsJpeg(bytes))
            JpegStructure.CheckEnd(path, bytes, stream.Position);
        return new GrayImage(image.Width, image.Height, Luma.FromRgb(image.Data), path);
    }

    private static bool IsJpeg(ReadOnlySpan<byte> bytes) => bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);

    private static bool IsPng(ReadOnlySpan<byte> bytes) => bytes.StartsWith(PngStructure.Signature);

    private static bool IsBmp(ReadOnlySpan<byte> bytes) => bytes.StartsWith("BM"u8) && bytes.Length >= 26;

    private static bool IsGif(ReadOnlySpan<byte> bytes) => bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8);

    // The decoder has no exception of its own: whatever it throws on damaged data means that the file is damaged.
    private static T Guard<T>(string path, Func<T> decode)
    {
        try
        {
            return decode();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return Throw.InvalidFile<T>(path, $"cannot be decoded: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}.");
        }
    }
}
