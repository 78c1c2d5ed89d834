using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Storage;

public sealed class NpyStreamingTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rows_written_in_blocks_are_the_bytes_of_the_whole_matrix()
    {
        Matrix x = RandomData.Normal(23, 7, seed: 1);
        Npy.Write(_folder.File("whole.npy"), x);
        using (NpyWriter writer = NpyWriter.Create(_folder.File("blocks.npy"), 7))
        {
            foreach ((int start, int count) in new[] { (0, 10), (10, 0), (10, 1), (11, 12) })
                writer.AppendRows(x.RowRange(start, count));
            Assert.Equal((23L, 7), (writer.Rows, writer.Columns));
            Assert.False(File.Exists(_folder.File("blocks.npy")));
            writer.Complete();
        }
        Assert.Equal(File.ReadAllBytes(_folder.File("whole.npy")), File.ReadAllBytes(_folder.File("blocks.npy")));
        Assert.Equal(["blocks.npy", "whole.npy"], _folder.Names);
    }

    [Fact]
    public void A_writer_without_rows_makes_an_empty_matrix()
    {
        using (NpyWriter writer = NpyWriter.Create(_folder.File("x.npy"), 4))
            writer.Complete();
        Matrix x = Npy.ReadMatrix(_folder.File("x.npy"));
        Assert.Equal((0, 4), (x.Rows, x.Columns));
    }

    [Fact]
    public void A_writer_that_is_not_completed_leaves_nothing()
    {
        using (NpyWriter writer = NpyWriter.Create(_folder.File("x.npy"), 2))
            writer.AppendRows(new Matrix(100_000, 2));
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void Rows_of_another_width_are_refused()
    {
        using NpyWriter writer = NpyWriter.Create(_folder.File("x.npy"), 2);
        Assert.StartsWith("'x' has 3 columns; it must have 2.",
            Assert.Throws<ArgumentException>(() => writer.AppendRows(new Matrix(1, 3))).Message, StringComparison.Ordinal);
        Assert.StartsWith("'columns' is -1; it must be 0 or more.",
            Assert.Throws<ArgumentOutOfRangeException>(() => NpyWriter.Create(_folder.File("y.npy"), -1)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<f4", false)]
    [InlineData("<f8", false)]
    [InlineData("<f4", true)]
    [InlineData(">f8", true)]
    public void Any_block_of_rows_is_that_of_the_whole(string descr, bool fortran)
    {
        const int Rows = 50, Columns = 3;
        float[] values = [.. Enumerable.Range(0, Rows * Columns).Select(i => i + 0.5f)];
        float[] order = fortran ? new Matrix(Rows, Columns, values).Transpose().Values.ToArray() : values;
        byte[] data = descr[^1] == '4' ? NpyBytes.Singles(order) : NpyBytes.Doubles(Array.ConvertAll(order, v => (double)v));
        if (descr[0] == '>')
            data = NpyBytes.Reversed(data, 8);
        using NpyReader reader =
            NpyReader.Open(_folder.Write("x.npy", NpyBytes.Make(NpyBytes.Header(descr, $"({Rows}, {Columns})", fortran), data)));

        Assert.Equal((50L, 3, descr[^1] == '8'), (reader.Rows, reader.Columns, reader.IsDouble));
        foreach ((int first, int count) in new[] { (0, 50), (0, 0), (50, 0), (7, 11), (49, 1) })
        {
            var block = new Matrix(count, Columns);
            reader.Read(first, block);
            Assert.Equal(values[(first * Columns)..((first + count) * Columns)], block.Values.ToArray());
        }
    }

    [Fact]
    public void Rows_beyond_the_last_and_a_wrong_width_are_refused()
    {
        string path = _folder.File("x.npy");
        Npy.Write(path, new Matrix(5, 2));
        using NpyReader reader = NpyReader.Open(path);
        Assert.StartsWith($"rows 3 to 5 are asked for; '{path}' has rows 0 to 4.",
            Assert.Throws<ArgumentException>(() => reader.Read(3, new Matrix(3, 2))).Message, StringComparison.Ordinal);
        Assert.StartsWith($"rows -1 to 1 are asked for; '{path}' has rows 0 to 4.",
            Assert.Throws<ArgumentException>(() => reader.Read(-1, new Matrix(3, 2))).Message, StringComparison.Ordinal);
        Assert.StartsWith("'x' has 3 columns; it must have 2.",
            Assert.Throws<ArgumentException>(() => reader.Read(0, new Matrix(1, 3))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_threads_read_at_once()
    {
        Matrix x = RandomData.Normal(4000, 5, seed: 2);
        Npy.Write(_folder.File("x.npy"), x);
        using NpyReader reader = NpyReader.Open(_folder.File("x.npy"));
        var copy = new Matrix(4000, 5);

        RowBlocks.Run(4000, 16, 8, TestContext.Current.CancellationToken,
            (start, count) => reader.Read(start, copy.RowRange(start, count)));

        Assert.Equal(x.Values.ToArray(), copy.Values.ToArray());
    }

    [Fact]
    public void A_file_that_shrinks_while_it_is_read_is_refused()
    {
        string path = _folder.File("x.npy");
        Npy.Write(path, new Matrix(10, 2));
        using NpyReader reader = NpyReader.Open(path);
        using (var other = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
            other.SetLength(160);
        Assert.Equal($"{path}: ends at byte 160, but 48 more are expected.",
            Assert.Throws<InvalidDataException>(() => reader.Read(0, new Matrix(10, 2))).Message);
    }

    [Fact]
    public void Reading_and_appending_blocks_allocates_nothing()
    {
        Npy.Write(_folder.File("x.npy"), RandomData.Normal(4096, 16, seed: 3));
        using NpyReader reader = NpyReader.Open(_folder.File("x.npy"));
        using NpyWriter writer = NpyWriter.Create(_folder.File("y.npy"), 16);
        var block = new Matrix(256, 16);
        reader.Read(0, block);
        writer.AppendRows(block);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int first = 0; first < 4096; first += 256)
        {
            reader.Read(first, block);
            writer.AppendRows(block);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(70_000)]
    public void A_full_disk_leaves_nothing(int room)
    {
        string path = _folder.File("x.npy");
        IOException e = Assert.Throws<IOException>(() =>
        {
            using NpyWriter writer = NpyWriter.Create(path, 2, FullDisk.WithRoomFor(room));
            for (int i = 0; i < 100; i++)
                writer.AppendRows(new Matrix(100, 2));
            writer.Complete();
        });
        Assert.Equal($"{path}: cannot be written: No space left on device.", e.Message);
        Assert.Empty(_folder.Names);
    }
}
