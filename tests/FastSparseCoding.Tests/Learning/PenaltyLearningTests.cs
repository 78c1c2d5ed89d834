using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Learning;

/// <summary>Learning under other penalties than λ‖z‖₁, and from a dictionary.</summary>
public sealed class PenaltyLearningTests
{
    private static readonly PlantedSignals Planted = new(atoms: 24, size: 16, rows: 3000, nonZeros: 3, noise: 0.02, seed: 1);

    private static readonly DictionaryLearningOptions Options = new() { AtomCount = 24, Lambda = 0.15f, Samples = 4000, BatchSize = 200 };

    private static readonly Penalty Everything =
        new(0.15f, [.. Enumerable.Range(0, 24).Select(k => 0.5f + k % 4 * 0.25f)], ridge: 0.1f, nonNegative: true);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<DictionaryMethod> Methods { get; } = new(DictionaryMethod.Online, DictionaryMethod.Sgd);

    [Theory]
    [MemberData(nameof(Methods))]
    public void Weights_of_one_without_a_ridge_give_the_bits_of_the_lasso(DictionaryMethod method)
    {
        DictionaryLearningOptions options = Options with { Method = method };
        float[] ones = new float[24];
        Array.Fill(ones, 1f);

        AtomDictionary lasso = DictionaryLearner.Learn(Planted.X, options, cancellation: Cancellation);

        Assert.Equal(lasso.Hash,
            DictionaryLearner.Learn(Planted.X, options with { Penalty = new Penalty(0.15f, ones, ridge: 0) }, cancellation: Cancellation)
            .Hash);
        Assert.NotEqual(lasso.Hash,
            DictionaryLearner.Learn(Planted.X, options with { Penalty = Everything }, cancellation: Cancellation).Hash);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void The_objective_falls_under_every_part_of_a_penalty(DictionaryMethod method)
    {
        Penalty[] penalties = [new(0.15f, Everything.Weights), new(0.15f, ridge: 0.5f), new(0.15f, nonNegative: true), Everything];
        foreach (Penalty penalty in penalties)
        {
            DictionaryLearningOptions options = Options with { Method = method, LearningRate = 3, Penalty = penalty };
            double before = Objective(new DictionaryLearner(Planted.X, options).Dictionary, penalty);

            double after = Objective(DictionaryLearner.Learn(Planted.X, options, cancellation: Cancellation), penalty);

            Assert.True(after < 0.9 * before, $"{penalty}: {before} at first, {after} in the end");
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Going_on_from_a_state_ends_with_the_same_bits(DictionaryMethod method)
    {
        DictionaryLearningOptions options = Options with { Method = method, Penalty = Everything, NonNegativeAtoms = true };
        var source = new MatrixSource(Planted.X, seed: 9);
        var states = new List<LearnerState>();
        AtomDictionary straight = DictionaryLearner.Learn(source, options, onCheckpoint: states.Add, cancellation: Cancellation);

        Assert.Equal(straight.Hash, DictionaryLearner.Learn(source, options, resume: states[7], cancellation: Cancellation).Hash);
        Refused("'state' is of a learning with",
            () => DictionaryLearner.Learn(source, options with { NonNegativeAtoms = false }, resume: states[7]));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_start_is_where_a_learner_of_these_atoms_begins(DictionaryMethod method)
    {
        DictionaryLearningOptions options = Options with { Method = method };
        var source = new MatrixSource(Planted.X, seed: 9);
        AtomDictionary start = RandomData.Dictionary(24, 16, seed: 5);
        LearnerState blank = new DictionaryLearner(Planted.X, options).State;
        var expected = new DictionaryLearner(blank with { Atoms = new Matrix(24, 16, start.Atoms.Values.ToArray()) }, options);
        var batch = new Matrix(200, 16);
        for (int first = 0; first < 4000; first += 200)
        {
            source.Read(first, batch);
            expected.PartialFit(batch, Cancellation);
        }

        Assert.Equal(start.Hash, new DictionaryLearner(start, options).Dictionary.Hash);
        Assert.Equal(expected.Dictionary.Hash, DictionaryLearner.Learn(source, options, start: start, cancellation: Cancellation).Hash);
        Assert.Equal(DictionaryLearner.Learn(new MatrixSource(Planted.X, options.Seed), options, start: start, cancellation: Cancellation)
            .Hash, DictionaryLearner.Learn(Planted.X, options, start: start, cancellation: Cancellation).Hash);
    }

    [Fact]
    public void A_start_that_does_not_fit_is_refused()
    {
        AtomDictionary start = AtomDictionary.Normalize(new Matrix(2, 2, [1, 0, 0.6f, -0.8f]));
        DictionaryLearningOptions options = Options with { AtomCount = 2 };
        Matrix x = RandomData.Normal(20, 2, seed: 1);

        Refused("'start' has 2 atoms; it must have 24, the AtomCount of the options.", () => _ = new DictionaryLearner(start, Options));
        Refused("'start' has 2 columns; it must have 16.", () => DictionaryLearner.Learn(Planted.X, options, start: start));
        Refused("'start' holds -0.8 in atom 1, value 1; where atoms must not be negative, it must not either.",
            () => DictionaryLearner.Learn(x, options with { NonNegativeAtoms = true }, start: start));
        Assert.Equal(2, DictionaryLearner.Learn(x, options with { Samples = 20 }, start: start, cancellation: Cancellation).AtomCount);
    }

    private static void Refused(string message, Action action)
        => Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);

    private static double Objective(AtomDictionary dictionary, Penalty penalty)
        => LassoObjective.Energies(
            Planted.X, dictionary, new ActiveSetSolver(dictionary, penalty).Encode(Planted.X, cancellation: Cancellation), penalty)
            .Average();
}
