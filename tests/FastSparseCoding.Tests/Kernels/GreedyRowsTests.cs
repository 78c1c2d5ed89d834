using FastSparseCoding.Kernels;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Kernels;

public sealed class GreedyRowsTests
{
    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(3, 7, 0)]
    [InlineData(16, 4, 0)]
    [InlineData(33, 5, 0)]
    [InlineData(50, 37, 0)]
    [InlineData(3, 7, float.NegativeInfinity)]
    [InlineData(33, 5, float.NegativeInfinity)]
    [InlineData(50, 37, float.NegativeInfinity)]
    public void Rows_in_turn_take_the_steps_of_rows_alone(int atoms, int rows, float floor)
    {
        AtomDictionary dictionary = RandomData.Dictionary(atoms, 12, seed: 1);
        Matrix b = RandomData.Normal(rows, atoms, seed: 2), z = new(rows, atoms), expected = new(rows, atoms);
        float[] theta = [.. Enumerable.Range(0, atoms).Select(k => 0.2f + 0.05f * (k % 5))],
            scales = [.. Enumerable.Range(0, rows).Select(i => ((float[])[1, 0.75f, 1.5f])[i % 3])];
        if (rows > 2)
            // goes on from there; products with 4 are exact
            z.Row(2)[0] = expected.Row(2)[0] = z.Row(2)[atoms - 1] = expected.Row(2)[atoms - 1] = 4;
        for (int i = 0; i < rows; i++)
            Alone([.. b.Row(i).ToArray().Select(value => value * scales[i])], dictionary.IdentityMinusGram, theta, floor, expected.Row(i),
                smallest: 0.05f, most: 20);

        GreedyRows.Descend(b, scales, dictionary.IdentityMinusGram, theta, floor, 0.05f, 20, z);

        Assert.Equal(expected.Values.ToArray(), z.Values.ToArray());
        Assert.True(atoms < 3 || z.Values.ToArray().Any(value => value < 0) == (floor == 0));
    }

    /// <summary>Memory is used again: thresholds of a wider batch stand beside those of a narrower one.</summary>
    [Fact]
    public void What_an_earlier_batch_left_in_memory_wins_no_update()
    {
        Matrix wide = RandomData.Normal(3, 16, seed: 5), b = RandomData.Normal(3, 5, seed: 6);
        var tape = new GreedyUpdate[3 * 4];

        GreedyRows.Update(wide, new AlignedRows(RandomData.Normal(16, 16, seed: 7)), [.. Enumerable.Repeat(-10f, 16)], 1,
            new GreedyUpdate[3]);
        GreedyRows.Update(b, new AlignedRows(RandomData.Normal(5, 5, seed: 8)), [.. Enumerable.Repeat(0.1f, 5)], 4, tape);

        Assert.All(tape, update => Assert.InRange(update.Index, 0, 4));
    }

    [Theory]
    [InlineData(1, 3, 2, 0)]
    [InlineData(5, 4, 0, 0)]
    [InlineData(16, 9, 6, 0)]
    [InlineData(37, 6, 25, 0)]
    [InlineData(16, 9, 6, float.NegativeInfinity)]
    [InlineData(37, 6, 25, float.NegativeInfinity)]
    public void A_given_number_of_updates_is_that_of_rows_alone_and_on_the_tape(int atoms, int rows, int updates, float floor)
    {
        Matrix b = RandomData.Normal(rows, atoms, seed: 3), alone = b.Clone(), s = RandomData.Normal(atoms, atoms, seed: 4);
        float[] theta = [.. Enumerable.Range(0, atoms).Select(k => 0.1f + 0.01f * k)];
        var tape = new GreedyUpdate[rows * updates];

        GreedyRows.Update(b, new AlignedRows(s), theta, updates, tape, floor);

        for (int i = 0; i < rows; i++)
        {
            var z = new float[atoms];
            ReadOnlySpan<float> row = default;
            float e = 0;
            for (int t = 0; t < updates; t++)
            {
                (int k, e) = GreedyStep.Next(alone.Row(i), z, theta, row, e, floor);
                Assert.Equal(new GreedyUpdate(k, alone.Row(i)[k], e), tape[i * updates + t]);
                z[k] += e;
                row = s.Row(k);
            }
            for (int j = 0; j < atoms && updates > 0; j++)
                Assert.Equal(alone.Row(i)[j] + (double)e * row[j], b.Row(i)[j], 1e-5 * (1 + Math.Abs(b.Row(i)[j])));
        }
    }

    [Fact]
    public void Non_zeros_are_counted_at_every_length()
    {
        for (int length = 0; length < 70; length++)
        {
            float[] values = [.. Enumerable.Range(0, length).Select(k => k % 3 == 0 ? 0 : k % 5 == 0 ? float.NaN : k - 20f)];

            Assert.Equal(values.Count(v => v != 0), NonZeros.Count(values));
        }
    }

    [Fact]
    public void Wrong_shapes_are_refused_and_nothing_is_allocated()
    {
        Matrix b = RandomData.Normal(6, 5, seed: 3), z = new(6, 5);
        var s = new AlignedRows(new Matrix(5, 5));
        float[] scales = [1, 1, 1, 2, 2, 2], theta = [1, 1, 1, 1, 1];
        string Refused(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;
        Assert.Equal("'z' is [5×5]; it must be [6×5]. (Parameter 'z')",
            Refused(() => GreedyRows.Descend(b, scales, s, theta, 0, 0.1f, 5, new Matrix(5, 5))));
        Assert.Equal("'s' is [4×4]; it must be [5×5]. (Parameter 's')",
            Refused(() => GreedyRows.Descend(b, scales, new AlignedRows(new Matrix(4, 4)), theta, 0, 0.1f, 5, z)));
        Assert.Equal("'scales' has 5 values; it must have 6. (Parameter 'scales')",
            Refused(() => GreedyRows.Descend(b, new float[5], s, theta, 0, 0.1f, 5, z)));
        Assert.Equal("'theta' has 4 values; it must have 5. (Parameter 'theta')",
            Refused(() => GreedyRows.Descend(b, scales, s, new float[4], 0, 0.1f, 5, z)));
        Allocation.CheckNone(() =>
        {
            z.Values.Clear();
            GreedyRows.Descend(b, scales, s, theta, float.NegativeInfinity, 0.1f, 5, z);
        });
    }

    private static void Alone(float[] b, AlignedRows s, float[] theta, float floor, Span<float> z, float smallest, int most)
    {
        ReadOnlySpan<float> row = default;
        float e = 0;
        for (int k = 0; k < z.Length; k++)
            for (int j = 0; j < b.Length && z[k] != 0; j++)
                b[j] += z[k] * s.Row(k)[j];
        for (int t = 0; t < most; t++)
        {
            (int k, float change) = GreedyStep.Next(b, z, theta, row, e, floor);
            if (Math.Abs(change) <= smallest)
                return;
            z[k] += change;
            e = change;
            row = s.Row(k);
        }
    }
}
