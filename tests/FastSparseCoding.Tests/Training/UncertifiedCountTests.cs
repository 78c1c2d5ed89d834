using FastSparseCoding.Encoders;
using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Solvers;
using FastSparseCoding.Training;
using Xunit;

namespace FastSparseCoding.Tests.Training;

/// <summary>A training and a learning tell how many of their signals had no certified code, every time that a signal was seen.</summary>
public sealed class UncertifiedCountTests
{
    private static readonly AtomDictionary Atoms = SmoothDictionaries.Exponentials(60, 32);

    [Fact]
    public void A_training_counts_the_targets_left_out()
    {
        TrainingOptions options = TrainingProblem.Options with { Samples = 1500 };
        var target = new FistaSolver(Atoms, 0.1f, new SolverOptions { MaxIterations = 30 });
        var source = new MatrixSource(SmoothDictionaries.UnitSignals(1000, 32, seed: 1), seed: 4);
        long expected = target.Solve(Read(source, 0, 1500), new Matrix(1500, 60), cancellation: TestContext.Current.CancellationToken)
            .Unconverged;
        Assert.InRange(expected, 1000, 1400);

        Assert.Equal(expected, Train(source, target, options).UncertifiedTargets);
        Assert.Equal(expected, Train(source, target, options with { Threads = 1 }).UncertifiedTargets);
    }

    [Fact]
    public void A_training_whose_targets_are_all_certified_leaves_none_out()
    {
        TrainingReport report = TrainingProblem.Train(TrainingProblem.Encoder(), TrainingProblem.Options);

        Assert.Equal(0, report.UncertifiedTargets);
    }

    [Fact]
    public void A_learning_counts_the_signals_without_a_certified_code()
    {
        // At a weight of a millionth of the signals no float32 code of so many non-zeros can be certified.
        var options = new DictionaryLearningOptions { AtomCount = 24, Lambda = 1e-6f, Samples = 600, BatchSize = 200 };
        var source = new MatrixSource(SmoothDictionaries.UnitSignals(1000, 16, seed: 1), options.Seed);
        var learner = new DictionaryLearner(Read(source, 0, 1000), options);
        long expected = 0;
        for (int batch = 0; batch < 3; batch++)
        {
            Matrix x = Read(source, 200 * batch, 200);
            expected += new ActiveSetSolver(learner.Dictionary, options.Lambda)
                .Solve(x, new Matrix(200, 24), cancellation: TestContext.Current.CancellationToken).Unconverged;
            learner.PartialFit(x, TestContext.Current.CancellationToken);
            Assert.Equal(expected, learner.UncertifiedSignals);
        }
        Assert.InRange(expected, 100, 600);

        var told = new List<LearningProgress>();
        DictionaryLearner.Learn(
            source, options, new DirectProgress<LearningProgress>(told.Add), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(expected, told[^1].Uncertified);
    }

    [Fact]
    public void A_learning_whose_codes_are_all_certified_counts_none()
    {
        var options = new DictionaryLearningOptions { AtomCount = 24, Lambda = 0.3f, Samples = 600, BatchSize = 200 };
        var told = new List<LearningProgress>();

        DictionaryLearner.Learn(
            SmoothDictionaries.UnitSignals(1000, 16, seed: 1), options, new DirectProgress<LearningProgress>(told.Add),
            cancellation: TestContext.Current.CancellationToken);

        Assert.Equal([0, 0, 0], told.Select(p => p.Uncertified));
    }

    private static TrainingReport Train(MatrixSource source, FistaSolver target, TrainingOptions options)
        => EncoderTrainer.Train(
            EncoderFactory.Create("lista", Atoms, target.Lambda, 2), source, target, SmoothDictionaries.UnitSignals(50, 32, seed: 2),
            options, cancellation: TestContext.Current.CancellationToken);

    private static Matrix Read(MatrixSource source, long first, int count)
    {
        var x = new Matrix(count, source.SignalSize);
        source.Read(first, x);
        return x;
    }
}
