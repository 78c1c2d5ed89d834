namespace FastSparseCoding.Imaging;

/// <summary>The formats that pictures are written in.</summary>
public enum ImageFormat
{
    /// <summary>PNG: every picture, of 8 or 16 bits.</summary>
    Png,

    /// <summary>TIFF, not compressed: every picture, of 8 or 16 bits.</summary>
    Tiff,

    /// <summary>Raw PGM: gray pictures without alpha, of 8 or 16 bits.</summary>
    Pgm,

    /// <summary>Raw PPM: pictures of red, green and blue without alpha, of 8 or 16 bits.</summary>
    Ppm,
}
