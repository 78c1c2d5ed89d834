using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Learning;

/// <summary>The updates of the atoms against twins in double.</summary>
public sealed class AtomUpdateTests
{
    private const int Atoms = 7, Size = 5, Rows = 40, Batches = 3;

    private static readonly DictionaryLearningOptions Options = new() { AtomCount = Atoms, Lambda = 0.2f, DeadAtomUse = 0, LearningRate = 0.7f, Forgetting = 1.5 };

    [Fact]
    public void Online_statistics_fade_and_every_atom_goes_to_its_minimiser()
    {
        DictionaryLearningOptions options = Options with { Method = DictionaryMethod.Online };
        var learner = new DictionaryLearner(RandomData.Normal(50, Size, seed: 1), options);
        var a = new double[Atoms, Atoms];
        var b = new double[Atoms, Size];

        for (int t = 1; t <= Batches; t++)
        {
            (Matrix x, Matrix z, double[,] d) = Encode(learner, t);
            double beta = Math.Pow(1 - 1.0 / t, options.Forgetting);
            for (int k = 0; k < Atoms; k++)
            {
                for (int j = 0; j < Atoms; j++)
                    a[k, j] = beta * a[k, j] + Enumerable.Range(0, Rows).Sum(i => (double)z[i, k] * z[i, j]);
                for (int j = 0; j < Size; j++)
                    b[k, j] = beta * b[k, j] + Enumerable.Range(0, Rows).Sum(i => (double)z[i, k] * x[i, j]);
            }
            for (int k = 0; k < Atoms; k++)
            {
                double[] step = [.. Enumerable.Range(0, Size).Select(j => (b[k, j] - Enumerable.Range(0, Atoms).Sum(l => a[k, l] * d[l, j])) / a[k, k])];
                for (int j = 0; j < Size; j++)
                    d[k, j] += step[j];
                Normalize(d, k);
            }

            learner.PartialFit(x, TestContext.Current.CancellationToken);

            Tolerance.Check(Flat(a), learner.State.A.Values, operations: t * Rows, magnitude: t * Rows * 5);
            Tolerance.Check(Flat(b), learner.State.B.Values, operations: t * Rows, magnitude: t * Rows * 5);
            Tolerance.Check(Flat(d), learner.State.Atoms.Values, operations: t * Rows + Atoms, magnitude: 10);
        }
    }

    [Fact]
    public void The_gradient_step_is_averaged_over_the_batch_and_falls_with_time()
    {
        DictionaryLearningOptions options = Options with { Method = DictionaryMethod.Sgd };
        var learner = new DictionaryLearner(RandomData.Normal(50, Size, seed: 1), options);

        for (int t = 1; t <= Batches; t++)
        {
            (Matrix x, Matrix z, double[,] d) = Encode(learner, t);
            double[,] next = (double[,])d.Clone();
            for (int k = 0; k < Atoms; k++)
            {
                for (int j = 0; j < Size; j++)
                    next[k, j] += 0.7 / (1 + t / 100.0) * Enumerable.Range(0, Rows).Average(i => z[i, k] * (x[i, j] - Enumerable.Range(0, Atoms).Sum(l => z[i, l] * d[l, j])));
                Normalize(next, k);
            }

            learner.PartialFit(x, TestContext.Current.CancellationToken);

            Tolerance.Check(Flat(next), learner.State.Atoms.Values, operations: Rows + Atoms + 4, magnitude: 5);
        }
    }

    [Fact]
    public void The_objective_told_is_that_of_the_batch_before_its_update()
    {
        var learner = new DictionaryLearner(RandomData.Normal(50, Size, seed: 1), Options);
        (Matrix x, Matrix z, double[,] d) = Encode(learner, 1);
        double energy = 0;
        for (int i = 0; i < Rows; i++)
        {
            for (int j = 0; j < Size; j++)
                energy += 0.5 * Math.Pow(x[i, j] - Enumerable.Range(0, Atoms).Sum(l => z[i, l] * d[l, j]), 2);
            energy += 0.2f * z.Row(i).ToArray().Sum(v => Math.Abs((double)v));
        }

        learner.PartialFit(x, TestContext.Current.CancellationToken);

        Assert.Equal(energy / Rows, learner.LastObjective, 1e-12 * energy);
        Assert.Equal((double)z.Values.ToArray().Count(v => v != 0) / Rows, learner.LastNonZeros, 1e-12);
    }

    /// <summary>A batch, its codes and the atoms as the learner has them.</summary>
    private static (Matrix X, Matrix Z, double[,] D) Encode(DictionaryLearner learner, int t)
    {
        Matrix x = RandomData.Normal(Rows, Size, seed: 10 + t);
        Matrix z = new ActiveSetSolver(learner.Dictionary, Options.Lambda).Encode(x, 1, TestContext.Current.CancellationToken);
        var d = new double[Atoms, Size];
        for (int k = 0; k < Atoms; k++)
            for (int j = 0; j < Size; j++)
                d[k, j] = learner.State.Atoms[k, j];
        return (x, z, d);
    }

    private static void Normalize(double[,] d, int k)
    {
        double norm = Math.Sqrt(Enumerable.Range(0, Size).Sum(j => d[k, j] * d[k, j]));
        for (int j = 0; j < Size; j++)
            d[k, j] /= norm;
    }

    private static double[] Flat(double[,] values) => [.. values.Cast<double>()];
}
