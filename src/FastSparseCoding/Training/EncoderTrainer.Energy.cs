using FastSparseCoding.Encoders;

namespace FastSparseCoding.Training;

public static partial class EncoderTrainer
{
    /// <summary>
    /// Trains an encoder to make codes of little energy, E(x, Z) = ½‖x − ZD‖² + P(Z) under its penalty P, on the rows of a matrix, in a
    /// fresh order every epoch. No exact codes are needed. Errors in progress and report are mean energies, relative ones divided by the
    /// mean energy of codes of zero, ½‖x‖².
    /// </summary>
    /// <param name="encoder">The encoder, made with its dictionary D; afterwards it holds the best parameters found.</param>
    /// <param name="x">Signals [N×n], finite. The last rows are set aside to measure the energy: a tenth, at most
    /// <see cref="TrainingOptions.HeldOut"/>.</param>
    /// <param name="options">How to train, or null for the defaults.</param>
    /// <param name="progress">Told after every evaluation.</param>
    /// <param name="cancellation">Stops after the current step.</param>
    /// <returns>What happened.</returns>
    /// <exception cref="ArgumentException">The encoder has no dictionary, a shape is wrong, or a signal is not finite.</exception>
    /// <exception cref="ArithmeticException">No step had a finite gradient, or the held-out energy was never finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the encoder holds the best parameters so far.</exception>
    public static TrainingReport TrainOnEnergy(
        TrainableEncoder encoder, Matrix x, TrainingOptions? options = null, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        options = (options ?? TrainingOptions.Default).Validated();
        Throw.IfNotFinite(x, nameof(x));
        int rest = x.Rows - Aside(x, options);
        var source = new MatrixSource(Copy(x, 0, rest), options.Seed);
        return TrainOnEnergy(encoder, source, Copy(x, rest, x.Rows - rest), options, progress, null, null, cancellation);
    }

    /// <summary>The same on a source of fresh signals.</summary>
    /// <param name="encoder">The encoder, made with its dictionary D; afterwards it holds the best parameters found.</param>
    /// <param name="source">The signals.</param>
    /// <param name="heldOut">Signals [N×n] to measure the energy on; not used for training.</param>
    /// <param name="options">How to train, or null for the defaults.</param>
    /// <param name="progress">Told after every evaluation.</param>
    /// <param name="resume">A checkpoint to go on from, of the same encoder and options.</param>
    /// <param name="onCheckpoint">Given a checkpoint after every evaluation, every minute and when it is cancelled, one after the other, to
    /// be stored while the training goes on.</param>
    /// <param name="cancellation">Stops after the current step.</param>
    /// <returns>What happened.</returns>
    /// <exception cref="ArgumentException">The encoder has no dictionary, a shape is wrong, a signal is not finite, or the checkpoint is of
    /// another training.</exception>
    /// <exception cref="ArithmeticException">No step had a finite gradient, or the held-out energy was never finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the encoder holds the best parameters so far.</exception>
    public static TrainingReport TrainOnEnergy(
        TrainableEncoder encoder, ISignalSource source, Matrix heldOut, TrainingOptions? options = null,
        IProgress<TrainingProgress>? progress = null,
        TrainingCheckpoint? resume = null, Action<TrainingCheckpoint>? onCheckpoint = null, CancellationToken cancellation = default)
    {
        CheckSignals(encoder, source, heldOut);
        options = (options ?? TrainingOptions.Default).Validated();
        return Run(new EnergyDescent(encoder, source, heldOut, options), options.Loop(encoder.CodeSize), progress, resume, onCheckpoint,
            cancellation);
    }
}
