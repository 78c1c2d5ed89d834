using FastSparseCoding.Encoders;

namespace FastSparseCoding.Training;

/// <summary>
/// Trains a classifier on codes: on fixed ones, or end to end, the loss going back through the encoder (Gregor and LeCun 2010: the
/// predictor is differentiable and can be trained for the task it serves). Codes are taken as they are: leave out those that a solver did
/// not certify beforehand (<see cref="Solvers.SparseSolving.SolveSparse"/> tells which, <see cref="SparseCodes.SelectRows"/> takes the
/// others). Safe to call from several threads at once.
/// </summary>
public static class ClassifierTrainer
{
    /// <summary>Trains on fixed codes.</summary>
    /// <param name="classifier">The classifier, trained on from its parameters; afterwards it holds the best found.</param>
    /// <param name="codes">Codes [N×m], finite, N at least 10: the last ones are set aside to choose the best epoch.</param>
    /// <param name="labels">Their labels [N], each below the number of classes.</param>
    /// <param name="options">How to train, or null for the defaults.</param>
    /// <param name="progress">Told before the first epoch and after every one.</param>
    /// <param name="cancellation">Stops after the current step.</param>
    /// <returns>What happened.</returns>
    /// <exception cref="ArgumentException">A shape is wrong, a code is not finite, or a label is of no class.</exception>
    /// <exception cref="ArithmeticException">No step had a finite gradient, or the held-out loss was never finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the classifier holds the best parameters so far.</exception>
    /// <example><code>
    /// var classifier = new LinearClassifier(encoder.CodeSize, classCount: 10);
    /// ClassifierTrainer.Train(classifier, encoder.Encode(x), labels);
    /// Console.WriteLine($"error {classifier.ErrorRate(encoder.Encode(x), labels):P1}");
    /// </code></example>
    public static ClassifierReport Train(
        LinearClassifier classifier, Matrix codes, byte[] labels, ClassifierOptions? options = null,
        IProgress<ClassifierProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        Samples samples = Samples.Of(codes);
        Throw.IfColumnsNot(codes.Columns, classifier.CodeSize, nameof(codes));
        Throw.IfNotFinite(codes, nameof(codes));
        return Run(classifier, null, samples, labels, nameof(codes), options, progress, cancellation);
    }

    /// <summary>Trains on fixed codes, kept compressed.</summary>
    /// <inheritdoc cref="Train(LinearClassifier, Matrix, byte[], ClassifierOptions?, IProgress{ClassifierProgress}?, CancellationToken)"/>
    public static ClassifierReport Train(
        LinearClassifier classifier, SparseCodes codes, byte[] labels, ClassifierOptions? options = null,
        IProgress<ClassifierProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        Samples samples = Samples.Of(codes);
        Throw.IfColumnsNot(codes.Columns, classifier.CodeSize, nameof(codes));
        Throw.IfNotFinite(new ReadOnlyMatrixView(codes.Values, 1, codes.NonZeros), nameof(codes));
        return Run(classifier, null, samples, labels, nameof(codes), options, progress, cancellation);
    }

    /// <summary>Trains the classifier and the encoder below it together, by the classifier's loss alone.</summary>
    /// <param name="encoder"> The encoder, usually a predictor trained by <see cref="EncoderTrainer"/>. It is trained itself, not a copy:
    /// afterwards it holds the best parameters found. Its codes then serve the classifier; they no longer predict those of an exact solver.
    /// </param>
    /// <param name="classifier">The classifier, best already trained on the encoder's codes; afterwards it holds the best parameters
    /// found.</param>
    /// <param name="x">Signals [N×n], finite, N at least 10: the last ones are set aside to choose the best epoch.</param>
    /// <param name="labels">Their labels [N], each below the number of classes.</param>
    /// <param name="options">How to train, or null for the defaults.</param>
    /// <param name="progress">Told before the first epoch and after every one.</param>
    /// <param name="cancellation">Stops after the current step.</param>
    /// <returns>What happened.</returns>
    /// <exception cref="ArgumentException">A shape is wrong, a signal is not finite, or a label is of no class.</exception>
    /// <exception cref="ArithmeticException">No step had a finite gradient, or the held-out loss was never finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; encoder and classifier hold the best parameters so far.</exception>
    public static ClassifierReport TrainEndToEnd(
        TrainableEncoder encoder, LinearClassifier classifier, Matrix x, byte[] labels, ClassifierOptions? options = null,
        IProgress<ClassifierProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(classifier);
        Samples samples = Samples.Of(x);
        Throw.IfLengthNot(encoder.CodeSize, classifier.CodeSize, "encoder.CodeSize");
        Throw.IfColumnsNot(x.Columns, encoder.SignalSize, nameof(x));
        Throw.IfNotFinite(x, nameof(x));
        return Run(classifier, encoder, samples, labels, nameof(x), options, progress, cancellation);
    }

    private static ClassifierReport Run(
        LinearClassifier classifier, TrainableEncoder? encoder, Samples samples, byte[] labels, string name, ClassifierOptions? options,
        IProgress<ClassifierProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(labels);
        options = (options ?? ClassifierOptions.Default).Validated();
        Throw.IfLengthNot(labels.Length, samples.Rows, nameof(labels));
        LinearClassifier.CheckLabels(labels, classifier.ClassCount);
        if (samples.Rows < 10)
            Throw.Argument(
                name, $"'{name}' has {samples.Rows} rows; it must have 10 or more to set some aside for choosing the best epoch.");
        var history = new List<ClassifierProgress>();
        LoopOptions loop = options.Loop(samples.Rows);
        LoopReport report = new TrainingLoop(new Classification(classifier, encoder, samples, labels, options), loop)
            .Execute(Tell, null, null, cancellation);
        return new ClassifierReport(
            history, report.Best.Error, (int)(report.BestAtSamples / loop.RoundSamples), report.SkippedBatches, report.Elapsed);

        void Tell(LoopProgress p)
        {
            history.Add(new ClassifierProgress(
                p.Evaluation, options.Epochs, p.TrainingLoss, p.Score.Loss, p.Score.Error, p.SamplesPerSecond, p.Remaining));
            progress?.Report(history[^1]);
        }
    }
}
