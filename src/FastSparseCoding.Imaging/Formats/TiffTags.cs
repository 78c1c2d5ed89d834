namespace FastSparseCoding.Imaging.Formats;

/// <summary>Numbers of TIFF 6.0.</summary>
internal static class TiffTags
{
    public const int Width = 256, Height = 257, Bits = 258, Compression = 259, Photometric = 262, Samples = 277;
    public const int FillOrder = 266, Orientation = 274, StripOffsets = 273, RowsPerStrip = 278, StripBytes = 279, Planar = 284;
    public const int Palette = 320, SampleFormat = 339;
    public const int TileWidth = 322, TileHeight = 323, TileOffsets = 324, TileBytes = 325, ExtraSamples = 338;

    public const int XResolution = 282, YResolution = 283, ResolutionUnit = 296;

    public const int Byte = 1, Short = 3, Long = 4, Rational = 5;

    /// <summary>Bytes of a value of a type, 0 when there is no such type.</summary>
    public static int SizeOf(int type) => type switch
    {
        Byte or 2 or 6 or 7 => 1,
        Short or 8 => 2,
        Long or 9 or 11 or 13 => 4,
        Rational or 10 or 12 => 8,
        _ => 0,
    };

    /// <summary>Whether there is a bound to what a method of compression unpacks to, and it is read.</summary>
    public static bool IsRead(long compression) => MostUnpacked(compression, 1, 1, 1) >= 0;

    /// <summary>No strip or tile of so many bytes unpacks to more than this; −1 for what is not read.</summary>
    public static long MostUnpacked(long compression, long bytes, long width, long rowBytes) => compression switch
    {
        1 => bytes,
        2 or 3 or 4 => 8 * bytes * rowBytes,            // a row is a bit at least (Group 4)
        5 => bytes * 8 * 4096 / 9 + 4096,               // LZW: a code of 9 to 12 bits is a run of up to 4096
        7 => bytes * 8 * 1024 * Math.Max(1, rowBytes / width),     // JPEG: a bit a block, which may stand for 4×4
        8 or 32946 => bytes * Deflate.MostPerByte,
        32773 => bytes * 64,                            // PackBits: two bytes are a run of up to 128
        _ => -1,
    };
}
