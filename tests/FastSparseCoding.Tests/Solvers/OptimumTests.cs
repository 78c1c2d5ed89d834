using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

public sealed class OptimumTests
{
    private static readonly (int Atoms, int Size)[] Shapes = [(1, 1), (5, 1), (1, 5), (3, 2), (10, 16), (17, 33), (33, 17), (50, 20)];

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void Every_solver_reaches_the_optimum_of_the_twin_on_random_atoms(string name)
    {
        foreach ((int atoms, int size) in Shapes)
            CheckOptimum(name, RandomData.Dictionary(atoms, size, seed: atoms), RandomData.Normal(4, size, seed: 7 + size));
    }

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void Every_solver_reaches_the_optimum_of_the_twin_on_correlated_atoms(string name)
    {
        foreach ((int atoms, int size) in Shapes)
            CheckOptimum(name, Problems.Correlated(atoms, size, seed: atoms), RandomData.Normal(4, size, seed: 7 + size));
    }

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void A_tiny_weight_is_solved_too_and_every_atom_is_in_use(string name)
    {
        AtomDictionary dictionary = RandomData.Dictionary(9, 21, seed: 1);
        Matrix x = RandomData.Normal(4, 21, seed: 2);
        LassoSolver solver = Problems.Solver(
            name, dictionary, Problems.Lambda(x, dictionary, 1e-4), new SolverOptions { Tolerance = 1e-4 });
        var z = new Matrix(4, 9);

        SolveReport report = solver.Solve(x, z, threads: 1, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(0, report.Unconverged);
        Problems.CheckCertified(solver, x, z);
        Assert.DoesNotContain(0f, z.Values.ToArray());
    }

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void From_the_largest_weight_on_the_code_is_zero(string name)
    {
        AtomDictionary dictionary = RandomData.Dictionary(23, 11, seed: 1);
        Matrix x = RandomData.Normal(1, 11, seed: 2), z = RandomData.Normal(1, 23, seed: 3);
        foreach (double fraction in (double[])[1.00001, 2, 1e6])
        {
            SolveReport report = Problems.Solver(name, dictionary, Problems.Lambda(x, dictionary, fraction))
                .Solve(x, z, threads: 1, cancellation: TestContext.Current.CancellationToken);

            Assert.All(z.Values.ToArray(), value => Assert.Equal(0, value));
            Assert.Equal(SolveStatus.Converged, report.Status[0]);
            Assert.InRange(report.Iterations[0], 0, 1);     // a sweep that finds nothing to do counts
        }

        Problems.Solver(name, dictionary, Problems.Lambda(x, dictionary, 0.99))
            .Solve(x, z, threads: 1, cancellation: TestContext.Current.CancellationToken);
        Assert.Single(z.Values.ToArray(), value => value != 0);
    }

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void A_zero_signal_among_others_has_a_zero_code_with_gap_zero(string name)
    {
        AtomDictionary dictionary = RandomData.Dictionary(13, 6, seed: 1);
        Matrix x = RandomData.Normal(3, 6, seed: 2), z = RandomData.Normal(3, 13, seed: 3);
        x.Row(1).Clear();

        SolveReport report = Problems.Solver(name, dictionary, 0.2f)
            .Solve(x, z, threads: 1, cancellation: TestContext.Current.CancellationToken);

        Assert.All(z.Row(1).ToArray(), value => Assert.Equal(0, value));
        Assert.Equal((0d, SolveStatus.Converged), (report.RelativeGap[1], report.Status[1]));
        Assert.InRange(report.Iterations[1], 0, 1);
        Assert.Equal(0, report.Unconverged);
    }

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void Too_few_iterations_are_a_status_of_the_row_and_not_a_failure(string name)
    {
        AtomDictionary dictionary = RandomData.Dictionary(40, 20, seed: 1);
        Matrix x = RandomData.Normal(3, 20, seed: 2);
        x.Row(1).Clear();
        LassoSolver solver = Problems.Solver(name, dictionary, 0.1f, new SolverOptions { MaxIterations = 2 });
        var z = new Matrix(3, 40);

        SolveReport report = solver.Solve(x, z, threads: 1, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal([SolveStatus.IterationLimit, SolveStatus.Converged, SolveStatus.IterationLimit], report.Status);
        Assert.Equal((2, 2), (report.Iterations[0], report.Iterations[2]));
        Assert.Equal(2, report.Unconverged);
        var twin = new LassoTwin(dictionary, solver.Lambda);
        foreach (int i in (int[])[0, 2])
        {
            double[] code = LassoTwin.Widen(z.Row(i));
            Assert.InRange(report.RelativeGap[i], 1e-3, double.MaxValue);
            // The report adds what roundings could do at worst, which is √(m + n) times what they do.
            Assert.InRange(Math.Abs(report.RelativeGap[i] - twin.RelativeGap(x.Row(i), code)), 0,
                Math.Sqrt(x.Columns + z.Columns) * twin.RoundingOfRelativeGap(x.Row(i), code));
        }
    }

    private static void CheckOptimum(string name, AtomDictionary dictionary, Matrix x)
    {
        foreach ((double fraction, double tolerance) in ((double, double)[])[(0.05, 2e-4), (0.2, 5e-5), (0.7, 1e-5)])
        {
            var options = new SolverOptions { Tolerance = tolerance, MaxIterations = 1_000_000 };
            LassoSolver solver = Problems.Solver(name, dictionary, Problems.Lambda(x, dictionary, fraction), options);
            var twin = new LassoTwin(dictionary, solver.Lambda);
            var z = new Matrix(x.Rows, dictionary.AtomCount);

            SolveReport report = solver.Solve(x, z, threads: 1, cancellation: TestContext.Current.CancellationToken);

            Assert.Equal(0, report.Unconverged);
            Problems.CheckCertified(solver, x, z);
            for (int i = 0; i < x.Rows; i++)
            {
                double[] code = LassoTwin.Widen(z.Row(i)), exact = twin.Solve(x.Row(i));
                double energy = twin.Energy(x.Row(i), exact), excess = twin.Energy(x.Row(i), code) - energy;
                Assert.InRange(twin.Gap(x.Row(i), exact), -1e-12 * energy, 1e-8 * energy);
                Assert.InRange(excess, -1e-8 * energy, tolerance * (energy + excess));
                Assert.InRange(twin.SquaredDistance(code, exact), 0, 2 * (excess + 1e-8 * energy));
            }
        }
    }
}
