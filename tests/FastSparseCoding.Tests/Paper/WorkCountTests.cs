using FastSparseCoding.Encoders;
using FastSparseCoding.Paper;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Paper;

public sealed class WorkCountTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 10_000)]             // 100·100 for B; z = h_θ(B)
    [InlineData(2, 20_000)]             // and one product by S
    [InlineData(18, 180_000)]
    [InlineData(18.5, 185_000)]
    public void A_gradient_method_pays_for_B_once_and_for_S_from_the_second_iteration_on(double iterations, double work)
        => Assert.Equal(work, WorkCount.Gradient(100, 100, iterations));

    [Theory]
    [InlineData(0, 40_000)]             // 100·400 for B
    [InlineData(1, 40_400)]
    [InlineData(67, 66_800)]
    public void A_coordinate_update_costs_a_row(double updates, double work)
        => Assert.Equal(work, WorkCount.CoordinateDescent(100, 400, updates));

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(39_999, 0, 0)]          // not even B
    [InlineData(40_000, 1, 0)]          // B = xDᵀ alone
    [InlineData(40_400, 1, 1)]
    [InlineData(199_999, 1, 399)]
    [InlineData(200_000, 2, 400)]       // and one product by S
    [InlineData(359_999, 2, 799)]
    public void Work_buys_whole_iterations(long work, int iterations, int updates)
        => Assert.Equal((iterations, updates), (WorkCount.GradientIterations(100, 400, work), WorkCount.CoordinateUpdates(100, 400, work)));

    [Fact]
    public void Large_sizes_do_not_overflow()
        => Assert.Equal(1e10 + 9e10, WorkCount.Gradient(100_000, 100_000, 10));

    [Theory]
    [InlineData("lista", 0, 12 * 5)]
    [InlineData("lista", 3, 12 * 5 + 3 * 12 * 12)]
    [InlineData("lcod", 4, 12 * 5 + 4 * 12)]
    [InlineData("shrink", 0, 12 * 5)]
    public void Encoders_count_the_same_way(string kind, int depth, long work)
    {
        TrainableEncoder encoder = EncoderFactory.Create(kind, RandomData.Dictionary(12, 5, seed: 1), 0.5f, depth);

        Assert.Equal(work, encoder.MultiplyAdds);
        Assert.Equal(work, kind == "lcod" ? WorkCount.CoordinateDescent(5, 12, depth) : WorkCount.Gradient(5, 12, depth + 1));
    }
}
