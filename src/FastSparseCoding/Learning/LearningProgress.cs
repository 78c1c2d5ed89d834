namespace FastSparseCoding.Learning;

/// <summary>Where the learning of a dictionary stands. Immutable and safe to share between threads.</summary>
/// <param name="Samples">Signals seen.</param>
/// <param name="TotalSamples">Signals to see.</param>
/// <param name="Objective">Mean E(x, z) over the last batch's signals with a certified code, with the atoms before its update; NaN when
/// there was none.</param>
/// <param name="MeanNonZeros">Mean number of non-zeros of their codes.</param>
/// <param name="ReseededAtoms">Dead atoms replaced so far.</param>
/// <param name="Uncertified">Signals left out so far because their code was not certified.</param>
/// <param name="SamplesPerSecond">Signals per second since the start.</param>
/// <param name="Remaining">Estimated time to the end.</param>
public sealed record LearningProgress(
    long Samples, long TotalSamples, double Objective, double MeanNonZeros, int ReseededAtoms, long Uncertified, double SamplesPerSecond,
    TimeSpan Remaining);

/// <summary>Everything needed to go on with a learning and end with the same bits. It does not change while the learning goes on. Safe to
/// read from several threads at once; whoever changes it must be alone.</summary>
public sealed record LearnerState
{
    internal LearnerState(string settings, long samples, long batches, int reseededAtoms, long uncertified, Matrix atoms, Matrix a,
        Matrix b, float[] use, float[] filled)
    {
        (Settings, Samples, Batches, ReseededAtoms, Uncertified) = (settings, samples, batches, reseededAtoms, uncertified);
        (Atoms, A, B, Use, Filled) = (atoms, a, b, use, filled);
    }

    /// <summary>The options; a learner with others refuses the state.</summary>
    public string Settings { get; internal init; }

    /// <summary>Signals seen.</summary>
    public long Samples { get; internal init; }

    /// <summary>Updates of the atoms.</summary>
    public long Batches { get; internal init; }

    /// <summary>Dead atoms replaced so far.</summary>
    public int ReseededAtoms { get; internal init; }

    /// <summary>Signals left out so far because their code was not certified.</summary>
    public long Uncertified { get; internal init; }

    /// <summary>D [m×n].</summary>
    internal Matrix Atoms { get; init; }

    /// <summary>Σ zᵀz, faded [m×m].</summary>
    internal Matrix A { get; init; }

    /// <summary>Σ zᵀx, faded [m×n].</summary>
    internal Matrix B { get; init; }

    /// <summary>Faded share of signals that use each atom [m].</summary>
    internal float[] Use { get; init; }

    /// <summary>Share of the signals in A and B whose value at a place is not known but filled [n]; zeros where all are known.</summary>
    internal float[] Filled { get; init; }

    // Of shares that are faded in float32, a little above 1.
    private const float LargestShare = 1.001f;

    /// <summary>Refuses what no learning leaves: a learning that went on from it would learn nothing and say nothing.</summary>
    /// <exception cref="ArgumentException">A value is not finite or out of its range.</exception>
    internal LearnerState Validated()
    {
        Throw.IfBelow(Samples, 0, "state.Samples");
        Throw.IfOutside(Batches, 0, Samples, "state.Batches");
        Throw.IfBelow(ReseededAtoms, 0, "state.ReseededAtoms");
        Throw.IfOutside(Uncertified, 0, Samples, "state.Uncertified");
        Throw.IfNotFinite(Atoms, "state.Atoms");
        Throw.IfNotFinite(A, "state.A");
        Throw.IfNotFinite(B, "state.B");
        for (int k = 0; k < Math.Min(A.Rows, A.Columns); k++)
            Throw.IfBelow(A[k, k], 0, "state.A's diagonal");
        Throw.IfOutside(Use, 0, LargestShare, "state.Use");
        Throw.IfOutside(Filled, 0, LargestShare, "state.Filled");
        return this;
    }
}
