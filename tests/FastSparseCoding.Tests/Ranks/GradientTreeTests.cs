using FastSparseCoding.Encoders;
using FastSparseCoding.Tests.Support;
using FastSparseCoding.Training;
using Xunit;

namespace FastSparseCoding.Tests.Ranks;

public sealed class GradientTreeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(11)]
    [InlineData(64)]
    public void Leaves_are_added_in_pairs_of_pairs(int leaves)
    {
        Matrix values = RandomData.Normal(leaves, 9, seed: leaves);
        var parameters = new ParameterSlab(ParameterSlab.Layout(("w", 3, 3)));
        var slab = new TrainedSlab(parameters, OptimizerKind.Sgd, _ => 1, _ => 0, (_, _) => { });
        using var team = new ThreadTeam(2);
        var tree = new GradientTree([slab], 64, team);
        for (int repeat = 0; repeat < 2; repeat++)
        {
            for (int leaf = 0; leaf < leaves; leaf++)
            {
                values.Row(leaf).CopyTo(slab.Gradient.Values);
                tree.Take(last: leaf == leaves - 1);
            }

            Assert.Equal(Enumerable.Range(0, 9).Select(j => Sum(values, j, 0, 64)!.Value), slab.Gradient.Values.ToArray());
        }
    }

    /// <summary>The sum of a branch; null of one without leaves.</summary>
    private static float? Sum(Matrix values, int column, int first, int count)
    {
        if (first >= values.Rows)
            return null;
        if (count == 1)
            return values[first, column];
        float left = Sum(values, column, first, count / 2)!.Value;
        return Sum(values, column, first + count / 2, count / 2) is { } right ? left + right : left;
    }
}
