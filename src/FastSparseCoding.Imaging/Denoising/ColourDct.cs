namespace FastSparseCoding.Imaging;

/// <summary>
/// The overcomplete DCT of patches of red, green and blue: the Kronecker products of the opponent colours (1, 1, 1), (1, 0, −1) and (1, −2,
/// 1) with gray atoms of the lowest frequencies. A sixth of the atoms is of either colour, in which pictures have less detail.
/// </summary>
internal static class ColourDct
{
    /// <summary>One of so many atoms is of either colour.</summary>
    private const int ColourShare = 6;

    private static readonly float[][] Colours = [[1, 1, 1], [1, 0, -1], [1, -2, 1]];

    /// <summary>Atoms [m×3p²], those of the luminance first, none with a mean.</summary>
    public static AtomDictionary Create(int patchSize, int atoms)
    {
        int pixels = patchSize * patchSize, coloured = atoms / ColourShare, row = 0;
        var all = new Matrix(atoms, 3 * pixels);
        foreach (float[] colour in Colours)
        {
            Matrix gray = Lowest(patchSize, row == 0 ? atoms - 2 * coloured : coloured);
            for (int k = 0; k < gray.Rows; k++, row++)
                for (int i = 0; i < all.Columns; i++)
                    all[row, i] = colour[i / pixels] * gray[k, i % pixels];
        }
        return AtomDictionary.Normalize(all);
    }

    /// <summary>Gray atoms of the lowest frequencies, but for the constant one.</summary>
    private static Matrix Lowest(int patchSize, int count)
    {
        int frequencies = Math.Max(patchSize, (int)Math.Ceiling(Math.Sqrt(count + 1)));
        AtomDictionary dct = OvercompleteDct.Create(patchSize, frequencies);
        int[] order = [.. Enumerable.Range(1, dct.AtomCount - 1).OrderBy(k => k / frequencies + k % frequencies).Take(count)];
        var lowest = new Matrix(count, dct.SignalSize);
        for (int k = 0; k < count; k++)
            dct.Atoms.Row(order[k]).CopyTo(lowest.Row(k));
        return lowest;
    }
}
