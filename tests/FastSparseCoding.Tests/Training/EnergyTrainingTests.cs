using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Solvers;
using FastSparseCoding.Tests.Support;
using FastSparseCoding.Training;
using Xunit;
using static FastSparseCoding.Tests.Training.TrainingProblem;

namespace FastSparseCoding.Tests.Training;

/// <summary>Training for what codes cost, without exact ones.</summary>
public sealed class EnergyTrainingTests
{
    private static readonly TrainingOptions Few = Options with { Samples = 6400 };

    public static TheoryData<string, string> KindsAndMembers { get; } = new(
        from kind in (string[])["lista", "lista-layers", "lista-coupled", "slista", "lcod", "shrink"]
        from member in Problems.Members
        select (kind, member.Data));

    /// <summary>Untrained encoders are as many iterations of ISTA (or updates of CoD) as they have layers: what they start at is ISTA's
    /// energy at equal work.</summary>
    [Theory]
    [MemberData(nameof(KindsAndMembers))]
    public void The_energy_falls_below_that_of_the_iterations_of_equal_work(string kind, string member)
    {
        Penalty penalty = Problems.Penalty(member, Lambda, Dictionary.AtomCount);
        TrainableEncoder encoder = EncoderFactory.Create(kind, Dictionary, penalty, kind == "shrink" ? 0 : kind == "lcod" ? 4 : 2);
        double before = MeanEnergy(encoder);

        TrainingReport report = EncoderTrainer.TrainOnEnergy(
            encoder, Source, HeldOut, Few, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(before, report.StartError, 1e-9 * before);
        Assert.True(report.BestError < before, $"{before} before, {report.BestError} after");
        Assert.Equal(MeanEnergy(encoder), report.BestError, 1e-9 * before);
        double zero = LassoObjective.Energies(HeldOut, Dictionary, new Matrix(HeldOut.Rows, Dictionary.AtomCount), penalty).Average();
        Assert.Equal(report.BestError / zero, report.BestRelativeError, 1e-9);
        Assert.Equal((0, 0L, 0), (report.SkippedBatches, report.UncertifiedTargets, report.UncertifiedHeldOut));
    }

    [Fact]
    public void It_has_the_same_bits_for_every_number_of_threads_and_from_a_matrix_as_from_its_source()
    {
        Matrix x = RandomData.Normal(3000, Dictionary.SignalSize, seed: 5);
        float[][] trained =
        [
            .. ((int[])[1, 2, 3, 8]).Select(threads =>
            {
                TrainableEncoder encoder = EncoderFactory.Create("lista-coupled", Dictionary, Lambda, 2);
                EncoderTrainer.TrainOnEnergy(
                    encoder, x, Few with { Threads = threads }, cancellation: TestContext.Current.CancellationToken);
                return encoder.Parameters.Values.ToArray();
            }),
        ];

        Assert.All(trained, parameters => Assert.Equal(trained[0], parameters));
        TrainableEncoder other = EncoderFactory.Create("lista-coupled", Dictionary, Lambda, 2);
        int aside = 300;
        Matrix rest = new(2700, x.Columns, x.RowRange(0, 2700).Values.ToArray()),
            last = new(aside, x.Columns, x.RowRange(2700, aside).Values.ToArray());
        EncoderTrainer.TrainOnEnergy(
            other, new MatrixSource(rest, Few.Seed), last, Few, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(trained[0], other.Parameters.Values.ToArray());
    }

    [Fact]
    public void It_goes_on_from_a_checkpoint_to_the_same_bits_and_not_from_one_of_another_objective()
    {
        TrainableEncoder whole = Encoder("slista"), resumed = Encoder("slista");
        var checkpoints = new List<TrainingCheckpoint>();
        EncoderTrainer.TrainOnEnergy(
            whole, Source, HeldOut, Few, onCheckpoint: checkpoints.Add, cancellation: TestContext.Current.CancellationToken);
        TrainingCheckpoint middle = checkpoints[checkpoints.Count / 2];
        Assert.InRange(middle.Samples, 1, Few.Samples - 1);

        EncoderTrainer.TrainOnEnergy(resumed, Source, HeldOut, Few, resume: middle, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(whole.Parameters.Values.ToArray(), resumed.Parameters.Values.ToArray());
        ArgumentException refused = Assert.Throws<ArgumentException>(
            () => EncoderTrainer.Train(
                Encoder("slista"), Source, Target, HeldOut, Few, resume: middle, cancellation: TestContext.Current.CancellationToken));
        Assert.StartsWith("'resume' is of a training with ", refused.Message, StringComparison.Ordinal);
    }

    private static double MeanEnergy(TrainableEncoder encoder)
        => LassoObjective.Energies(HeldOut, Dictionary, encoder.Encode(HeldOut, 1, TestContext.Current.CancellationToken), encoder.Penalty)
            .Average();
}
