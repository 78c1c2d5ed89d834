using CsCheck;
using Xunit;

namespace FastSparseCoding.Tests.Core;

public sealed class SparseCodesTests
{
    [Fact]
    public void Dense_to_compressed_and_back_is_the_identity()
        => Gen.Select(Gen.Int[0, 6], Gen.Int[0, 9], Gen.Int[0, 1000]).Sample((rows, columns, seed) =>
        {
            var random = new Random(seed);
            var z = new Matrix(rows, columns);
            foreach (ref float value in z.Values)
                value = random.Next(3) == 0 ? random.NextSingle() - 0.5f : 0;

            SparseCodes codes = SparseCodes.FromDense(z);

            return codes.NonZeros == z.Values.Length - z.Values.ToArray().Count(v => v == 0)
                && codes.ToDense().Values.SequenceEqual(z.Values);
        });

    [Fact]
    public void A_row_gives_its_support_and_values()
    {
        SparseCodes codes = SparseCodes.FromDense(new Matrix(3, 4, [0, 1, 0, 2, 0, 0, 0, 0, 3, 0, 0, 0]));

        Assert.Equal([0, 2, 2, 3], codes.RowStarts);
        Assert.Equal([1, 3], codes.Support(0).ToArray());
        Assert.Equal([1f, 2f], codes.RowValues(0).ToArray());
        Assert.Equal(0, codes.Support(1).Length);
    }

    [Theory]
    [InlineData(new[] { 0, 1 }, new[] { 4 }, "'columnIndices' holds 4 in row 0; it must ascend from 0 to 3.")]
    [InlineData(new[] { 0, 2 }, new[] { 1, 1 }, "'columnIndices' holds 1 in row 0; it must ascend from 0 to 3.")]
    [InlineData(new[] { 0, 2 }, new[] { 1 }, "'rowStarts' goes from 0 to 2; it must go from 0 to 1.")]
    [InlineData(new[] { 0, 2, 1, 2 }, new[] { 0, 1 }, "'rowStarts' goes from 2 to 1 at row 1; it must ascend.")]
    public void Arrays_that_describe_no_matrix_are_refused(int[] starts, int[] indices, string message)
        => Assert.StartsWith(message,
            Assert.Throws<ArgumentException>(() => new SparseCodes(4, starts, indices, new float[indices.Length])).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Sparse_encoding_equals_dense_encoding_over_several_blocks()
    {
        var encoder = new HalfEncoder();
        var x = new Matrix(3 * RowBlocks.MostRows + 7, 5);
        var random = new Random(1);
        foreach (ref float value in x.Values)
            value = random.Next(3) - 1;

        SparseCodes codes = encoder.EncodeSparse(x, threads: 3, TestContext.Current.CancellationToken);

        Assert.Equal(encoder.Encode(x, threads: 1, TestContext.Current.CancellationToken).Values.ToArray(),
            codes.ToDense().Values.ToArray());
    }

    private sealed class HalfEncoder : ISparseEncoder
    {
        public int SignalSize => 5;

        public int CodeSize => 5;

        public void EncodeRows(ReadOnlyMatrixView x, MatrixView z, CancellationToken cancellation = default)
        {
            for (int i = 0; i < x.Values.Length; i++)
                z.Values[i] = x.Values[i] / 2;
        }
    }
}
