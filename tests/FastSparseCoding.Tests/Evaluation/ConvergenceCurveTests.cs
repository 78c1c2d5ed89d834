using FastSparseCoding.Evaluation;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Evaluation;

public sealed class ConvergenceCurveTests
{
    private const float Lambda = 0.3f;

    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(15, 8, seed: 1);

    /// <summary>Two blocks of rows and a part of a third.</summary>
    private static readonly Matrix X = RandomData.Normal(600, 8, seed: 2);

    private static readonly Matrix Exact = new ActiveSetSolver(Dictionary, Lambda).Encode(X);

    [Fact]
    public void It_agrees_with_solvers_stopped_at_each_number()
    {
        int[] iterations = [0, 1, 4, 20];

        ConvergenceCurve curve =
            ConvergenceCurve.Measure(
            new FistaSolver(Dictionary, Lambda), X, Exact, iterations, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal("FISTA", curve.Method);
        Assert.Equal(iterations, curve.Iterations);
        Assert.Equal(Quality(new Matrix(600, 15)).RelativeObjectiveGap, curve.RelativeGaps[0], 1e-12);
        for (int i = 1; i < iterations.Length; i++)
        {
            var z = new Matrix(600, 15);
            new FistaSolver(Dictionary, Lambda, new SolverOptions { MaxIterations = iterations[i], Tolerance = 1e-7 })
                .Solve(X, z, cancellation: TestContext.Current.CancellationToken);
            // Rows that stop early are within 1e-7 of the optimum.
            Assert.Equal(Quality(z).RelativeObjectiveGap, curve.RelativeGaps[i], 2e-7);
            Assert.True(curve.RelativeGaps[i] < curve.RelativeGaps[i - 1]);
        }
    }

    [Fact]
    public void A_start_near_the_optimum_needs_fewer_iterations_and_threads_change_nothing()
    {
        var near = new Matrix(600, 15, [.. Exact.Values.ToArray().Select(v => v * 1.01f)]);
        var solver = new GreedyCoordinateDescentSolver(Dictionary, Lambda);
        int[] iterations = [0, 1, 2, 5, 10, 20, 50, 100, 200];

        ConvergenceCurve cold = ConvergenceCurve.Measure(
            solver, X, Exact, iterations, threads: 1, cancellation: TestContext.Current.CancellationToken);
        ConvergenceCurve warm = ConvergenceCurve.Measure(
            solver, X, Exact, iterations, near, threads: 1, cancellation: TestContext.Current.CancellationToken);

        Assert.True(warm.IterationsFor(1e-4) < cold.IterationsFor(1e-4), $"{warm.IterationsFor(1e-4)} against {cold.IterationsFor(1e-4)}");
        Assert.Equal(cold.RelativeGaps,
            ConvergenceCurve.Measure(solver, X, Exact, iterations, threads: 3, cancellation: TestContext.Current.CancellationToken)
            .RelativeGaps);
    }

    [Fact]
    public void Signals_without_energy_do_not_count()
    {
        var half = new Matrix(1200, 8);
        X.Values.CopyTo(half.Values);
        var codes = new Matrix(1200, 15);
        Exact.Values.CopyTo(codes.Values);
        var solver = new IstaSolver(Dictionary, Lambda);

        double all = ConvergenceCurve.Measure(solver, half, codes, [3], cancellation: TestContext.Current.CancellationToken)
            .RelativeGaps[0];

        Assert.Equal(ConvergenceCurve.Measure(solver, X, Exact, [3], cancellation: TestContext.Current.CancellationToken).RelativeGaps[0],
            all, 1e-12);
        Refused("'x' has no signal with an energy above 0; at least one is needed.",
            () => ConvergenceCurve.Measure(solver, new Matrix(3, 8), new Matrix(3, 15), [1]));
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        var solver = new IstaSolver(Dictionary, Lambda);

        Refused("'z' is [600×14]; it must be [600×15].", () => ConvergenceCurve.Measure(solver, X, new Matrix(600, 14), [1]));
        Refused("'iterations' is 3; it must be 6 or more.", () => ConvergenceCurve.Measure(solver, X, Exact, [1, 5, 3]));
        Refused("'relativeGap' is 0; it must be a finite number above 0.",
            () => ConvergenceCurve.Measure(solver, X, Exact, [1]).IterationsFor(0));
    }

    private static CodeQuality Quality(Matrix z) => CodeEvaluator.Compare(X, Dictionary, Lambda, z, Exact);

    private static void Refused(string message, Action action)
        => Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
}
