using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Storage;

/// <summary>Codes of both forms, read in blocks.</summary>
public sealed class CodesReaderTests : IDisposable
{
    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(13, 7, seed: 1);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(50)]
    public void Blocks_one_after_another_are_the_codes(int count)
    {
        Matrix z = Codes(50);
        foreach (string path in Write(z))
        {
            using CodesReader reader = CodesReader.Open(path);
            Assert.Equal((path, 50, 13), (reader.Path, reader.Rows, reader.Columns));
            var read = new List<float>();
            while (reader.Done < reader.Rows)
                read.AddRange(reader.Read((int)Math.Min(count, reader.Rows - reader.Done)).Values);

            Assert.Equal(z.Values.ToArray(), read);
            Assert.Equal(0, reader.Read(0).Rows);
            Assert.StartsWith("'count' is 1; it must be from 0 to 0.",
                Assert.Throws<ArgumentOutOfRangeException>(() => reader.Read(1)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(20_000)]
    public void Signals_of_both_forms_have_the_bits_of_the_dictionarys(int rows)
    {
        Matrix z = Codes(rows);
        float[] expected = Dictionary.Reconstruct(z).Values.ToArray();
        foreach (string path in Write(z))
            foreach (int threads in (int[])[1, 2, 3])
            {
                using CodesReader reader = CodesReader.Open(path);
                Matrix[] blocks = [.. reader.Reconstruct(Dictionary, threads, TestContext.Current.CancellationToken)];

                Assert.Equal(expected, blocks.SelectMany(b => b.Values.ToArray()));
                Assert.Equal(rows > 8192 ? 3 : Math.Min(rows, 1), blocks.Length);
            }
    }

    [Fact]
    public void Columns_in_any_order_are_read()
    {
        using var archive = new NpzColumns(_folder.File("z.npz"), null);
        WriteCsr(archive, [2, 0, 1], [0, 2, 2, 3], [5, -1, 0.5f], 3, 4);

        using CodesReader reader = CodesReader.Open(_folder.File("z.npz"));
        Assert.Equal([-1, 0, 5, 0, 0, 0, 0, 0], reader.Read(2).Values.ToArray());
        Assert.Equal([0, 0.5f, 0, 0], reader.Read(1).Values.ToArray());
    }

    [Fact]
    public void What_is_no_matrix_is_refused()
    {
        Refused("holds row starts that begin at 1; they must begin at 0.", [1], [1, 1, 1, 1], [5]);
        Refused("holds arrays that are no sparse matrix: row 1 goes from 1 to 0 of 1 values.", [1], [0, 1, 0, 1], [5]);
        Refused("holds arrays that are no sparse matrix: row 1 goes from 0 to 2 of 1 values.", [1], [0, 0, 2, 1], [5]);
        Refused("holds arrays that are no sparse matrix: row 0 goes from 0 to 5 of 5 values.", [0, 1, 2, 3, 3], [0, 5, 5, 5],
            [1, 1, 1, 1, 1]);
        Refused("holds arrays that are no sparse matrix: the last row ends at 1 of 2 values.", [1, 2], [0, 1, 1, 1], [5, 6]);
        Refused("holds arrays that are no sparse matrix: 'columnIndices' holds 4 in row 0; it must ascend from 0 to 3. "
            + "(Parameter 'columnIndices')", [4], [0, 1, 1, 1], [5]);
        Refused("holds NaN at row 1, column 3; every value must be finite.", [3], [0, 0, 1, 1], [float.NaN]);

        void Refused(string message, int[] indices, int[] rowStarts, float[] values)
        {
            string path = _folder.File("bad.npz");
            using (var archive = new NpzColumns(path, null))
                WriteCsr(archive, indices, rowStarts, values, 3, 4);
            Assert.Equal($"{path}: {message}", Assert.Throws<InvalidDataException>(() =>
            {
                using CodesReader reader = CodesReader.Open(path);
                reader.Read((int)reader.Rows);
            }).Message);
        }
    }

    [Fact]
    public void Codes_of_another_size_or_too_large_are_refused()
    {
        string path = _folder.File("z.npy");
        Npy.Write(path, new Matrix(2, 12));
        using (CodesReader reader = CodesReader.Open(path))
            Assert.Equal($"{path}: holds codes of 12 values; the dictionary has 13 atoms.",
                Assert.Throws<InvalidDataException>(
                    () => reader.Reconstruct(Dictionary, 1, TestContext.Current.CancellationToken)).Message);
        var z = new Matrix(2, 13);
        z.Row(1).Fill(float.MaxValue);
        Npy.Write(path, z);
        using (CodesReader reader = CodesReader.Open(path))
            Assert.Matches("^.*z.npy: holds (-?Infinity|NaN) at row 1, column [0-6] of its signals; its codes are too large for float32.$",
                Assert.Throws<InvalidDataException>(() => reader.Reconstruct(Dictionary, 1, TestContext.Current.CancellationToken).Last())
                .Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Damaged_codes_are_refused_or_read_and_nothing_else(int form)
    {
        string path = Write(Codes(9))[form];

        Assert.InRange(Mutation.Check(path, p =>
        {
            using CodesReader reader = CodesReader.Open(p);
            while (reader.Done < reader.Rows)
                reader.Read((int)Math.Min(4, reader.Rows - reader.Done));
        }, 600), 150, 599);
    }

    /// <summary>A third of the values are not zero.</summary>
    private static Matrix Codes(int rows)
    {
        Matrix z = RandomData.Normal(rows, 13, seed: 2);
        foreach (ref float value in z.Values)
            if (value < 0.43f)
                value = 0;
        return z;
    }

    /// <summary>Writes codes dense and sparse.</summary>
    private string[] Write(Matrix z)
    {
        string dense = _folder.File("codes.npy"), sparse = _folder.File("codes.npz");
        Npy.Write(dense, z);
        Npz.WriteCodes(sparse, SparseCodes.FromDense(z));
        return [dense, sparse];
    }

    private static void WriteCsr(NpzColumns archive, int[] indices, int[] rowStarts, float[] values, int rows, int columns)
    {
        archive.Add<int>("indices");
        archive.Add<int>("indptr");
        archive.Add<float>("data");
        archive.Append<int>("indices", indices);
        archive.Append<int>("indptr", rowStarts);
        archive.Append<float>("data", values);
        archive.Complete(npz => npz.AddCsrFormat(rows, columns));
    }
}
