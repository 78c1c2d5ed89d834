namespace FastSparseCoding.Training;

/// <summary>Where a training stands.</summary>
/// <param name="Samples">Signals seen.</param>
/// <param name="TotalSamples">Signals to see.</param>
/// <param name="TrainingError">‖Z − Z*‖² summed over coefficients, averaged over the signals since the last report; NaN when none of them had a certified code.</param>
/// <param name="HeldOutError">The same on held-out signals.</param>
/// <param name="RelativeHeldOutError">The same, divided by the mean ‖Z*‖².</param>
/// <param name="SamplesPerSecond">Signals per second since the start, exact codes included.</param>
/// <param name="Remaining">Estimated time to the end.</param>
public sealed record TrainingProgress(
    long Samples, long TotalSamples, double TrainingError, double HeldOutError, double RelativeHeldOutError, double SamplesPerSecond, TimeSpan Remaining);

/// <summary>What a training did.</summary>
/// <param name="History">The held-out error as it went.</param>
/// <param name="BestError">Lowest held-out error; the encoder holds the parameters that had it.</param>
/// <param name="BestRelativeError">The same, divided by the mean ‖Z*‖² of the held-out signals.</param>
/// <param name="BestAtSamples">Signals seen when it was measured.</param>
/// <param name="SkippedBatches">Steps left out because the loss or the gradient was not finite, or because none of their signals had a certified code.</param>
/// <param name="UncertifiedTargets">Signals left out because their code was not certified, every time that one was seen.</param>
/// <param name="UncertifiedHeldOut">Held-out signals left out of the error likewise.</param>
/// <param name="Elapsed">Time it took.</param>
public sealed record TrainingReport(
    IReadOnlyList<TrainingProgress> History, double BestError, double BestRelativeError, long BestAtSamples, int SkippedBatches, long UncertifiedTargets, int UncertifiedHeldOut, TimeSpan Elapsed);

/// <summary>Everything needed to go on with a training and end with the same bits.</summary>
/// <param name="Settings">The encoder's and the options' settings; a training with others refuses the checkpoint.</param>
/// <param name="Samples">Signals seen.</param>
/// <param name="SkippedBatches">Steps left out so far.</param>
/// <param name="UncertifiedTargets">Signals left out so far because their code was not certified.</param>
/// <param name="BestError">Lowest held-out error so far.</param>
/// <param name="BestAtSamples">Signals seen when it was measured.</param>
/// <param name="Parameters">The parameters.</param>
/// <param name="BestParameters">The parameters that had the lowest error.</param>
/// <param name="Moments">The optimiser's moments.</param>
public sealed record TrainingCheckpoint(
    string Settings, long Samples, int SkippedBatches, long UncertifiedTargets, double BestError, long BestAtSamples, float[] Parameters, float[] BestParameters, float[][] Moments)
{
    /// <summary>Refuses what no training leaves: a training that went on from it would learn nothing and say nothing.</summary>
    /// <exception cref="ArgumentException">A value is not finite or out of its range.</exception>
    internal TrainingCheckpoint Validated()
    {
        Throw.IfBelow(Samples, 0, "resume.Samples");
        Throw.IfOutside(SkippedBatches, 0, Samples, "resume.SkippedBatches");
        Throw.IfOutside(UncertifiedTargets, 0, Samples, "resume.UncertifiedTargets");
        Throw.IfOutside(BestAtSamples, 0, Samples, "resume.BestAtSamples");
        Throw.IfBelow(BestError, 0, "resume.BestError");
        Throw.IfOutside(Parameters, float.MinValue, float.MaxValue, "resume.Parameters");
        Throw.IfOutside(BestParameters, float.MinValue, float.MaxValue, "resume.BestParameters");
        for (int i = 0; i < Moments.Length; i++)
            Throw.IfOutside(Moments[i], i == SecondMoment ? 0 : float.MinValue, float.MaxValue, "resume.Moments");
        return this;
    }

    /// <summary>The place of Adam's means of squares.</summary>
    private const int SecondMoment = 1;
}
