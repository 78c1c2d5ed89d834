namespace FastSparseCoding.Imaging;

/// <summary>
/// Products of cosines across and down a square patch, more of them than pixels: the dictionary that picture denoising begins with (Elad
/// and Aharon 2006). Safe to call from several threads at once.
/// </summary>
public static class OvercompleteDct
{
    /// <summary>Makes the dictionary. Atom k is wave k / frequencies down times wave k mod frequencies across, where wave f is cos(π f (i +
    /// ½) / frequencies) without its mean but for f = 0; so all atoms but the first have no mean.</summary>
    /// <param name="patchSize">Side p of a patch in pixels, from 2 to 1024; atoms have n = p² values.</param>
    /// <param name="frequencies">Cosines in each direction, from 2 to 215; there are m = frequencies² atoms.</param>
    /// <returns>The dictionary [m×n], its atoms of norm 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static AtomDictionary Create(int patchSize, int frequencies)
    {
        Throw.IfOutside(patchSize, 2, 1024);
        Throw.IfOutside(frequencies, 2, 215);
        double[][] waves = [.. Enumerable.Range(0, frequencies).Select(f => Wave(patchSize, f, frequencies))];
        var atoms = new Matrix(frequencies * frequencies, patchSize * patchSize);
        for (int k = 0; k < atoms.Rows; k++)
            for (int i = 0; i < atoms.Columns; i++)
                atoms[k, i] = (float)(waves[k / frequencies][i / patchSize] * waves[k % frequencies][i % patchSize]);
        return AtomDictionary.Normalize(atoms);
    }

    private static double[] Wave(int length, int f, int frequencies)
    {
        double[] wave = [.. Enumerable.Range(0, length).Select(i => Math.Cos(Math.PI * f * (i + 0.5) / frequencies))];
        double mean = f == 0 ? 0 : wave.Average();
        double norm = Math.Sqrt(wave.Sum(v => (v - mean) * (v - mean)));
        return [.. wave.Select(v => (v - mean) / norm)];
    }
}
