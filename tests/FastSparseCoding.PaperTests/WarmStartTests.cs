using FastSparseCoding.Evaluation;
using FastSparseCoding.Solvers;
using Xunit;

namespace FastSparseCoding.PaperTests;

/// <summary>Section 5: a prediction is a good start for an exact method.</summary>
public sealed class WarmStartTests
{
    [Theory]
    [InlineData(Problem.Photographs100)]
    [InlineData(Problem.Generated)]
    public void CoD_from_LCoD_needs_far_fewer_updates(string problem)
    {
        Problem p = Problem.Of(problem);

        double saved = Saved(p, new GreedyCoordinateDescentSolver(p.Dictionary, Problem.Lambda), 1000, "lcod", 20);

        Assert.True(saved > 3, $"{saved}");
    }

    [Theory]
    [InlineData(Problem.Photographs100)]
    [InlineData(Problem.Generated)]
    public void FISTA_from_LISTA_needs_fewer_iterations(string problem)
    {
        Problem p = Problem.Of(problem);

        double saved = Saved(p, new FistaSolver(p.Dictionary, Problem.Lambda), 200, "lista", 3);

        Assert.True(saved > 1.3, $"{saved}");
    }

    [Theory]
    [InlineData(Problem.Photographs100)]
    [InlineData(Problem.Photographs400)]
    [InlineData(Problem.Generated)]
    public void The_active_set_from_LCoD_changes_the_support_less_and_certifies_every_row(string problem)
    {
        Problem p = Problem.Of(problem);
        var solver = new ActiveSetSolver(p.Dictionary, Problem.Lambda);
        Matrix cold = new(p.X.Rows, p.Dictionary.AtomCount), warm = p.Predict("lcod", 50);

        SolveReport fromZero = solver.Solve(p.X, cold, cancellation: TestContext.Current.CancellationToken);
        SolveReport fromPrediction = solver.Solve(p.X, warm, warmStart: true, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(0, fromPrediction.Unconverged);
        Assert.True(fromPrediction.Iterations.Average() < fromZero.Iterations.Average(),
            $"{fromPrediction.Iterations.Average()} against {fromZero.Iterations.Average()}");
    }

    /// <summary>How many times fewer iterations take the mean relative gap to a hundredth.</summary>
    private static double Saved(Problem p, LassoSolver solver, int last, string kind, int depth)
    {
        int[] iterations = [0, .. PredictionCurve.Spaced(last)];
        ConvergenceCurve Measure(Matrix? start)
            => ConvergenceCurve.Measure(solver, p.X, p.Codes, iterations, start, cancellation: TestContext.Current.CancellationToken);
        return Measure(null).IterationsFor(1e-2) / Measure(p.Predict(kind, depth)).IterationsFor(1e-2);
    }
}
