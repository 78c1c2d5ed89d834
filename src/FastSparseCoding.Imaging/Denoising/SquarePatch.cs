namespace FastSparseCoding.Imaging;

/// <summary>Dictionaries of square patches.</summary>
internal static class SquarePatch
{
    /// <summary>The side p of a dictionary's patches of p² pixels.</summary>
    /// <exception cref="ArgumentException">Its atoms are no square patches, or too small or large.</exception>
    public static int SideOf(AtomDictionary dictionary)
    {
        int side = (int)Math.Round(Math.Sqrt(dictionary.SignalSize));
        if (side * side != dictionary.SignalSize || side < 2 || side > Denoiser.MaxPatchSize)
            Throw.Argument(nameof(dictionary),
                $"'dictionary' has atoms of {dictionary.SignalSize} values; it must have p² of them, for patches of p×p pixels, p from 2 to "
                + $"{Denoiser.MaxPatchSize}.");
        return side;
    }
}
