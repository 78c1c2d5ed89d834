using FastSparseCoding.Kernels;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Kernels;

public sealed class GreedyRowsTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 7)]
    [InlineData(16, 4)]
    [InlineData(33, 5)]
    [InlineData(50, 37)]
    public void Rows_in_turn_take_the_steps_of_rows_alone(int atoms, int rows)
    {
        AtomDictionary dictionary = RandomData.Dictionary(atoms, 12, seed: 1);
        Matrix b = RandomData.Normal(rows, atoms, seed: 2), s = GramMatrix.IdentityMinus(dictionary), z = new(rows, atoms), expected = new(rows, atoms);
        float[] threshold = [.. Enumerable.Repeat(0.3f, atoms)];
        if (rows > 2)
            z.Row(2)[0] = expected.Row(2)[0] = 5;      // holds a code already
        for (int i = 0; i < rows; i++)
            if (rows <= 2 || i != 2)
                Alone(b.Row(i).ToArray(), s, threshold, expected.Row(i), smallest: 0.05f, most: 20);

        GreedyRows.Descend(b, new AlignedRows(s), 0.3f, 0.05f, 20, z);

        Assert.Equal(expected.Values.ToArray(), z.Values.ToArray());
    }

    /// <summary>Memory is used again: thresholds of a wider batch stand beside those of a narrower one.</summary>
    [Fact]
    public void What_an_earlier_batch_left_in_memory_wins_no_update()
    {
        Matrix wide = RandomData.Normal(3, 16, seed: 5), b = RandomData.Normal(3, 5, seed: 6);
        var tape = new GreedyUpdate[3 * 4];

        GreedyRows.Update(wide, new AlignedRows(RandomData.Normal(16, 16, seed: 7)), [.. Enumerable.Repeat(-10f, 16)], 1, new GreedyUpdate[3]);
        GreedyRows.Update(b, new AlignedRows(RandomData.Normal(5, 5, seed: 8)), [.. Enumerable.Repeat(0.1f, 5)], 4, tape);

        Assert.All(tape, update => Assert.InRange(update.Index, 0, 4));
    }

    [Theory]
    [InlineData(1, 3, 2)]
    [InlineData(5, 4, 0)]
    [InlineData(16, 9, 6)]
    [InlineData(37, 6, 25)]
    public void A_given_number_of_updates_is_that_of_rows_alone_and_on_the_tape(int atoms, int rows, int updates)
    {
        Matrix b = RandomData.Normal(rows, atoms, seed: 3), alone = b.Clone(), s = RandomData.Normal(atoms, atoms, seed: 4);
        float[] theta = [.. Enumerable.Range(0, atoms).Select(k => 0.1f + 0.01f * k)];
        var tape = new GreedyUpdate[rows * updates];

        GreedyRows.Update(b, new AlignedRows(s), theta, updates, tape);

        for (int i = 0; i < rows; i++)
        {
            var z = new float[atoms];
            ReadOnlySpan<float> row = default;
            float e = 0;
            for (int t = 0; t < updates; t++)
            {
                (int k, e) = GreedyStep.Next(alone.Row(i), z, theta, row, e);
                Assert.Equal(new GreedyUpdate(k, alone.Row(i)[k], e), tape[i * updates + t]);
                z[k] += e;
                row = s.Row(k);
            }
            for (int j = 0; j < atoms && updates > 0; j++)
                Assert.Equal(alone.Row(i)[j] + (double)e * row[j], b.Row(i)[j], 1e-5 * (1 + Math.Abs(b.Row(i)[j])));
        }
    }

    [Fact]
    public void Violations_are_listed_in_order_with_what_exceeds()
    {
        for (int length = 0; length < 40; length++)
        {
            float[] c = RandomData.Normal(1, Math.Max(1, length), seed: length).Values[..length].ToArray();
            var excess = new float[length + Violations.Slack];
            var indices = new int[length + Violations.Slack];

            int count = Violations.List(c, 0.7f, excess, indices);

            int[] expected = [.. Enumerable.Range(0, length).Where(k => Math.Abs(c[k]) > 0.7f)];
            Assert.Equal(expected, indices[..count]);
            Assert.Equal(expected.Select(k => c[k] > 0 ? c[k] - 0.7f : c[k] + 0.7f), excess[..count]);
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

    private static void Alone(float[] b, ReadOnlyMatrixView s, float[] threshold, Span<float> z, float smallest, int most)
    {
        ReadOnlySpan<float> row = default;
        float e = 0;
        for (int t = 0; t < most; t++)
        {
            (int k, float change) = GreedyStep.Next(b, z, threshold, row, e);
            if (Math.Abs(change) <= smallest)
                return;
            z[k] += change;
            e = change;
            row = s.Row(k);
        }
    }
}
