namespace FastSparseCoding.Imaging;

/// <summary>How the missing pixels of a picture are found. Change a copy with <c>with</c>. Immutable and safe to share between
/// threads.</summary>
public sealed record InpaintOptions
{
    /// <summary>The defaults.</summary>
    public static InpaintOptions Default { get; } = new();

    /// <summary>Side p of a patch in pixels, from 4 to 32. Default 8. Holes have to be smaller than about twice that.</summary>
    public int PatchSize { get; init; } = 8;

    /// <summary>Rounds of shrinking cosines, from 1 to 1000. Default 30.</summary>
    public int Rounds { get; init; } = 30;

    /// <summary>Threshold of the first round, above 0, in levels of 255. Default 100. From round to round it falls by the same
    /// factor.</summary>
    public float FirstThreshold { get; init; } = 100;

    /// <summary>Threshold of the last round, above 0 and at most that of the first, in levels of 255. Default 5.</summary>
    public float LastThreshold { get; init; } = 5;

    /// <summary>Rounds with a trained denoiser, if there is one, from 1 to 1000. Default 8.</summary>
    public int ModelRounds { get; init; } = 8;

    /// <summary>Noise σ that the denoiser is told in its first round, above 0 and at most 255, in levels of 255. Default 25. From round to
    /// round it falls by the same factor.</summary>
    public float FirstSigma { get; init; } = 25;

    /// <summary>Noise σ that it is told in its last round, above 0 and at most that of the first. Default 6.</summary>
    public float LastSigma { get; init; } = 6;

    internal InpaintOptions Validated()
    {
        Throw.IfOutside(PatchSize, 4, 32);
        Throw.IfOutside(Rounds, 1, 1000);
        Throw.IfNotPositive(LastThreshold);
        Throw.IfOutside(FirstThreshold, LastThreshold, float.MaxValue);
        Throw.IfOutside(ModelRounds, 1, 1000);
        Throw.IfNotPositive(LastSigma);
        Throw.IfOutside(FirstSigma, LastSigma, 255);
        return this;
    }

    /// <summary>Value number <paramref name="round"/> of so many that fall from the first to the last by the same factor each; the last
    /// alone if there is but one.</summary>
    internal static float Falling(float first, float last, int round, int rounds)
        => rounds == 1 ? last : first * (float)Math.Pow(last / (double)first, round / (rounds - 1.0));
}
