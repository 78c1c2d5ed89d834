namespace FastSparseCoding.Imaging;

/// <summary>How the missing pixels of a picture are found. Change a copy with <c>with</c>.</summary>
public sealed record InpaintOptions
{
    /// <summary>The defaults.</summary>
    public static InpaintOptions Default { get; } = new();

    /// <summary>Side p of a patch in pixels, from 4 to 32. Default 8. Holes have to be smaller than about twice that.</summary>
    public int PatchSize { get; init; } = 8;

    /// <summary>Cosines in each direction of the DCT that the dictionary begins with, from 2 to 64; there are m = frequencies² atoms.
    /// Default 8.</summary>
    public int Frequencies { get; init; } = 8;

    /// <summary>Patches to learn the dictionary from, by their known pixels, 0 or more; with 0 the DCT stays as it is. Default 0.</summary>
    public long Samples { get; init; }

    /// <summary>Sparsity weight λ of an atom without variation, above 0, in levels of 255. Default 0.3.</summary>
    public float Lambda { get; init; } = 0.3f;

    /// <summary>
    /// Power a, from 0 to 8, by which atoms that vary more cost more: atom (f, g) has the weight (1 + √(f² + g²))^a, its frequencies f, g
    /// counted in half waves a patch. Photographs have a few smooth atoms with large coefficients and many fine ones with small. Default
    /// 1.5.
    /// </summary>
    public float FrequencyPower { get; init; } = 1.5f;

    /// <summary>Seed of the places where patches are drawn. Default 1.</summary>
    public int Seed { get; init; } = 1;

    internal InpaintOptions Validated()
    {
        Throw.IfOutside(PatchSize, 4, 32);
        Throw.IfOutside(Frequencies, 2, 64);
        Throw.IfBelow(Samples, 0L);
        Throw.IfNotPositive(Lambda);
        Throw.IfOutside(FrequencyPower, 0, 8);
        return this;
    }

    /// <summary>λ‖w ⊙ z‖₁ for pixels 0 to 1.</summary>
    internal Penalty Penalty()
    {
        double halfWaves = (double)PatchSize / Frequencies;
        float[] weights = [.. Enumerable.Range(0, Frequencies * Frequencies).Select(k => (float)Math.Pow(
            1 + halfWaves * double.Hypot(k / Frequencies, k % Frequencies), FrequencyPower))];
        return new Penalty(Lambda / 255, weights);
    }
}
