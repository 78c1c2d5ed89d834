using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Training;
using FastSparseCoding.Training;
using Xunit;
using static FastSparseCoding.Tests.Training.TrainingProblem;

namespace FastSparseCoding.Tests.Ranks;

/// <summary>Trainings that several ranks share end with the bits of one process.</summary>
public sealed class SharedTrainingTests
{
    /// <summary>Four leaves of 64 rows and a bit in most batches, fewer in the last.</summary>
    private static readonly TrainingOptions Large = Options with { Samples = 2000, BatchSize = 280, Evaluations = 3, Threads = 1 };

    [Theory]
    [InlineData("lista", 1)]
    [InlineData("lista", 2)]
    [InlineData("lista", 3)]
    [InlineData("lista", 4)]
    [InlineData("lista", 8)]
    [InlineData("lista", 11)]
    [InlineData("lista-layers", 4)]
    [InlineData("lista-coupled", 4)]
    [InlineData("lcod", 4)]
    [InlineData("tanh", 4)]
    [InlineData("slista", 2)]
    public void Any_number_of_ranks_gives_the_bits_of_none(string kind, int size)
    {
        (float[] alone, string report) = Trained(kind, Large);

        foreach ((float[] shared, string told) in ThreadRanks.Run(size, ranks => Trained(kind, Large with { Ranks = ranks })))
        {
            Assert.Equal(Bits(alone), Bits(shared));
            Assert.Equal(report, told);
        }
    }

    [Fact]
    public void A_training_without_codes_is_shared_too()
    {
        static float[] Run(TrainingOptions options)
        {
            TrainableEncoder encoder = Encoder();
            EncoderTrainer.TrainOnEnergy(encoder, Source, HeldOut, options, cancellation: TestContext.Current.CancellationToken);
            return encoder.Parameters.Values.ToArray();
        }

        float[] alone = Run(Large);

        Assert.All(ThreadRanks.Run(4, ranks => Run(Large with { Ranks = ranks })), shared => Assert.Equal(Bits(alone), Bits(shared)));
    }

    /// <summary>Which rows are left out is known to all before leaves are cut.</summary>
    [Fact]
    public void Signals_without_a_certified_code_are_left_out_by_all()
    {
        static float[] Run(TrainingOptions options)
        {
            TrainableEncoder encoder = Encoder();
            var target = new FistaSolver(Dictionary, Lambda, new SolverOptions { MaxIterations = 200 });
            TrainingReport report = EncoderTrainer.Train(encoder, Source, target, HeldOut, options,
                cancellation: TestContext.Current.CancellationToken);
            Assert.InRange(report.UncertifiedTargets, 10, 1900);
            return encoder.Parameters.Values.ToArray();
        }

        float[] alone = Run(Large);

        Assert.All(ThreadRanks.Run(3, ranks => Run(Large with { Ranks = ranks })), shared => Assert.Equal(Bits(alone), Bits(shared)));
    }

    [Fact]
    public void A_checkpoint_goes_on_with_another_number_of_ranks()
    {
        var checkpoints = new List<TrainingCheckpoint>();
        (float[] straight, _) = Trained("lista", Large);
        ThreadRanks.Run(4, ranks => Trained("lista", Large with { Ranks = ranks }, ranks.Rank == 0 ? checkpoints.Add : null));

        float[][] resumed = ThreadRanks.Run(2, ranks => Trained("lista", Large with { Ranks = ranks }, resume: checkpoints[0]).Parameters);

        Assert.Equal(3, checkpoints.Count);
        Assert.All(resumed, shared => Assert.Equal(Bits(straight), Bits(shared)));
    }

    [Fact]
    public void What_one_rank_fails_of_ends_all()
    {
        (float[]? Result, Exception? Failure)[] ended = ThreadRanks.Try(4, ranks =>
        {
            ISignalSource source = ranks.Rank == 2 ? new FailingSource(Source, at: 500) : Source;
            TrainableEncoder encoder = Encoder();
            Train(encoder, Large with { Ranks = ranks }, source);
            return encoder.Parameters.Values.ToArray();
        });

        Assert.Equal("the disk is gone", Assert.IsType<InvalidDataException>(ended[2].Failure).Message);
        Assert.All([ended[0], ended[1], ended[3]],
            rank => Assert.Equal("rank 2 stopped: the disk is gone", Assert.IsType<IOException>(rank.Failure).Message));
    }

    [Fact]
    public void A_rank_that_is_cancelled_stops_all_at_the_same_step_and_the_rest_can_be_done_later()
    {
        (float[] straight, _) = Trained("lista", Large);
        using var stop = new CancellationTokenSource();
        TrainingCheckpoint? kept = null;
        (bool Result, Exception? Failure)[] ended = ThreadRanks.Try(3, ranks =>
        {
            // Rank 2 alone is told to stop, some way in.
            EncoderTrainer.Train(
                Encoder(), Source, Target, HeldOut, Large with { Ranks = ranks },
                new DirectProgress<TrainingProgress>(_ => stop.Cancel()), onCheckpoint: ranks.Rank == 0 ? c => kept = c : null,
                cancellation: ranks.Rank == 2 ? stop.Token : CancellationToken.None);
            return true;
        });
        Assert.All(ended, rank => Assert.IsAssignableFrom<OperationCanceledException>(rank.Failure));

        (float[] resumed, _) = Trained("lista", Large, resume: kept);

        Assert.InRange(kept!.Samples, 1, 1999);
        Assert.Equal(Bits(straight), Bits(resumed));
    }

    [Fact]
    public void Ranks_that_are_not_at_the_same_work_are_refused()
    {
        (float[]? Result, Exception? Failure)[] ended = ThreadRanks.Try(
            2, ranks => Trained("lista", Large with { Ranks = ranks, BatchSize = 280 + ranks.Rank }).Parameters);

        Assert.All(ended, rank => Assert.Contains(
            "rank 1 has the training 'lista [20×10], depth 2,", Assert.IsType<IOException>(rank.Failure).Message, StringComparison.Ordinal));
    }

    private static (float[] Parameters, string Report) Trained(
        string kind, TrainingOptions options, Action<TrainingCheckpoint>? onCheckpoint = null, TrainingCheckpoint? resume = null)
    {
        TrainableEncoder encoder = Encoder(kind);
        TrainingReport report = Train(encoder, options, onCheckpoint: onCheckpoint, resume: resume);
        return (encoder.Parameters.Values.ToArray(), string.Join(
            ' ', report.History.Select(p => (p.Samples, p.TrainingError, p.HeldOutError))
                .Append((0, report.StartError, report.BestError))));
    }

    private static int[] Bits(float[] values) => Array.ConvertAll(values, BitConverter.SingleToInt32Bits);

    private sealed class FailingSource(ISignalSource source, long at) : ISignalSource
    {
        public int SignalSize => source.SignalSize;

        public void Read(long first, MatrixView x)
        {
            if (first + x.Rows > at)
                throw new InvalidDataException("the disk is gone");
            source.Read(first, x);
        }
    }
}
