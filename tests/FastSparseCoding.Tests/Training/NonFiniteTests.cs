using FastSparseCoding.Encoders;
using FastSparseCoding.Training;
using Xunit;
using static FastSparseCoding.Tests.Training.TrainingProblem;

namespace FastSparseCoding.Tests.Training;

public sealed class NonFiniteTests
{
    [Theory]
    [InlineData("lista")]
    [InlineData("lcod")]
    [InlineData("shrink")]
    public void A_step_without_a_finite_gradient_is_left_out_and_counted(string kind)
    {
        // Signals of 1e30 in the third step only: codes are finite, the gradient is not.
        TrainableEncoder encoder = Encoder(kind);
        TrainingOptions options = Options with { Samples = 960 };
        var spoilt = new ScaledSource(Source, i => i is >= 192 and < 288 ? 1e30f : 1);
        var checkpoints = new List<TrainingCheckpoint>();

        TrainingReport report = EncoderTrainer.Train(
            encoder, spoilt, new SmallCodes(), HeldOut, options, onCheckpoint: c
                => checkpoints.Add(c), cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(1, report.SkippedBatches);
        Assert.Equal([0, 0, 1, 1], checkpoints.Take(4).Select(c => c.SkippedBatches));
        Assert.Equal(checkpoints[1].Slabs[0].Parameters, checkpoints[2].Slabs[0].Parameters);
        Assert.Equal(checkpoints[1].Slabs[0].Moments, checkpoints[2].Slabs[0].Moments);
        Assert.NotEqual(checkpoints[2].Slabs[0].Parameters, checkpoints[3].Slabs[0].Parameters);
        Assert.True(double.IsFinite(report.BestError));
    }

    [Theory]
    [InlineData("lista")]
    [InlineData("lcod")]
    [InlineData("shrink")]
    public void A_rate_that_explodes_after_a_good_evaluation_keeps_the_best(string kind)
    {
        // A plain gradient step is proportional to the signals: harmless ones, then ones that make it huge.
        TrainableEncoder encoder = Encoder(kind);
        var spoilt = new ScaledSource(Source, i => i < 960 ? 1 : 1e9f);

        TrainingReport report = EncoderTrainer.Train(
            encoder, spoilt, new SmallCodes(), HeldOut, Options with { Optimizer = OptimizerKind.Sgd },
            cancellation: TestContext.Current.CancellationToken);

        Assert.InRange(report.BestAtSamples, 480, 960);
        Assert.All(encoder.Parameters.Values.ToArray(), v => Assert.True(float.IsFinite(v)));
    }

    [Theory]
    [InlineData("lista")]
    [InlineData("lcod")]
    public void A_huge_learning_rate_is_an_arithmetic_error_and_the_start_is_kept(string kind)
    {
        TrainableEncoder encoder = Encoder(kind);

        string message = Assert.Throws<ArithmeticException>(() => Train(encoder, Options with { LearningRate = 1e30f })).Message;

        Assert.Equal(
            "49 of 50 steps had no finite gradient and were left out, and nothing was learned; lower the learning rate (1E+30) or scale "
            + "the signals.", message);
        Assert.Equal(Encoder(kind).Parameters.Values.ToArray(), encoder.Parameters.Values.ToArray());
    }

    [Fact]
    public void When_no_step_is_finite_nothing_was_learned()
    {
        TrainableEncoder encoder = Encoder();
        var spoilt = new ScaledSource(Source, _ => 1e30f);

        string message = Assert.Throws<ArithmeticException>(
            () => EncoderTrainer.Train(
            encoder, spoilt, new SmallCodes(), HeldOut, Options, cancellation: TestContext.Current.CancellationToken)).Message;

        Assert.Equal(
            "50 of 50 steps had no finite gradient and were left out, and nothing was learned; lower the learning rate (0.005) or scale "
            + "the signals.", message);
        Assert.Equal(Encoder().Parameters.Values.ToArray(), encoder.Parameters.Values.ToArray());
    }

    /// <summary>Codes of moderate size for signals of any.</summary>
    private sealed class SmallCodes : ISparseEncoder
    {
        public int SignalSize => TrainingProblem.SignalSize;

        public int CodeSize => TrainingProblem.CodeSize;

        public void EncodeRows(ReadOnlyMatrixView x, MatrixView z, CancellationToken cancellation = default)
        {
            for (int i = 0; i < x.Rows; i++)
                for (int k = 0; k < CodeSize; k++)
                    z.Row(i)[k] = Math.Sign(x.Row(i)[k % SignalSize]);
        }
    }
}
