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

    /// <summary>Sets of atoms are kept as bits in places: of a word's width, one more, and several words.</summary>
    [Theory]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(66)]
    [InlineData(100)]
    [InlineData(128)]
    [InlineData(130)]
    public void Codes_of_many_non_zeros_equal_those_of_the_twin(int nonZeros)
    {
        AtomDictionary dictionary = NearlyOrthogonal(200);
        Matrix planted = Planted(12, 200, nonZeros), x = dictionary.Reconstruct(planted), z = new(12, 200);
        var solver = new ActiveSetSolver(dictionary, 0.1f);

        SolveReport report = solver.Solve(x, z, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(0, report.Unconverged);
        Problems.CheckCertified(solver, x, z);
        var twin = new LassoTwin(dictionary, solver.Lambda);
        for (int i = 0; i < x.Rows; i++)
        {
            double[] code = LassoTwin.Widen(z.Row(i)), exact = twin.Solve(x.Row(i));
            Assert.Equal(nonZeros, exact.Count(value => value != 0));
            Assert.Equal(exact.Select(Math.Sign), code.Select(Math.Sign));
            // A certified code is within its gap of E*, and ½‖(z − z*)D‖² is at most the excess.
            double excess = twin.Energy(x.Row(i), code) - twin.Energy(x.Row(i), exact);
            Assert.InRange(excess, -twin.RoundingOfEnergy(x.Row(i), code), twin.Gap(x.Row(i), code));
            Assert.InRange(twin.SquaredDistance(code, exact), 0, 2 * twin.Gap(x.Row(i), code));
        }
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
        Matrix x = RandomData.Normal(30, 6, seed: 2), z = RandomData.Normal(30, 14, seed: 3);
        var precise = new PreciseActiveSet(dictionary, 0.05f);
        var twin = new LassoTwin(dictionary, 0.05f);
        for (int i = 0; i < 30; i++)
        {
            Assert.InRange(precise.Solve(x.Row(i), [], z.Row(i), 1000, TestContext.Current.CancellationToken), 1, 100);

            double[] code = LassoTwin.Widen(z.Row(i));
            double gap = twin.RelativeGap(x.Row(i), code);
            Assert.InRange(gap, -ReportAudit.Rounding, Problems.GapOfRounding(code, 0.05));
            double[] exact = twin.Solve(x.Row(i));
            for (int k = 0; k < exact.Length; k++)
                Assert.InRange(Math.Abs(exact[k] - code[k]), 0, 1e-5);
        }
    }

    /// <summary>Axes that lean a little: the Gram matrix is far from singular, and a code's atoms are those it was made of.</summary>
    private static AtomDictionary NearlyOrthogonal(int size)
    {
        Matrix atoms = RandomData.Normal(size, size, seed: 1);
        foreach (ref float value in atoms.Values)
            value *= 0.15f / MathF.Sqrt(size);
        for (int k = 0; k < size; k++)
            atoms[k, k] += 1;
        return AtomDictionary.Normalize(atoms);
    }

    /// <summary>Codes with as many non-zeros as asked, of either sign, from 1 to 2.</summary>
    private static Matrix Planted(int rows, int atoms, int nonZeros)
    {
        var random = new Random(2);
        var z = new Matrix(rows, atoms);
        for (int i = 0; i < rows; i++)
            foreach (int k in Enumerable.Range(0, atoms).OrderBy(_ => random.Next()).Take(nonZeros))
                z[i, k] = (float)((1 + random.NextDouble()) * (random.Next(2) == 0 ? -1 : 1));
        return z;
    }

    private static Matrix CheckSolved(AtomDictionary dictionary, Matrix x, double fraction)
    {
        // At a small weight the rounding of the code to float32 is most of the gap; see the tolerance's documentation.
        var solver = new ActiveSetSolver(
            dictionary, Problems.Lambda(x, dictionary, fraction), new SolverOptions { Tolerance = 1e-6 / fraction });
        var z = new Matrix(x.Rows, dictionary.AtomCount);

        SolveReport report = solver.Solve(x, z, threads: 1, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(0, report.Unconverged);
        Assert.All(report.Iterations, changes => Assert.InRange(changes, 0, 20 * dictionary.AtomCount));
        Problems.CheckCertified(solver, x, z);
        return z;
    }
}
