using System.Diagnostics;
using FastSparseCoding.Training;

namespace FastSparseCoding.Imaging;

/// <summary>
/// Trains a denoiser on clean pictures, to which it adds noise: loss Σ w(ŷ − y)² over the pixels of crops, w the part of the patches over a
/// pixel that lie within the crop; its gradient goes through the average of overlapping patches, the decoder and all layers. Adam, its rate
/// falling along a cosine. Safe to call from several threads at once.
/// </summary>
public static class DenoiserTrainer
{
    /// <summary>Time that measuring the speed takes.</summary>
    private static readonly TimeSpan Trial = TimeSpan.FromSeconds(2.5);

    /// <summary>Trains on pictures. Every tenth is kept apart to measure on; of fewer than ten, all are for both.</summary>
    /// <param name="denoiser">The denoiser; afterwards it holds the best parameters found.</param>
    /// <param name="images">Clean pictures, each at least as large as a crop, of as many channels as the denoiser has.</param>
    /// <param name="options">How to train, or null for the defaults.</param>
    /// <param name="progress">Told after every evaluation.</param>
    /// <param name="resume">A checkpoint to go on from, of the same denoiser and options.</param>
    /// <param name="onCheckpoint">Given a checkpoint after every evaluation, every minute and when it is cancelled, one after the other, to
    /// be stored while the training goes on.</param>
    /// <param name="cancellation">Stops after the current step.</param>
    /// <returns>What happened.</returns>
    /// <exception cref="ArgumentException">There is no picture, one is smaller than a crop, they are of other channels, an option is out of
    /// its range, or the checkpoint is of another training.</exception>
    /// <exception cref="ArithmeticException">No step had a finite gradient.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the denoiser holds the best parameters so far.</exception>
    public static DenoiserReport Train(
        Denoiser denoiser, ImageStore images, DenoiserTrainingOptions? options = null, IProgress<DenoiserProgress>? progress = null,
        TrainingCheckpoint? resume = null, Action<TrainingCheckpoint>? onCheckpoint = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        ArgumentNullException.ThrowIfNull(images);
        int p = denoiser.PatchSize;
        options = (options ?? DenoiserTrainingOptions.Default).Validated(p);
        images.RequireChannels(denoiser.Channels);
        (ImageStore learn, ImageStore measure) = images.HoldOut();
        (denoiser.SigmaFrom, denoiser.SigmaTo) = (options.SigmaFrom, options.SigmaTo);
        var objective = new DenoisingObjective(denoiser, learn, measure, options);
        var history = new List<DenoiserProgress>();
        long perCrop = options.PatchesOf(p);
        var loop = new TrainingLoop(objective, options.Loop(p, denoiser.Depth, denoiser.Channels));
        LoopReport report = loop.Execute(Tell, resume, onCheckpoint, cancellation);
        return new DenoiserReport(
            history, -report.Start.Error, -report.Best.Error, report.BestAtSamples * perCrop, report.SkippedBatches,
            report.Setbacks, report.Elapsed);

        void Tell(LoopProgress step)
        {
            if (step.Evaluation == 0)
                return;
            history.Add(new DenoiserProgress(
                step.Samples * perCrop, options.Crops(p) * perCrop, -step.Score.Error, step.SamplesPerSecond * perCrop, step.Remaining));
            progress?.Report(history[^1]);
        }
    }

    /// <summary>
    /// How many patches a training sees in some time, here and now: measured on a denoiser of the same shape in about three seconds, which
    /// are taken off. The number is a matter of the machine's speed; what is trained on so many patches is not.
    /// </summary>
    /// <param name="denoiser">The denoiser that is to be trained; it is not changed.</param>
    /// <param name="images">The pictures.</param>
    /// <param name="time">The time that the training may take.</param>
    /// <param name="options">How to train; the patches are not looked at.</param>
    /// <param name="cancellation">Stops the measurement.</param>
    /// <returns>The number of patches: those of whole crops, at least of a step.</returns>
    /// <exception cref="ArgumentException">As of <see cref="Train"/>, or the time is not above 0.</exception>
    public static long PatchesIn(
        Denoiser denoiser, ImageStore images, TimeSpan time, DenoiserTrainingOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        Throw.IfNotPositive(time.TotalSeconds, nameof(time));
        long start = Stopwatch.GetTimestamp();
        var trial = new Denoiser(denoiser.PatchSize, denoiser.Channels, denoiser.AtomCount, denoiser.Depth, 0, 0);
        denoiser.Parameters.Values.CopyTo(trial.Parameters.Values);
        trial.Refresh();
        options = (options ?? DenoiserTrainingOptions.Default) with { Patches = long.MaxValue / 2, HeldOut = 1 };
        long perCrop = options.PatchesOf(denoiser.PatchSize), step = perCrop * options.BatchSize, some = 4 * step;
        double rate;
        do
        {
            // Again and again, since code is compiled, and then compiled better.
            rate = SpeedOf(trial, images, options with { Patches = some, Evaluations = 1 }, cancellation);
            some = Math.Max(4 * step, (long)(rate * Trial.TotalSeconds / 4));
        }
        while (Stopwatch.GetElapsedTime(start) < Trial);
        double left = Math.Max(0, (time - Stopwatch.GetElapsedTime(start)).TotalSeconds);
        return Math.Max(step, (long)(rate * left) / perCrop * perCrop);
    }

    private static double SpeedOf(Denoiser trial, ImageStore images, DenoiserTrainingOptions options, CancellationToken cancellation)
        => Train(trial, images, options, cancellation: cancellation).History[^1].PatchesPerSecond;
}
