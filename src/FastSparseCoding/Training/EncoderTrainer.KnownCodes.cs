using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Training;

public static partial class EncoderTrainer
{
    /// <summary>Trains on signals whose codes are known, neither of them copied: a <see cref="MatrixSource"/> and a
    /// <see cref="SparseCodesSource"/>, say.</summary>
    /// <param name="encoder">The encoder; afterwards it holds the best parameters found.</param>
    /// <param name="source">The signals.</param>
    /// <param name="codes">Their codes: number i is that of signal number i.</param>
    /// <param name="heldOut">Signals [N×n] to measure the error on, finite; not used for training.</param>
    /// <param name="heldOutCodes">Their codes [N×m], finite.</param>
    /// <param name="options">How to train, or null for the defaults.</param>
    /// <param name="progress">Told after every evaluation.</param>
    /// <param name="resume">A checkpoint to go on from, of the same encoder and options.</param>
    /// <param name="onCheckpoint"> Given a checkpoint after every evaluation, every minute and when it is cancelled, one after the other,
    /// to be stored while the training goes on. </param>
    /// <param name="cancellation">Stops after the current step.</param>
    /// <returns>What happened.</returns>
    /// <exception cref="ArgumentException">A shape is wrong, a value is not finite, or the checkpoint is of another training.</exception>
    /// <exception cref="ArithmeticException">No step had a finite gradient, or the held-out error was never finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the encoder holds the best parameters so far.</exception>
    public static TrainingReport Train(
        TrainableEncoder encoder, ISignalSource source, ISignalSource codes, Matrix heldOut, Matrix heldOutCodes,
        TrainingOptions? options = null, IProgress<TrainingProgress>? progress = null, TrainingCheckpoint? resume = null,
        Action<TrainingCheckpoint>? onCheckpoint = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentNullException.ThrowIfNull(heldOutCodes);
        CheckSignals(encoder, source, heldOut);
        Throw.IfLengthNot(codes.SignalSize, encoder.CodeSize, "codes.SignalSize");
        Throw.IfShapeNot(heldOutCodes.Rows, heldOutCodes.Columns, heldOut.Rows, encoder.CodeSize, nameof(heldOutCodes));
        Throw.IfNotFinite(heldOutCodes, nameof(heldOutCodes));
        options = (options ?? TrainingOptions.Default).Validated();
        CertifiedCodes known = CertifiedCodes.All(heldOut, heldOutCodes);
        return Run(encoder, source, new SourceCodes(codes), _ => known, options, progress, resume, onCheckpoint, cancellation);
    }

    /// <summary>Trains on signals coded beforehand: to the same bits as on their source with the solver that coded them.</summary>
    /// <param name="encoder">The encoder; afterwards it holds the best parameters found.</param>
    /// <param name="signals">The signals with their codes, at least as many as <see cref="TrainingOptions.Samples"/>.</param>
    /// <param name="heldOut">Signals [N×n] to measure the error on; not used for training.</param>
    /// <param name="options">How to train, or null for the defaults.</param>
    /// <param name="progress">Told after every evaluation.</param>
    /// <param name="resume">A checkpoint to go on from, of the same encoder and options.</param>
    /// <param name="onCheckpoint"> Given a checkpoint after every evaluation, every minute and when it is cancelled, one after the other,
    /// to be stored while the training goes on. </param>
    /// <param name="cancellation">Stops after the current step.</param>
    /// <returns>What happened.</returns>
    /// <exception cref="ArgumentException">There are too few signals, a shape is wrong, a signal is not finite, or the checkpoint is of
    /// another training.</exception>
    /// <exception cref="ArithmeticException">No step had a finite gradient, the held-out error was never finite, or no code was
    /// certified.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the encoder holds the best parameters so far.</exception>
    public static TrainingReport Train(
        TrainableEncoder encoder, CodedSignals signals, Matrix heldOut, TrainingOptions? options = null,
        IProgress<TrainingProgress>? progress = null, TrainingCheckpoint? resume = null,
        Action<TrainingCheckpoint>? onCheckpoint = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(signals);
        options = (options ?? TrainingOptions.Default).Validated();
        if (signals.Count < options.Samples)
            Throw.Argument(nameof(signals), $"'signals' holds {signals.Count} signals; it must hold the {options.Samples} to train on.");
        return Train(encoder, signals.Source, signals.Target, new CodedTargets(signals), heldOut, options, progress, resume, onCheckpoint,
            cancellation);
    }
}
