using System.IO.Compression;
using CsCheck;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Storage;

public sealed class NpzTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Path => _folder.File("x.npz");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Named_matrices_read_back_bit_for_bit()
    {
        Matrix a = RandomData.Normal(3, 4, seed: 1), b = RandomData.Normal(0, 2, seed: 2);
        Npz.Write(Path, [new("atoms", a), new("empty", b)]);

        Assert.Equal(["atoms", "empty"], Npz.Names(Path));
        Assert.Equal(a.Values.ToArray(), Npz.ReadMatrix(Path, "atoms").Values.ToArray());
        Matrix empty = Npz.ReadMatrix(Path, "empty");
        Assert.Equal((0, 2), (empty.Rows, empty.Columns));
    }

    [Fact]
    public void The_same_arrays_make_the_same_bytes()
    {
        Npz.Write(Path, [new("a", RandomData.Normal(30, 4, seed: 1))]);
        byte[] first = File.ReadAllBytes(Path);
        Npz.Write(Path, [new("a", RandomData.Normal(30, 4, seed: 1))]);
        Assert.Equal(first, File.ReadAllBytes(Path));
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void Stored_and_deflated_members_of_every_type_and_order_are_read(CompressionLevel level)
    {
        Zip(level, ("f.npy", NpyBytes.Make(
            NpyBytes.Header(">f8", "(2, 3)", fortran: true), NpyBytes.Reversed(NpyBytes.Doubles(1, 4, 2, 5, 3, 6), 8))),
            ("row.npy", NpyBytes.Make(NpyBytes.Header("<f4", "(2,)"), NpyBytes.Singles(7, 8))));

        Matrix f = Npz.ReadMatrix(Path, "f"), row = Npz.ReadMatrix(Path, "row");

        Assert.Equal((2, 3, 1, 2), (f.Rows, f.Columns, row.Rows, row.Columns));
        Assert.Equal([1, 2, 3, 4, 5, 6], f.Values.ToArray());
        Assert.Equal([7, 8], row.Values.ToArray());
    }

    [Fact]
    public void Sparse_codes_read_back_bit_for_bit()
        => Gen.Select(Gen.Int[0, 6], Gen.Int[0, 9], Gen.Int[0, 1000]).Sample((rows, columns, seed) =>
        {
            SparseCodes codes = RandomCodes(rows, columns, seed);
            Npz.WriteCodes(Path, codes);
            SparseCodes read = Npz.ReadCodes(Path);
            return Same(codes, read);
        }, iter: 100, threads: 1);

    [Fact]
    public void Codes_written_in_blocks_are_the_bytes_of_the_whole()
    {
        SparseCodes codes = RandomCodes(100, 17, seed: 4);
        Npz.WriteCodes(_folder.File("whole.npz"), codes);
        Matrix z = codes.ToDense();
        using (CsrNpzWriter writer = CsrNpzWriter.Create(Path, 17))
        {
            writer.AppendRows(z.RowRange(0, 40));
            writer.AppendRows(z.RowRange(40, 0));
            writer.AppendRows(SparseCodes.FromDense(z.RowRange(40, 60)));
            Assert.Equal((100L, 17, (long)codes.NonZeros), (writer.Rows, writer.Columns, writer.NonZeros));
            Assert.False(File.Exists(Path));
            writer.Complete();
        }
        Assert.Equal(File.ReadAllBytes(_folder.File("whole.npz")), File.ReadAllBytes(Path));
        Assert.Equal(["whole.npz", "x.npz"], _folder.Names);
    }

    [Fact]
    public void More_row_starts_than_one_piece_are_copied_whole()
    {
        const int Rows = 100_000;
        var z = new Matrix(Rows, 1);
        for (int i = 0; i < Rows; i += 3)
            z[i, 0] = i + 1;
        using (CsrNpzWriter writer = CsrNpzWriter.Create(Path, 1))
        {
            writer.AppendRows(z);
            writer.Complete();
        }
        Assert.True(Same(SparseCodes.FromDense(z), Npz.ReadCodes(Path)));
    }

    [Fact]
    public void A_writer_that_is_not_completed_leaves_nothing()
    {
        using (CsrNpzWriter writer = CsrNpzWriter.Create(Path, 3))
        {
            writer.AppendRows(RandomData.Normal(50_000, 3, seed: 1));
            Assert.Equal(4, _folder.Names.Length);
        }
        Assert.Empty(_folder.Names);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(100_000)]
    [InlineData(240_500)]
    public void A_full_disk_leaves_nothing(int room)
    {
        // 60,000 indices and as many values are 240,000 bytes each: full while spooling, and while putting together.
        IOException e = Assert.Throws<IOException>(() =>
        {
            using CsrNpzWriter writer = CsrNpzWriter.Create(Path, 3, FullDisk.WithRoomFor(room));
            for (int i = 0; i < 20; i++)
                writer.AppendRows(RandomData.Normal(1000, 3, seed: i));
            writer.Complete();
        });
        Assert.Equal($"{Path}: cannot be written: No space left on device.", e.Message);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void An_unwritable_target_leaves_nothing()
    {
        int opened = 0;
        Assert.Throws<IOException>(
            () => CsrNpzWriter.Create(Path, 3,
            path => ++opened < 3 ? new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite) : throw new IOException("too many")));
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void What_scipy_writes_is_read()
    {
        // As scipy.sparse.save_npz writes it, with int64 indices, float64 values, columns out of order and a text in place of bytes.
        ZipCodes(format: ("<U3", NpyBytes.Singles(), "c\0\0\0s\0\0\0r\0\0\0"), indices: [2, 0, 1], indptr: [0, 2, 2, 3],
            data: [5, -1, 0.5]);

        SparseCodes codes = Npz.ReadCodes(Path);

        Assert.Equal(4, codes.Columns);
        Assert.Equal([0, 2, 2, 3], codes.RowStarts);
        Assert.Equal([0, 2, 1], codes.ColumnIndices);
        Assert.Equal([-1f, 5f, 0.5f], codes.Values);
    }

    [Fact]
    public void Arrays_that_are_no_sparse_matrix_are_refused()
    {
        ZipCodes(indices: [2, 2, 1], indptr: [0, 2, 2, 3], data: [5, -1, 0.5]);
        Refused("holds arrays that are no sparse matrix: 'columnIndices' holds 2 in row 0; it must ascend from 0 to 3. (Parameter "
            + "'columnIndices')");
        ZipCodes(indices: [4], indptr: [0, 1, 1, 1], data: [5]);
        Refused("holds arrays that are no sparse matrix: 'columnIndices' holds 4 in row 0; it must ascend from 0 to 3. (Parameter "
            + "'columnIndices')");
        ZipCodes(indices: [1L << 40], indptr: [0, 1, 1, 1], data: [5]);
        Refused("holds arrays that are no sparse matrix: 'columnIndices' holds 2147483647 in row 0; it must ascend from 0 to 3. "
            + "(Parameter 'columnIndices')");
        ZipCodes(indices: [1], indptr: [0, 5, -7, 1], data: [5]);
        Refused("holds arrays that are no sparse matrix: 'rowStarts' goes from 0 to 5 at row 0; it must ascend. (Parameter 'rowStarts')");
        ZipCodes(indices: [1, 2], indptr: [0, 1, 1, 2], data: [5]);
        Refused("holds 2 column indices and 1 values; expected as many of both.");
        ZipCodes(indices: [1], indptr: [0, 1], data: [5]);
        Refused("holds 2 row starts for 3 rows; expected 4.");
        ZipCodes(indices: [1], indptr: [0, 1], data: [5], shape: [1, 1L << 32]);
        Refused("holds a sparse matrix of shape (1, 4294967296); expected two sizes below 2^31.");
        ZipCodes(indices: [1], indptr: [0, 1], data: [5], shape: [1, 2, 3]);
        Refused("holds 3 sizes; expected the two of a matrix.", "shape");
        ZipCodes(format: ("|S3", [], "csc"), indices: [1], indptr: [0, 1], data: [5]);
        Refused("holds a sparse matrix of format 'csc'; expected 'csr' (in SciPy: z.tocsr()).");
        ZipCodes(format: ("<f4", NpyBytes.Singles(1), ""), indices: [1], indptr: [0, 1], data: [5]);
        Refused("holds () values of type '<f4'; expected a short text.", "format");
    }

    [Fact]
    public void Members_that_are_missing_or_of_the_wrong_type_are_refused()
    {
        Npz.Write(Path, [new("b", new Matrix(1, 2)), new("a", new Matrix(1, 2))]);
        Refused("holds no sparse matrix (the arrays format, shape and data); expected what scipy.sparse.save_npz writes.");
        Assert.Equal($"{Path}: has no array 'c'; it has a, b.",
            Assert.Throws<InvalidDataException>(() => Npz.ReadMatrix(Path, "c")).Message);

        byte[] text = NpyBytes.Make(NpyBytes.Header("|S3", "()"), "csr"u8.ToArray());
        Zip(CompressionLevel.NoCompression, ("format.npy", text),
            ("shape.npy", NpyBytes.Make(NpyBytes.Header("<f8", "(2,)"), NpyBytes.Doubles(1, 1))), ("data.npy", text));
        Refused("holds (2,) values of type '<f8'; expected one dimension of '<i4' or '<i8'.", "shape");
        Assert.Equal(
            $"{Path}(format): holds values of type '|S3'; expected real numbers of up to 8 bytes (in NumPy: x.astype(numpy.float32)).",
            Assert.Throws<InvalidDataException>(() => Npz.ReadMatrix(Path, "format")).Message);
        Zip(CompressionLevel.NoCompression, ("a.npy", [1, 2, 3]));
        Assert.Equal(Path + @"(a): is not an .npy file; one begins with the bytes \x93NUMPY, a version and a header length.",
            Assert.Throws<InvalidDataException>(() => Npz.ReadMatrix(Path, "a")).Message);
    }

    [Fact]
    public void A_file_that_is_no_zip_is_refused()
    {
        _folder.Write("x.npz", new byte[100]);
        string message = Assert.Throws<InvalidDataException>(() => Npz.Names(Path)).Message;
        Assert.StartsWith($"{Path}: is not a readable zip archive: ", message, StringComparison.Ordinal);
        Assert.Equal($"{Path}x: there is no such file.", Assert.Throws<FileNotFoundException>(() => Npz.Names(Path + "x")).Message);
    }

    [Fact]
    public void A_changed_value_fails_the_checksum()
    {
        Npz.Write(Path, [new("a", new Matrix(1, 4, [1, 2, 3, 4]))]);
        byte[] bytes = File.ReadAllBytes(Path);
        bytes[bytes.AsSpan().IndexOf(NpyBytes.Singles(1, 2, 3, 4)) + 5] ^= 1;
        _folder.Write("x.npz", bytes);
        Assert.Equal($"{Path}(a): does not match its checksum; the archive is damaged.",
            Assert.Throws<InvalidDataException>(() => Npz.ReadMatrix(Path, "a")).Message);
    }

    [Fact]
    public void A_member_that_claims_more_than_its_bytes_can_hold_is_refused_before_memory_is_taken()
    {
        byte[] npy = NpyBytes.Make(NpyBytes.Header("<f4", "(1, 4)"), new byte[16]);
        Zip(CompressionLevel.NoCompression, ("a.npy", npy));
        byte[] bytes = File.ReadAllBytes(Path);
        int central = bytes.AsSpan().IndexOf("PK\u0001\u0002"u8);
        BitConverter.TryWriteBytes(bytes.AsSpan(central + 24), 2_000_000_000);
        _folder.Write("x.npz", bytes);
        Assert.Equal($"{Path}(a): claims 2000000000 bytes from {npy.Length} compressed ones; the archive is damaged.",
            Assert.Throws<InvalidDataException>(() => Npz.ReadMatrix(Path, "a")).Message);
    }

    [Fact]
    public void Names_must_be_new_and_not_empty()
    {
        Assert.StartsWith("'arrays' has the name 'a'; every name must be new and not empty.",
            Assert.Throws<ArgumentException>(() => Npz.Write(Path, [new("a", new Matrix(1, 1)), new("a", new Matrix(1, 1))])).Message,
            StringComparison.Ordinal);
        Assert.StartsWith("'arrays' has the name ''; every name must be new and not empty.",
            Assert.Throws<ArgumentException>(() => Npz.Write(Path, [new("", new Matrix(1, 1))])).Message, StringComparison.Ordinal);
        Assert.Empty(_folder.Names);
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void Damaged_files_are_refused_or_read_and_nothing_else(CompressionLevel level)
    {
        ZipCodes(indices: [2, 0, 1], indptr: [0, 2, 2, 3], data: [5, -1, 0.5], level: level);
        Assert.InRange(Mutation.Check(Path, p => Npz.ReadCodes(p), 3000), 1000, 2950);
    }

    private static SparseCodes RandomCodes(int rows, int columns, int seed)
    {
        Matrix z = RandomData.Normal(rows, columns, seed);
        foreach (ref float value in z.Values)
            value = value > 0.5f ? value : 0;
        return SparseCodes.FromDense(z);
    }

    private static bool Same(SparseCodes a, SparseCodes b)
        => a.Columns == b.Columns && a.RowStarts.SequenceEqual(b.RowStarts) && a.ColumnIndices.SequenceEqual(b.ColumnIndices)
            && a.Values.SequenceEqual(b.Values);

    private static byte[] Longs(params long[] values)
        => NpyBytes.Make(NpyBytes.Header("<i8", $"({values.Length},)"), [.. values.SelectMany(BitConverter.GetBytes)]);

    private void Zip(CompressionLevel level, params (string Name, byte[] Bytes)[] members)
    {
        File.Delete(Path);
        using ZipArchive zip = ZipFile.Open(Path, ZipArchiveMode.Create);
        foreach ((string name, byte[] bytes) in members)
        {
            using Stream stream = zip.CreateEntry(name, level).Open();
            stream.Write(bytes);
        }
    }

    private void ZipCodes(long[] indices, long[] indptr, double[] data, (string Descr, byte[] Bytes, string Text)? format = null,
        long[]? shape = null, CompressionLevel level = CompressionLevel.Optimal)
    {
        (string descr, byte[] bytes, string text) = format ?? ("|S3", [], "csr");
        Zip(level, ("indices.npy", Longs(indices)), ("indptr.npy", Longs(indptr)),
            ("format.npy", NpyBytes.Make(NpyBytes.Header(descr, "()"), [.. bytes, .. text.Select(c => (byte)c)])),
            ("shape.npy", Longs(shape ?? [3, 4])),
            ("data.npy", NpyBytes.Make(NpyBytes.Header("<f8", $"({data.Length},)"), NpyBytes.Doubles(data))));
    }

    private void Refused(string message, string? member = null)
        => Assert.Equal($"{Path}{(member is null ? "" : $"({member})")}: {message}",
            Assert.Throws<InvalidDataException>(() => Npz.ReadCodes(Path)).Message);
}
