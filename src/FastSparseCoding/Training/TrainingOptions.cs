using System.Globalization;
using FastSparseCoding.Encoders;

namespace FastSparseCoding.Training;

/// <summary>How an encoder is trained. Change a copy with <c>with</c>. Immutable and safe to share between threads.</summary>
public sealed record TrainingOptions
{
    /// <summary>Leaves of a batch's sum, about, from which on they are made longer instead of more.</summary>
    private const int MostLeaves = 64;

    /// <summary>The defaults.</summary>
    public static TrainingOptions Default { get; } = new();

    /// <summary>Signals to train on, 1 or more. Default 1,000,000.</summary>
    public long Samples { get; init; } = 1_000_000;

    /// <summary>Signals in a step, from 1 to 65,536. Default 64.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Adam (default) or plain stochastic gradient.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Adam;

    /// <summary>Rate at the start, above 0; null for 1e-3 with SGD and 0.02/√m with Adam (2e-3 for 100 atoms, 1e-3 for 400).</summary>
    public float? LearningRate { get; init; }

    /// <summary>Adam: rate of the thresholds θ as a multiple of the others'; above 0. Default 3.</summary>
    public float ThresholdRate { get; init; } = 3;

    /// <summary>Adam: rate at the end of the cosine, as a fraction of the first; from 0 to 1. Default 0.002.</summary>
    public float FinalRateFraction { get; init; } = 0.002f;

    /// <summary>SGD: t₀ of the rate η₀·t₀/(t + t₀), in steps, above 0. Default 2,000.</summary>
    public double DecayDelay { get; init; } = 2000;

    /// <summary>How many times the held-out error is measured, the last time at the end; from 1 to 10,000. Default 20.</summary>
    public int Evaluations { get; init; } = 20;

    /// <summary>When no held-out signals are given: how many to take from the source, 1 or more. Default 2,000.</summary>
    public int HeldOut { get; init; } = 2000;

    /// <summary>Seed of the order of the signals. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Threads, 1 or more; 0 (default) for one per core, of which a step takes as many as its batch is worth. The result is the
    /// same for every number.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Processes that share the coding of the signals and the rows of every batch, each with its own threads; gradients are summed and all
    /// take the same step. All must be given the same encoder, signals and options. The result is the same for every number; of more than
    /// the batch has runs of 64 rows, only so many share it. Default one.
    /// </summary>
    public ICollective Ranks { get; init; } = Collective.Alone;

    /// <summary>
    /// Rows of a batch whose gradient is worked out in one piece: few enough that many ranks can share a large batch, and not so few that
    /// adding them up is work, and as few as their memory asks.
    /// </summary>
    internal int LeafRows(TrainableEncoder encoder)
        => Math.Min(BatchSize, Math.Min(encoder.PassRows, Math.Max(RowBlocks.TrainingRows, BatchSize / MostLeaves)));

    /// <summary>The rate at the start for codes of m values.</summary>
    internal float InitialRate(int codeSize) => LearningRate ?? (Optimizer == OptimizerKind.Adam ? 0.02f / MathF.Sqrt(codeSize) : 1e-3f);

    /// <summary>What the rate of a window of parameters is multiplied by.</summary>
    internal float RateFactor(ParameterWindow window) => Optimizer == OptimizerKind.Adam && window.IsThreshold ? ThresholdRate : 1;

    /// <summary>Everything that decides the result, the same text in every culture: what a checkpoint must agree with.</summary>
    internal string Settings(int codeSize) => string.Create(
        CultureInfo.InvariantCulture,
        $"samples {Samples}, batch {BatchSize}, {Optimizer}, rate {InitialRate(codeSize)}, threshold rate {ThresholdRate}, final "
            + $"fraction {FinalRateFraction}, delay {DecayDelay}, evaluations {Evaluations}, held out {HeldOut}, seed {Seed}");

    internal TrainingOptions Validated()
    {
        Throw.IfBelow(Samples, 1L);
        Throw.IfOutside(BatchSize, 1, 65_536);
        ArgumentNullException.ThrowIfNull(Ranks);
        if (!Enum.IsDefined(Optimizer))
            Throw.OutOfRange(nameof(Optimizer), Optimizer, "Adam or Sgd");
        if (LearningRate is { } rate)
            Throw.IfNotPositive(rate, nameof(LearningRate));
        Throw.IfNotPositive(ThresholdRate);
        Throw.IfOutside(FinalRateFraction, 0f, 1f);
        Throw.IfNotPositive(DecayDelay);
        Throw.IfOutside(Evaluations, 1, 10_000);
        Throw.IfBelow(HeldOut, 1);
        Throw.IfOutside(Threads, 0, 1024);
        return this;
    }

    /// <summary>How a training of an encoder with codes of m values goes.</summary>
    internal LoopOptions Loop(int codeSize) => new()
    {
        Samples = Samples,
        BatchSize = BatchSize,
        RoundSamples = Samples,
        Evaluations = Evaluations,
        Threads = Threads,
        Ranks = Ranks,
        Decay = Decay,
        Rate = InitialRate(codeSize),
        Settings = Settings(codeSize),
    };

    /// <summary>The part of the first rate that step number <paramref name="step"/>, counted from 0, of <paramref name="steps"/>
    /// takes.</summary>
    internal float Decay(long step, long steps)
    {
        if (Optimizer == OptimizerKind.Sgd)
            return (float)(DecayDelay / (step + DecayDelay));
        double cosine = (1 + Math.Cos(Math.PI * step / steps)) / 2;
        return (float)(FinalRateFraction + (1 - FinalRateFraction) * cosine);
    }
}
