namespace FastSparseCoding.Learning;

/// <summary>Where the learning of a dictionary stands.</summary>
/// <param name="Samples">Signals seen.</param>
/// <param name="TotalSamples">Signals to see.</param>
/// <param name="Objective">Mean E(x, z) over the last batch's signals with a certified code, with the atoms before its update; NaN when there was none.</param>
/// <param name="MeanNonZeros">Mean number of non-zeros of their codes.</param>
/// <param name="ReseededAtoms">Dead atoms replaced so far.</param>
/// <param name="Uncertified">Signals left out so far because their code was not certified.</param>
/// <param name="SamplesPerSecond">Signals per second since the start.</param>
/// <param name="Remaining">Estimated time to the end.</param>
public sealed record LearningProgress(
    long Samples, long TotalSamples, double Objective, double MeanNonZeros, int ReseededAtoms, long Uncertified, double SamplesPerSecond, TimeSpan Remaining);

/// <summary>Everything needed to go on with a learning and end with the same bits.</summary>
/// <param name="Settings">The options; a learner with others refuses the state.</param>
/// <param name="Samples">Signals seen.</param>
/// <param name="Batches">Updates of the atoms.</param>
/// <param name="ReseededAtoms">Dead atoms replaced so far.</param>
/// <param name="Uncertified">Signals left out so far because their code was not certified.</param>
/// <param name="Atoms">D [m×n].</param>
/// <param name="A">Σ zᵀz, faded [m×m].</param>
/// <param name="B">Σ zᵀx, faded [m×n].</param>
/// <param name="Use">Faded share of signals that use each atom [m].</param>
/// <param name="Filled">Share of the signals in A and B whose value at a place is not known but filled [n]; zeros where all are known.</param>
public sealed record LearnerState(string Settings, long Samples, long Batches, int ReseededAtoms, long Uncertified, Matrix Atoms, Matrix A, Matrix B, float[] Use, float[] Filled)
{
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
