using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Training;

/// <summary>
/// Trains an encoder to predict the codes of an exact solver: loss ½‖Z − Z*‖² summed over coefficients, averaged over a mini-batch (Gregor
/// and LeCun 2010, section 3). Exact codes are computed ahead, on all cores, while the optimiser works. Signals whose code the solver does
/// not certify are left out, of the training and of the held-out error, and counted in the report; codes that are given instead of a solver
/// are taken as they are. Safe to call from several threads at once.
/// </summary>
public static partial class EncoderTrainer
{
    /// <summary>Trains on the rows of a matrix, in a fresh order every epoch.</summary>
    /// <param name="encoder">The encoder; afterwards it holds the best parameters found.</param>
    /// <param name="x">Signals [N×n], finite.</param>
    /// <param name="target">Gives the codes to predict, usually an exact solver.</param>
    /// <param name="options">How to train, or null for the defaults.</param>
    /// <param name="heldOut">Signals to measure the error on, or null to set aside the last rows of x (a tenth, at most
    /// <see cref="TrainingOptions.HeldOut"/>).</param>
    /// <param name="progress">Told after every evaluation.</param>
    /// <param name="cancellation">Stops after the current step, and the solver within a fraction of a second.</param>
    /// <returns>What happened.</returns>
    /// <exception cref="ArgumentException"> A shape is wrong, a signal is not finite, or the target's codes are of another dictionary or
    /// penalty than the encoder's. </exception>
    /// <exception cref="ArithmeticException">No step had a finite gradient, the held-out error was never finite, or no code was
    /// certified.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the encoder holds the best parameters so far.</exception>
    /// <example><code>
    /// ListaEncoder lista = ListaEncoder.FromDictionary(dictionary, lambda: 0.5f, depth: 3);
    /// TrainingReport report = EncoderTrainer.Train(lista, x, new ActiveSetSolver(dictionary, 0.5f), new() { Samples = 1_000_000 });
    /// Console.WriteLine($"held-out error {report.BestRelativeError:P1}");
    /// </code></example>
    public static TrainingReport Train(
        TrainableEncoder encoder, Matrix x, ISparseEncoder target, TrainingOptions? options = null, Matrix? heldOut = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        options = (options ?? TrainingOptions.Default).Validated();
        Throw.IfNotFinite(x, nameof(x));
        if (heldOut is null)
        {
            int aside = Aside(x, options);
            heldOut = Copy(x, x.Rows - aside, aside);
            x = Copy(x, 0, x.Rows - aside);
        }
        return Train(encoder, new MatrixSource(x, options.Seed), target, heldOut, options, progress, null, null, cancellation);
    }

    /// <summary>Trains on signals whose codes are known, in a fresh order every epoch.</summary>
    /// <param name="encoder">The encoder; afterwards it holds the best parameters found.</param>
    /// <param name="x">Signals [N×n], finite.</param>
    /// <param name="codes">Their codes [N×m], finite.</param>
    /// <param name="options">How to train, or null for the defaults. The last rows are set aside to measure the error: a tenth, at most
    /// <see cref="TrainingOptions.HeldOut"/>.</param>
    /// <param name="progress">Told after every evaluation.</param>
    /// <param name="cancellation">Stops after the current step.</param>
    /// <returns>What happened.</returns>
    /// <exception cref="ArgumentException">A shape is wrong, or a value is not finite.</exception>
    /// <exception cref="ArithmeticException">No step had a finite gradient, or the held-out error was never finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the encoder holds the best parameters so far.</exception>
    public static TrainingReport Train(
        TrainableEncoder encoder, Matrix x, Matrix codes, TrainingOptions? options = null, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(codes);
        options = (options ?? TrainingOptions.Default).Validated();
        Throw.IfColumnsNot(x.Columns, encoder.SignalSize, nameof(x));
        Throw.IfShapeNot(codes.Rows, codes.Columns, x.Rows, encoder.CodeSize, nameof(codes));
        Throw.IfNotFinite(x, nameof(x));
        Throw.IfNotFinite(codes, nameof(codes));
        int rest = x.Rows - Aside(x, options);
        CertifiedCodes heldOut = CertifiedCodes.All(Copy(x, rest, x.Rows - rest), Copy(codes, rest, x.Rows - rest));
        var targets = new SourceCodes(new MatrixSource(Copy(codes, 0, rest), options.Seed));
        return Run(encoder, new MatrixSource(Copy(x, 0, rest), options.Seed), targets,
            _ => heldOut, options, progress, null, null, cancellation);
    }

    /// <summary>Trains on a source of fresh signals.</summary>
    /// <param name="encoder">The encoder; afterwards it holds the best parameters found.</param>
    /// <param name="source">The signals.</param>
    /// <param name="target">Gives the codes to predict, usually an exact solver.</param>
    /// <param name="heldOut">Signals [N×n] to measure the error on; not used for training.</param>
    /// <param name="options">How to train, or null for the defaults.</param>
    /// <param name="progress">Told after every evaluation.</param>
    /// <param name="resume">A checkpoint to go on from, of the same encoder and options.</param>
    /// <param name="onCheckpoint"> Given a checkpoint after every evaluation, every minute and when it is cancelled, one after the other,
    /// to be stored while the training goes on. </param>
    /// <param name="cancellation">Stops after the current step, and the solver within a fraction of a second.</param>
    /// <returns>What happened.</returns>
    /// <exception cref="ArgumentException">A shape is wrong, a signal is not finite, or the checkpoint is of another training.</exception>
    /// <exception cref="ArithmeticException">No step had a finite gradient, the held-out error was never finite, or no code was
    /// certified.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the encoder holds the best parameters so far.</exception>
    public static TrainingReport Train(
        TrainableEncoder encoder, ISignalSource source, ISparseEncoder target, Matrix heldOut, TrainingOptions? options = null,
        IProgress<TrainingProgress>? progress = null, TrainingCheckpoint? resume = null,
        Action<TrainingCheckpoint>? onCheckpoint = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        return Train(encoder, source, target, new SolvedCodes(target), heldOut, options, progress, resume, onCheckpoint, cancellation);
    }

    private static TrainingReport Train(
        TrainableEncoder encoder, ISignalSource source, ISparseEncoder target, ITargetCodes codes, Matrix heldOut, TrainingOptions? options,
        IProgress<TrainingProgress>? progress, TrainingCheckpoint? resume, Action<TrainingCheckpoint>? onCheckpoint,
        CancellationToken cancellation)
    {
        CheckSignals(encoder, source, heldOut);
        Throw.IfLengthNot(target.SignalSize, encoder.SignalSize, "target.SignalSize");
        Throw.IfLengthNot(target.CodeSize, encoder.CodeSize, "target.CodeSize");
        TargetCheck.RequireSameProblem(encoder, target);
        TrainingOptions valid = (options ?? TrainingOptions.Default).Validated();
        return Run(encoder, source, codes,
            stop => CertifiedCodes.Of(target, heldOut, valid.Threads, stop), valid, progress, resume, onCheckpoint, cancellation);
    }

    private static TrainingReport Run(
        TrainableEncoder encoder,
        ISignalSource source,
        ITargetCodes codes,
        Func<CancellationToken, CertifiedCodes> heldOut,
        TrainingOptions options,
        IProgress<TrainingProgress>? progress,
        TrainingCheckpoint? resume,
        Action<TrainingCheckpoint>? onCheckpoint,
        CancellationToken cancellation)
    {
        var objective = new CodeRegression(encoder, source, codes, heldOut, options);
        return Run(objective, options.Loop(encoder.CodeSize), progress, resume, onCheckpoint, cancellation);
    }

    private static TrainingReport Run(
        EncoderObjective objective, LoopOptions options, IProgress<TrainingProgress>? progress, TrainingCheckpoint? resume,
        Action<TrainingCheckpoint>? onCheckpoint, CancellationToken cancellation)
    {
        var history = new List<TrainingProgress>();
        LoopReport report = new TrainingLoop(objective, options).Execute(Tell, resume, onCheckpoint, cancellation);
        return new TrainingReport(
            history, report.Start.Error, report.Best.Error, Relative(report.Best), report.BestAtSamples,
            report.SkippedBatches, report.LeftOut, objective.UncertifiedHeldOut(cancellation), report.Elapsed);

        void Tell(LoopProgress p)
        {
            if (p.Evaluation == 0)
                return;
            history.Add(new TrainingProgress(
                p.Samples, options.Samples, p.TrainingLoss, p.Score.Error, Relative(p.Score), p.SamplesPerSecond, p.Remaining));
            progress?.Report(history[^1]);
        }

        double Relative(Score score) => CodeEvaluator.Relative(score.Error, objective.Scale(cancellation));
    }

    private static void CheckSignals(TrainableEncoder encoder, ISignalSource source, Matrix heldOut)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(heldOut);
        Throw.IfLengthNot(source.SignalSize, encoder.SignalSize, "source.SignalSize");
        Throw.IfBelow(heldOut.Rows, 1, "heldOut.Rows");
        Throw.IfColumnsNot(heldOut.Columns, encoder.SignalSize, nameof(heldOut));
        Throw.IfNotFinite(heldOut, nameof(heldOut));
    }

    private static int Aside(Matrix x, TrainingOptions options)
    {
        if (x.Rows < 10)
            Throw.Argument(nameof(x), $"'x' has {x.Rows} rows; it must have 10 or more to set some aside for measuring the error.");
        return Math.Min(options.HeldOut, x.Rows / 10);
    }

    private static Matrix Copy(Matrix x, int start, int count) => new(count, x.Columns, x.RowRange(start, count).Values.ToArray());
}
