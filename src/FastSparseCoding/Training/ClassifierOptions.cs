using System.Globalization;

namespace FastSparseCoding.Training;

/// <summary>How a classifier is trained, alone or with the encoder below it: mini-batches, Adam, rates that fall along a cosine. Change a
/// copy with <c>with</c>. Immutable and safe to share between threads.</summary>
public sealed record ClassifierOptions
{
    /// <summary>The defaults.</summary>
    public static ClassifierOptions Default { get; } = new();

    /// <summary>How often every sample is seen, from 1 to 10,000. Default 10.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Samples in a step, from 1 to 65,536. Default 128.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>The classifier's rate at the start, above 0. Default 0.003.</summary>
    public float LearningRate { get; init; } = 0.003f;

    /// <summary>End to end: the encoder's rate at the start, above 0; below the classifier's, because the encoder begins as a good
    /// predictor. Default 2e-4.</summary>
    public float EncoderLearningRate { get; init; } = 2e-4f;

    /// <summary>Rates at the end of the cosine, as a fraction of the first; from 0 to 1. Default 0.01.</summary>
    public float FinalRateFraction { get; init; } = 0.01f;

    /// <summary>½·WeightPenalty·‖W‖² is added to the mean loss (L2 on the classifier's weights, not its bias), 0 or more. Default
    /// 0.</summary>
    public float WeightPenalty { get; init; }

    /// <summary>Samples set aside, the last ones, to choose the best epoch by: a tenth of them, at most this; 1 or more. Default
    /// 5,000.</summary>
    public int HeldOut { get; init; } = 5000;

    /// <summary>Seed of the order of the samples. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Threads, 1 or more; 0 (default) for one per core, of which a step takes as many as its batch is worth. The result is the
    /// same for every number.</summary>
    public int Threads { get; init; }

    /// <summary>Of so many samples, those that are trained on.</summary>
    internal int TrainingRows(int samples) => samples - Math.Min(HeldOut, samples / 10);

    /// <summary>How a training on so many samples goes, held-out ones among them.</summary>
    internal LoopOptions Loop(int samples)
    {
        int rows = TrainingRows(samples);
        return new LoopOptions
        {
            Samples = (long)rows * Epochs,
            BatchSize = Math.Min(BatchSize, rows),
            RoundSamples = rows,
            Evaluations = Epochs,
            Threads = Threads,
            Decay = Decay,
            Rate = LearningRate,
            Settings = Settings,
        };
    }

    private string Settings => string.Create(
        CultureInfo.InvariantCulture,
        $"epochs {Epochs}, batch {BatchSize}, rate {LearningRate}, encoder rate {EncoderLearningRate}, final fraction {FinalRateFraction}, ")
        + string.Create(CultureInfo.InvariantCulture, $"weight penalty {WeightPenalty}, held out {HeldOut}, seed {Seed}");

    internal ClassifierOptions Validated()
    {
        Throw.IfOutside(Epochs, 1, 10_000);
        Throw.IfOutside(BatchSize, 1, 65_536);
        Throw.IfNotPositive(LearningRate);
        Throw.IfNotPositive(EncoderLearningRate);
        Throw.IfOutside(FinalRateFraction, 0f, 1f);
        Throw.IfOutside(WeightPenalty, 0f, float.MaxValue);
        Throw.IfBelow(HeldOut, 1);
        Throw.IfOutside(Threads, 0, 1024);
        return this;
    }

    /// <summary>The part of the first rate that step number <paramref name="step"/>, counted from 0, of <paramref name="steps"/>
    /// takes.</summary>
    internal float Decay(long step, long steps)
    {
        double cosine = (1 + Math.Cos(Math.PI * step / steps)) / 2;
        return (float)(FinalRateFraction + (1 - FinalRateFraction) * cosine);
    }
}
