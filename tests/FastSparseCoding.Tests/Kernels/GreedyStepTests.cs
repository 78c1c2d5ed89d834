using FastSparseCoding.Kernels;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Kernels;

public class GreedyStepTests
{
    [Fact]
    public void It_updates_b_and_finds_the_largest_change_at_every_length_and_offset()
    {
        for (int length = 1; length <= 130; length++)
            foreach (int offset in (int[])[0, 1, 3])
                foreach ((float e, float floor) in (
                    (float, float)[])[(0, 0), (0.7f, 0), (0, float.NegativeInfinity), (0.7f, float.NegativeInfinity)])
                {
                    int seed = 3 * length + offset;
                    Span<float> b = RandomData.Normal(1, length + offset, seed).Values[offset..],
                        row = RandomData.Normal(1, length + offset, seed + 1).Values[offset..];
                    Span<float> z = RandomData.Normal(1, length + offset, seed + 2).Values[offset..],
                        theta = Thresholds(length + offset, seed + 3)[offset..];
                    var updated = new double[length];
                    double magnitude = 0;
                    for (int j = 0; j < length; j++)
                    {
                        updated[j] = b[j] + (double)e * row[j];
                        magnitude = Math.Max(magnitude, Math.Abs(b[j]) + Math.Abs((double)e * row[j]));
                    }

                    (int index, float change) = GreedyStep.Next(b, z, theta, row, e, floor);

                    Tolerance.Check(updated, b, 2, magnitude);
                    Assert.Equal(KernelTwins.GreedyChoice(b, z, theta, floor), (index, change));
                }
    }

    [Fact]
    public void Equal_changes_give_the_lowest_index()
    {
        for (int length = 1; length <= 130; length++)
            for (int first = 0; first < length; first++)
            {
                float[] b = new float[length], z = new float[length], theta = new float[length];
                for (int j = first; j < length; j += 1 + (first + j) % 5)
                    b[j] = j % 2 == 0 ? 2 : -2;
                (int index, float change) = GreedyStep.Next(b, z, theta, [], 0);
                Assert.Equal((first, b[first]), (index, change));
            }
    }

    [Fact]
    public void No_change_is_index_0_and_a_NaN_is_never_chosen()
    {
        var zero = new float[40];
        Assert.Equal((0, 0f), GreedyStep.Next(zero, zero, zero, [], 0));
        var b = new float[40];
        Array.Fill(b, float.NaN);
        b[21] = 1;
        Assert.Equal((21, 1f), GreedyStep.Next(b, zero, zero, [], 0));
        Assert.Equal((21, 1f), GreedyStep.Next(b, zero, zero, [], 0, float.NegativeInfinity));
    }

    [Fact]
    public void One_sided_no_negative_state_is_chosen_but_to_take_a_code_back()
    {
        float[] b = [.. Enumerable.Repeat(-3f, 40)], z = new float[40], theta = [.. Enumerable.Repeat(0.5f, 40)];
        Assert.Equal((0, 0f), GreedyStep.Next(b, z, theta, [], 0, float.NegativeInfinity));
        z[33] = 0.25f;
        Assert.Equal((33, -0.25f), GreedyStep.Next(b, z, theta, [], 0, float.NegativeInfinity));
        b[7] = 0.875f;
        Assert.Equal((7, 0.375f), GreedyStep.Next(b, z, theta, [], 0, float.NegativeInfinity));
    }

    [Fact]
    public void Wrong_lengths_are_refused_and_nothing_is_allocated()
    {
        var v = new float[5];
        Assert.Equal("'z' has 4 values; it must have 5. (Parameter 'z')",
            Assert.Throws<ArgumentException>(() => GreedyStep.Next(v, new float[4], v, v, 1)).Message);
        Assert.Equal("'theta' has 4 values; it must have 5. (Parameter 'theta')",
            Assert.Throws<ArgumentException>(() => GreedyStep.Next(v, v, new float[4], v, 1)).Message);
        Assert.Equal("'row' has 4 values; it must have 5. (Parameter 'row')",
            Assert.Throws<ArgumentException>(() => GreedyStep.Next(v, v, v, new float[4], 1)).Message);
        Allocation.CheckNone(() => GreedyStep.Next(v, v, v, v, 1));
    }

    private static Span<float> Thresholds(int length, int seed)
    {
        Span<float> theta = RandomData.Normal(1, length, seed).Values;
        foreach (ref float value in theta)
            value = Math.Abs(value);
        return theta;
    }
}
