using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

public sealed class WarmStartTests
{
    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(40, 20, seed: 1);
    private static readonly Matrix X = RandomData.Normal(12, 20, seed: 2);

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void From_the_optimum_it_hardly_moves(string name)
    {
        Matrix exact = new ActiveSetSolver(Dictionary, 0.5f).Encode(X, 1, TestContext.Current.CancellationToken), z = exact.Clone();
        LassoSolver solver = Problems.Solver(name, Dictionary, 0.5f);

        SolveReport report = solver.Solve(X, z, warmStart: true, threads: 1, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(0, report.Unconverged);
        Assert.All(report.Iterations, iterations => Assert.InRange(iterations, 0, 1));
        // The certificate allows a change of 10⁻⁵ of E; a coefficient's is the square root of that at most.
        for (int i = 0; i < z.Values.Length; i++)
            Assert.InRange(Math.Abs(z.Values[i] - exact.Values[i]), 0, 1e-4);
    }

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void Small_coefficients_of_a_start_are_taken_for_zero_where_asked(string name)
    {
        const float Threshold = 0.8f;
        Matrix start = RandomData.Normal(12, 40, seed: 3), expected = start.Clone();
        foreach (ref float value in expected.Values)
            value = Math.Abs(value) < Threshold * 0.5f ? 0 : value;
        LassoSolver solver = Problems.Solver(
            name, Dictionary, 0.5f, new SolverOptions { StartThreshold = Threshold, MaxIterations = 1_000_000 }),
            plain = Problems.Solver(name, Dictionary, 0.5f, new SolverOptions { MaxIterations = 1_000_000 });
        Assert.InRange(expected.Values.Count(0f), 50, 400);

        SolveReport report = solver.Solve(X, start, warmStart: true, threads: 1, cancellation: TestContext.Current.CancellationToken);
        plain.Solve(X, expected, warmStart: true, threads: 1, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(0, report.Unconverged);
        Assert.Equal(expected.Values.ToArray(), start.Values.ToArray());
    }

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void From_anywhere_else_it_still_gets_to_the_optimum(string name)
    {
        LassoSolver solver = Problems.Solver(name, Dictionary, 0.5f, new SolverOptions { MaxIterations = 1_000_000 });
        foreach (float size in (float[])[1e-3f, 1, 100])
        {
            Matrix z = RandomData.Normal(12, 40, seed: 3);
            foreach (ref float value in z.Values)
                value *= size;

            SolveReport report = solver.Solve(X, z, warmStart: true, threads: 1, cancellation: TestContext.Current.CancellationToken);

            Assert.Equal(0, report.Unconverged);
            Problems.CheckCertified(solver, X, z);
        }
    }

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void A_neighbours_solution_saves_iterations(string name)
    {
        LassoSolver solver = Problems.Solver(name, Dictionary, 0.5f);
        Matrix z = solver.Encode(X, 1, TestContext.Current.CancellationToken), cold = new(12, 40), moved = X.Clone();
        foreach (ref float value in moved.Values)
            value *= 1.01f;

        int warm = solver.Solve(moved, z, warmStart: true, threads: 1, cancellation: TestContext.Current.CancellationToken)
            .Iterations.Sum();
        int fromZero = solver.Solve(moved, cold, threads: 1, cancellation: TestContext.Current.CancellationToken).Iterations.Sum();

        Assert.InRange(warm, 0, 0.75 * fromZero);
    }

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void Without_it_what_the_buffer_held_does_not_matter(string name)
    {
        LassoSolver solver = Problems.Solver(name, Dictionary, 0.5f);
        Matrix zero = new(12, 40), garbage = RandomData.Normal(12, 40, seed: 3), encoded = RandomData.Normal(12, 40, seed: 4);
        garbage.Values.Fill(float.NaN);

        solver.Solve(X, zero, threads: 1, cancellation: TestContext.Current.CancellationToken);
        solver.Solve(X, garbage, threads: 1, cancellation: TestContext.Current.CancellationToken);
        solver.Encode(X.View, encoded.View, TestContext.Current.CancellationToken);

        Assert.Equal(zero.Values, garbage.Values);
        Assert.Equal(zero.Values, encoded.Values);
    }
}
