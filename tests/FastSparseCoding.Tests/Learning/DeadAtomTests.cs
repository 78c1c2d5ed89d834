using FastSparseCoding.Learning;
using Xunit;

namespace FastSparseCoding.Tests.Learning;

public sealed class DeadAtomTests
{
    private static readonly DictionaryLearningOptions Options = new() { AtomCount = 4, Lambda = 0.1f, DeadAtomUse = 0.2, Forgetting = 0 };

    [Theory]
    [InlineData(DictionaryMethod.Online)]
    [InlineData(DictionaryMethod.Sgd)]
    public void An_atom_that_no_signal_uses_becomes_the_worst_explained_signal(DictionaryMethod method)
    {
        // One atom on each of four axes. Of later signals a third lies on each of the first three, so the fourth's use fades as 0.95^t,
        // which falls below 0.2 with batch 32.
        var learner = new DictionaryLearner(Axes(0, 1, 2, 3), Options with { Method = method });
        int dead = AtomAlong(learner, 3);
        Matrix batch = Axes([.. Enumerable.Range(0, 30).Select(i => i % 3)]);
        for (int t = 1; t <= 31; t++)
            learner.PartialFit(batch, TestContext.Current.CancellationToken);
        Assert.Equal(0, learner.ReseededAtoms);

        // The worst explained of the 32nd: along no atom.
        Matrix last = batch.Clone();
        (last[17, 2], last[17, 4], last[17, 5]) = (0, 3, -4);
        learner.PartialFit(last, TestContext.Current.CancellationToken);

        Assert.Equal(1, learner.ReseededAtoms);
        Assert.Equal([0, 0, 0, 0, 0.6f, -0.8f], learner.State.Atoms.Row(dead).ToArray());
        Assert.Equal(1f, learner.State.Use[dead]);
        Assert.All(Enumerable.Range(0, 4), k => Assert.Equal((0f, 0f), (learner.State.A[dead, k], learner.State.A[k, dead])));
        Assert.All(learner.State.B.Row(dead).ToArray(), v => Assert.Equal(0f, v));
        if (method == DictionaryMethod.Online)
            Assert.All(Enumerable.Range(0, 4).Where(k => k != dead), k => Assert.True(learner.State.A[k, k] > 0));
    }

    [Fact]
    public void The_new_atom_is_used_by_the_next_batch()
    {
        var learner = new DictionaryLearner(Axes(0, 1, 2, 3), Options);
        Matrix batch = Axes([.. Enumerable.Range(0, 30).Select(i => new[] { 0, 1, 4 }[i % 3])]);

        for (int t = 0; t < 40; t++)
            learner.PartialFit(batch, TestContext.Current.CancellationToken);

        // Axes 2 and 3 died together; one of them took the signal along axis 4, and every signal is explained.
        Assert.True(learner.ReseededAtoms >= 1);
        Assert.True(AtomAlong(learner, 4) >= 0);
        Assert.Equal(0.1 - 0.5 * 0.01, learner.LastObjective, 1e-6);
    }

    [Fact]
    public void Used_atoms_are_left_alone()
    {
        var learner = new DictionaryLearner(Axes(0, 1, 2, 3), Options);

        for (int t = 0; t < 60; t++)
            learner.PartialFit(Axes([.. Enumerable.Range(0, 32).Select(i => i % 4)]), TestContext.Current.CancellationToken);

        Assert.Equal(0, learner.ReseededAtoms);
        Assert.All(learner.State.Use, u => Assert.InRange(u, 0.25f, 0.32f));
    }

    [Fact]
    public void Zero_signals_give_no_atoms()
    {
        var learner = new DictionaryLearner(Axes(0, 1, 2, 3), Options);
        float[] before = learner.State.Atoms.Values.ToArray();

        for (int t = 0; t < 40; t++)
            learner.PartialFit(new Matrix(10, 6), TestContext.Current.CancellationToken);

        Assert.Equal(0, learner.ReseededAtoms);
        Assert.Equal(before, learner.State.Atoms.Values.ToArray());
        Assert.Equal((0.0, 0.0), (learner.LastObjective, learner.LastNonZeros));
    }

    /// <summary>Unit signals in six dimensions, along the axes given.</summary>
    private static Matrix Axes(params int[] axes)
    {
        var x = new Matrix(axes.Length, 6);
        for (int i = 0; i < axes.Length; i++)
            x[i, axes[i]] = 1;
        return x;
    }

    private static int AtomAlong(DictionaryLearner learner, int axis)
        => Enumerable.Range(0, 4).FirstOrDefault(k => Math.Abs(learner.State.Atoms[k, axis]) > 0.99f, -1);
}
