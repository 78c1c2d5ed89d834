using FastSparseCoding.Encoders;
using FastSparseCoding.Learning;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Support;
using FastSparseCoding.Tests.Training;
using FastSparseCoding.Training;
using Xunit;

namespace FastSparseCoding.Tests.Storage;

public sealed class CheckpointFileTests : IDisposable
{
    private static readonly DictionaryLearningOptions Learning = new() { AtomCount = 8, Samples = 2000, BatchSize = 100, Lambda = 0.2f };

    private readonly TempFolder _folder = new();

    private string CheckpointPath => _folder.File("run.checkpoint");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(OptimizerKind.Adam)]
    [InlineData(OptimizerKind.Sgd)]
    public void A_training_that_goes_on_from_a_file_ends_with_the_same_bits(OptimizerKind optimizer)
    {
        TrainingOptions options = TrainingProblem.Options with { Optimizer = optimizer };
        TrainableEncoder straight = TrainingProblem.Encoder(), resumed = TrainingProblem.Encoder();
        int checkpoints = 0;
        TrainingProblem.Train(straight, options, onCheckpoint: c =>
        {
            if (++checkpoints == 4)
                CheckpointFile.Save(CheckpointPath, c);
        });

        TrainingReport report = TrainingProblem.Train(resumed, options, resume: CheckpointFile.LoadTraining(CheckpointPath));

        Assert.Equal(6, report.History.Count);
        Assert.Equal(straight.Parameters.Values.ToArray(), resumed.Parameters.Values.ToArray());
    }

    [Fact]
    public void A_state_is_stored_whole()
    {
        TrainingCheckpoint state = new()
        {
            Settings = "s",
            FusedMultiplyAdd = true,
            Samples = 300,
            Evaluations = 2,
            SkippedBatches = 1,
            TotalSamples = 1000,
            Setbacks = 1,
            LeftOut = 2,
            Loss = 3.25,
            LossSamples = 40,
            Start = new Score(1.5, double.PositiveInfinity),
            Best = new Score(0.25, 0.5),
            BestAtSamples = 200,
            Slabs = [new SlabState([1, 2], [3, 4], [[5, 6], [7, 8]]), new SlabState([9], [10], [[11], [12]])],
        };

        CheckpointFile.Save(CheckpointPath, state);
        TrainingCheckpoint loaded = CheckpointFile.LoadTraining(CheckpointPath);

        Assert.Equal(state with { Slabs = [] }, loaded with { Slabs = state.Slabs } with { Slabs = [] });
        Assert.Equal(state.Slabs.Count, loaded.Slabs.Count);
        foreach ((SlabState expected, SlabState actual) in state.Slabs.Zip(loaded.Slabs))
        {
            Assert.Equal(expected.Parameters, actual.Parameters);
            Assert.Equal(expected.Best, actual.Best);
            Assert.Equal(expected.Moments, actual.Moments);
        }
    }

    [Fact]
    public void A_state_of_an_earlier_version_is_refused()
    {
        var older = new ModelWriter(ModelFormat.CheckpointKind);
        older.Set("settings", "s");
        older.Set("samples", 96);
        older.Save(CheckpointPath);

        Refused("holds the state of a training by an earlier version, which this one cannot go on with; train anew, without the checkpoint.", () => CheckpointFile.LoadTraining(CheckpointPath));
    }

    [Fact]
    public void A_learning_that_goes_on_from_a_file_ends_with_the_same_bits()
    {
        var source = new MatrixSource(RandomData.Normal(500, 6, seed: 1), seed: 2);
        int checkpoints = 0;
        AtomDictionary straight = DictionaryLearner.Learn(source, Learning, onCheckpoint: s =>
        {
            if (++checkpoints == 1)
                CheckpointFile.Save(CheckpointPath, s);
        }, cancellation: TestContext.Current.CancellationToken);

        LearnerState state = CheckpointFile.LoadLearner(CheckpointPath);
        AtomDictionary resumed =
            DictionaryLearner.Learn(source, Learning, resume: state, cancellation: TestContext.Current.CancellationToken);

        Assert.InRange(state.Samples, 1, 1999);
        Assert.Equal(straight.Hash, resumed.Hash);
    }

    [Fact]
    public void A_file_with_a_state_that_cannot_be_is_refused_with_its_name()
    {
        LearnerState state = new DictionaryLearner(RandomData.Normal(50, 6, seed: 1), Learning).State;
        foreach ((LearnerState bad, string message) in new[]
        {
            (state with { A = NaN(state.A) }, "'state.A' holds NaN at row 0, column 0; every value must be finite."),
            (state with { Samples = 10, Batches = 11 }, "'state.Batches' is 11; it must be from 0 to 10."),
            (state with { Use = [.. state.Use[1..], float.NaN] },
                $"'state.Use' holds NaN at place {state.Use.Length - 1}; it must be from 0 to 1.001."),
        })
        {
            CheckpointFile.Save(CheckpointPath, bad);
            Assert.StartsWith($"{CheckpointPath}: its state cannot be used: {message}",
                Assert.Throws<InvalidDataException>(() => CheckpointFile.LoadLearner(CheckpointPath)).Message, StringComparison.Ordinal);
        }

        CheckpointFile.Save(CheckpointPath,
            new TrainingCheckpoint { Settings = "s", Samples = 96, Slabs = [new SlabState([1], [float.NaN], [[1], [1]])] });
        Assert.StartsWith($"{CheckpointPath}: its state cannot be used: 'resume.BestParameters' holds NaN at place 0; it must be finite.",
            Assert.Throws<InvalidDataException>(() => CheckpointFile.LoadTraining(CheckpointPath)).Message, StringComparison.Ordinal);

        static Matrix NaN(Matrix m)
        {
            Matrix spoilt = m.Clone();
            spoilt[0, 0] = float.NaN;
            return spoilt;
        }
    }

    [Fact]
    public void A_learning_does_not_go_on_from_beyond_its_end()
    {
        LearnerState state = new DictionaryLearner(RandomData.Normal(50, 6, seed: 1), Learning).State;
        var source = new MatrixSource(RandomData.Normal(500, 6, seed: 1), seed: 2);
        Refused("'resume.Samples' is 1000000; it must be from 0 to 2000.", state with { Samples = 1_000_000 });
        Refused("'resume.Batches' is 200; it must be from 0 to ", state with { Samples = 200, Batches = 200 });

        void Refused(string message, LearnerState bad)
            => Assert.StartsWith(message,
                Assert.ThrowsAny<ArgumentException>(
                () => DictionaryLearner.Learn(source, Learning, resume: bad, cancellation: TestContext.Current.CancellationToken)).Message,
                StringComparison.Ordinal);
    }

    [Fact]
    public void The_state_of_a_learning_is_stored_whole_and_states_of_before_there_were_masks_still_load()
    {
        LearnerState state = new DictionaryLearner(RandomData.Normal(50, 6, seed: 1), Learning).State
            with
        { Filled = [0, 0.5f, 0, 1, 0.25f, 0] };
        CheckpointFile.Save(CheckpointPath, state);
        Assert.Equal(state.Filled, CheckpointFile.LoadLearner(CheckpointPath).Filled);

        var older = new ModelWriter(ModelFormat.LearnerKind);
        older.Set("settings", state.Settings);
        foreach (string key in new[] { "samples", "batches", "reseeded_atoms" })
            older.Set(key, 3);
        older.Add("atoms", state.Atoms);
        older.Add("a", state.A);
        older.Add("b", state.B);
        older.Add<float>("use", state.Use);
        older.Save(CheckpointPath);
        LearnerState loaded = CheckpointFile.LoadLearner(CheckpointPath);

        Assert.Equal((3L, 0L), (loaded.Samples, loaded.Uncertified));
        Assert.Equal(new float[6], loaded.Filled);
        Assert.Equal(3, new DictionaryLearner(loaded, Learning).Samples);
    }

    [Fact]
    public void Checkpoints_of_the_other_kind_and_models_are_refused()
    {
        TrainingProblem.Train(TrainingProblem.Encoder(), TrainingProblem.Options, onCheckpoint: c
            => CheckpointFile.Save(CheckpointPath, c));
        Refused("holds a 'training-checkpoint'; expected ", () => CheckpointFile.LoadLearner(CheckpointPath));

        ModelFile.Save(CheckpointPath, TrainingProblem.Dictionary, 0.5f);
        Refused("holds a 'dictionary'; expected ", () => CheckpointFile.LoadTraining(CheckpointPath));
        Refused("holds a 'dictionary'; expected ", () => CheckpointFile.LoadLearner(CheckpointPath));
    }

    [Fact]
    public void Damaged_checkpoints_are_refused_and_nothing_else_happens()
    {
        TrainingProblem.Train(TrainingProblem.Encoder(), TrainingProblem.Options, onCheckpoint: c
            => CheckpointFile.Save(CheckpointPath, c));

        Assert.InRange(Mutation.Check(CheckpointPath, p => CheckpointFile.LoadTraining(p), 300), 290, 300);
    }

    private void Refused(string message, Action load)
        => Assert.StartsWith($"{CheckpointPath}: {message}", Assert.ThrowsAny<InvalidDataException>(load).Message,
            StringComparison.Ordinal);
}
