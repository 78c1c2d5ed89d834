using FastSparseCoding.Learning;
using FastSparseCoding.Tests.Support;
using FastSparseCoding.Tests.Training;
using Xunit;

namespace FastSparseCoding.Tests.Learning;

public sealed class DictionaryLearnerTests
{
    private static readonly PlantedSignals Planted = new(atoms: 24, size: 16, rows: 3000, nonZeros: 3, noise: 0.02, seed: 1);

    /// <summary>80 batches of 200.</summary>
    private static readonly DictionaryLearningOptions Options =
        new() { AtomCount = 24, Lambda = 0.15f, Samples = 16_000, BatchSize = 200, Threads = 2 };

    [Theory]
    [InlineData(DictionaryMethod.Online, 0.95)]
    [InlineData(DictionaryMethod.Sgd, 0.9)]
    public void The_objective_falls_and_a_planted_dictionary_is_recovered(DictionaryMethod method, double recovery)
    {
        var told = new List<LearningProgress>();
        DictionaryLearningOptions options = Options with { Method = method, LearningRate = 3 };
        double before = Planted.Recovery(new DictionaryLearner(Planted.X, options).Dictionary);

        AtomDictionary found = DictionaryLearner.Learn(
            Planted.X, options, new DirectProgress<LearningProgress>(told.Add), cancellation: TestContext.Current.CancellationToken);

        Assert.True(Planted.Recovery(found) > recovery && before < 0.8,
            $"mean largest correlation with the planted atoms: {before} at first, {Planted.Recovery(found)} in the end");
        Assert.True(told[^1].Objective < 0.8 * told[0].Objective,
            $"objective {told[0].Objective} at first, {told[^1].Objective} in the end");
        Assert.True(told[^1].MeanNonZeros < told[0].MeanNonZeros);
        Assert.Equal(80, told.Count);
        Assert.Equal(Enumerable.Range(1, 80).Select(i => 200L * i), told.Select(p => p.Samples));
        Assert.Equal((16_000, TimeSpan.Zero), (told[^1].TotalSamples, told[^1].Remaining));
    }

    [Theory]
    [InlineData(DictionaryMethod.Online)]
    [InlineData(DictionaryMethod.Sgd)]
    public void Atoms_are_of_unit_norm_after_every_batch(DictionaryMethod method)
    {
        var learner = new DictionaryLearner(Planted.X, Options with { Method = method });
        for (int batch = 0; batch < 5; batch++)
        {
            learner.PartialFit(Rows(200 * batch, 200), TestContext.Current.CancellationToken);
            for (int k = 0; k < 24; k++)
                Assert.Equal(1, Math.Sqrt(learner.State.Atoms.Row(k).ToArray().Sum(v => (double)v * v)), 1e-6);
        }
    }

    [Theory]
    [InlineData(DictionaryMethod.Online)]
    [InlineData(DictionaryMethod.Sgd)]
    public void Any_number_of_threads_gives_the_same_bits(DictionaryMethod method)
    {
        DictionaryLearningOptions options = Options with { Method = method, BatchSize = 600, Samples = 6000 };
        AtomDictionary[] found =
            [.. new[] { 1, 2, 3, 8 }.Select(threads => DictionaryLearner.Learn(Planted.X, options with { Threads = threads }))];

        Assert.All(found[1..], d => Assert.Equal(found[0].Atoms.Values.ToArray(), d.Atoms.Values.ToArray()));
    }

    [Theory]
    [InlineData(DictionaryMethod.Online)]
    [InlineData(DictionaryMethod.Sgd)]
    public void Going_on_from_a_state_ends_with_the_same_bits(DictionaryMethod method)
    {
        DictionaryLearningOptions options = Options with { Method = method };
        var source = new MatrixSource(Planted.X, seed: 9);
        var states = new List<LearnerState>();
        AtomDictionary straight =
            DictionaryLearner.Learn(source, options, onCheckpoint: states.Add, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(1, 20).Select(i => 800L * i), states.Select(s => s.Samples));

        foreach (LearnerState state in new[] { states[0], states[11], states[19] })
            Assert.Equal(straight.Hash,
                DictionaryLearner.Learn(
                source, options with { Threads = 1 }, resume: state, cancellation: TestContext.Current.CancellationToken).Hash);
    }

    [Fact]
    public void PartialFit_on_the_same_batches_is_Learn()
    {
        var source = new MatrixSource(Planted.X, Options.Seed);
        var learner = new DictionaryLearner(Read(source, 0, 1000), Options);
        for (int first = 0; first < 1100; first += 200)
            learner.PartialFit(Read(source, first, Math.Min(200, 1100 - first)), TestContext.Current.CancellationToken);

        AtomDictionary learned =
            DictionaryLearner.Learn(Planted.X, Options with { Samples = 1100 }, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(learned.Hash, learner.Dictionary.Hash);
        Assert.Equal(1100, learner.Samples);
    }

    [Fact]
    public void A_state_is_a_copy()
    {
        var learner = new DictionaryLearner(Planted.X, Options);
        LearnerState state = learner.State;
        float first = state.Atoms[0, 0];

        learner.PartialFit(Rows(0, 200), TestContext.Current.CancellationToken);

        Assert.Equal((first, 0L, 0L, 0f), (state.Atoms[0, 0], state.Samples, state.Batches, state.A[0, 0]));
        Assert.Equal((200L, 1L), (learner.State.Samples, learner.State.Batches));
    }

    [Fact]
    public void Cancelling_throws()
    {
        using var stop = new CancellationTokenSource();
        var progress = new DirectProgress<LearningProgress>(p =>
        {
            Assert.True(p.Samples <= 600);
            if (p.Samples == 600)
                stop.Cancel();
        });

        Assert.ThrowsAny<OperationCanceledException>(() => DictionaryLearner.Learn(Planted.X, Options, progress, cancellation: stop.Token));
    }

    [Fact]
    public void Too_few_distinct_signals_are_refused()
    {
        // Five directions, each with its opposite and a multiple, and zeros.
        var x = new Matrix(40, 16);
        for (int i = 0; i < 35; i++)
            for (int j = 0; j < 16; j++)
                x[i, j] = (i % 2 == 0 ? 1 : -2) * Planted.X[i % 5, j];
        const string message = "'signals' holds 5 directions; 6 atoms need at least 6 distinct, non-zero signals.";

        Refused(message, () => _ = new DictionaryLearner(x, Options with { AtomCount = 6 }));
        Refused(message, () => DictionaryLearner.Learn(x, Options with { AtomCount = 6 }));
        Assert.Equal(5, new DictionaryLearner(x, Options with { AtomCount = 5 }).Dictionary.AtomCount);
    }

    [Fact]
    public void Signals_and_sparsity_weight_of_another_scale_give_the_same_atoms()
    {
        Matrix x = RandomData.Normal(400, 8, seed: 11), small = new(400, 8);
        System.Numerics.Tensors.TensorPrimitives.Multiply(x.Values, 1f / (1 << 20), small.Values);
        var options = new DictionaryLearningOptions { AtomCount = 12, Samples = 2000, BatchSize = 100, Lambda = 0.5f };

        AtomDictionary large = DictionaryLearner.Learn(x, options, cancellation: TestContext.Current.CancellationToken);
        AtomDictionary tiny = DictionaryLearner.Learn(
            small, options with { Lambda = 0.5f / (1 << 20) }, cancellation: TestContext.Current.CancellationToken);

        for (int i = 0; i < large.Atoms.Values.Length; i++)
            Assert.Equal(large.Atoms.Values[i], tiny.Atoms.Values[i], 1e-4f);
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        Matrix spoilt = Planted.X.Clone();
        spoilt[7, 3] = float.NegativeInfinity;
        var learner = new DictionaryLearner(Planted.X, Options);
        LearnerState state = learner.State;

        Refused("'signals' holds -Infinity at row 7, column 3; every value must be finite.",
            () => _ = new DictionaryLearner(spoilt, Options));
        Refused("'x' holds -Infinity at row 7, column 3; every value must be finite.", () => DictionaryLearner.Learn(spoilt, Options));
        Refused("'batch' holds -Infinity at row 7, column 3; every value must be finite.", () => learner.PartialFit(spoilt));
        Refused("'batch' has 17 columns; it must have 16.", () => learner.PartialFit(new Matrix(2, 17)));
        Refused("'batch.Rows' is 0; it must be 1 or more.", () => learner.PartialFit(new Matrix(0, 16)));
        Refused("'state.A' is [2×3]; it must be [24×24].", () => _ = new DictionaryLearner(state with { A = new Matrix(2, 3) }, Options));
        Refused("'state.B' is [24×15]; it must be [24×16].",
            () => _ = new DictionaryLearner(state with { B = new Matrix(24, 15) }, Options));
        Refused("'state.Use' has 1 values; it must have 24.", () => _ = new DictionaryLearner(state with { Use = [1] }, Options));
        Refused("'state.Samples' is -1; it must be 0 or more.", () => _ = new DictionaryLearner(state with { Samples = -1 }, Options));
        Refused("'state.Batches' is 9223372036854775807; it must be from 0 to ",
            () => _ = new DictionaryLearner(state with { Batches = long.MaxValue }, Options));
        Refused("'state.Uncertified' is 9223372036854775807; it must be from 0 to ",
            () => _ = new DictionaryLearner(state with { Uncertified = long.MaxValue }, Options));
        Refused("'state.A' holds NaN at row 2, column 3; every value must be finite.",
            () => _ = new DictionaryLearner(state with { A = With(state.A, float.NaN) }, Options));
        Refused("'state.B' holds Infinity at row 2, column 3; every value must be finite.",
            () => _ = new DictionaryLearner(state with { B = With(state.B, float.PositiveInfinity) }, Options));
        Refused("'state.Atoms' holds NaN at row 2, column 3; every value must be finite.",
            () => _ = new DictionaryLearner(state with { Atoms = With(state.Atoms, float.NaN) }, Options));
        Refused("'state.A's diagonal' is -1; it must be 0 or more.",
            () => _ = new DictionaryLearner(state with { A = With(state.A, -1, 3) }, Options));
        Refused("'state.Use' holds 2 at place 23; it must be from 0 to 1.001.",
            () => _ = new DictionaryLearner(state with { Use = [.. state.Use[..^1], 2] }, Options));
        Refused("'state.Filled' has 2 values; it must have 16.", () => _ = new DictionaryLearner(state with { Filled = [0, 1] }, Options));
        Refused(
            "'state' is of a learning with lambda 0.15; it must be of one with lambda 0.2.",
            () => _ = new DictionaryLearner(state, Options with { Lambda = 0.2f }));
        Assert.Equal(0, learner.Samples);

        static Matrix With(Matrix m, float value, int row = 2)
        {
            Matrix spoilt = m.Clone();
            spoilt[row, 3] = value;
            return spoilt;
        }
    }

    /// <summary>Stopped in its first twentieth, and within a batch, a learning leaves what it had after the batch before.</summary>
    [Fact]
    public void A_learning_that_is_stopped_leaves_a_checkpoint_at_once()
    {
        var source = new MatrixSource(Planted.X, seed: 1);
        DictionaryLearningOptions options = Options with { Samples = 40_000, BatchSize = 500 };
        using var stop = new CancellationTokenSource();
        LearnerState? left = null;
        var progress = new DirectProgress<LearningProgress>(p =>
        {
            if (p.Samples == 1000)
                stop.Cancel();
        });

        Assert.Throws<OperationCanceledException>(() => DictionaryLearner.Learn(
            source, options, progress, onCheckpoint: state => left = state, cancellation: stop.Token));

        Assert.Equal(1000, left!.Samples);
        string straight = DictionaryLearner.Learn(source, options, cancellation: TestContext.Current.CancellationToken).Hash;
        Assert.Equal(straight, DictionaryLearner.Learn(source, options, resume: left, cancellation: TestContext.Current.CancellationToken)
            .Hash);
    }

    private static void Refused(string message, Action action)
        => Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);

    private static Matrix Rows(int start, int count) => new(count, 16, Planted.X.RowRange(start, count).Values.ToArray());

    private static Matrix Read(MatrixSource source, long first, int count)
    {
        var x = new Matrix(count, source.SignalSize);
        source.Read(first, x);
        return x;
    }
}
