using CsCheck;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Training;

public sealed class MatrixSourceTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(1000)]
    public void Every_epoch_is_a_permutation(int rows)
    {
        var source = new MatrixSource(Numbered(rows), seed: 5);

        for (int epoch = 0; epoch < 4; epoch++)
            Assert.Equal(Enumerable.Range(0, rows).Select(i => (float)i), Read(source, (long)epoch * rows, rows).Order());
    }

    [Fact]
    public void Epochs_and_seeds_differ_in_order()
    {
        Matrix x = Numbered(100);
        float[][] orders = [Read(new MatrixSource(x, 1), 0, 100), Read(new MatrixSource(x, 1), 100, 100),
            Read(new MatrixSource(x, 2), 0, 100), Read(new MatrixSource(x, -1), 0, 100)];

        for (int a = 0; a < orders.Length; a++)
            for (int b = 0; b < a; b++)
                Assert.InRange(orders[a].Zip(orders[b]).Count(p => p.First == p.Second), 0, 10);
    }

    [Fact]
    public void A_place_in_the_order_holds_every_row_about_as_often()
    {
        // 20 rows, 2,000 epochs: 100 expected at the first place, deviation about 10.
        var counts = new int[20];
        var source = new MatrixSource(Numbered(20), seed: 3);
        for (int epoch = 0; epoch < 2000; epoch++)
            counts[(int)Read(source, epoch * 20L, 1)[0]]++;

        Assert.All(counts, c => Assert.InRange(c, 50, 150));
    }

    [Fact]
    public void A_signal_depends_on_its_number_alone()
    {
        var source = new MatrixSource(Numbered(13), seed: 7);
        float[] all = Read(new MatrixSource(Numbered(13), seed: 7), 0, 200);

        Gen.Int[0, 199].SelectMany(first => Gen.Int[1, 200 - first].Select(count => (first, count)))
            .Sample(range => Read(source, range.first, range.count).AsSpan().SequenceEqual(all.AsSpan(range.first, range.count)),
                iter: 200);
    }

    [Fact]
    public void Numbers_far_beyond_int_are_fine()
        => Assert.Equal(Enumerable.Range(0, 7).Select(i => (float)i), Read(new MatrixSource(Numbered(7), 1), 7_000_000_000_000, 7).Order());

    [Fact]
    public void Whole_rows_are_copied()
    {
        Matrix x = RandomData.Normal(5, 3, seed: 1), read = new(5, 3);

        new MatrixSource(x, seed: 2).Read(0, read);

        Assert.Equal(Enumerable.Range(0, 5).Select(i => string.Join(' ', x.Row(i).ToArray())).Order(StringComparer.Ordinal),
            Enumerable.Range(0, 5).Select(i => string.Join(' ', read.Row(i).ToArray())).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Compressed_codes_come_in_the_order_of_their_signals_and_only_the_first_rows_if_so_wanted()
    {
        Matrix z = RandomData.Normal(50, 4, seed: 1), dense = new(90, 4), sparse = new(90, 4);
        foreach (ref float value in z.Values)
            value = Math.Abs(value) < 1 ? 0 : value;
        sparse.Values.Fill(7);

        new MatrixSource(z, seed: 3, rows: 40).Read(11, dense);
        new SparseCodesSource(SparseCodes.FromDense(z), seed: 3, rows: 40).Read(11, sparse);

        Assert.Equal(dense.Values.ToArray(), sparse.Values.ToArray());
        Assert.Equal(Enumerable.Range(0, 40).Select(i => (float)i), Read(new MatrixSource(Numbered(50), 1, 40), 40, 40).Order());
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        var source = new MatrixSource(Numbered(3), seed: 1);

        Refused("'x' has no rows; at least one signal is needed.", () => _ = new MatrixSource(new Matrix(0, 4), 1));
        Refused("'rows' is 4; it must be from 1 to 3.", () => _ = new MatrixSource(Numbered(3), 1, 4));
        Refused("'codes' has no rows; at least one signal is needed.",
            () => _ = new SparseCodesSource(SparseCodes.FromDense(new Matrix(0, 4)), 1));
        Refused("'first' is -1; it must be 0 or more.", () => source.Read(-1, new Matrix(1, 1)));
        Refused("'x' has 2 columns; it must have 1.", () => source.Read(0, new Matrix(1, 2)));

        static void Refused(string message, Action action)
            => Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    private static Matrix Numbered(int rows) => new(rows, 1, [.. Enumerable.Range(0, rows).Select(i => (float)i)]);

    private static float[] Read(MatrixSource source, long first, int count)
    {
        var x = new Matrix(count, 1);
        source.Read(first, x);
        return x.Values.ToArray();
    }
}
