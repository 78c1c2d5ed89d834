namespace FastSparseCoding.Training;

/// <summary>Where a training stands. Immutable and safe to share between threads.</summary>
/// <param name="Samples">Signals seen.</param>
/// <param name="TotalSamples">Signals to see.</param>
/// <param name="TrainingError">‖Z − Z*‖² summed over coefficients, averaged over the signals since the last report; NaN when none of them
/// had a certified code.</param>
/// <param name="HeldOutError">The same on held-out signals.</param>
/// <param name="RelativeHeldOutError">The same, divided by the mean ‖Z*‖²; infinite where that is zero.</param>
/// <param name="SamplesPerSecond">Signals per second since the start, exact codes included.</param>
/// <param name="Remaining">Estimated time to the end.</param>
public sealed record TrainingProgress(
    long Samples, long TotalSamples, double TrainingError, double HeldOutError, double RelativeHeldOutError, double SamplesPerSecond,
    TimeSpan Remaining);

/// <summary>What a training did. Immutable and safe to share between threads.</summary>
/// <param name="History">The held-out error as it went.</param>
/// <param name="StartError">Held-out error before the first step.</param>
/// <param name="BestError">Lowest held-out error, that of the start among them; the encoder holds the parameters that had it.</param>
/// <param name="BestRelativeError">The same, divided by the mean ‖Z*‖² of the held-out signals; infinite where that is zero.</param>
/// <param name="BestAtSamples">Signals seen when it was measured; 0 when nothing was better than the start.</param>
/// <param name="SkippedBatches">Steps left out because the loss or the gradient was not finite, or because none of their signals had a
/// certified code.</param>
/// <param name="UncertifiedTargets">Signals left out because their code was not certified, every time that one was seen.</param>
/// <param name="UncertifiedHeldOut">Held-out signals left out of the error likewise.</param>
/// <param name="Elapsed">Time it took.</param>
public sealed record TrainingReport(
    IReadOnlyList<TrainingProgress> History,
    double StartError,
    double BestError,
    double BestRelativeError,
    long BestAtSamples,
    int SkippedBatches,
    long UncertifiedTargets,
    int UncertifiedHeldOut,
    TimeSpan Elapsed)
{
    /// <summary>Whether the training made the encoder better; if not, it is as it was before.</summary>
    public bool Improved => BestAtSamples > 0;
}
