namespace FastSparseCoding.Imaging;

/// <summary>Dictionaries of square patches.</summary>
internal static class SquarePatch
{
    /// <summary>The side p of a dictionary's patches of p² pixels, or of 3p² where there are three channels.</summary>
    /// <exception cref="ArgumentException">Its atoms are no square patches, or too small or large, or there are neither 1 nor 3
    /// channels.</exception>
    public static int SideOf(AtomDictionary dictionary, int channels)
    {
        if (channels is not (1 or 3))
            Throw.OutOfRange(nameof(channels), channels, "1 or 3");
        int side = SideOf(dictionary.SignalSize, channels);
        if (side is < 2 or > Denoiser.MaxPatchSize)
            Throw.Argument(nameof(dictionary),
                $"'dictionary' has atoms of {dictionary.SignalSize} values; it must have {(channels == 1 ? "p²" : "3p²")} of them, for "
                + $"patches of p×p pixels, p from 2 to {Denoiser.MaxPatchSize}.");
        return side;
    }

    /// <summary>The side of patches of so many values, or 0 when they are not square.</summary>
    public static int SideOf(int signalSize, int channels)
    {
        int side = (int)Math.Round(Math.Sqrt((double)signalSize / channels));
        return channels * side * side == signalSize ? side : 0;
    }
}
