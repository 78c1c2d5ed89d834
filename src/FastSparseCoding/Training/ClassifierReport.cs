namespace FastSparseCoding.Training;

/// <summary>Where the training of a classifier stands. Immutable and safe to share between threads.</summary>
/// <param name="Epoch">Epochs done; 0 before the first.</param>
/// <param name="Epochs">Epochs to do.</param>
/// <param name="TrainingLoss">Mean −ln p of the labels over the last epoch, as it went; NaN before the first.</param>
/// <param name="HeldOutLoss">The same on held-out samples, after the epoch.</param>
/// <param name="HeldOutError">Part of the held-out samples that are classified wrongly.</param>
/// <param name="SamplesPerSecond">Samples per second since the start.</param>
/// <param name="Remaining">Estimated time to the end.</param>
public sealed record ClassifierProgress(
    int Epoch, int Epochs, double TrainingLoss, double HeldOutLoss, double HeldOutError, double SamplesPerSecond, TimeSpan Remaining);

/// <summary>What the training of a classifier did. Immutable and safe to share between threads.</summary>
/// <param name="History">The held-out error before the first epoch and after every one.</param>
/// <param name="BestError">Lowest held-out error; the classifier, and the encoder if it was trained too, hold the parameters that had
/// it.</param>
/// <param name="BestEpoch">Epochs done when it was measured. Of equal errors the one with the lower loss is kept.</param>
/// <param name="SkippedBatches">Steps left out because the loss or the gradient was not finite.</param>
/// <param name="Elapsed">Time it took.</param>
public sealed record ClassifierReport(
    IReadOnlyList<ClassifierProgress> History, double BestError, int BestEpoch, int SkippedBatches, TimeSpan Elapsed);
