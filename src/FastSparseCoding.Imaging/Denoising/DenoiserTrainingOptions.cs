using System.Globalization;
using FastSparseCoding.Training;

namespace FastSparseCoding.Imaging;

/// <summary>How a denoiser is trained. Change a copy with <c>with</c>. Immutable and safe to share between threads.</summary>
public sealed record DenoiserTrainingOptions
{
    /// <summary>Decibels of held-out PSNR below the best at which a training goes back to the best, with half its rate.</summary>
    private const double Setback = 0.5;

    /// <summary>The defaults.</summary>
    public static DenoiserTrainingOptions Default { get; } = new();

    /// <summary>Patches to see, 1 or more; whole crops are taken. Default 100,000,000.</summary>
    public long Patches { get; init; } = 100_000_000;

    /// <summary>Least noise, σ in levels of 255: above 0. Every crop has noise of a deviation drawn between the two. Default 25.</summary>
    public float SigmaFrom { get; init; } = 25;

    /// <summary>Most noise, from <see cref="SigmaFrom"/> to 255. Default 25.</summary>
    public float SigmaTo { get; init; } = 25;

    /// <summary>Side of a crop in pixels, from that of a patch to 256. Default 32.</summary>
    public int CropSize { get; init; } = 32;

    /// <summary>Crops in a step, from 1 to 4,096. Default 8.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>
    /// Adam's rate at the start, above 0; it falls to nothing along a cosine. Null for 0.04/(T + 1)², at most 5e-3, and for patches of
    /// three channels two thirds of it: with T = 3 twice that is better for ten million patches and worse for forty; deeper trainings with
    /// more take steps too far, and lose what they had learned.
    /// </summary>
    public float? LearningRate { get; init; }

    /// <summary>How many times the PSNR of held-out crops is measured, the last time at the end; from 1 to 10,000. Default 20.</summary>
    public int Evaluations { get; init; } = 20;

    /// <summary>Held-out crops, 1 or more. Default 128.</summary>
    public int HeldOut { get; init; } = 128;

    /// <summary>Seed of crops and noise. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Threads, 1 or more; 0 (default) for one per core. The result is the same for every number.</summary>
    public int Threads { get; init; }

    /// <summary>Patches of p×p pixels in a crop.</summary>
    internal long PatchesOf(int patchSize) => (long)(CropSize - patchSize + 1) * (CropSize - patchSize + 1);

    /// <summary>Crops to see.</summary>
    internal long Crops(int patchSize) => (Patches + PatchesOf(patchSize) - 1) / PatchesOf(patchSize);

    /// <summary>The rate at the start for T layers after the first and C channels.</summary>
    internal float InitialRate(int depth, int channels)
        => LearningRate ?? Math.Min(5e-3f, 0.04f / ((depth + 1) * (depth + 1))) * (channels == 1 ? 1 : 2f / 3);

    internal DenoiserTrainingOptions Validated(int patchSize)
    {
        Throw.IfBelow(Patches, 1L);
        NoiseLevel.Check(SigmaFrom, nameof(SigmaFrom));
        NoiseLevel.Check(SigmaTo, nameof(SigmaTo));
        Throw.IfBelow(SigmaTo, SigmaFrom);
        Throw.IfOutside(CropSize, patchSize, 256);
        Throw.IfOutside(BatchSize, 1, 4096);
        if (LearningRate is { } rate)
            Throw.IfNotPositive(rate, nameof(LearningRate));
        Throw.IfOutside(Evaluations, 1, 10_000);
        Throw.IfBelow(HeldOut, 1);
        Throw.IfOutside(Threads, 0, 1024);
        return this;
    }

    /// <summary>How the loop goes.</summary>
    internal LoopOptions Loop(int patchSize, int depth, int channels) => new()
    {
        Samples = Crops(patchSize),
        BatchSize = BatchSize,
        RoundSamples = Crops(patchSize),
        Evaluations = Evaluations,
        Threads = Threads,
        ChunkSamples = 256,
        Setback = Setback,
        Decay = (step, steps) => (float)((1 + Math.Cos(Math.PI * step / steps)) / 2),
        Rate = InitialRate(depth, channels),
        Settings = string.Create(
            CultureInfo.InvariantCulture,
            $"patches {Patches}, σ {SigmaFrom} to {SigmaTo}, crops {CropSize}×{CropSize}, batch {BatchSize}, "
                + $"rate {InitialRate(depth, channels)}, evaluations {Evaluations}, held out {HeldOut}, seed {Seed}"),
    };
}

/// <summary>Where the training of a denoiser stands after a measurement. Immutable and safe to share between threads.</summary>
/// <param name="Patches">Patches seen.</param>
/// <param name="TotalPatches">Patches to see.</param>
/// <param name="HeldOutPsnr">Mean PSNR of the held-out crops, denoised, in dB.</param>
/// <param name="PatchesPerSecond">Patches per second since the start.</param>
/// <param name="Remaining">Estimated time to the end.</param>
public sealed record DenoiserProgress(long Patches, long TotalPatches, double HeldOutPsnr, double PatchesPerSecond, TimeSpan Remaining);

/// <summary>What the training of a denoiser did. Immutable and safe to share between threads.</summary>
/// <param name="History">Every measurement, in order.</param>
/// <param name="StartPsnr">Mean PSNR of the held-out crops before the training, in dB.</param>
/// <param name="BestPsnr">The best, which the denoiser has.</param>
/// <param name="BestAtPatches">Patches seen then.</param>
/// <param name="SkippedSteps">Steps without a finite gradient, which were left out.</param>
/// <param name="Setbacks">How many times it lost more than half a decibel and went back to the best, with half the rate.</param>
/// <param name="Elapsed">Time it took.</param>
public sealed record DenoiserReport(
    IReadOnlyList<DenoiserProgress> History, double StartPsnr, double BestPsnr, long BestAtPatches, int SkippedSteps, int Setbacks,
    TimeSpan Elapsed);
