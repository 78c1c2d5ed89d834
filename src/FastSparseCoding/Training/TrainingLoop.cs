using System.Diagnostics;
using System.Globalization;

namespace FastSparseCoding.Training;

/// <summary>
/// The one training loop: source → batch → forward, loss and backward by rows → sums in fixed order → optimiser → constraint → evaluation,
/// the best kept, checkpoints, progress, cancellation. An <see cref="IObjective"/> says what is learned from what.
/// </summary>
internal sealed class TrainingLoop(IObjective objective, LoopOptions options)
{
    private readonly string _settings = $"{objective.Settings}, {options.Settings}";
    private readonly SharedWork _work = new(options.Ranks);
    private Score _start = Score.Worst, _best = Score.Worst;
    private long _bestAt, _samples, _leftOut, _lossSamples;
    private int _evaluations, _skipped, _setbacks;
    private double _loss;

    /// <summary>Trains; whatever ends it, the parameters are then the best measured, those it began with among them.</summary>
    public LoopReport Execute(
        Action<LoopProgress> progress, TrainingCheckpoint? resume, Action<TrainingCheckpoint>? onCheckpoint, CancellationToken cancellation)
    {
        if (resume is not null)
            Restore(resume);
        _work.RequireSameMachine();
        _work.RequireSame("the training", string.Create(CultureInfo.InvariantCulture, $"{_settings}, from {_samples} samples on"));
        long start = Stopwatch.GetTimestamp(), samplesAtStart = _samples;
        var keeper = new CheckpointKeeper<TrainingCheckpoint>(onCheckpoint, Checkpoint, options.CheckpointInterval);
        using var step = new TrainingStep(objective, options.BatchSize, options.Threads, _work);
        try
        {
            if (_samples == 0)
                Begin(progress, cancellation);
            EvaluateIfDue(start, samplesAtStart, progress, keeper, cancellation);       // where the checkpoint was taken before it
            while (_samples < options.Samples)
            {
                int count = (int)Math.Min(ChunkRows, Math.Min(options.Samples, RoundEnd) - _samples);
                objective.Load(_samples, count, options.Threads, cancellation);
                for (int row = 0; row < count; row += options.BatchSize)
                {
                    Take(step, row, Math.Min(options.BatchSize, count - row), cancellation);
                    EvaluateIfDue(start, samplesAtStart, progress, keeper, cancellation);
                    keeper.KeepIfDue();
                }
            }
        }
        catch (OperationCanceledException)
        {
            if (_samples > 0)
                keeper.Keep();      // before the first step there is nothing to lose
            throw;
        }
        finally
        {
            foreach (TrainedSlab slab in objective.Trained)
                slab.TakeBest();
            keeper.Finish();
        }
        RequireLearned();
        return new LoopReport(_start, _best, _bestAt, _skipped, _leftOut, _setbacks, Stopwatch.GetElapsedTime(start));
    }

    private int ChunkRows => Math.Max(1, options.ChunkSamples / options.BatchSize) * options.BatchSize;

    private long RoundEnd => (_samples / options.RoundSamples + 1) * options.RoundSamples;

    private long StepsInRound => (options.RoundSamples + options.BatchSize - 1) / options.BatchSize;

    /// <summary>Number of steps from start to end.</summary>
    private long Steps => StepsAt(options.Samples);

    /// <summary>Steps taken, or left out, when so many samples have been seen.</summary>
    private long StepsAt(long samples)
        => samples / options.RoundSamples * StepsInRound + (samples % options.RoundSamples + options.BatchSize - 1) / options.BatchSize;

    /// <summary>Measures the start, which competes for the best.</summary>
    private void Begin(Action<LoopProgress> progress, CancellationToken cancellation)
    {
        Score start = Measure(cancellation);
        _start = _best = start.IsBetterThan(Score.Worst) ? start : Score.Worst;     // what is no number is worse than any
        progress(new LoopProgress(0, 0, double.NaN, _start, 0, TimeSpan.Zero));
    }

    private void Take(TrainingStep step, int row, int count, CancellationToken cancellation)
    {
        _work.Alone(cancellation).ThrowIfCancellationRequested();
        long number = StepsAt(_samples);
        (int first, int usable) = objective.Usable(row, count);
        float decay = MathF.ScaleB(options.Decay(number, Steps), -_setbacks);
        double loss = usable > 0 ? step.Take(first, usable, decay, number + 1, cancellation) : double.NaN;
        if (double.IsNaN(loss))
            _skipped++;
        else
            (_loss, _lossSamples) = (_loss + loss, _lossSamples + usable);
        _samples += count;
        _leftOut += count - usable;
    }

    /// <summary>Measures if one of the evenly spaced evaluations was in the last step.</summary>
    private void EvaluateIfDue(
        long start, long samplesAtStart, Action<LoopProgress> progress, CheckpointKeeper<TrainingCheckpoint> keeper,
            CancellationToken cancellation)
    {
        int due = (int)(options.Evaluations * (Int128)_samples / options.Samples);
        if (due == _evaluations)
            return;
        double rate = (_samples - samplesAtStart) / Stopwatch.GetElapsedTime(start).TotalSeconds;
        Score score = Measure(cancellation);
        if (score.IsBetterThan(_best))
        {
            (_best, _bestAt) = (score, _samples);
            foreach (TrainedSlab slab in objective.Trained)
                slab.KeepBest();
        }
        else if (options.Setback is { } margin && !(score.Error <= _best.Error + margin))
        {
            _setbacks++;        // Lecouat, Ponce and Mairal (2020): unrolled networks now and then take one step too far
            foreach (TrainedSlab slab in objective.Trained)
                slab.GoBack();
        }
        double loss = _lossSamples > 0 ? _loss / _lossSamples : double.NaN;
        (_loss, _lossSamples, _evaluations) = (0, 0, due);
        progress(new LoopProgress(
            due, _samples, loss, score, rate, rate > 0 ? TimeSpan.FromSeconds((options.Samples - _samples) / rate) : TimeSpan.Zero));
        keeper.Keep();
    }

    /// <summary>Measures on held-out samples: every rank all of them, which shows whether they still have the same bits.</summary>
    private Score Measure(CancellationToken cancellation)
    {
        Score score = objective.Measure(options.Threads, _work.Alone(cancellation));
        if (_work.IsShared)
            _work.RequireSame("the held-out error", string.Create(CultureInfo.InvariantCulture, $"{score.Error:R} {score.Loss:R}"));
        return score;
    }

    private void RequireLearned()
    {
        if (_leftOut == options.Samples)
            Throw.NoneCertified(_leftOut, "signals to train on", "nothing was learned");
        if (_skipped == Steps || double.IsInfinity(_best.Error) || (_bestAt == 0 && _skipped > Steps / 2))
            Throw.Arithmetic(string.Create(
                CultureInfo.InvariantCulture,
                $"{_skipped} of {Steps} steps had no finite gradient{(_leftOut > 0 ? " or no certified code" : "")} and were left out, ")
                + string.Create(CultureInfo.InvariantCulture,
                    $"and nothing was learned; lower the learning rate ({options.Rate}) or scale the signals."));
    }

    private TrainingCheckpoint Checkpoint() => new()
    {
        Settings = _settings,
        FusedMultiplyAdd = Machine.FusedMultiplyAdd,
        Samples = _samples,
        TotalSamples = options.Samples,
        Evaluations = _evaluations,
        SkippedBatches = _skipped,
        Setbacks = _setbacks,
        LeftOut = _leftOut,
        Loss = _loss,
        LossSamples = _lossSamples,
        Start = _start,
        Best = _best,
        BestAtSamples = _bestAt,
        Slabs = [.. objective.Trained.Select(slab => slab.State)],
    };

    private void Restore(TrainingCheckpoint checkpoint)
    {
        if (checkpoint.Settings != _settings)
            Throw.Argument("resume", $"'resume' is of a training {SettingsText.Difference(checkpoint.Settings, _settings)}.");
        checkpoint.Validated();
        Throw.IfOutside(checkpoint.Samples, 0, options.Samples, "resume.Samples");
        if (checkpoint.Samples % options.RoundSamples % options.BatchSize != 0 && checkpoint.Samples != options.Samples)
            Throw.OutOfRange("resume.Samples", checkpoint.Samples, $"a multiple of the batch, {options.BatchSize}");
        Throw.IfOutside(checkpoint.SkippedBatches, 0, StepsAt(checkpoint.Samples), "resume.SkippedBatches");
        Throw.IfOutside(checkpoint.Evaluations, 0, (int)(options.Evaluations * (Int128)checkpoint.Samples / options.Samples),
            "resume.Evaluations");
        Throw.IfLengthNot(checkpoint.Slabs.Count, objective.Trained.Count, "resume.Slabs");
        for (int i = 0; i < objective.Trained.Count; i++)
            objective.Trained[i].RequireFits(checkpoint.Slabs[i]);
        for (int i = 0; i < objective.Trained.Count; i++)
            objective.Trained[i].Restore(checkpoint.Slabs[i]);
        (_samples, _evaluations, _skipped, _leftOut, _setbacks) =
            (checkpoint.Samples, checkpoint.Evaluations, checkpoint.SkippedBatches, checkpoint.LeftOut, checkpoint.Setbacks);
        (_loss, _lossSamples) = (checkpoint.Loss, checkpoint.LossSamples);
        (_start, _best, _bestAt) = (checkpoint.Start, checkpoint.Best, checkpoint.BestAtSamples);
    }
}
