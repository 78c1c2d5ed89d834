namespace FastSparseCoding.Imaging;

/// <summary>Atoms as one picture: each scaled so that 0 is mid-gray and its largest magnitude black or white. Safe to call from several
/// threads at once.</summary>
public static class AtomMosaic
{
    /// <summary>Draws atoms side by side in a near-square grid, in their order.</summary>
    /// <param name="atoms">Atoms of square patches [m×size²].</param>
    /// <param name="patchSize">Side of a patch in pixels.</param>
    /// <param name="scale">Pixels in the picture for one of a patch, from 1 to 64. Default 4.</param>
    /// <returns>The picture, with a dark line around every atom.</returns>
    /// <exception cref="ArgumentException">The atoms are not of patches of this size, or there is none.</exception>
    public static GrayImage Render(ReadOnlyMatrixView atoms, int patchSize, int scale = 4)
    {
        Throw.IfOutside(patchSize, 1, 4096);
        Throw.IfOutside(scale, 1, 64);
        Throw.IfColumnsNot(atoms.Columns, patchSize * patchSize, nameof(atoms));
        Throw.IfBelow(atoms.Rows, 1, "atoms.Rows");
        int across = (int)Math.Ceiling(Math.Sqrt(atoms.Rows)), down = (atoms.Rows + across - 1) / across;
        int line = Math.Max(1, scale / 2), cell = patchSize * scale + line;
        var picture = new GrayImage(across * cell + line, down * cell + line);
        for (int k = 0; k < atoms.Rows; k++)
            Draw(atoms.Row(k), patchSize, scale, picture, k % across * cell + line, k / across * cell + line);
        return picture;
    }

    private static void Draw(ReadOnlySpan<float> atom, int size, int scale, GrayImage picture, int left, int top)
    {
        float largest = 0;
        foreach (float value in atom)
            largest = Math.Max(largest, Math.Abs(value));
        for (int y = 0; y < size * scale; y++)
            for (int x = 0; x < size * scale; x++)
                picture.Row(top + y)[left + x] = largest > 0 ? 0.5f + 0.5f * atom[y / scale * size + x / scale] / largest : 0.5f;
    }
}
