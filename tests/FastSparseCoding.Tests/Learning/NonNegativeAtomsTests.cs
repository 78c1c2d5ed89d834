using FastSparseCoding.Learning;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Learning;

/// <summary>Atoms without negative values; with codes without them a sparse non-negative factorisation.</summary>
public sealed class NonNegativeAtomsTests
{
    private static readonly PlantedSignals Planted =
        new(atoms: 24, size: 16, rows: 3000, nonZeros: 3, noise: 0.02, seed: 1, nonNegative: true);

    private static readonly DictionaryLearningOptions Options = new()
    {
        AtomCount = 24,
        Penalty = new Penalty(0.15f, nonNegative: true),
        NonNegativeAtoms = true,
        Samples = 24_000,
        BatchSize = 200,
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DictionaryMethod.Online, true)]
    [InlineData(DictionaryMethod.Online, false)]
    [InlineData(DictionaryMethod.Sgd, true)]
    [InlineData(DictionaryMethod.Sgd, false)]
    public void Atoms_are_never_negative_and_of_unit_norm(DictionaryMethod method, bool nonNegativeCodes)
    {
        // Signals of both signs, of which half the values of an atom would become negative; many atoms, of which some die.
        Matrix x = RandomData.Normal(1000, 6, seed: 3);
        var options = Options with
        {
            AtomCount = 40,
            Method = method,
            LearningRate = 3,
            Penalty = new Penalty(0.5f, nonNegative: nonNegativeCodes),
            DeadAtomUse = 0.2
        };
        var learner = new DictionaryLearner(x, options);
        AssertAllowed(learner);

        for (int batch = 0; batch < 100; batch++)
        {
            learner.PartialFit(new Matrix(100, 6, x.RowRange(batch % 10 * 100, 100).Values.ToArray()), Cancellation);
            AssertAllowed(learner);
        }

        Assert.True(learner.ReseededAtoms > 0);
        Assert.Contains(0f, learner.State.Atoms.Values.ToArray());
    }

    [Theory]
    [InlineData(DictionaryMethod.Online, 0.97)]
    [InlineData(DictionaryMethod.Sgd, 0.97)]
    public void A_planted_factorisation_is_recovered(DictionaryMethod method, double recovery)
    {
        DictionaryLearningOptions options = Options with { Method = method, LearningRate = 3 };
        double before = Planted.Recovery(new DictionaryLearner(Planted.X, options).Dictionary);

        double after = Planted.Recovery(DictionaryLearner.Learn(Planted.X, options, cancellation: Cancellation));

        Assert.True(after > recovery && before < 0.93,
            $"mean largest correlation with the planted atoms: {before} at first, {after} in the end");
    }

    [Theory]
    [InlineData(DictionaryMethod.Online)]
    [InlineData(DictionaryMethod.Sgd)]
    public void An_atom_of_which_nothing_would_be_left_stays_as_it_was(DictionaryMethod method)
    {
        // The only atom, e₁, and signals of −e₁ with codes of −1: without the sign it would turn round to −e₁ where its code were positive.
        var first = new Matrix(1, 2, [1, 0]);
        var options = new DictionaryLearningOptions
        {
            AtomCount = 1,
            Lambda = 0.1f,
            Method = method,
            NonNegativeAtoms = true,
            LearningRate = 1000
        };
        var learner = new DictionaryLearner(first, options);

        learner.PartialFit(new Matrix(3, 2, [-1, 0, -1, 0, -1, 0]), Cancellation);

        Assert.Equal([1f, 0], learner.State.Atoms.Values.ToArray());
    }

    [Fact]
    public void First_atoms_are_what_is_positive_of_the_signals()
    {
        // Of the second nothing is; the third gives the first's direction; the fourth a direction of its own.
        var x = new Matrix(4, 3, [3, -7, 4, -1, -1, 0, 6, -1, 8, 0, 2, -1]);
        DictionaryLearningOptions options = Options with { AtomCount = 2 };

        float[][] atoms = [.. Enumerable.Range(0, 2).Select(k => new DictionaryLearner(x, options).State.Atoms.Row(k).ToArray())];

        Assert.Contains([0.6f, 0, 0.8f], atoms);
        Assert.Contains([0f, 1, 0], atoms);
        Assert.StartsWith(
            "'signals' holds 2 directions; 3 atoms need at least 3 distinct, non-zero signals, of which only what is positive counts.",
            Assert.Throws<ArgumentException>(() => new DictionaryLearner(x, options with { AtomCount = 3 })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Codes_without_negative_values_make_two_atoms_of_a_signal_and_its_opposite()
    {
        var x = new Matrix(2, 2, [3, -4, -3, 4]);
        DictionaryLearningOptions options = Options with { AtomCount = 2, NonNegativeAtoms = false };

        Assert.Equal(2, new DictionaryLearner(x, options).Dictionary.AtomCount);
        Assert.Throws<ArgumentException>(() => new DictionaryLearner(x, options with { Penalty = 0.15f }));
    }

    [Fact]
    public void A_dead_atom_becomes_what_is_positive_of_the_worst_explained_signal_that_has_something()
    {
        var learner = new DictionaryLearner(new Matrix(2, 3, [1, 0, 0, 0, 1, 0]), Options with { AtomCount = 2, DeadAtomUse = 0.5 });
        int dead = learner.State.Atoms[0, 0] == 1 ? 0 : 1;
        var batch = new Matrix(20, 3);
        for (int i = 0; i < 20; i++)
            batch[i, 1] = 1;
        (batch[4, 0], batch[4, 1], batch[4, 2]) = (-30, -30, -30);      // the worst
        (batch[9, 0], batch[9, 1], batch[9, 2]) = (-9, 0, 2);

        for (int t = 0; t < 14; t++)
            learner.PartialFit(batch, Cancellation);

        Assert.Equal(1, learner.ReseededAtoms);
        Assert.Equal([0f, 0, 1], learner.State.Atoms.Row(dead).ToArray());
    }

    private static void AssertAllowed(DictionaryLearner learner)
    {
        Matrix atoms = learner.State.Atoms;
        Assert.All(atoms.Values.ToArray(), v => Assert.True(v >= 0));
        for (int k = 0; k < atoms.Rows; k++)
            Assert.Equal(1, Math.Sqrt(atoms.Row(k).ToArray().Sum(v => (double)v * v)), 1e-6);
    }
}
