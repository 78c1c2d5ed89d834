using Xunit;

namespace FastSparseCoding.PaperTests;

/// <summary>Section 4.2, Figure 4 and Table 2: LCoD needs about a tenth of the updates of CoD.</summary>
public sealed class LcodTests
{
    [Theory]
    [InlineData(Problem.Photographs100, 11, 4.5)]
    [InlineData(Problem.Photographs400, 15, 5)]
    [InlineData(Problem.Generated, 9, 3.2)]
    public void It_saves_most_of_the_updates_of_CoD(string problem, double five, double twenty)
    {
        Problem p = Problem.Of(problem);
        double[] factor = [p.CodUpdates("lcod", 5) / 5, p.CodUpdates("lcod", 20) / 20];

        Assert.True(factor[0] >= five && factor[1] >= twenty, string.Join(", ", factor));
    }

    [Theory]
    [InlineData(Problem.Photographs100)]
    [InlineData(Problem.Generated)]
    public void Its_error_falls_with_every_update(string problem)
    {
        double[] errors = [.. new[] { 1, 5, 20 }.Select(updates => Problem.Of(problem).Error("lcod", updates))];

        Assert.True(errors[1] < 0.8 * errors[0] && errors[2] < 0.7 * errors[1], string.Join(", ", errors));
    }
}
