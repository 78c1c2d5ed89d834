using System.Diagnostics;
using System.Globalization;

namespace FastSparseCoding.Learning;

/// <summary>Whole learnings: batch after batch until the samples of the options are seen. For one thread at a time; what it does runs on
/// all cores.</summary>
public sealed partial class DictionaryLearner
{
    /// <summary>Learns from a matrix of signals, over and over in fresh orders.</summary>
    /// <param name="x">Signals [N×n], finite.</param>
    /// <param name="options">How to learn, or null for the defaults.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="start">A dictionary to begin with, or null for atoms drawn from the signals.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second.</param>
    /// <returns>The dictionary.</returns>
    /// <exception cref="ArgumentException">There are too few distinct signals, one is not finite, or the start does not fit the signals and
    /// options.</exception>
    /// <exception cref="ArithmeticException">No signal had a certified code.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <example><code>
    /// AtomDictionary learned = DictionaryLearner.Learn(x, new() { AtomCount = 400, Lambda = 0.5f, Samples = 100_000, Seed = 1 });
    /// </code></example>
    public static AtomDictionary Learn(
        Matrix x, DictionaryLearningOptions? options = null, IProgress<LearningProgress>? progress = null, AtomDictionary? start = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        Throw.IfNotFinite(x, nameof(x));
        options ??= DictionaryLearningOptions.Default;
        return Learn(new MatrixSource(x, options.Seed), options, progress, start: start, cancellation: cancellation);
    }

    /// <summary>
    /// Learns from a matrix of signals of which only some values are known, over and over in fresh orders. Where many are not, codes found
    /// with early atoms tell little: a <see cref="DictionaryLearningOptions.Forgetting"/> of 10 or 20 lets go of them sooner and comes to
    /// better atoms.
    /// </summary>
    /// <param name="x">Signals [N×n]; known values finite, unknown ones anything, NaN too.</param>
    /// <param name="mask">Mask [N×n]: 1 where a value is known, 0 where it is not; at least one known in every row.</param>
    /// <param name="options">How to learn, or null for the defaults.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="start">A dictionary to begin with, or null for atoms drawn from the signals, unknown values 0.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second.</param>
    /// <returns>The dictionary.</returns>
    /// <exception cref="ArgumentException">There are too few distinct signals, signals and mask are not as they must be, or the start does
    /// not fit the signals and options.</exception>
    /// <exception cref="ArithmeticException">No signal had a certified code.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static AtomDictionary LearnMasked(
        Matrix x, Matrix mask, DictionaryLearningOptions? options = null, IProgress<LearningProgress>? progress = null,
        AtomDictionary? start = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(mask);
        Masks.Check(x, mask, x.Columns);
        options ??= DictionaryLearningOptions.Default;
        return Learn(new MatrixSource(x, options.Seed), options, progress, start: start, masks: new MatrixSource(mask, options.Seed),
            cancellation: cancellation);
    }

    /// <summary>Learns from a source of fresh signals.</summary>
    /// <param name="source">The signals.</param>
    /// <param name="options">How to learn, or null for the defaults.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="resume">A state to go on from, of the same options; it holds its atoms, and neither start nor first signals are looked
    /// at.</param>
    /// <param name="onCheckpoint">Given the state about every twentieth of the way, every minute and when it is cancelled, one after the
    /// other, to be stored while the learning goes on.</param>
    /// <param name="start">A dictionary to begin with, or null for atoms drawn from the first signals, unknown values 0.</param>
    /// <param name="masks">Where only some values are known: the mask of signal number i as its own number i, 1 where a value is known and
    /// 0 where it is not. Null where all are.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second.</param>
    /// <returns>The dictionary.</returns>
    /// <exception cref="ArgumentException">There are too few distinct signals, the state is of other options, or the start does not fit the
    /// signals and options.</exception>
    /// <exception cref="ArithmeticException">No signal had a certified code.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static AtomDictionary Learn(
        ISignalSource source, DictionaryLearningOptions? options = null, IProgress<LearningProgress>? progress = null,
        LearnerState? resume = null, Action<LearnerState>? onCheckpoint = null,
        AtomDictionary? start = null, ISignalSource? masks = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        options = Validated(options);
        if (masks is not null)
            Throw.IfColumnsNot(masks.SignalSize, source.SignalSize, nameof(masks));
        DictionaryLearner learner = Begin(source, masks, options, resume, start, cancellation);
        learner.RequireSame();
        var batch = new Batch(source, masks);
        var keeper = new CheckpointKeeper<LearnerState>(onCheckpoint, () => learner.State, CheckpointKeeper<LearnerState>.Interval);
        long began = Stopwatch.GetTimestamp(), samplesAtStart = learner.Samples;
        try
        {
            while (learner.Samples < options.Samples)
            {
                learner._work.Alone(cancellation).ThrowIfCancellationRequested();
                long twentieths = learner.Samples * 20 / options.Samples;
                int count = (int)Math.Min(options.BatchSize, options.Samples - learner.Samples);
                batch.Read(learner.Samples, count, learner._work, cancellation);
                learner.PartialFit(batch, cancellation);
                progress?.Report(learner.Progress(samplesAtStart, Stopwatch.GetElapsedTime(began)));
                if (learner.Samples * 20 / options.Samples > twentieths)
                    keeper.Keep();
                keeper.KeepIfDue();
            }
        }
        catch (OperationCanceledException)
        {
            if (learner.Samples > 0)
                keeper.Keep();      // a batch that was given up has changed nothing
            throw;
        }
        finally
        {
            keeper.Finish();
        }
        if (learner.UncertifiedSignals == learner.Samples)
            Throw.NoneCertified(learner.Samples, "signals", "nothing was learned");
        AtomDictionary learned = learner.Dictionary;
        learner._work.RequireSame("the dictionary", learned.Hash);
        return learned;
    }

    /// <summary>Refuses ranks that do not begin at the same place of the same learning.</summary>
    private void RequireSame()
    {
        _work.RequireSameMachine();
        _work.RequireSame("the learning", string.Create(
            CultureInfo.InvariantCulture, $"{_options.Settings}, from {Samples} samples and {Dictionary.Hash} on"));
    }

    private void PartialFit(Batch batch, CancellationToken cancellation)
    {
        if (batch.Mask is null)
            PartialFit(batch.Signals, cancellation);
        else
            PartialFit(batch.Signals, batch.Mask, cancellation);
    }

    private static DictionaryLearner Begin(
        ISignalSource source, ISignalSource? masks, DictionaryLearningOptions options, LearnerState? resume, AtomDictionary? start,
        CancellationToken cancellation)
    {
        if (start is not null)
            Throw.IfColumnsNot(start.SignalSize, source.SignalSize, nameof(start));
        if (resume is not null)
            return Resumed(resume, options);
        if (start is not null)
            return new DictionaryLearner(start, options);
        var first = new Batch(source, masks);
        first.Read(0, Math.Max(4 * options.AtomCount, 1000), new SharedWork(options.Ranks), cancellation);
        for (int i = 0; i < first.Mask?.Rows; i++)
            Masks.Apply(first.Signals.Row(i), first.Mask.Row(i), first.Signals.Row(i));
        return new DictionaryLearner(first.Signals, options);
    }

    private static DictionaryLearner Resumed(LearnerState resume, DictionaryLearningOptions options)
    {
        var learner = new DictionaryLearner(resume, options);
        Throw.IfOutside(resume.Samples, 0, options.Samples, "resume.Samples");
        Throw.IfOutside(resume.Batches, 0, (resume.Samples + options.BatchSize - 1) / options.BatchSize, "resume.Batches");
        return learner;
    }

    private LearningProgress Progress(long samplesAtStart, TimeSpan elapsed)
    {
        double rate = (Samples - samplesAtStart) / elapsed.TotalSeconds;
        return new LearningProgress(
            Samples, _options.Samples, LastObjective, LastNonZeros, ReseededAtoms, UncertifiedSignals, rate,
            TimeSpan.FromSeconds((_options.Samples - Samples) / rate));
    }

    /// <summary>Signals read from a source, with their masks where there are any.</summary>
    private sealed class Batch(ISignalSource source, ISignalSource? masks)
    {
        public Matrix Signals { get; private set; } = new(0, source.SignalSize);

        public Matrix? Mask { get; private set; }

        public void Read(long first, int count, SharedWork work, CancellationToken cancellation)
        {
            if (Signals.Rows != count)
                (Signals, Mask) = (new Matrix(count, source.SignalSize), masks is null ? null : new Matrix(count, source.SignalSize));
            source.Read(first, Signals, 1, work, cancellation);
            if (Mask is not null)
                masks?.Read(first, Mask, 1, work, cancellation);
        }
    }
}
