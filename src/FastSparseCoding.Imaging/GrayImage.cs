namespace FastSparseCoding.Imaging;

/// <summary>A gray picture: float32 pixels from 0 (black) to 1 (white), row after row from the top left. Safe to read from several threads
/// at once; whoever changes it must be alone.</summary>
public sealed class GrayImage
{
    private readonly float[] _pixels;

    /// <summary>Creates a black picture.</summary>
    /// <param name="width">Width in pixels, 1 or more.</param>
    /// <param name="height">Height in pixels, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or there are more than 2^31 pixels.</exception>
    public GrayImage(int width, int height)
        : this(width, height, new float[CheckedArea(width, height)])
    {
    }

    /// <summary>Wraps pixels without copying them.</summary>
    /// <param name="width">Width in pixels, 1 or more.</param>
    /// <param name="height">Height in pixels, 1 or more.</param>
    /// <param name="pixels">Width × height values from 0 to 1; the picture uses the array from now on.</param>
    /// <param name="name">Where the picture comes from, for messages.</param>
    /// <exception cref="ArgumentException">A size is below 1, or the array is of another length.</exception>
    public GrayImage(int width, int height, float[] pixels, string name = "an image")
    {
        ArgumentNullException.ThrowIfNull(pixels);
        Throw.IfLengthNot(pixels.Length, CheckedArea(width, height), nameof(pixels));
        Width = width;
        Height = height;
        Name = name;
        _pixels = pixels;
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>Where the picture comes from: its path when it was read from a file.</summary>
    public string Name { get; }

    /// <summary>The pixels, row after row.</summary>
    public Span<float> Pixels => _pixels;

    /// <summary>The pixel in column <paramref name="x"/> of row <paramref name="y"/>.</summary>
    /// <param name="x">Column, 0 to Width − 1.</param>
    /// <param name="y">Row, 0 to Height − 1.</param>
    public float this[int x, int y] => Row(y)[x];

    /// <summary>A row of pixels.</summary>
    /// <param name="y">Row, 0 to Height − 1.</param>
    /// <returns>The row, of length Width.</returns>
    public Span<float> Row(int y)
    {
        Throw.IfNotIndex(y, Height);
        return _pixels.AsSpan(y * Width, Width);
    }

    private static int CheckedArea(int width, int height)
    {
        Throw.IfBelow(width, 1);
        Throw.IfBelow(height, 1);
        Throw.IfAbove((long)width * height, Array.MaxLength, "width × height");
        return width * height;
    }
}
