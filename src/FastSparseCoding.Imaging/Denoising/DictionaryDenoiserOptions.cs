using FastSparseCoding.Learning;

namespace FastSparseCoding.Imaging;

/// <summary>How a picture's own dictionary is learned and used against its noise. Change a copy with <c>with</c>. Immutable and safe to
/// share between threads.</summary>
public sealed record DictionaryDenoiserOptions
{
    /// <summary>The defaults.</summary>
    public static DictionaryDenoiserOptions Default { get; } = new();

    /// <summary>Side p of a patch in pixels, from 4 to 32. Default 8.</summary>
    public int PatchSize { get; init; } = 8;

    /// <summary>Cosines in each direction of the overcomplete DCT that learning begins with, from 2 to 64; there are m = frequencies²
    /// atoms. Default 16.</summary>
    public int Frequencies { get; init; } = 16;

    /// <summary>Patches to learn from, drawn from the picture, 0 or more; with 0 the overcomplete DCT stays as it is. Default
    /// 100,000.</summary>
    public long Samples { get; init; } = 100_000;

    /// <summary>Sparsity weight λ of the learning, above 0, in units of σ: what is learned from are patches whose noise has deviation 1.
    /// Default 2.5.</summary>
    public float Lambda { get; init; } = 2.5f;

    /// <summary>A patch takes atoms until its residual's norm is at most gain · p · σ, the gain above 0. Default 1.1.</summary>
    public float Gain { get; init; } = 1.1f;

    /// <summary>Weight of the noisy picture in the average is this · 255 / σ, 0 or more. Default 0.1.</summary>
    public float NoisyWeight { get; init; } = 0.1f;

    /// <summary>Patches between two updates of the atoms, from 1 to 1,048,576. Default 1024.</summary>
    public int BatchSize { get; init; } = 1024;

    /// <summary>How fast old statistics fade, from 0 to 1000; see <see cref="DictionaryLearningOptions.Forgetting"/>. Default 5.</summary>
    public double Forgetting { get; init; } = 5;

    /// <summary>Seed of the places where patches are drawn. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Threads, 1 or more; 0 (default) for one per core. The result is the same for every number.</summary>
    public int Threads { get; init; }

    internal DictionaryDenoiserOptions Validated()
    {
        Throw.IfOutside(PatchSize, 4, 32);
        Throw.IfOutside(Frequencies, 2, 64);
        Throw.IfBelow(Samples, 0L);
        Throw.IfNotPositive(Lambda);
        Throw.IfNotPositive(Gain);
        Throw.IfOutside(NoisyWeight, 0, float.MaxValue);
        Throw.IfOutside(BatchSize, 1, 1_048_576);
        Throw.IfOutside(Forgetting, 0, 1000);
        Throw.IfOutside(Threads, 0, 1024);
        return this;
    }

    /// <summary>The learning for noise of a deviation that is given in units of pixels 0 to 1.</summary>
    internal DictionaryLearningOptions Learning(float sigma) => new()
    {
        AtomCount = Frequencies * Frequencies,
        Penalty = Lambda * sigma,
        Samples = Samples,
        BatchSize = BatchSize,
        Forgetting = Forgetting,
        Seed = Seed,
        Threads = Threads,
    };
}
