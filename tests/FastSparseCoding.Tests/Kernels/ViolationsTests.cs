using FastSparseCoding.Kernels;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Kernels;

public sealed class ViolationsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(float.NegativeInfinity)]
    public void They_are_listed_in_order_with_what_exceeds_at_every_length(float floor)
    {
        for (int length = 0; length <= 70; length++)
        {
            float[] c = Values(length, seed: length), bounds = [.. Values(length, seed: 100 + length).Select(Math.Abs)];
            for (int k = 0; k < length; k += 5)
                bounds[k] = k % 2 == 0 ? float.PositiveInfinity : 0;

            (int[] indices, float[] excess) = List(c, bounds, floor);

            int[] expected = [.. Enumerable.Range(0, length).Where(k => (floor == 0 ? Math.Abs(c[k]) : c[k]) > bounds[k])];
            Assert.Equal(expected, indices);
            Assert.Equal(expected.Select(k => c[k] > 0 ? c[k] - bounds[k] : c[k] + bounds[k]), excess);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(float.NegativeInfinity)]
    public void A_bound_that_is_met_is_not_exceeded(float floor)
    {
        float[] bounds = [.. Enumerable.Range(0, 40).Select(k => 0.25f * k)], above = [.. bounds.Select(MathF.BitIncrement)];
        Assert.Empty(List(bounds, bounds, floor).Indices);
        Assert.Equal(Enumerable.Range(0, 40), List(above, bounds, floor).Indices);
        Assert.Equal(floor == 0 ? Enumerable.Range(0, 40) : [], List([.. above.Select(value => -value)], bounds, floor).Indices);
    }

    /// <summary>A NaN may be anything: it is listed, so that nobody takes it for small.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(float.NegativeInfinity)]
    public void A_NaN_exceeds_every_bound(float floor)
    {
        for (int at = 0; at < 37; at++)
        {
            float[] c = new float[37], bounds = new float[37];
            Array.Fill(bounds, 1);
            c[at] = float.NaN;
            bounds[at] = at % 2 == 0 ? 1 : float.PositiveInfinity;
            (int[] indices, float[] excess) = List(c, bounds, floor);
            Assert.Equal([at], indices);
            Assert.Equal([float.NaN], excess);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(float.NegativeInfinity)]
    public void An_infinite_bound_is_exceeded_by_no_number(float floor)
    {
        float[] c = [0, 1, -1, float.MaxValue, float.MinValue, .. Values(40, seed: 1)], bounds = new float[45];
        Array.Fill(bounds, float.PositiveInfinity);
        Assert.Empty(List(c, bounds, floor).Indices);
    }

    /// <summary>At every length: beyond the end of the last vector there is neither a bound nor anything that exceeds it.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(float.NegativeInfinity)]
    public void A_margin_lowers_all_bounds(float floor)
    {
        for (int length = 1; length <= 70; length++)
        {
            float[] c = Values(length, seed: length), bounds = [.. Values(length, seed: 100 + length).Select(v => 0.5f + Math.Abs(v))],
            lowered = [.. bounds.Select(v => v - 0.25f)];
            var excess = new float[length + Violations.Slack];
            var indices = new int[length + Violations.Slack];
            int count = Violations.List(c, bounds, 0.25f, floor, excess, indices);
            (int[] expected, float[] beyond) = List(c, lowered, floor);
            Assert.Equal(expected, indices[..count]);
            Assert.Equal(beyond, excess[..count]);
        }
    }

    [Fact]
    public void The_largest_multiple_of_its_threshold_is_found()
    {
        for (int length = 1; length <= 70; length++)
        {
            float[] c = Values(length, seed: length), factors = [.. Values(length, seed: 200 + length).Select(Math.Abs)];
            Assert.Equal(c.Zip(factors, (a, b) => Math.Abs(a * b)).Max(), Violations.Largest(c, factors, 0));
            Assert.Equal(Math.Max(0, c.Zip(factors, (a, b) => a * b).Max()), Violations.Largest(c, factors, float.NegativeInfinity));
        }
    }

    [Fact]
    public void Wrong_lengths_are_refused_and_nothing_is_allocated()
    {
        float[] c = new float[5], room = new float[5 + Violations.Slack];
        var indices = new int[5 + Violations.Slack];
        Assert.Equal("'bounds' has 4 values; it must have 5. (Parameter 'bounds')",
            Assert.Throws<ArgumentException>(() => Violations.List(c, new float[4], 0, 0, room, indices)).Message);
        Assert.StartsWith("'excess.Length' is 5; it must be 21 or more.",
            Assert.Throws<ArgumentOutOfRangeException>(() => Violations.List(c, c, 0, 0, c, indices)).Message, StringComparison.Ordinal);
        Assert.StartsWith("'indices.Length' is 5; it must be 21 or more.",
            Assert.Throws<ArgumentOutOfRangeException>(() => Violations.List(c, c, 0, 0, room, new int[5])).Message,
            StringComparison.Ordinal);
        Allocation.CheckNone(() => Violations.List(c, c, 0, 0, room, indices));
    }

    private static (int[] Indices, float[] Excess) List(float[] c, float[] bounds, float floor)
    {
        var excess = new float[c.Length + Violations.Slack];
        var indices = new int[c.Length + Violations.Slack];
        int count = Violations.List(c, bounds, 0, floor, excess, indices);
        return (indices[..count], excess[..count]);
    }

    private static float[] Values(int length, int seed) => RandomData.Normal(1, Math.Max(1, length), seed).Values[..length].ToArray();
}
