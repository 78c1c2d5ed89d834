namespace FastSparseCoding.Training;

/// <summary>How a training loop goes.</summary>
internal sealed record LoopOptions
{
    /// <summary>Samples to see.</summary>
    public required long Samples { get; init; }

    /// <summary>Samples in a step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Samples after which a batch ends in any case: those of an epoch.</summary>
    public required long RoundSamples { get; init; }

    /// <summary>How many times is measured, evenly spaced, the last time at the end.</summary>
    public required int Evaluations { get; init; }

    /// <summary>Threads; 0 for one per core.</summary>
    public required int Threads { get; init; }

    /// <summary>Processes that share it.</summary>
    public ICollective Ranks { get; init; } = Collective.Alone;

    /// <summary>The part of the first rate that a step, counted from 0, of so many takes.</summary>
    public required Func<long, long, float> Decay { get; init; }

    /// <summary>The rate at the start, to be told when nothing is learned.</summary>
    public required float Rate { get; init; }

    /// <summary>Everything of the options that decides the result.</summary>
    public required string Settings { get; init; }

    /// <summary>Error above the best at which a measurement is a setback: the best parameters are taken again, and half the rate. Null for
    /// never.</summary>
    public double? Setback { get; init; }

    /// <summary>Samples that are made ready at a time, or a batch where that is larger.</summary>
    public int ChunkSamples { get; init; } = 4096;

    /// <summary>Time between checkpoints, beside those at evaluations and at a stop.</summary>
    public TimeSpan CheckpointInterval { get; init; } = CheckpointKeeper<TrainingCheckpoint>.Interval;
}

/// <summary>Where a loop stands after a measurement.</summary>
/// <param name="Evaluation">Number of the measurement; 0 for that of the start.</param>
/// <param name="Samples">Samples seen.</param>
/// <param name="TrainingLoss">Mean loss since the last measurement; NaN when no sample was learned from.</param>
/// <param name="Score">What was measured.</param>
/// <param name="SamplesPerSecond">Samples per second since the start; 0 at the start.</param>
/// <param name="Remaining">Estimated time to the end.</param>
internal readonly record struct LoopProgress(
    int Evaluation, long Samples, double TrainingLoss, Score Score, double SamplesPerSecond, TimeSpan Remaining);

/// <summary>What a loop did.</summary>
/// <param name="Start">Measured before the first step.</param>
/// <param name="Best">The best measured, which the parameters have.</param>
/// <param name="BestAtSamples">Samples seen then; 0 when nothing was better than the start.</param>
/// <param name="SkippedBatches">Steps left out.</param>
/// <param name="LeftOut">Samples left out, because their target was not certified.</param>
/// <param name="Setbacks">How many times it went back to the best.</param>
/// <param name="Elapsed">Time it took.</param>
internal sealed record LoopReport(
    Score Start, Score Best, long BestAtSamples, int SkippedBatches, long LeftOut, int Setbacks, TimeSpan Elapsed);
