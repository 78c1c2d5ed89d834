using System.Numerics.Tensors;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>
/// What a PNG's rows are stored as (W3C PNG, section 9): every byte less what is predicted from the byte of the pixel to the left, the one
/// above, and the one above that.
/// </summary>
internal static class PngFilter
{
    public const byte None = 0, Sub = 1, Up = 2, Average = 3, PaethOf = 4;

    /// <summary>Adds the prediction to a row, in place.</summary>
    /// <returns>False when there is no such filter.</returns>
    public static bool Undo(byte filter, Span<byte> row, ReadOnlySpan<byte> above, int pixelBytes)
    {
        int head = Math.Min(pixelBytes, row.Length);
        switch (filter)
        {
            case None:
                return true;
            case Sub:
                for (int i = pixelBytes; i < row.Length; i++)
                    row[i] += row[i - pixelBytes];
                return true;
            case Up:
                for (int i = 0; i < row.Length; i++)
                    row[i] += above[i];
                return true;
            case Average:
                for (int i = 0; i < head; i++)
                    row[i] += (byte)(above[i] >> 1);
                for (int i = head; i < row.Length; i++)
                    row[i] += (byte)((row[i - pixelBytes] + above[i]) >> 1);
                return true;
            case PaethOf:
                for (int i = 0; i < head; i++)
                    row[i] += above[i];
                for (int i = head; i < row.Length; i++)
                    row[i] += Paeth(row[i - pixelBytes], above[i], above[i - pixelBytes]);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Takes the prediction from a row.</summary>
    /// <param name="filter">None, Sub, Up or PaethOf.</param>
    /// <param name="row">The row, a whole number of pixels.</param>
    /// <param name="above">The row above, zeros above the first.</param>
    /// <param name="pixelBytes">Bytes of a pixel.</param>
    /// <param name="filtered">Receives what is left; none of the two rows.</param>
    public static void Apply(byte filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int pixelBytes, Span<byte> filtered)
    {
        row[..pixelBytes].CopyTo(filtered);
        if (filter is Up or PaethOf)
            TensorPrimitives.Subtract(row[..pixelBytes], above[..pixelBytes], filtered);
        ReadOnlySpan<byte> left = row[..^pixelBytes], here = row[pixelBytes..], corner = above[..^pixelBytes];
        above = above[pixelBytes..];
        filtered = filtered[pixelBytes..];
        if (filter == None)
            here.CopyTo(filtered);
        else if (filter != PaethOf)
            TensorPrimitives.Subtract(here, filter == Sub ? left : above, filtered);
        else
            for (int i = 0; i < here.Length; i++)
                filtered[i] = (byte)(here[i] - Paeth(left[i], above[i], corner[i]));
    }

    /// <summary>Whichever of the three is nearest to left + above − corner.</summary>
    private static byte Paeth(byte left, byte above, byte corner)
    {
        int toLeft = Math.Abs(above - corner), toAbove = Math.Abs(left - corner), toCorner = Math.Abs(left + above - 2 * corner);
        return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }
}
