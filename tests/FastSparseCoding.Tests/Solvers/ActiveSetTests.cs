using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

/// <summary>Where an active set is fragile: atoms that depend on each other, and supports as large as the signal.</summary>
public sealed class ActiveSetTests
{
    [Theory]
    [InlineData(0f)]
    [InlineData(1e-7f)]
    [InlineData(1e-5f)]
    [InlineData(1e-3f)]
    [InlineData(1e-2f)]
    [InlineData(1e-1f)]
    public void Duplicate_and_nearly_duplicate_atoms_do_no_harm(float distance)
    {
        Matrix atoms = RandomData.Normal(36, 16, seed: 1), noise = RandomData.Normal(18, 16, seed: 2);
        for (int k = 0; k < 18; k++)
            for (int i = 0; i < 16; i++)
                atoms[k + 18, i] = (k % 2 == 0 ? -1 : 1) * (atoms[k, i] + distance * noise[k, i]);
        CheckSolved(AtomDictionary.Normalize(atoms), RandomData.Normal(40, 16, seed: 3), 0.1);
    }

    [Fact]
    public void Atoms_that_span_a_plane_only_do_no_harm()
    {
        Matrix atoms = new(25, 12), basis = RandomData.Normal(2, 12, seed: 1), weights = RandomData.Normal(25, 2, seed: 2);
        for (int k = 0; k < 25; k++)
            for (int i = 0; i < 12; i++)
                atoms[k, i] = weights[k, 0] * basis[0, i] + weights[k, 1] * basis[1, i];
        CheckSolved(AtomDictionary.Normalize(atoms), RandomData.Normal(40, 12, seed: 3), 0.05);
    }

    [Theory]
    [InlineData(40, 5)]
    [InlineData(60, 20)]
    [InlineData(33, 32)]
    public void A_support_as_large_as_the_signal_exchanges_its_atoms(int atoms, int size)
    {
        AtomDictionary dictionary = RandomData.Dictionary(atoms, size, seed: 1);
        Matrix x = RandomData.Normal(40, size, seed: 3);
        Matrix z = CheckSolved(dictionary, x, 0.002);

        Assert.InRange(z.Values.ToArray().Count(value => value != 0), 0.9 * 40 * size, 40 * size);
    }

    [Fact]
    public void Every_row_of_an_ordinary_batch_is_certified()
    {
        AtomDictionary dictionary = Problems.Correlated(200, 50, seed: 1);
        Matrix x = RandomData.Normal(1000, 50, seed: 2), z = new(1000, 200);
        var solver = new ActiveSetSolver(dictionary, 0.5f, new SolverOptions { Tolerance = 3e-6 });

        Assert.Equal(0, solver.Solve(x, z, cancellation: TestContext.Current.CancellationToken).Unconverged);
        Problems.CheckCertified(solver, x, z);
    }

    [Fact]
    public void What_double_precision_finishes_equals_the_twin()
    {
        AtomDictionary dictionary = RandomData.Dictionary(14, 6, seed: 1);
        var atoms = new AtomTable(dictionary);
        Matrix x = RandomData.Normal(30, 6, seed: 2), z = RandomData.Normal(30, 14, seed: 3);
        var precise = new PreciseActiveSet(dictionary, 0.05f);
        var twin = new LassoTwin(dictionary, 0.05f);
        for (int i = 0; i < 30; i++)
        {
            Assert.InRange(precise.Solve(x.Row(i), z.Row(i), atoms, 1000), 1, 100);

            double[] code = LassoTwin.Widen(z.Row(i));
            double energy = twin.Energy(x.Row(i), code), gap = twin.Gap(x.Row(i), code);
            Assert.InRange(gap, -1e-12, Problems.RoundingOfGap(x, i, dictionary));
            Assert.InRange(Math.Abs(precise.RelativeGap(atoms) - Math.Max(0, gap) / energy), 0, 1e-12);
            double[] exact = twin.Solve(x.Row(i));
            for (int k = 0; k < exact.Length; k++)
                Assert.InRange(Math.Abs(exact[k] - code[k]), 0, 1e-5);
        }
    }

    private static Matrix CheckSolved(AtomDictionary dictionary, Matrix x, double fraction)
    {
        // At a small weight the rounding of the code to float32 is most of the gap; see the tolerance's documentation.
        var solver = new ActiveSetSolver(dictionary, Problems.Lambda(x, dictionary, fraction), new SolverOptions { Tolerance = 1e-6 / fraction });
        var z = new Matrix(x.Rows, dictionary.AtomCount);

        SolveReport report = solver.Solve(x, z, threads: 1, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(0, report.Unconverged);
        Assert.All(report.Iterations, changes => Assert.InRange(changes, 0, 20 * dictionary.AtomCount));
        Problems.CheckCertified(solver, x, z);
        return z;
    }
}
