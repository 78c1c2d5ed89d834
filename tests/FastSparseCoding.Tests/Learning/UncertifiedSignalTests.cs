using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Solvers;
using FastSparseCoding.Tests.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Learning;

/// <summary>A dictionary is learned as if the signals without a certified code had not been there.</summary>
public sealed class UncertifiedSignalTests
{
    // At a weight of a millionth of the signals no float32 code of so many non-zeros can be certified; that of a signal below it is zero.
    private static readonly DictionaryLearningOptions Options = new() { AtomCount = 24, Lambda = 1e-6f, BatchSize = 100, Samples = 300 };

    private static readonly Matrix First = SmoothDictionaries.UnitSignals(100, 16, seed: 1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DictionaryMethod.Online)]
    [InlineData(DictionaryMethod.Sgd)]
    public void A_batch_of_them_changes_nothing_but_the_count(DictionaryMethod method)
    {
        var learner = new DictionaryLearner(First, Options with { Method = method });
        Matrix hard = Hard(learner, 50);
        LearnerState before = learner.State;

        learner.PartialFit(hard, Cancellation);

        LearnerState after = learner.State;
        Assert.Equal((50L, 50L, 0L, double.NaN, double.NaN),
            (after.Samples, learner.UncertifiedSignals, after.Batches, learner.LastObjective, learner.LastNonZeros));
        Assert.Equal(before.Atoms.Values.ToArray(), after.Atoms.Values.ToArray());
        Assert.Equal(before.Use, after.Use);
    }

    [Theory]
    [InlineData(DictionaryMethod.Online)]
    [InlineData(DictionaryMethod.Sgd)]
    public void Among_others_they_change_nothing_either(DictionaryMethod method)
    {
        DictionaryLearningOptions options = Options with { Method = method, Lambda = 0.3f };
        Matrix good = SmoothDictionaries.UnitSignals(40, 16, seed: 2), all = new(60, 16);
        DictionaryLearner without = new(First, options), with = new(First, options);
        for (int i = 0; i < 60; i++)
            (i % 3 == 2 ? First.Row(i) : good.Row(i / 3 * 2 + i % 3)).CopyTo(all.Row(i));
        for (int i = 2; i < 60; i += 3)
            foreach (ref float value in all.Row(i))
                value *= 1e18f;        // far beyond what float32 can certify at this weight

        without.PartialFit(good, Cancellation);
        with.PartialFit(all, Cancellation);

        Assert.Equal((0L, 20L), (without.UncertifiedSignals, with.UncertifiedSignals));
        Assert.Equal(without.Dictionary.Hash, with.Dictionary.Hash);
        Assert.Equal(without.LastObjective, with.LastObjective);
        Assert.Equal(without.State.Use, with.State.Use);
    }

    [Fact]
    public void The_count_is_part_of_the_state_and_its_file()
    {
        using var folder = new TempFolder();
        var learner = new DictionaryLearner(First, Options);
        learner.PartialFit(Hard(learner, 50), Cancellation);

        CheckpointFile.Save(folder.File("state"), learner.State);

        Assert.Equal(50, new DictionaryLearner(CheckpointFile.LoadLearner(folder.File("state")), Options).UncertifiedSignals);
    }

    [Fact]
    public void A_learning_with_nothing_to_learn_from_says_so()
    {
        Matrix hard = Hard(new DictionaryLearner(First, Options), 100);
        DictionaryLearningOptions once = Options with { Samples = 50, BatchSize = 50, AtomCount = 24 };
        LearnerState start = new DictionaryLearner(First, once).State;

        string message = Assert.Throws<ArithmeticException>(
            () => DictionaryLearner.Learn(new MatrixSource(hard, 1), once, resume: start, cancellation: Cancellation)).Message;

        Assert.Equal("none of the 50 signals has a certified code, and nothing was learned; take a larger sparsity weight or tolerance.",
            message);
    }

    [Fact]
    public void A_batch_that_was_cancelled_leaves_the_learner_as_it_was()
    {
        var learner = new DictionaryLearner(First, Options);
        string before = learner.Dictionary.Hash;

        Assert.ThrowsAny<OperationCanceledException>(() => learner.PartialFit(First, new CancellationToken(canceled: true)));

        Assert.Equal((0L, 0L, before), (learner.Samples, learner.UncertifiedSignals, learner.Dictionary.Hash));
    }

    /// <summary>Signals that the learner's dictionary, as it is, has no certified codes for.</summary>
    private static Matrix Hard(DictionaryLearner learner, int count)
    {
        Matrix x = SmoothDictionaries.UnitSignals(2000, 16, seed: 3);
        SolveReport report = new ActiveSetSolver(learner.Dictionary, Options.Lambda)
            .Solve(x, new Matrix(2000, 24), cancellation: Cancellation);
        int[] hard = [.. Enumerable.Range(0, 2000).Where(i => report.Status[i] != SolveStatus.Converged).Take(count)];
        Assert.Equal(count, hard.Length);
        return x.SelectRows(hard);
    }
}
