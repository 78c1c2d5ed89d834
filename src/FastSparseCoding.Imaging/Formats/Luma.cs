namespace FastSparseCoding.Imaging.Formats;

/// <summary>Gray of a colour: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601) in 16-bit fixed point, rounded to the nearest, as PIL does.</summary>
internal static class Luma
{
    public static int Of(int red, int green, int blue, int largest)
        => (int)Math.Min(largest, (red * 19_595L + green * 38_470L + blue * 7_471L + 0x8000) >> 16);

    /// <summary>Gray values from 0 to 1 of 8-bit pixels R, G, B.</summary>
    public static float[] FromRgb(ReadOnlySpan<byte> rgb)
    {
        var pixels = new float[rgb.Length / 3];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = Of(rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2], 255) / 255f;
        return pixels;
    }
}
