using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using FastSparseCoding.Training;

namespace FastSparseCoding.Tests.Training;

/// <summary>A training small enough for a test and large enough to learn something.</summary>
internal static class TrainingProblem
{
    public const float Lambda = 0.3f;
    public const int SignalSize = 10, CodeSize = 20;

    /// <summary>50 steps, 10 evaluations; 96 rows make two workers' parts of every batch.</summary>
    public static TrainingOptions Options { get; } =
        new() { Samples = 4800, BatchSize = 96, Evaluations = 10, LearningRate = 5e-3f, Threads = 2 };

    public static AtomDictionary Dictionary { get; } = RandomData.Dictionary(CodeSize, SignalSize, seed: 1);

    public static LassoSolver Target { get; } = new ActiveSetSolver(Dictionary, Lambda);

    public static Matrix X { get; } = RandomData.Normal(1000, SignalSize, seed: 2);

    public static Matrix HeldOut { get; } = RandomData.Normal(200, SignalSize, seed: 3);

    public static Matrix HeldOutCodes { get; } = Target.Encode(HeldOut);

    public static ISignalSource Source => new MatrixSource(X, seed: 4);

    public static TrainableEncoder Encoder(string kind = "lista")
        => EncoderFactory.Create(
            kind, Dictionary, Lambda, kind is "lista" or "lista-layers" or "lista-coupled" or "slista" ? 2 : kind == "lcod" ? 4 : 0);

    public static TrainingReport Train(
        TrainableEncoder encoder, TrainingOptions options, ISignalSource? source = null, Action<TrainingCheckpoint>? onCheckpoint = null,
        TrainingCheckpoint? resume = null)
        => EncoderTrainer.Train(encoder, source ?? Source, Target, HeldOut, options, resume: resume, onCheckpoint: onCheckpoint);
}

/// <summary>Signals as another source gives them, some of them multiplied.</summary>
internal sealed class ScaledSource(ISignalSource source, Func<long, float> scale) : ISignalSource
{
    public int SignalSize => source.SignalSize;

    public void Read(long first, MatrixView x)
    {
        source.Read(first, x);
        for (int i = 0; i < x.Rows; i++)
            foreach (ref float value in x.Row(i))
                value *= scale(first + i);
    }
}

/// <summary>A progress that reports at once, on the reporting thread.</summary>
internal sealed class DirectProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
