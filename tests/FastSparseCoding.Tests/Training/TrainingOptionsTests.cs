using FastSparseCoding.Training;
using Xunit;
using static FastSparseCoding.Tests.Training.TrainingProblem;

namespace FastSparseCoding.Tests.Training;

public sealed class TrainingOptionsTests
{
    public static TheoryData<TrainingOptions, string> OutOfRange { get; } = new()
    {
        { Options with { Samples = 0 }, "'Samples' is 0; it must be 1 or more." },
        { Options with { BatchSize = 0 }, "'BatchSize' is 0; it must be from 1 to 65536." },
        { Options with { BatchSize = 65_537 }, "'BatchSize' is 65537; it must be from 1 to 65536." },
        { Options with { Optimizer = (OptimizerKind)2 }, "'Optimizer' is 2; it must be Adam or Sgd." },
        { Options with { LearningRate = 0 }, "'LearningRate' is 0; it must be a finite number above 0." },
        { Options with { LearningRate = float.NaN }, "'LearningRate' is NaN; it must be a finite number above 0." },
        { Options with { LearningRate = float.PositiveInfinity }, "'LearningRate' is Infinity; it must be a finite number above 0." },
        { Options with { ThresholdRate = 0 }, "'ThresholdRate' is 0; it must be a finite number above 0." },
        { Options with { ThresholdRate = float.NaN }, "'ThresholdRate' is NaN; it must be a finite number above 0." },
        { Options with { FinalRateFraction = -0.1f }, "'FinalRateFraction' is -0.1; it must be from 0 to 1." },
        { Options with { FinalRateFraction = 1.5f }, "'FinalRateFraction' is 1.5; it must be from 0 to 1." },
        { Options with { DecayDelay = 0 }, "'DecayDelay' is 0; it must be a finite number above 0." },
        { Options with { Evaluations = 0 }, "'Evaluations' is 0; it must be from 1 to 10000." },
        { Options with { Evaluations = 10_001 }, "'Evaluations' is 10001; it must be from 1 to 10000." },
        { Options with { HeldOut = 0 }, "'HeldOut' is 0; it must be 1 or more." },
        { Options with { Threads = -1 }, "'Threads' is -1; it must be from 0 to 1024." },
        { Options with { Threads = 1025 }, "'Threads' is 1025; it must be from 0 to 1024." },
    };

    [Theory]
    [MemberData(nameof(OutOfRange), DisableDiscoveryEnumeration = true)]
    public void A_value_out_of_range_is_refused(TrainingOptions options, string message)
        => Assert.StartsWith(message, Assert.Throws<ArgumentOutOfRangeException>(() => Train(Encoder(), options)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void The_limits_themselves_are_accepted()
    {
        TrainingOptions options =
            new()
            {
                Samples = 1,
                BatchSize = 65_536,
                FinalRateFraction = 1,
                DecayDelay = 1e-9,
                Evaluations = 10_000,
                HeldOut = 1,
                Threads = 1024,
                LearningRate = float.Epsilon
            };

        Assert.Same(options, options.Validated());
        Assert.Equal(0, (options with { FinalRateFraction = 0 }).Validated().FinalRateFraction);
    }

    [Fact]
    public void One_signal_is_one_step_and_one_evaluation()
    {
        TrainingReport report = Train(Encoder(), new TrainingOptions { Samples = 1 });

        Assert.Equal(1, Assert.Single(report.History).Samples);
    }
}
