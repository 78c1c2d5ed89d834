using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

/// <summary>Codes of a list of weights, each from the one before.</summary>
public sealed class LassoPathTests
{
    private const int Atoms = 37;
    private const int Size = 21;

    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(Atoms, Size, seed: 3);
    private static readonly Matrix X = RandomData.Normal(60, Size, seed: 4);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Problems.Members), MemberType = typeof(Problems))]
    public void Every_weight_has_the_codes_of_its_own_certified(string member)
    {
        Penalty penalty = Problems.Penalty(member, 1, Atoms);
        double largest = LassoPath.LambdaMax(X, Dictionary, penalty);
        var path = new LassoPath(
            Dictionary, penalty, LassoPath.Geometric((float)largest, (float)(0.02 * largest), 9), new SolverOptions { Tolerance = 1e-4 });
        var codes = new List<Matrix>();
        IReadOnlyList<LassoPathPoint> points = path.Run(X, (i, z, report) =>
        {
            Assert.Equal(codes.Count, i);
            Assert.Equal(0, report.Unconverged);
            codes.Add(z.Clone());
        }, threads: 1, Cancellation);

        Assert.Equal(path.Lambdas, points.Select(p => p.Lambda));
        Assert.Equal(9, codes.Count);
        Assert.Equal(new float[X.Rows * Atoms], codes[0].Values);
        foreach ((int i, LassoPathPoint point) in points.Index())
        {
            Penalty own = penalty.WithLambda(point.Lambda);
            var solver = new ActiveSetSolver(Dictionary, own, new SolverOptions { Tolerance = 1e-4 });
            Problems.CheckCertified(solver, X, codes[i]);
            CheckPoint(point, own, codes[i]);
            double[] alone = LassoObjective.Energies(X, Dictionary, solver.Encode(X, cancellation: Cancellation), own),
                here = LassoObjective.Energies(X, Dictionary, codes[i], own);
            Assert.All(alone.Zip(here), pair => Assert.InRange(pair.Second / pair.First, 1 - 1e-4, 1 + 1e-4));
        }
        // Less weight, less error: a theorem for the lasso, and for ½‖x − zD‖² + ½μ‖z‖² with a ridge.
        if (penalty.Ridge == 0)
            Assert.All(points.Zip(points.Skip(1)), pair => Assert.True(pair.Second.SquaredError < pair.First.SquaredError));
    }

    [Fact]
    public void A_batch_and_its_weights_times_c_give_codes_times_c()
    {
        float[] lambdas = LassoPath.Geometric(2, 0.05f, 6);
        var x = new Matrix(X.Rows, Size, [.. X.Values.ToArray().Select(v => 8 * v)]);
        var codes = new List<Matrix>();
        IReadOnlyList<LassoPathPoint> one = new LassoPath(Dictionary, 1, lambdas)
            .Run(X, (_, z, _) => codes.Add(z.Clone()), threads: 1, Cancellation);

        IReadOnlyList<LassoPathPoint> scaled = new LassoPath(Dictionary, 1, [.. lambdas.Select(l => 8 * l)])
            .Run(x, (i, z, _) => Assert.Equal(codes[i].Values.ToArray().Select(v => 8 * v), z.Values.ToArray()), threads: 3, Cancellation);

        Assert.Equal(one.Select(p => p with { Lambda = 8 * p.Lambda, SquaredError = 64 * p.SquaredError, Energy = 64 * p.Energy }), scaled);
    }

    [Fact]
    public void A_solution_of_another_weight_is_no_prediction_and_saves_changes_of_the_support()
    {
        int changes = 0, cold = 0;
        float[] lambdas = LassoPath.Geometric(1, 0.02f, 12);
        new LassoPath(Dictionary, 1, lambdas).Run(X, (_, _, report) => changes += report.Iterations.Sum(), threads: 1, Cancellation);
        foreach (float lambda in lambdas)
            cold += new ActiveSetSolver(Dictionary, lambda).Solve(X, new Matrix(X.Rows, Atoms), cancellation: Cancellation)
                .Iterations.Sum();

        Assert.InRange(changes, 1, 0.7 * cold);
    }

    [Fact]
    public void Weights_go_down_by_equal_factors()
    {
        Assert.Equal([8, 4, 2, 1], LassoPath.Geometric(8, 1, 4));
        Assert.Equal([3, 0.01f], LassoPath.Geometric(3, 0.01f, 2));
    }

    [Fact]
    public void More_weights_than_float32_tells_apart_are_refused()
    {
        float next = MathF.BitDecrement(0.5f);

        Assert.Equal([0.5f, next], LassoPath.Geometric(0.5f, next, 2));
        string message = Assert.Throws<ArgumentOutOfRangeException>("count", () => LassoPath.Geometric(0.5f, next, 10)).Message;
        Assert.StartsWith("'count' is 10; it must be less: float32 has too few numbers from 0.5 down to 0.49999997.", message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_largest_weight_of_a_batch_is_that_of_its_signals()
    {
        var penalty = new Penalty(1, nonNegative: true);
        var twin = new PenaltyTwin(Dictionary, penalty);

        double largest = LassoPath.LambdaMax(X, Dictionary, penalty);

        Assert.Equal(Enumerable.Range(0, X.Rows).Max(i => twin.LambdaMax(X.Row(i))), largest, 2 * Size * Tolerance.DoubleRoundoff * 10);
        Assert.Equal(0, LassoPath.LambdaMax(new Matrix(2, Size), Dictionary, 1));
    }

    [Fact]
    public void Signals_of_zero_have_no_error()
        => Assert.Equal(new LassoPathPoint(0.5f, 0, 0, 0, 0, 0),
            Assert.Single(new LassoPath(Dictionary, 1, [0.5f]).Run(new Matrix(2, Size), cancellation: Cancellation)));

    [Fact]
    public void What_is_wrong_is_refused()
    {
        Assert.StartsWith("'lambdas' is empty; it must hold at least one weight.", Refused(() => new LassoPath(Dictionary, 1, [])),
            StringComparison.Ordinal);
        Assert.StartsWith("'lambdas' holds 1 after 1; it must descend.", Refused(() => new LassoPath(Dictionary, 1, [2, 1, 1])),
            StringComparison.Ordinal);
        Assert.StartsWith("'lambda' is 0; it must be a finite number above 0.", Refused(() => new LassoPath(Dictionary, 1, [2, 0])),
            StringComparison.Ordinal);
        Assert.StartsWith("'x' has no rows; at least one signal is needed.",
            Refused(() => new LassoPath(Dictionary, 1, [2]).Run(new Matrix(0, Size), cancellation: Cancellation)),
            StringComparison.Ordinal);
        Assert.StartsWith("'to' is 2; it must be below 'from', which is 2.", Refused(() => LassoPath.Geometric(2, 2, 5)),
            StringComparison.Ordinal);
        Assert.StartsWith("'count' is 1; it must be 2 or more.", Refused(() => LassoPath.Geometric(2, 1, 1)), StringComparison.Ordinal);
        Assert.StartsWith("'from' is NaN; it must be a finite number above 0.", Refused(() => LassoPath.Geometric(float.NaN, 1, 2)),
            StringComparison.Ordinal);
        Assert.Throws<OperationCanceledException>(
            () => new LassoPath(Dictionary, 1, [2]).Run(X, cancellation: new CancellationToken(true)));

        static string Refused(Func<object> make) => Assert.ThrowsAny<ArgumentException>(make).Message;
    }

    private static void CheckPoint(LassoPathPoint point, Penalty penalty, Matrix z)
    {
        var twin = new PenaltyTwin(Dictionary, penalty);
        double error = 0, energy = 0, squares = 0;
        for (int i = 0; i < X.Rows; i++)
        {
            double[] code = LassoTwin.Widen(z.Row(i));
            energy += twin.Energy(X.Row(i), code);
            error += 2 * (twin.Energy(X.Row(i), code) - twin.Price(code));
            squares += 2 * twin.Energy(X.Row(i), new double[Atoms]);
        }
        // Sums of some 60 terms of n + m products each.
        double rounding = 100 * (Size + Atoms) * Tolerance.DoubleRoundoff;
        Assert.Equal(1, point.Energy / (energy / X.Rows), rounding);
        Assert.Equal(point.SquaredError, error / X.Rows, rounding * point.Energy);
        Assert.Equal(point.RelativeSquaredError, error / squares, rounding);
        Assert.Equal(z.Values.ToArray().Count(v => v != 0) / (double)X.Rows, point.NonZeros);
        Assert.Equal(0, point.Uncertified);
    }
}
