using FastSparseCoding.Evaluation;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Evaluation;

public sealed class PredictionCurveTests
{
    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(15, 8, seed: 1);

    /// <summary>Two blocks of rows and a part of a third.</summary>
    private static readonly Matrix X = RandomData.Normal(600, 8, seed: 2);

    private static readonly Matrix Exact = new ActiveSetSolver(Dictionary, 0.3f).Encode(X);

    [Theory]
    [InlineData(200, 1)]
    [InlineData(100, 1)]
    [InlineData(31.622776601683793, 3.1622776601683795)]
    [InlineData(10, 10)]
    [InlineData(1, 100)]
    [InlineData(0.5, 1000)]
    [InlineData(0.25, 10_000)]
    public void Iterations_are_interpolated_on_logarithmic_axes(double error, double iterations)
        // Slope −1 to (100, 1), then down by a factor of four in two decades: half of it after one.
        => Assert.Equal(iterations, Curve((1, 100), (10, 10), (100, 1), (10_000, 0.25)).IterationsFor(error), 1e-9 * iterations);

    [Fact]
    public void An_error_below_the_curve_is_never_reached()
        => Assert.Equal(double.PositiveInfinity, Curve((1, 100), (10, 10)).IterationsFor(9.999));

    [Fact]
    public void What_counts_is_where_the_error_stays_below()
    {
        // Below 5 after 2, above it after 4, below for good between 4 and 16: √(4·16) at the geometric mean of 8 and 2.
        PredictionCurve curve = Curve((1, 10), (2, 4), (4, 8), (16, 2));

        Assert.Equal(8, curve.IterationsFor(4), 1e-12);
        Assert.Equal(4, curve.IterationsFor(7.999999), 1e-5);
    }

    [Fact]
    public void Zero_iterations_and_a_zero_error_have_no_logarithm()
    {
        Assert.Equal(1, Curve((0, 10), (1, 1)).IterationsFor(5));
        Assert.Equal(0, Curve((0, 10), (1, 1)).IterationsFor(20));
        Assert.Equal(3, Curve((1, 10), (3, 0)).IterationsFor(5));
        Assert.StartsWith("'error' is 0; it must be a finite number above 0.",
            Assert.Throws<ArgumentOutOfRangeException>(() => Curve((1, 1)).IterationsFor(0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_measured_curve_agrees_with_solvers_stopped_at_each_number()
    {
        int[] iterations = [0, 1, 2, 5, 10, 40];
        var solver = new IstaSolver(Dictionary, 0.3f);

        PredictionCurve curve = PredictionCurve.Measure(solver, X, Exact, iterations, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal("ISTA", curve.Method);
        Assert.Equal(iterations, curve.Iterations);
        Assert.Equal(CodeEvaluator.CodeError(new Matrix(600, 15), Exact), curve.CodeErrors[0], 1e-12);
        for (int i = 1; i < iterations.Length; i++)
        {
            var z = new Matrix(600, 15);
            new IstaSolver(Dictionary, 0.3f, new SolverOptions { MaxIterations = iterations[i], Tolerance = 1e-7 })
                .Solve(X, z, cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(CodeEvaluator.CodeError(z, Exact), curve.CodeErrors[i], 1e-6 * curve.CodeErrors[i]);
            Assert.True(curve.CodeErrors[i] < curve.CodeErrors[i - 1]);
        }
    }

    [Fact]
    public void A_start_moves_the_curve_and_threads_do_not()
    {
        int[] iterations = [0, 1, 3];
        var solver = new FistaSolver(Dictionary, 0.3f);
        PredictionCurve one = PredictionCurve.Measure(
            solver, X, Exact, iterations, threads: 1, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(one.CodeErrors,
            PredictionCurve.Measure(solver, X, Exact, iterations, threads: 3, cancellation: TestContext.Current.CancellationToken)
            .CodeErrors);
        PredictionCurve warm = PredictionCurve.Measure(
            solver, X, Exact, iterations, Exact, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(0, warm.CodeErrors[0]);
        Assert.All(warm.CodeErrors, e => Assert.InRange(e, 0, 1e-8));
    }

    [Fact]
    public void Spaced_numbers_ascend_without_great_gaps_and_end_where_asked()
    {
        foreach (int last in new[] { 1, 2, 19, 20, 21, 100, 1234 })
        {
            IReadOnlyList<int> all = PredictionCurve.Spaced(last);
            Assert.Equal((1, last), (all[0], all[^1]));
            for (int i = 1; i < all.Count; i++)
                Assert.InRange(all[i], all[i - 1] + 1, Math.Max(all[i - 1] + 1, (int)Math.Round(all[i - 1] * 1.1)));
        }
        Assert.Equal(Enumerable.Range(1, 20), PredictionCurve.Spaced(1000).Take(20));
        Assert.Equal([20, 22, 24, 26, 29], PredictionCurve.Spaced(1000).Skip(19).Take(5));
        Assert.StartsWith("'last' is 0; it must be 1 or more.",
            Assert.Throws<ArgumentOutOfRangeException>(() => PredictionCurve.Spaced(0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        var solver = new IstaSolver(Dictionary, 0.3f);

        Refused("'exact' is [600×14]; it must be [600×15].", () => PredictionCurve.Measure(solver, X, new Matrix(600, 14), [1]));
        Refused("'x.Rows' is 0; it must be 1 or more.", () => PredictionCurve.Measure(solver, new Matrix(0, 8), new Matrix(0, 15), [1]));
        Refused("'iterations' is 3; it must be 6 or more.", () => PredictionCurve.Measure(solver, X, Exact, [1, 5, 3]));
        Refused("'iterations' is empty; it must hold at least one count.", () => PredictionCurve.Measure(solver, X, Exact, []));

        static void Refused(string message, Action action)
            => Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    private static PredictionCurve Curve(params (int Iterations, double Error)[] points)
        => new("test", [.. points.Select(p => p.Iterations)], [.. points.Select(p => p.Error)]);
}
