using FastSparseCoding.Kernels;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

/// <summary>Starts, traces and memory under other penalties than the lasso's.</summary>
public sealed class PenaltyStartTests
{
    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(40, 20, seed: 1);
    private static readonly Matrix X = RandomData.Normal(12, 20, seed: 2);

    [Theory]
    [MemberData(nameof(Problems.NamesAndMembers), MemberType = typeof(Problems))]
    public void From_the_optimum_it_hardly_moves(string name, string member)
    {
        Penalty penalty = Problems.Penalty(member, 0.4f, 40);
        Matrix exact = new ActiveSetSolver(Dictionary, penalty).Encode(X, 1, TestContext.Current.CancellationToken), z = exact.Clone();

        SolveReport report = Problems.Solver(name, Dictionary, penalty)
            .Solve(X, z, warmStart: true, threads: 1, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(0, report.Unconverged);
        Assert.All(report.Iterations, iterations => Assert.InRange(iterations, 0, 1));
    }

    [Theory]
    [MemberData(nameof(Problems.NamesAndMembers), MemberType = typeof(Problems))]
    public void From_anywhere_it_gets_to_the_optimum(string name, string member)
    {
        Penalty penalty = Problems.Penalty(member, 0.4f, 40);
        LassoSolver solver = Problems.Solver(name, Dictionary, penalty, new SolverOptions { MaxIterations = 1_000_000 });
        Matrix cold = solver.Encode(X, 1, TestContext.Current.CancellationToken);
        var twin = new PenaltyTwin(Dictionary, penalty);
        foreach (float size in (float[])[-1, 1e-3f, 1, 100])
        {
            // At −1 every entry is negative.
            Matrix z = RandomData.Normal(12, 40, seed: 3);
            foreach (ref float value in z.Values)
                value = size < 0 ? -Math.Abs(value) : value * size;

            SolveReport report = solver.Solve(X, z, warmStart: true, threads: 1, cancellation: TestContext.Current.CancellationToken);

            Assert.Equal(0, report.Unconverged);
            new ReportAudit(solver, X, z, report).CheckReport();
            Assert.True(!penalty.NonNegative || z.Values.ToArray().All(value => value >= 0));
            for (int i = 0; i < X.Rows; i++)
            {
                // Either is within the tolerance of E*, so that they are twice as far apart as one may be; squared, 4.
                double energy = twin.Energy(X.Row(i), LassoTwin.Widen(cold.Row(i)));
                Assert.InRange(twin.SquaredDistance(LassoTwin.Widen(cold.Row(i)), LassoTwin.Widen(z.Row(i))), 0,
                    4 * 2 * solver.Options.Tolerance * energy);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Problems.NamesAndMembers), MemberType = typeof(Problems))]
    public void A_trace_ends_at_the_optimum_and_no_code_of_it_is_against_the_sign(string name, string member)
    {
        AtomDictionary dictionary = RandomData.Dictionary(12, 20, seed: 5);
        Penalty penalty = Problems.Penalty(member, 0.3f, 12);
        LassoSolver solver = Problems.Solver(name, dictionary, penalty, new SolverOptions { Tolerance = 1 });
        var twin = new PenaltyTwin(dictionary, penalty);
        foreach (Matrix? start in (Matrix?[])[null, RandomData.Normal(12, 12, seed: 6)])
        {
            Dictionary<int, Matrix> traced = TraceTests.Trace(solver, X, [1, 2, 7, 3000], start);
            for (int i = 0; i < X.Rows; i++)
            {
                // Where nothing moves any more, correlations are off by the roundings of n + m products, and in CoD by those of all its
                // updates, some ten of every atom. Coefficients move by as much; both make a gap of that times ‖z‖₁, and E is at least
                // λw‖z‖₁.
                double roundings = 20 + 12 * (name == "CoD" ? 10 : 1), smallest = Enumerable.Range(0, 12).Min(penalty.Threshold);
                double rounding = 2 * roundings * Tolerance.UnitRoundoff * twin.Correlations(X.Row(i), new double[12])
                    .Max(Math.Abs) / smallest;
                Assert.InRange(twin.RelativeGap(X.Row(i), LassoTwin.Widen(traced[3000].Row(i))), 0, rounding);
            }
            if (penalty.NonNegative)
                Assert.All(traced, at => Assert.True(at.Value.Values.ToArray().All(value => value >= 0), $"after {at.Key} iterations"));
        }
    }

    [Theory]
    [MemberData(nameof(Problems.NamesAndMembers), MemberType = typeof(Problems))]
    public void Encoding_into_the_callers_buffer_allocates_nothing(string name, string member)
    {
        LassoSolver solver = Problems.Solver(name, RandomData.Dictionary(30, 16, seed: 1), Problems.Penalty(member, 0.1f, 30));
        Matrix x = RandomData.Normal(5, 16, seed: 2), z = new(5, 30);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Allocation.CheckNone(() => solver.Encode(x.View, z.View, cancellation));
        Assert.Contains(z.Values.ToArray(), value => value != 0);
    }

    [Theory]
    [MemberData(nameof(Problems.Members), MemberType = typeof(Problems))]
    public void Certifying_allocates_nothing(string member)
    {
        var certificate = new Certificate(Dictionary, Problems.Penalty(member, 0.1f, 40), 12);
        Matrix z = RandomData.Normal(12, 40, seed: 3);
        Shrinkage.SoftThreshold(z.Values, 0.5f, z.Values, float.NegativeInfinity);
        double[] energies = new double[12], ofZero = new double[12], violations = new double[12];
        Allocation.CheckNone(() =>
        {
            certificate.Certify(X, z);
            certificate.Inspect(X, z, energies, ofZero, violations);
        });
        Assert.All(violations, violation => Assert.InRange(violation, 1e-2, 1e3));
        Assert.Equal(certificate.Certify(X, z).ToArray().Select(row => (row.Energy, row.EnergyOfZero)), energies.Zip(ofZero));
        Assert.All(certificate.Certify(X, z).ToArray(), row => Assert.InRange(row.RelativeGap, 1e-3, 1e3));
    }

    /// <summary>A certificate is of any code, however far from the optimum: never below the gap in double, and above it by rounding
    /// only.</summary>
    [Theory]
    [MemberData(nameof(Problems.Members), MemberType = typeof(Problems))]
    public void A_certificate_says_what_the_twin_says_of_any_code(string member)
    {
        foreach (float lambda in (float[])[1e-6f, 1e-2f, 0.3f, 10])
            foreach (float size in (float[])[0, 1e-4f, 0.1f, 3])
            {
                Penalty penalty = Problems.Penalty(member, lambda, 40);
                var twin = new PenaltyTwin(Dictionary, penalty);
                var certificate = new Certificate(Dictionary, penalty, 12);
                Matrix z = RandomData.Normal(12, 40, seed: 3);
                Shrinkage.SoftThreshold(z.Values, 0.7f, z.Values, penalty.NonNegative ? float.NegativeInfinity : 0);
                foreach (ref float value in z.Values)
                    value *= size;

                ReadOnlySpan<RowResult> rows = certificate.Certify(X, z);

                for (int i = 0; i < X.Rows; i++)
                {
                    double[] code = LassoTwin.Widen(z.Row(i));
                    double energy = twin.Energy(X.Row(i), code), gap = twin.Gap(X.Row(i), code),
                        rounding = energy * twin.RoundingOfRelativeGap(X.Row(i), code);
                    Assert.Equal(energy, rows[i].Energy, 2 * twin.RoundingOfEnergy(X.Row(i), code));
                    Assert.Equal(twin.Energy(X.Row(i), new double[40]), rows[i].EnergyOfZero,
                        1e-14 * energy + 1e-14 * rows[i].EnergyOfZero);
                    Assert.InRange(rows[i].Gap, gap - rounding,
                        gap + rounding + 100 * 8 * Tolerance.DoubleRoundoff * (energy + rows[i].EnergyOfZero));
                }
            }
    }
}
