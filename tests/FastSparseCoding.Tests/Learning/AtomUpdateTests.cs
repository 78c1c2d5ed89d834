using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Learning;

/// <summary>The updates of the atoms against twins in double.</summary>
public sealed class AtomUpdateTests
{
    private const int Atoms = 7, Size = 5, Rows = 40, Batches = 3;

    /// <summary>The lasso, and a member of the family with everything, with atoms of any sign and without negative values.</summary>
    public static TheoryData<bool, bool> Family { get; } = new() { { false, false }, { false, true }, { true, false }, { true, true } };

    private static readonly DictionaryLearningOptions Options =
        new() { AtomCount = Atoms, Lambda = 0.2f, DeadAtomUse = 0, LearningRate = 0.7f, Forgetting = 6.5 };

    [Theory]
    [MemberData(nameof(Family))]
    public void Online_statistics_fade_and_every_atom_goes_to_its_minimiser(bool otherPenalty, bool nonNegativeAtoms)
    {
        DictionaryLearningOptions options = Of(DictionaryMethod.Online, otherPenalty, nonNegativeAtoms);
        var learner = new DictionaryLearner(RandomData.Normal(50, Size, seed: 1), options);
        var a = new double[Atoms, Atoms];
        var b = new double[Atoms, Size];

        for (int t = 1; t <= Batches; t++)
        {
            (Matrix x, Matrix z, double[,] d) = Encode(learner, options, t);
            double uses = t * (double)z.Values.ToArray().Count(v => v != 0) / Atoms;
            double beta = Math.Pow(1 - 1.0 / t, Math.Min(options.Forgetting, 1 + uses / (1.5 * Size)));
            for (int k = 0; k < Atoms; k++)
            {
                for (int j = 0; j < Atoms; j++)
                    a[k, j] = beta * a[k, j] + Enumerable.Range(0, Rows).Sum(i => (double)z[i, k] * z[i, j]);
                for (int j = 0; j < Size; j++)
                    b[k, j] = beta * b[k, j] + Enumerable.Range(0, Rows).Sum(i => (double)z[i, k] * x[i, j]);
            }
            for (int k = 0; k < Atoms; k++)
            {
                double[] step = [.. Enumerable.Range(0, Size)
                    .Select(j => (b[k, j] - Enumerable.Range(0, Atoms).Sum(l => a[k, l] * d[l, j])) / a[k, k])];
                for (int j = 0; j < Size; j++)
                    d[k, j] += step[j];
                Project(d, k, options);
            }

            learner.PartialFit(x, TestContext.Current.CancellationToken);

            Tolerance.Check(Flat(a), learner.State.A.Values, operations: t * Rows, magnitude: t * Rows * 5);
            Tolerance.Check(Flat(b), learner.State.B.Values, operations: t * Rows, magnitude: t * Rows * 5);
            Tolerance.Check(Flat(d), learner.State.Atoms.Values, operations: t * Rows + Atoms, magnitude: 10);
        }
    }

    [Theory]
    [MemberData(nameof(Family))]
    public void The_gradient_step_is_averaged_over_the_batch_and_falls_with_time(bool otherPenalty, bool nonNegativeAtoms)
    {
        DictionaryLearningOptions options = Of(DictionaryMethod.Sgd, otherPenalty, nonNegativeAtoms);
        var learner = new DictionaryLearner(RandomData.Normal(50, Size, seed: 1), options);

        for (int t = 1; t <= Batches; t++)
        {
            (Matrix x, Matrix z, double[,] d) = Encode(learner, options, t);
            double[,] next = (double[,])d.Clone();
            for (int k = 0; k < Atoms; k++)
            {
                for (int j = 0; j < Size; j++)
                    next[k, j] += 0.7 / (1 + t / 100.0) * Enumerable.Range(0, Rows)
                        .Average(i => z[i, k] * (x[i, j] - Enumerable.Range(0, Atoms).Sum(l => z[i, l] * d[l, j])));
                Project(next, k, options);
            }

            learner.PartialFit(x, TestContext.Current.CancellationToken);

            Tolerance.Check(Flat(next), learner.State.Atoms.Values, operations: Rows + Atoms + 4, magnitude: 5);
        }
    }

    [Theory]
    [MemberData(nameof(Family))]
    public void The_objective_told_is_that_of_the_batch_before_its_update(bool otherPenalty, bool nonNegativeAtoms)
    {
        DictionaryLearningOptions options = Of(DictionaryMethod.Online, otherPenalty, nonNegativeAtoms);
        var learner = new DictionaryLearner(RandomData.Normal(50, Size, seed: 1), options);
        (Matrix x, Matrix z, double[,] d) = Encode(learner, options, 1);
        double energy = 0;
        for (int i = 0; i < Rows; i++)
        {
            for (int j = 0; j < Size; j++)
                energy += 0.5 * Math.Pow(x[i, j] - Enumerable.Range(0, Atoms).Sum(l => z[i, l] * d[l, j]), 2);
            for (int k = 0; k < Atoms; k++)
                energy += options.Penalty.Threshold(k) * Math.Abs((double)z[i, k]) + 0.5 * options.Penalty.Ridge * z[i, k] * z[i, k];
        }

        learner.PartialFit(x, TestContext.Current.CancellationToken);

        Assert.Equal(energy / Rows, learner.LastObjective, 1e-12 * energy);
        Assert.Equal((double)z.Values.ToArray().Count(v => v != 0) / Rows, learner.LastNonZeros, 1e-12);
    }

    /// <summary>A batch, its codes and the atoms as the learner has them.</summary>
    private static (Matrix X, Matrix Z, double[,] D) Encode(DictionaryLearner learner, DictionaryLearningOptions options, int t)
    {
        Matrix x = RandomData.Normal(Rows, Size, seed: 10 + t);
        Matrix z = new ActiveSetSolver(learner.Dictionary, options.Penalty).Encode(x, 1, TestContext.Current.CancellationToken);
        var d = new double[Atoms, Size];
        for (int k = 0; k < Atoms; k++)
            for (int j = 0; j < Size; j++)
                d[k, j] = learner.State.Atoms[k, j];
        return (x, z, d);
    }

    private static DictionaryLearningOptions Of(DictionaryMethod method, bool otherPenalty, bool nonNegativeAtoms) => Options with
    {
        Method = method,
        NonNegativeAtoms = nonNegativeAtoms,
        Penalty = otherPenalty ? new Penalty(0.2f, [1, 0.5f, 2, 1, 1, 0.75f, 1.5f], ridge: 0.25f, nonNegative: true) : Options.Penalty,
    };

    private static void Project(double[,] d, int k, DictionaryLearningOptions options)
    {
        for (int j = 0; j < Size && options.NonNegativeAtoms; j++)
            d[k, j] = Math.Max(0, d[k, j]);
        double norm = Math.Sqrt(Enumerable.Range(0, Size).Sum(j => d[k, j] * d[k, j]));
        for (int j = 0; j < Size; j++)
            d[k, j] /= norm;
    }

    private static double[] Flat(double[,] values) => [.. values.Cast<double>()];
}
