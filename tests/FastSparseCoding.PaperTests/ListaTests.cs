using Xunit;

namespace FastSparseCoding.PaperTests;

/// <summary>Section 4.1, Figure 3 and Table 1: LISTA against FISTA and against feed-forward baselines.</summary>
public sealed class ListaTests
{
    /// <summary>One layer is worth many iterations of FISTA, and more layers more.</summary>
    [Theory]
    [InlineData(Problem.Photographs100, 13, 17, 19)]
    [InlineData(Problem.Photographs400, 15, 20, 23)]
    [InlineData(Problem.Generated, 14, 17, 20)]
    public void It_is_worth_many_iterations_of_FISTA(string problem, double one, double three, double seven)
    {
        double[] worth = [.. new[] { 1, 3, 7 }.Select(depth => Problem.Of(problem).FistaIterations("lista", depth))];

        Assert.True(worth[0] > one && worth[1] > three && worth[2] > seven, string.Join(", ", worth));
    }

    /// <summary>The error falls with every layer.</summary>
    [Theory]
    [InlineData(Problem.Photographs100)]
    [InlineData(Problem.Generated)]
    public void Its_error_falls_with_depth(string problem)
    {
        double[] errors = [.. new[] { 0, 1, 3, 7 }.Select(depth => Problem.Of(problem).Error("lista", depth))];

        Assert.True(errors[1] < 0.7 * errors[0] && errors[2] < 0.85 * errors[1] && errors[3] < 0.85 * errors[2], string.Join(", ", errors));
    }

    /// <summary>
    /// Codes that must not be negative are predicted no worse than signed ones of the same patches and atoms: of a million samples the
    /// error of 100 atoms is 7.3 % of ‖Z*‖² instead of 9.3 % at T = 1, 4.0 % instead of 5.7 % at T = 3, and 5.0 % instead of 6.6 % by ten
    /// updates of LCoD.
    /// </summary>
    [Theory]
    [InlineData(Problem.Photographs100)]
    [InlineData(Problem.Generated)]
    public void Codes_that_must_not_be_negative_are_predicted_no_worse(string problem)
    {
        foreach ((string kind, int depth) in ((string, int)[])[("lista", 1), ("lista", 3), ("lcod", 10)])
        {
            double signed = Problem.Of(problem).RelativeError(kind, depth),
                nonNegative = Problem.Of(problem + Problem.NonNegative).RelativeError(kind, depth);

            Assert.True(nonNegative < signed, $"{kind} {depth}: {nonNegative} against {signed}");
        }
    }

    /// <summary>The feed-forward baselines stay behind one layer of LISTA, tanh farthest.</summary>
    [Theory]
    [InlineData(Problem.Photographs100)]
    [InlineData(Problem.Generated)]
    public void The_baselines_stay_behind(string problem)
    {
        Problem p = Problem.Of(problem);
        double tanh = p.Error("tanh"), doubleTanh = p.Error("tanh2"), shrinkage = p.Error("shrink"), lista = p.Error("lista", 1);

        Assert.True(tanh > 1.3 * doubleTanh && doubleTanh > 1.2 * lista && shrinkage > 1.2 * lista,
            $"tanh {tanh}, double tanh {doubleTanh}, shrinkage {shrinkage}, LISTA {lista}");
    }
}
