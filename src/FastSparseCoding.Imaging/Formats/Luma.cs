namespace FastSparseCoding.Imaging.Formats;

/// <summary>
/// Gray of a colour: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601) in 16-bit fixed point, rounded to the nearest, as PIL does.
/// </summary>
internal static class Luma
{
    /// <summary>Of values from 0 to <paramref name="largest"/>, 65,535 or less.</summary>
    public static int Of(int red, int green, int blue, int largest)
        => (int)Math.Min(largest, (red * 19_595L + green * 38_470L + blue * 7_471L + 0x8000) >> 16);

    /// <summary>Of values from 0 to 255: the weights add up to 2¹⁶, so that the gray is one too.</summary>
    public static byte Of8(int red, int green, int blue) => (byte)((red * 19_595 + green * 38_470 + blue * 7_471 + 0x8000) >> 16);
}
