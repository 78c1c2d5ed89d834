using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

/// <summary>Every solver on every member of the family of penalties, against the twin's optimum, its conditions and its
/// certificate.</summary>
public sealed class PenaltyOptimumTests
{
    /// <summary>Of E, how exact the twin's optimum is at least.</summary>
    private const double Twin = 1e-8;

    private static readonly (int Atoms, int Size)[] Shapes = [(1, 1), (5, 1), (1, 5), (10, 16), (17, 33), (33, 17), (50, 20)];

    [Theory]
    [MemberData(nameof(Problems.NamesAndMembers), MemberType = typeof(Problems))]
    public void Every_solver_reaches_the_optimum_of_the_twin_on_random_atoms(string name, string member)
    {
        foreach ((int atoms, int size) in Shapes)
            CheckOptimum(name, member, RandomData.Dictionary(atoms, size, seed: atoms), RandomData.Normal(4, size, seed: 7 + size));
    }

    [Theory]
    [MemberData(nameof(Problems.NamesAndMembers), MemberType = typeof(Problems))]
    public void Every_solver_reaches_the_optimum_of_the_twin_on_correlated_atoms(string name, string member)
    {
        foreach ((int atoms, int size) in Shapes)
            CheckOptimum(name, member, Problems.Correlated(atoms, size, seed: atoms), RandomData.Normal(4, size, seed: 7 + size));
    }

    [Theory]
    [MemberData(nameof(Problems.Members), MemberType = typeof(Problems))]
    public void Every_row_of_an_ordinary_batch_is_certified(string member)
    {
        AtomDictionary dictionary = Problems.Correlated(200, 100, seed: 1);
        Matrix x = RandomData.Normal(600, 100, seed: 2);
        foreach (double fraction in (double[])[0.4, 0.1, 0.02])
        {
            // At a small weight the rounding of the code to float32 is most of the gap; see the tolerance's documentation.
            var solver = new ActiveSetSolver(
                dictionary, Problems.Penalty(member, x, dictionary, fraction), new SolverOptions { Tolerance = 2e-6 / fraction });

            ReportAudit audit = ReportAudit.Of(solver, x);

            audit.CheckReport();
            audit.CheckEnergies();
            Assert.Equal(600, audit.Certified);
        }
    }

    [Theory]
    [MemberData(nameof(Problems.NamesAndMembers), MemberType = typeof(Problems))]
    public void Of_smooth_atoms_no_code_is_worse_than_zero_or_its_start_and_no_certificate_wrong(string name, string member)
    {
        foreach (string family in SmoothDictionaries.Families)
        {
            AtomDictionary dictionary = SmoothDictionaries.Of(family, 16);
            Matrix x = SmoothDictionaries.UnitSignals(12, 16, seed: 3), start = RandomData.Normal(12, dictionary.AtomCount, seed: 4);
            foreach (float lambda in (float[])[1e-3f, 1e-5f])
            {
                Penalty penalty = Problems.Penalty(member, lambda, dictionary.AtomCount);
                LassoSolver solver = Problems.Solver(
                    name, dictionary, penalty, name == "active set" ? null : new SolverOptions { MaxIterations = 300 });
                ReportAudit.Of(solver, x).CheckEnergies();
                ReportAudit.Of(solver, x, Allowed(start, penalty)).CheckEnergies();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Problems.NamesAndMembers), MemberType = typeof(Problems))]
    public void From_the_largest_weight_on_the_code_is_zero_and_below_it_is_not(string name, string member)
    {
        AtomDictionary dictionary = RandomData.Dictionary(23, 11, seed: 1);
        Matrix x = RandomData.Normal(1, 11, seed: 2), z = RandomData.Normal(1, 23, seed: 3);
        Penalty penalty = Problems.Penalty(member, 1, 23);
        double largest = LassoObjective.LambdaMax(x.Row(0), dictionary, penalty);
        Assert.Equal(new PenaltyTwin(dictionary, penalty).LambdaMax(x.Row(0)), largest, 1e-13 * largest);
        foreach (double fraction in (double[])[1.00001, 2, 1e6])
        {
            SolveReport report = Problems.Solver(name, dictionary, penalty.WithLambda((float)(fraction * largest)))
                .Solve(x, z, threads: 1, cancellation: TestContext.Current.CancellationToken);

            Assert.All(z.Values.ToArray(), value => Assert.Equal(0, value));
            Assert.Equal(SolveStatus.Converged, report.Status[0]);
            Assert.InRange(report.Iterations[0], 0, 1);     // a sweep that finds nothing to do counts
        }

        Problems.Solver(name, dictionary, penalty.WithLambda((float)(0.99 * largest)))
            .Solve(x, z, threads: 1, cancellation: TestContext.Current.CancellationToken);
        Assert.Single(z.Values.ToArray(), value => value != 0);
    }

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void A_signal_on_the_other_side_of_every_atom_has_a_zero_code_whatever_the_weight(string name)
    {
        AtomDictionary dictionary = new(new Matrix(3, 2, [1, 0, 0, 1, 0.6f, 0.8f]));
        Matrix x = new(3, 2, [-1, -2, 0.5f, 0.25f, -3, -0.125f]), z = new(3, 3);
        Assert.Equal(0, LassoObjective.LambdaMax(x.Row(0), dictionary, new Penalty(1, nonNegative: true)));

        SolveReport report = Problems.Solver(name, dictionary, new Penalty(0.05f, nonNegative: true))
            .Solve(x, z, threads: 1, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(0, report.Unconverged);
        Assert.Equal([0, 0, 0], z.Row(0));
        Assert.Equal([0, 0, 0], z.Row(2));
        Assert.InRange(z.Row(1).ToArray().Max(), 0.1f, 1);
    }

    private static void CheckOptimum(string name, string member, AtomDictionary dictionary, Matrix x)
    {
        foreach ((double fraction, double tolerance) in ((double, double)[])[(0.05, 2e-4), (0.2, 5e-5), (0.7, 1e-5)])
        {
            Penalty penalty = Problems.Penalty(member, x, dictionary, fraction);
            LassoSolver solver = Problems.Solver(
                name, dictionary, penalty, new SolverOptions { Tolerance = tolerance, MaxIterations = 1_000_000 });
            var twin = new PenaltyTwin(dictionary, penalty);
            var z = new Matrix(x.Rows, dictionary.AtomCount);

            SolveReport report = solver.Solve(x, z, threads: 1, cancellation: TestContext.Current.CancellationToken);

            Assert.Equal(0, report.Unconverged);
            var audit = new ReportAudit(solver, x, z, report);
            audit.CheckReport();
            audit.CheckEnergies();
            Assert.True(!penalty.NonNegative || z.Values.ToArray().All(value => value >= 0));
            for (int i = 0; i < x.Rows; i++)
            {
                double[] code = LassoTwin.Widen(z.Row(i)), exact = twin.Solve(x.Row(i));
                double energy = twin.Energy(x.Row(i), exact), excess = twin.Energy(x.Row(i), code) - energy;
                Assert.InRange(twin.Gap(x.Row(i), exact), -1e-12 * energy, Twin * energy);
                Assert.InRange(excess, -Twin * energy, tolerance * (energy + excess));
                Assert.InRange(twin.SquaredDistance(code, exact), 0, 2 * (excess + Twin * energy));
                CheckConditions(twin.Violations(x.Row(i), code), code, excess + Twin * energy, 1.001 + penalty.Ridge);
                CheckObjective(twin, x.Row(i), dictionary, z.Row(i), penalty);
            }
        }
    }

    /// <summary>
    /// One coefficient's step to its own optimum lowers E by ½v²/(1 + μ), or by ½v|z_k| at least where it ends at zero: no more than E is
    /// above its least.
    /// </summary>
    private static void CheckConditions(double[] violations, double[] code, double excess, double curvature)
    {
        for (int k = 0; k < code.Length; k++)
        {
            double descent = 0.5 * violations[k] * violations[k] / curvature;
            Assert.InRange(code[k] == 0 ? descent : Math.Min(descent, 0.5 * violations[k] * Math.Abs(code[k])), 0, excess);
        }
    }

    /// <summary>The library's objective says the same as the twin, up to the rounding of double.</summary>
    private static void CheckObjective(
        PenaltyTwin twin, ReadOnlySpan<float> x, AtomDictionary dictionary, ReadOnlySpan<float> z, Penalty penalty)
    {
        double[] code = LassoTwin.Widen(z);
        double energy = twin.Energy(x, code);
        Assert.Equal(energy, LassoObjective.Energy(x, dictionary, z, penalty), 2 * twin.RoundingOfEnergy(x, code));
        Assert.Equal(twin.Gap(x, code), LassoObjective.DualityGap(x, dictionary, z, penalty),
            energy * (ReportAudit.Rounding + twin.RoundingOfRelativeGap(x, code)));
        Assert.Equal(twin.KktViolation(x, code), LassoObjective.KktViolation(x, dictionary, z, penalty),
            ReportAudit.Rounding * (1 + energy));
    }

    private static Matrix Allowed(Matrix start, Penalty penalty)
    {
        Matrix allowed = start.Clone();
        foreach (ref float value in allowed.Values)
            value = penalty.NonNegative ? Math.Max(0, value) : value;
        return allowed;
    }
}
