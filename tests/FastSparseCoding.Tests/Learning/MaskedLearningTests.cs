using FastSparseCoding.Kernels;
using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using FastSparseCoding.Tests.Training;
using Xunit;

namespace FastSparseCoding.Tests.Learning;

/// <summary>Learning from signals of which only some values are known.</summary>
public sealed class MaskedLearningTests
{
    private static readonly PlantedSignals Planted = new(atoms: 12, size: 16, rows: 4000, nonZeros: 2, noise: 0.01, seed: 1);

    private static readonly Matrix Half = Mask(4000, 16, known: 0.5, seed: 3);

    private static readonly DictionaryLearningOptions Options =
        new() { AtomCount = 12, Lambda = 0.1f, Samples = 80_000, BatchSize = 200, Forgetting = 20 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<DictionaryMethod> Methods { get; } = new(DictionaryMethod.Online, DictionaryMethod.Sgd);

    [Theory]
    [InlineData(DictionaryMethod.Online, false)]
    [InlineData(DictionaryMethod.Sgd, false)]
    [InlineData(DictionaryMethod.Online, true)]
    public void A_planted_dictionary_is_recovered_with_half_of_the_values_missing(DictionaryMethod method, bool nonNegative)
    {
        PlantedSignals planted = nonNegative ? new(atoms: 12, size: 16, rows: 4000, nonZeros: 2, noise: 0.01, seed: 1, nonNegative: true)
            : Planted;
        DictionaryLearningOptions options = Options
            with
        {
            Method = method,
            LearningRate = 3,
            NonNegativeAtoms = nonNegative,
            Penalty = new Penalty(0.1f, nonNegative: nonNegative)
        };
        var told = new List<LearningProgress>();
        double before = planted.Recovery(new DictionaryLearner(Filled(planted.X, 0), options).Dictionary);

        AtomDictionary found = DictionaryLearner.LearnMasked(
            Filled(planted.X, float.NaN), Half, options, new DirectProgress<LearningProgress>(told.Add), cancellation: Cancellation);

        Assert.True(planted.Recovery(found) > 0.97 && before < 0.9,
            $"mean largest correlation with the planted atoms: {before} at first, {planted.Recovery(found)} in the end");
        Assert.True(told[^1].Objective < 0.7 * told[0].Objective,
            $"objective over known values {told[0].Objective} at first, {told[^1].Objective} in the end");
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_mask_without_zeros_gives_the_bits_of_whole_signals(DictionaryMethod method)
    {
        DictionaryLearningOptions options = Options with { Method = method, Samples = 4000 };
        var ones = new Matrix(4000, 16);
        ones.Values.Fill(1);

        Assert.Equal(DictionaryLearner.Learn(Planted.X, options, cancellation: Cancellation).Hash,
            DictionaryLearner.LearnMasked(Planted.X, ones, options, cancellation: Cancellation).Hash);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Unknown_values_count_as_what_atoms_and_codes_make_of_them(DictionaryMethod method)
    {
        DictionaryLearningOptions options = Options with { Method = method };
        var learner = new DictionaryLearner(Planted.X, options);
        Matrix x = Rows(Filled(Planted.X, float.NaN), 0, 200), mask = Rows(Half, 0, 200), z = new(200, 12);
        AtomDictionary before = learner.Dictionary;
        new ActiveSetSolver(before, options.Penalty).Solve(x, mask, z, cancellation: Cancellation);
        Matrix filled = before.Reconstruct(z);
        double objective = 0;
        for (int i = 0; i < 200; i++)
        {
            for (int j = 0; j < 16; j++)
            {
                objective += mask[i, j] == 1 ? 0.5 * Math.Pow(x[i, j] - (double)filled[i, j], 2) : 0;
                filled[i, j] = mask[i, j] == 1 ? x[i, j] : filled[i, j];
            }
            objective += options.Lambda * z.Row(i).ToArray().Sum(v => Math.Abs((double)v));
        }
        AtomUpdate twin = AtomUpdate.Create(options, 16);
        Matrix expected = learner.State.Atoms;
        var lists = new CodeLists(12);
        lists.Take(z);
        lists.Turn();
        twin.Apply(expected, filled, null, lists, 1);

        learner.PartialFit(x, mask, Cancellation);

        Assert.Equal(expected.Values.ToArray(), learner.State.Atoms.Values.ToArray());
        Assert.Equal(objective / 200, learner.LastObjective, 200 * 28 * Tolerance.UnitRoundoff * objective / 200);
        Assert.Equal(200, learner.Samples);
        AssertRefilled(twin.A, twin.B, before, learner.State, mask);
    }

    /// <summary>Online statistics hold zᵀx̃ with x̃ filled by the atoms after their update: B + A(D − D_before) times the share of the
    /// unknown.</summary>
    private static void AssertRefilled(Matrix a, Matrix b, AtomDictionary before, LearnerState after, Matrix mask)
    {
        var expected = new double[12 * 16];
        for (int k = 0; k < 12; k++)
            for (int j = 0; j < 16; j++)
            {
                double unknown = Enumerable.Range(0, 200).Average(i => 1.0 - mask[i, j]),
                    moved = Enumerable.Range(0, 12).Sum(l => a[k, l] * ((double)after.Atoms[l, j] - before.Atoms.Row(l)[j]));
                expected[k * 16 + j] = b[k, j] + unknown * moved;
            }
        Tolerance.Check(expected, after.B.Values, operations: 200 + 16, magnitude: 12 * 2 * Math.Max(1, a.Values.ToArray().Max()));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void The_objective_over_known_values_falls_with_every_pass_over_one_batch(DictionaryMethod method)
    {
        // One batch whose statistics do not fade into others': the step is one of majorisation, which never raises what it is taken for.
        var learner = new DictionaryLearner(
            Planted.X, Options with { Method = method, Forgetting = 1000, LearningRate = 0.3f, DeadAtomUse = 0 });
        Matrix x = Rows(Filled(Planted.X, float.NaN), 0, 400), mask = Rows(Half, 0, 400);
        double last = double.PositiveInfinity, first = 0;
        for (int t = 0; t < 30; t++)
        {
            learner.PartialFit(x, mask, Cancellation);
            Assert.True(learner.LastObjective < last, $"pass {t}: {learner.LastObjective} after {last}");
            last = learner.LastObjective;
            first = t == 0 ? last : first;
        }
        Assert.True(last < 0.9 * first, $"{first} at first, {last} in the end");
    }

    [Fact]
    public void Going_on_from_a_state_ends_with_the_same_bits_on_any_number_of_threads()
    {
        DictionaryLearningOptions options = Options with { Samples = 4000 };
        ISignalSource source = new MatrixSource(Filled(Planted.X, float.NaN), seed: 9), masks = new MatrixSource(Half, seed: 9);
        var states = new List<LearnerState>();
        AtomDictionary straight =
            DictionaryLearner.Learn(
            source, options with { Threads = 3 }, onCheckpoint: states.Add, masks: masks, cancellation: Cancellation);

        Assert.Equal(straight.Hash,
            DictionaryLearner.Learn(source, options with { Threads = 1 }, resume: states[7], masks: masks, cancellation: Cancellation)
            .Hash);
    }

    [Fact]
    public void A_dead_atom_becomes_a_signal_whose_unknown_values_are_filled()
    {
        var learner = new DictionaryLearner(
            new Matrix(2, 3, [1, 0, 0, 0, 0.6f, 0.8f]), new() { AtomCount = 2, Lambda = 0.1f, DeadAtomUse = 0.5 });
        int dead = learner.State.Atoms[0, 0] == 1 ? 0 : 1;
        Matrix x = new(20, 3), mask = new(20, 3);
        mask.Values.Fill(1);
        for (int i = 0; i < 20; i++)
            (x[i, 1], x[i, 2]) = (0.6f, 0.8f);
        (x[5, 0], x[5, 1], x[5, 2], mask[5, 0]) = (float.NaN, 4, 0, 0);     // worst explained; atom 1's value of the unknown is 0

        for (int t = 0; t < 14; t++)
            learner.PartialFit(x, mask, Cancellation);

        Assert.Equal(1, learner.ReseededAtoms);
        Assert.Equal([0f, 1, 0], learner.State.Atoms.Row(dead).ToArray());
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        var learner = new DictionaryLearner(Planted.X, Options);
        Matrix x = Rows(Planted.X, 0, 3), mask = Rows(Half, 0, 3), odd = mask.Clone(), none = mask.Clone(), spoilt = x.Clone();
        odd[2, 1] = 0.5f;
        none.Row(1).Clear();
        int known = mask.Row(2).IndexOf(1f);
        spoilt[2, known] = float.NaN;

        Refused("'mask' is [2×16]; it must be [3×16].", () => learner.PartialFit(x, new Matrix(2, 16)));
        Refused("'batch' has 15 columns; it must have 16.", () => learner.PartialFit(new Matrix(3, 15), new Matrix(3, 15)));
        Refused("'batch.Rows' is 0; it must be 1 or more.", () => learner.PartialFit(new Matrix(0, 16), new Matrix(0, 16)));
        Refused("'mask' holds 0.5 at row 2, column 1; it must hold 1 where a value is known and 0 where it is not.",
            () => learner.PartialFit(x, odd));
        Refused("'mask' has no known value at row 1; every row must have at least one.", () => learner.PartialFit(x, none));
        Refused($"'batch' holds NaN at row 2, column {known}; every known value must be finite.", () => learner.PartialFit(spoilt, mask));
        Refused($"'x' holds NaN at row 2, column {known}; every known value must be finite.",
            () => DictionaryLearner.LearnMasked(spoilt, mask, Options));
        Refused("'masks' has 15 columns; it must have 16.",
            () => DictionaryLearner.Learn(new MatrixSource(x, 1), Options, masks: new MatrixSource(new Matrix(3, 15), 1)));
        Assert.Equal(0, learner.Samples);

        static void Refused(string message, Action action)
            => Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    /// <summary>Signals with another value wherever <see cref="Half"/> knows none.</summary>
    private static Matrix Filled(Matrix x, float unknown)
        => new(x.Rows, x.Columns, [.. x.Values.ToArray().Zip(Half.Values.ToArray(), (v, known) => known == 1 ? v : unknown)]);

    private static Matrix Rows(Matrix x, int start, int count) => new(count, x.Columns, x.RowRange(start, count).Values.ToArray());

    private static Matrix Mask(int rows, int columns, double known, int seed)
    {
        var random = new Random(seed);
        var mask = new Matrix(rows, columns);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
                mask[i, j] = random.NextDouble() < known ? 1 : 0;
            mask[i, random.Next(columns)] = 1;
        }
        return mask;
    }
}
