using System.Collections.Concurrent;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

public sealed class TraceTests
{
    private static readonly int[] Counts = [0, 1, 2, 3, 7, 20, 45];

    [Theory]
    [InlineData("ISTA", 30, 17)]
    [InlineData("ISTA", 11, 19)]
    [InlineData("FISTA", 30, 17)]
    [InlineData("FISTA", 11, 19)]
    [InlineData(Problems.Restarted, 30, 17)]
    [InlineData("CoD", 30, 17)]
    [InlineData("CoD", 11, 19)]
    [InlineData("cyclic CD", 30, 17)]
    [InlineData("cyclic CD", 11, 19)]
    public void After_k_iterations_a_solver_is_where_the_twin_is(string name, int atoms, int size)
    {
        AtomDictionary dictionary = RandomData.Dictionary(atoms, size, seed: 5);
        Matrix x = RandomData.Normal(4, size, seed: 9);
        float lambda = Problems.Lambda(x, dictionary, 0.15);
        var twin = new IterationTwins(dictionary, lambda);

        foreach ((int k, Matrix codes) in Trace(Problems.Solver(name, dictionary, lambda), x, Counts))
            for (int i = 0; i < x.Rows; i++)
            {
                double[] expected = Iterate(twin, name, x.Row(i), k);
                // An iteration is n + m roundings of a coefficient. ISTA and coordinate descent do not expand an error, so that those of k
                // iterations at most add up; momentum lets them grow linearly besides. √m for the coefficients' share in each other's
                // error.
                double operations = (atoms + size) * Math.Sqrt(atoms) * (k + 1) * (
                    name.StartsWith("FISTA", StringComparison.Ordinal) ? k + 1 : 1);
                double magnitude = new LassoTwin(dictionary, lambda).LambdaMax(x.Row(i));
                Tolerance.Check(expected, codes.Row(i), name == "cyclic CD" ? operations * atoms : operations, magnitude);
            }

        // Had two coordinates been as good within rounding, another choice would have been right as well.
        Assert.InRange(twin.NearestDecision, 1e-5, double.PositiveInfinity);
        Assert.Equal(name == Problems.Restarted, twin.Restarts > 0);
    }

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void At_zero_it_shows_the_start_and_the_last_is_what_that_many_iterations_return(string name)
    {
        AtomDictionary dictionary = RandomData.Dictionary(30, 17, seed: 5);
        Matrix x = RandomData.Normal(600, 17, seed: 6), start = RandomData.Normal(600, 30, seed: 7);
        for (int i = 0; i < start.Rows; i++)
            start.Row(i)[6..].Clear();                              // so few that four changes of a support can make it better than zero
        LassoSolver limited = Problems.Solver(name, dictionary, 0.3f, new SolverOptions { MaxIterations = 4, Tolerance = 1e-7 });

        Dictionary<int, Matrix> fromStart = Trace(limited, x, [0, 4], start);
        if (name == "CoD")
            Assert.Equal(600, fromStart[0].Rows);                   // its code is h_λ(B), never z itself
        else
            Assert.Equal(start.Values, fromStart[0].Values);
        if (name == "cyclic CD")
            return;                                                 // between traced sweeps over all it has others, over the non-zero ones
        var solved = start.Clone();
        limited.Solve(x, solved, warmStart: true, cancellation: TestContext.Current.CancellationToken);
        // A trace shows the iteration as it is; a solution is never worse than zero or than the start.
        double[] traced = Energies(limited, x, fromStart[4]),
            allowed = [.. Energies(limited, x, start).Zip(Energies(limited, x, new Matrix(600, 30)), Math.Min)];
        int[] kept = [.. Enumerable.Range(0, 600).Where(i => traced[i] < allowed[i])];
        Assert.InRange(kept.Length, 100, 600);
        Assert.All(kept, i => Assert.Equal(solved.Row(i).ToArray(), fromStart[4].Row(i).ToArray()));

        Dictionary<int, Matrix> fromZero = Trace(limited, x, [4]);
        limited.Solve(x, solved, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(solved.Values, fromZero[4].Values);
    }

    [Theory]
    [InlineData("ISTA")]
    [InlineData("cyclic CD")]
    [InlineData("active set")]
    public void The_energy_never_rises_along_the_trace(string name)
    {
        AtomDictionary dictionary = Problems.Correlated(40, 17, seed: 5);
        Matrix x = RandomData.Normal(5, 17, seed: 6);
        float lambda = Problems.Lambda(x, dictionary, 0.05);
        var last = new double[x.Rows];
        Array.Fill(last, double.PositiveInfinity);

        foreach ((int _, Matrix codes) in Trace(Problems.Solver(name, dictionary, lambda), x, Counts).OrderBy(at => at.Key))
            for (int i = 0; i < x.Rows; i++)
            {
                double energy = LassoObjective.Energy(x.Row(i), dictionary, codes.Row(i), lambda);
                Assert.InRange(energy, 0, last[i] * (1 + 1e-6));
                last[i] = energy;
            }
    }

    [Fact]
    public void A_trace_goes_on_although_the_solver_would_have_stopped()
    {
        AtomDictionary dictionary = RandomData.Dictionary(8, 12, seed: 5);
        Matrix x = RandomData.Normal(3, 12, seed: 6);
        foreach (string name in (string[])["ISTA", "FISTA", "CoD", "cyclic CD", "active set"])
        {
            LassoSolver solver = Problems.Solver(name, dictionary, 0.2f, new SolverOptions { Tolerance = 1 });
            Matrix codes = Trace(solver, x, [2000])[2000];
            for (int i = 0; i < x.Rows; i++)
            {
                double energy = LassoObjective.Energy(x.Row(i), dictionary, codes.Row(i), 0.2f);
                Assert.InRange(LassoObjective.DualityGap(x.Row(i), dictionary, codes.Row(i), 0.2f), -1e-12, 2e-5 * energy);
            }
        }
    }

    [Fact]
    public void Counts_must_ascend_and_shapes_must_fit()
    {
        var solver = new IstaSolver(RandomData.Dictionary(3, 2, seed: 1), 0.5f);
        var x = new Matrix(4, 2);
        void Observe(int k, int first, Matrix codes) => Assert.Fail("must not be reached");

        Assert.Equal("'iterations' is empty; it must hold at least one count. (Parameter 'iterations')",
            Message(() => solver.Trace(x, [], Observe)));
        Assert.StartsWith("'iterations' is 5; it must be 6 or more.", Message(() => solver.Trace(x, [1, 5, 5], Observe)),
            StringComparison.Ordinal);
        Assert.StartsWith("'iterations' is -1; it must be 0 or more.", Message(() => solver.Trace(x, [-1], Observe)),
            StringComparison.Ordinal);
        Assert.Equal("'start' is [3×3]; it must be [4×3]. (Parameter 'start')",
            Message(() => solver.Trace(x, [1], Observe, new Matrix(3, 3))));
        Assert.Equal("'x' has 3 columns; it must have 2. (Parameter 'x')", Message(() => solver.Trace(new Matrix(4, 3), [1], Observe)));
    }

    private static string Message(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;

    private static double[] Iterate(IterationTwins twin, string name, ReadOnlySpan<float> x, int k) => name switch
    {
        "ISTA" => twin.Ista(x, k),
        "CoD" => twin.GreedyCoordinateDescent(x, k),
        "cyclic CD" => twin.CyclicCoordinateDescent(x, k),
        _ => twin.Fista(x, k, restart: name == Problems.Restarted),
    };

    private static double[] Energies(LassoSolver solver, Matrix x, Matrix z)
        => LassoObjective.Energies(x, solver.Dictionary, z, solver.Lambda);

    /// <summary>The codes of all rows at every count; every row must be shown once.</summary>
    internal static Dictionary<int, Matrix> Trace(LassoSolver solver, Matrix x, int[] counts, Matrix? start = null, int threads = 0)
    {
        Dictionary<int, Matrix> codes = counts.ToDictionary(k => k, _ => new Matrix(x.Rows, solver.CodeSize));
        var shown = new ConcurrentBag<(int, int)>();
        solver.Trace(x, counts, (k, first, block) =>
        {
            block.Values.CopyTo(codes[k].RowRange(first, block.Rows).Values);
            for (int i = 0; i < block.Rows; i++)
                shown.Add((k, first + i));
        }, start, threads, TestContext.Current.CancellationToken);
        Assert.Equal(x.Rows * counts.Length, shown.Count);
        Assert.Equal(shown.Count, shown.Distinct().Count());
        return codes;
    }
}
