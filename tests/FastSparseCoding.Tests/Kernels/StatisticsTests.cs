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
    public void Signals_listed_elsewhere_are_appended_and_some_are_kept()
    {
        Matrix z = Sparse(RandomData.Normal(70, 33, seed: 3), 0.3);
        CodeLists whole = new(33), first = new(33), second = new(33), joined = new(33);
        whole.Take(z);
        first.Take(z.SelectRows([.. Enumerable.Range(0, 25)]));
        second.Take(z.SelectRows([.. Enumerable.Range(25, 45)]));
        joined.Take(new Matrix(1, 33));

        joined.Clear();
        foreach (CodeLists part in new[] { first, new CodeLists(33), second })
            joined.Append(part.SignalStarts, part.Atoms, part.Values);

        AssertSame(whole, joined);
        AssertDense(z, joined);
        int[] kept = [.. Enumerable.Range(0, 70).Where(i => i is < 3 or > 5 && i % 4 != 1)];
        joined.Keep(kept);
        whole.Take(z.SelectRows(kept));
        AssertSame(whole, joined);
        AssertDense(z.SelectRows(kept), joined);
        joined.Keep([]);
        Assert.Equal((0, 0), (joined.Signals, joined.Count));
    }

    [Fact]
    public void Lists_that_are_none_are_refused()
    {
        var lists = new CodeLists(4);
        static void Refused(string message, Action append)
            => Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(append).Message, StringComparison.Ordinal);

        Refused("'columns' has 2 values; it must have 3.", () => lists.Append([0, 3], [1, 2], [1, 1]));
        Refused("'values' has 1 values; it must have 2.", () => lists.Append([0, 2], [1, 2], [1]));
        Refused("'columns' is 4; it must be from 0 to 3.", () => lists.Append([0, 2], [1, 4], [1, 1]));
        Refused("'columns' is -1; it must be from 0 to 3.", () => lists.Append([0, 2], [-1, 2], [1, 1]));
        Refused("'z' is [1×4]; it must be [0×4].", () => lists.CopyTo(new Matrix(1, 4)));
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
        Matrix z = Sparse(RandomData.Normal(60, 90, seed: 3), density);
        CodeLists lists = new(90), appended = new(90);
        lists.Take(z);
        appended.Append(lists.SignalStarts, lists.Atoms, lists.Values);
        foreach (CodeLists codes in new[] { lists, appended })
        {
            codes.Turn();
            Matrix found = RandomData.Normal(90, 90, seed: 5), expected = found.Clone();

            for (int k = 0; k < 90; k++)
            {
                FadedSum.AddCodes(0.9f, codes, k, found.Row(k));
                FadedSum.Add(0.9f, codes.FactorsOf(k), z, codes.SignalsOf(k), expected.Row(k));
            }

            Assert.Equal(expected.Values.ToArray(), found.Values.ToArray());
            Assert.Equal(density > 0.1, codes.Dense is not null);
        }
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

    /// <summary>Leaves some of the values, the others become zero.</summary>
    private static Matrix Sparse(Matrix z, double density)
    {
        var random = new Random(4);
        foreach (ref float value in z.Values)
            value = random.NextDouble() < density ? value : 0;
        return z;
    }

    private static void AssertSame(CodeLists expected, CodeLists found)
    {
        Assert.Equal(expected.SignalStarts.ToArray(), found.SignalStarts.ToArray());
        Assert.Equal(expected.Atoms.ToArray(), found.Atoms.ToArray());
        Assert.Equal(expected.Values.ToArray(), found.Values.ToArray());
    }

    private static void AssertDense(Matrix expected, CodeLists lists)
    {
        Matrix z = RandomData.Normal(expected.Rows, expected.Columns, seed: 9);
        lists.CopyTo(z);
        Assert.Equal(expected.Values.ToArray(), z.Values.ToArray());
    }

    private static float[] Values(AlignedRows rows) => [.. Enumerable.Range(0, rows.Rows).SelectMany(i => rows.Row(i).ToArray())];
}
