using FastSparseCoding.Kernels;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Kernels;

public sealed class FiniteCopyTests
{
    [Fact]
    public void All_is_copied_and_nothing_beyond()
    {
        foreach (int length in (int[])[0, 1, 5, 100, 4095, 4096, 4097, 10_000])
        {
            float[] source = RandomData.Normal(1, length, seed: length).Values.ToArray(), target = new float[length + 2];
            target.AsSpan().Fill(7);

            Assert.True(FiniteCopy.Run(source, target.AsSpan(1, length)));

            Assert.Equal([7, .. source, 7], target);
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_value_that_is_not_finite_is_found_at_every_place(float value)
    {
        foreach (int length in (int[])[1, 7, 70, 4100, 9000])
            for (int at = 0; at < length; at += Math.Max(1, length / 50))
            {
                float[] source = [.. Enumerable.Repeat(float.MaxValue, length)], target = new float[length];
                Assert.True(FiniteCopy.Run(source, target));
                source[at] = value;

                Assert.False(FiniteCopy.Run(source, target));
                Assert.Equal(source, target);
            }
    }
}
