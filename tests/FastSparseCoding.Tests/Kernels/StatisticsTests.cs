using FastSparseCoding.Kernels;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Kernels;

/// <summary>The kernels of dictionary learning: lists of non-zeros, sums of rows that fade, and the products of all atoms.</summary>
public sealed class StatisticsTests
{
    [Fact]
    public void Non_zeros_are_listed_by_signal_and_by_atom()
    {
        var lists = new CodeLists(4);
        lists.Take(new Matrix(1, 4, [9, 9, 9, 9]));

        lists.Take(new Matrix(3, 4, [0, 1, 0, -2, 0, 0, 0, 0, 3, 0, 0, 4]));
        lists.Turn();

        Assert.Equal((3, 4), (lists.Signals, lists.Count));
        Assert.Equal([[1, 3], [], [0, 3]], Enumerable.Range(0, 3).Select(i => lists.AtomsOf(i).ToArray()));
        Assert.Equal([[1f, -2], [], [3, 4]], Enumerable.Range(0, 3).Select(i => lists.ValuesOf(i).ToArray()));
        Assert.Equal([[2], [0], [], [0, 2]], Enumerable.Range(0, 4).Select(k => lists.SignalsOf(k).ToArray()));
        Assert.Equal([[3f], [1], [], [-2, 4]], Enumerable.Range(0, 4).Select(k => lists.FactorsOf(k).ToArray()));
        Assert.StartsWith("'codes' has 3 columns; it must have 4.",
            Assert.Throws<ArgumentException>(() => lists.Take(new Matrix(1, 3))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sums_of_rows_that_fade_agree_with_the_twin_at_every_length()
    {
        for (int length = 0; length <= 140; length++)
        {
            Matrix w = RandomData.Normal(9, length, seed: 1), start = RandomData.Normal(1, length, seed: 2);
            int[] rows = [0, 3, 3, 8, 7];
            float[] z = [1.5f, -0.25f, 2, 0.5f, -1];
            double[] expected = [.. Enumerable.Range(0, length)
                .Select(j => 0.75 * start[0, j] + rows.Select((row, s) => (double)z[s] * w[row, j]).Sum())];

            FadedSum.Add(0.75f, z, w, rows, start.Row(0));

            Tolerance.Check(expected, start.Values, operations: rows.Length + 1, magnitude: 30);
        }
        Assert.StartsWith("'rows' is 9; it must be from 0 to 8.",
            Assert.Throws<ArgumentOutOfRangeException>(() => FadedSum.Add(1, [1], RandomData.Normal(9, 4, seed: 1), [9], new float[4]))
                .Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.6)]
    [InlineData(0.02)]
    public void Rows_of_the_statistics_have_the_bits_of_dense_sums_whether_codes_are_dense_or_sparse(double density)
    {
        Matrix z = RandomData.Normal(60, 90, seed: 3);
        var random = new Random(4);
        foreach (ref float value in z.Values)
            value = random.NextDouble() < density ? value : 0;
        var lists = new CodeLists(90);
        lists.Take(z);
        lists.Turn();
        Matrix found = RandomData.Normal(90, 90, seed: 5), expected = found.Clone();

        for (int k = 0; k < 90; k++)
        {
            FadedSum.AddCodes(0.9f, lists, k, found.Row(k));
            FadedSum.Add(0.9f, lists.FactorsOf(k), z, lists.SignalsOf(k), expected.Row(k));
        }

        Assert.Equal(expected.Values.ToArray(), found.Values.ToArray());
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(63, 5)]
    [InlineData(64, 300)]
    [InlineData(65, 5)]
    [InlineData(200, 33)]
    public void Products_of_all_atoms_are_symmetric_to_the_bit_and_agree_with_the_twin_on_any_number_of_threads(int atoms, int size)
    {
        AtomDictionary dictionary = RandomData.Dictionary(atoms, size, seed: 6);
        var expected = new double[atoms * atoms];
        for (int i = 0; i < atoms; i++)
            for (int j = 0; j < atoms; j++)
                expected[i * atoms + j] = i == j ? 0
                    : -Enumerable.Range(0, size).Sum(k => (double)dictionary.Atoms.Row(i)[k] * dictionary.Atoms.Row(j)[k]);

        float[] found = Values(dictionary.FormIdentityMinusGram(threads: 3));

        Tolerance.Check(expected, found, operations: size, magnitude: 1);
        Assert.Equal(Values(AtomDictionary.Normalize(dictionary.Atoms).IdentityMinusGram), found);
        for (int i = 0; i < atoms; i++)
            for (int j = 0; j < i; j++)
                Assert.Equal(found[i * atoms + j], found[j * atoms + i]);
    }

    [Fact]
    public void Packed_products_over_long_sums_have_the_bits_of_others_and_follow_a_row_that_changes()
    {
        Matrix a = RandomData.Normal(40, 1100, seed: 7), b = RandomData.Normal(1100, 75, seed: 8), expected = new(40, 75),
            found = new(40, 75);
        PackedMatrix packed = PackedMatrix.Of(b);
        foreach (int row in new[] { 0, 511, 512, 1099 })
        {
            for (int j = 0; j < 75; j++)
                b[row, j] = row - j;
            packed.PackRows(b, row, 1);
        }
        Gemm.Multiply(a, b, expected);

        Gemm.Multiply(a, packed, found);

        Assert.Equal(expected.Values.ToArray(), found.Values.ToArray());
        Assert.StartsWith("'count' is 2; it must be from 0 to 1.",
            Assert.Throws<ArgumentOutOfRangeException>(() => packed.PackRows(b, 1099, 2)).Message, StringComparison.Ordinal);
    }

    private static float[] Values(AlignedRows rows) => [.. Enumerable.Range(0, rows.Rows).SelectMany(i => rows.Row(i).ToArray())];
}
