using FastSparseCoding.Kernels;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Kernels;

public class ShrinkageTests
{
    [Fact]
    public void Both_soft_thresholds_agree_with_the_twin_at_every_length_and_offset()
    {
        for (int length = 0; length <= 130; length++)
            foreach (int offset in (int[])[0, 1, 3])
            {
                Span<float> v = RandomData.Normal(1, length + offset, length).Values[offset..],
                    theta = Thresholds(length + offset, length + 1)[offset..];
                var result = new float[length + offset + 1];
                result[^1] = 7;

                foreach (float floor in (float[])[0, float.NegativeInfinity])
                {
                    Shrinkage.SoftThreshold(v, theta, result.AsSpan(offset, length), floor);
                    Check(v, theta, result.AsSpan(offset, length), floor);
                }
                theta.Fill(0.6f);
                foreach (float floor in (float[])[0, float.NegativeInfinity])
                {
                    Shrinkage.SoftThreshold(v, 0.6f, result.AsSpan(offset, length), floor);
                    Check(v, theta, result.AsSpan(offset, length), floor);
                }
                Assert.Equal(7, result[^1]);
            }

        static void Check(ReadOnlySpan<float> v, ReadOnlySpan<float> theta, ReadOnlySpan<float> result, float floor)
        {
            for (int j = 0; j < v.Length; j++)
                // one rounding: exactly the rounded twin
                Assert.Equal((float)KernelTwins.SoftThreshold(v[j], theta[j], nonNegative: floor < 0), result[j]);
        }
    }

    [Fact]
    public void It_may_run_in_place_and_keeps_NaN_and_infinity()
    {
        float[] v = [.. Enumerable.Repeat(0.1f, 20), 2, -2, float.NaN, float.PositiveInfinity, float.NegativeInfinity],
        theta = [.. Enumerable.Repeat(0.5f, 25)];
        float[] expected = [.. Enumerable.Repeat(0f, 20), 1.5f, -1.5f, float.NaN, float.PositiveInfinity, float.NegativeInfinity],
            first = (float[])v.Clone();
        Shrinkage.SoftThreshold(first, 0.5f, first);
        Assert.Equal(expected, first);
        Shrinkage.SoftThreshold(v, theta, v);
        Assert.Equal(expected, v);
    }

    [Fact]
    public void The_hard_threshold_keeps_or_clears_at_every_length_and_in_place()
    {
        for (int length = 0; length <= 130; length++)
        {
            float[] v = [.. RandomData.Normal(1, length, length).Values, 7];
            if (length > 0)
                v[length / 2] = -0.6f;      // not above the threshold
            float[] expected = [.. v[..length].Select(value => Math.Abs(value) > 0.6f ? value : 0), 7];

            Shrinkage.HardThreshold(v.AsSpan(0, length), 0.6f, v.AsSpan(0, length));

            Assert.Equal(expected, v);
        }
    }

    [Fact]
    public void One_sided_it_may_run_in_place_on_rows_and_keeps_NaN_and_infinity()
    {
        Matrix v = new(2, 5, [0.1f, 2, -2, float.NaN, float.PositiveInfinity, 0.5f, 0, float.MinValue, 1, -0.1f]);
        float[] theta = [0.5f, 0.5f, 0.5f, 0.5f, 0.5f], expected = [0, 1.5f, 0, float.NaN, float.PositiveInfinity, 0, 0, 0, 0.5f, 0];
        Shrinkage.SoftThreshold(v, theta, v, float.NegativeInfinity);
        Assert.Equal(expected, v.Values.ToArray());
    }

    [Fact]
    public void The_derivative_masks_and_sums_at_every_length()
    {
        for (int length = 0; length <= 130; length++)
        {
            float[] z = RandomData.Normal(1, length, length).Values.ToArray(),
            dz = RandomData.Normal(1, length, length + 1).Values.ToArray();
            Shrinkage.SoftThreshold(z, 0.6f, z);
            float[] dTheta = RandomData.Normal(1, length, length + 2).Values.ToArray(), before = (float[])dTheta.Clone(),
                expected = (float[])dz.Clone();
            for (int j = 0; j < length; j++)
                expected[j] = z[j] == 0 ? 0 : dz[j];

            Matrix dc = new(1, length), db = RandomData.Normal(1, length, seed: 5), sum = db.Clone();
            Shrinkage.SoftThresholdBackward(Row(z), Row(dz), dc, db);
            Shrinkage.ThresholdBackward(Row(z), dc, 0, dTheta);
            Assert.Equal(expected, dc.Values);
            for (int j = 0; j < length; j++)
            {
                Assert.Equal(sum.Values[j] + expected[j], db.Values[j]);
                Assert.Equal(before[j] - Math.Sign(z[j]) * expected[j], dTheta[j]);
            }

            Shrinkage.SoftThresholdBackward(Row(z), Row(dz), Row(dz));     // in place, without a sum
            Assert.Equal(expected, dz);
        }
    }

    [Fact]
    public void The_gradient_of_thresholds_is_one_sum_over_the_rows_whatever_columns_it_is_cut_into()
    {
        const int rows = 9, columns = 93;
        Matrix z = RandomData.Normal(rows, columns, seed: 1), dc = RandomData.Normal(rows, columns, seed: 2);
        var expected = new float[columns];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                expected[j] -= Math.Sign(z[i, j]) * dc[i, j];

        foreach (int parts in (int[])[1, 2, 5, 93])
        {
            var sum = new float[columns];
            for (int part = 0; part < parts; part++)
            {
                int first = columns * part / parts, end = columns * (part + 1) / parts;
                Shrinkage.ThresholdBackward(z, dc, first, sum.AsSpan(first, end - first));
            }
            Assert.Equal(expected, sum);
        }
    }

    [Fact]
    public void Wrong_lengths_are_refused()
    {
        Assert.Equal("'result' has 2 values; it must have 3. (Parameter 'result')",
            Assert.Throws<ArgumentException>(() => Shrinkage.SoftThreshold(new float[3], 1, new float[2])).Message);
        Assert.Equal("'result' has 2 values; it must have 3. (Parameter 'result')",
            Assert.Throws<ArgumentException>(() => Shrinkage.HardThreshold(new float[3], 1, new float[2])).Message);
        Assert.Equal("'theta' has 4 values; it must have 3. (Parameter 'theta')",
            Assert.Throws<ArgumentException>(() => Shrinkage.SoftThreshold(new float[3], new float[4], new float[3])).Message);
        Assert.Equal("'first' is 0; it must be from 0 to -1. (Parameter 'first')",
            Message(() => Shrinkage.ThresholdBackward(Row(new float[3]), Row(new float[3]), 0, new float[4])));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var v = new float[37];
        Allocation.CheckNone(() =>
        {
            Shrinkage.SoftThreshold(v, 0.1f, v);
            Shrinkage.SoftThreshold(v, v, v);
            Shrinkage.HardThreshold(v, 0.1f, v);
            Shrinkage.SoftThresholdBackward(Row(v), Row(v), Row(v), Row(v));
            Shrinkage.ThresholdBackward(Row(v), Row(v), 0, v);
        });
    }

    private static Span<float> Thresholds(int length, int seed)
    {
        Span<float> theta = RandomData.Normal(1, length, seed).Values;
        foreach (ref float value in theta)
            value = Math.Abs(value);
        return theta;
    }

    private static MatrixView Row(float[] values) => MatrixView.OfRow(values);

    private static string Message(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;
}
