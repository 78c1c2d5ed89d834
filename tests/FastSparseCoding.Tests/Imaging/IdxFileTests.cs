using System.Buffers.Binary;
using System.IO.Compression;
using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

public sealed class IdxFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Images_are_rows_from_0_to_1(bool zipped)
    {
        byte[] file = Idx([2, 3, 2], [0, 51, 102, 153, 204, 255, 1, 2, 3, 4, 5, 6]);

        (Matrix images, int height, int width) = IdxFile.ReadImages(_folder.Write("x", zipped ? Zip(file) : file));

        Assert.Equal((2, 6, 3, 2), (images.Rows, images.Columns, height, width));
        Assert.Equal([0, 51 / 255f, 102 / 255f, 153 / 255f, 204 / 255f, 1], images.Row(0).ToArray());
        Assert.Equal([1 / 255f, 2 / 255f, 3 / 255f, 4 / 255f, 5 / 255f, 6 / 255f], images.Row(1).ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Labels_are_bytes(bool zipped)
    {
        byte[] file = Idx([5], [7, 2, 1, 0, 255]);

        Assert.Equal([7, 2, 1, 0, 255], IdxFile.ReadLabels(_folder.Write("x", zipped ? Zip(file) : file)));
    }

    [Fact]
    public void A_file_of_nothing_keeps_its_sizes()
    {
        (Matrix images, int height, int width) = IdxFile.ReadImages(_folder.Write("x", Idx([0, 28, 28], [])));

        Assert.Equal((0, 784, 28, 28), (images.Rows, images.Columns, height, width));
        Assert.Empty(IdxFile.ReadLabels(_folder.Write("y", Idx([0], []))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_images_take_no_memory_however_large_each_would_be(bool zipped)
    {
        byte[] file = Idx([0, 10_000, 100_000], []);
        string path = _folder.Write("x", zipped ? Zip(file) : file);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal((0, 1_000_000_000), (IdxFile.ReadImages(path).Images.Rows, IdxFile.ReadImages(path).Images.Columns));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Images_of_nothing_are_not_read_one_by_one()
    {
        (Matrix images, int height, int width) = IdxFile.ReadImages(_folder.Write("x", Idx([1_000_000_000, 1, 0], [])));

        Assert.Equal((1_000_000_000, 0, 1, 0), (images.Rows, images.Columns, height, width));
    }

    [Fact]
    public void Another_kind_of_file_is_refused()
    {
        const string NoImages = "is no IDX file of images (three dimensions of unsigned bytes).",
        NoLabels = "is no IDX file of labels (one dimension of unsigned bytes).";
        byte[] images = Idx([1, 1, 1], [9]), labels = Idx([1], [9]), floats = Idx([1, 1, 1], [9]), marked = Idx([1, 1, 1], [9]);
        floats[2] = 0x0D;
        marked[0] = 1;

        Refused(labels, NoImages);
        Refused(floats, NoImages);
        Refused(marked, NoImages);
        Refused([], NoImages);
        Refused("not at all what it should be"u8.ToArray(), NoImages);
        Refused(Zip("not at all what it should be"u8.ToArray()), NoImages);
        string path = _folder.Write("x", images);
        Assert.Equal($"{path}: {NoLabels}", Assert.Throws<InvalidDataException>(() => IdxFile.ReadLabels(path)).Message);
    }

    [Fact]
    public void Sizes_that_do_not_fit_the_file_are_refused()
    {
        Refused(Idx([2, 2, 2], new byte[7]), "holds 7 values; its sizes 2×2×2 make 8.");
        Refused(Idx([2, 2, 2], new byte[9]), "holds 9 values; its sizes 2×2×2 make 8.");
        Refused(Idx([-1, 2, 2], new byte[4]), "claims sizes -1; at most 1073741824 values are read.");
        Refused(Idx([70_000, 70_000, 1], new byte[4]), "claims sizes 70000×70000; at most 1073741824 values are read.");
        Refused(Idx([0, 70_000, 70_000], []), "claims sizes 0×70000×70000; at most 1073741824 values are read.");
    }

    [Fact]
    public void A_file_cut_short_anywhere_is_refused()
    {
        byte[] file = Idx([3, 4, 5], [.. Enumerable.Range(0, 60).Select(i => (byte)(i * 37))]), zipped = Zip(file);

        for (int length = 0; length < file.Length; length++)
            Assert.True(Refuses(_folder.Write("x", file[..length])), $"{length} of {file.Length} bytes were accepted");
        for (int length = 0; length < zipped.Length; length++)
            Assert.True(Refuses(_folder.Write("x", zipped[..length])), $"{length} of {zipped.Length} gzipped bytes were accepted");
    }

    [Fact]
    public void A_gzip_file_must_have_its_check_sum_and_end()
    {
        byte[] file = Idx([2, 3, 2], [.. Enumerable.Range(0, 12).Select(i => (byte)i)]), zipped = Zip(file);

        for (int cut = 1; cut <= 8; cut++)
            Refused(zipped[..^cut], "is cut short: it ends before the last value of its sizes 2×3×2, or before its own check sum.",
                "is damaged: its data are not compressed as they should be, or do not match their check sum.");
        for (int at = 1; at <= 8; at++)
        {
            byte[] wrong = [.. zipped];
            wrong[^at] ^= 1;
            Refused(wrong, "is damaged: its data are not compressed as they should be, or do not match their check sum.");
        }
        Refused(Zip([.. file, 1]), "holds more values than its sizes 2×3×2 make.");
        Refused(Zip(file[..^1]), "is cut short: it ends before the last value of its sizes 2×3×2, or before its own check sum.");
        Refused(Zip(file[..^2]), "is cut short: it ends before the last value of its sizes 2×3×2.");
        // files one after the other are one
        Assert.Equal(2, IdxFile.ReadImages(_folder.Write("x", [.. Zip(file[..9]), .. Zip(file[9..])])).Images.Rows);
    }

    [Fact]
    public void No_more_is_unpacked_or_allocated_than_is_promised_and_can_be()
    {
        byte[] bomb = Zip([.. Idx([1, 1, 1], []), .. new byte[64 << 20]]), claim = Zip(Idx([1024, 1024, 1024], []));
        string path = _folder.Write("x", bomb);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused(bomb, "holds more values than its sizes 1×1×1 make.");
        Refused(claim,
            $"is cut short or damaged: it promises 1073741824 bytes, and has {claim.Length} that can unpack to {claim.Length * 1032} at "
            + "most.");
        Assert.Throws<InvalidDataException>(() => IdxFile.ReadLabels(path));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 << 20);
    }

    private static bool Refuses(string path)
    {
        try
        {
            IdxFile.ReadImages(path);
            return false;
        }
        catch (InvalidDataException e)
        {
            Assert.StartsWith($"{path}: ", e.Message, StringComparison.Ordinal);
            return true;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Damaged_files_are_read_or_refused_and_nothing_else(bool zipped)
    {
        byte[] file = Idx([3, 4, 5], [.. Enumerable.Range(0, 60).Select(i => (byte)(i * 37))]);
        string path = _folder.Write("x", zipped ? Zip(file) : file);

        Assert.InRange(Mutation.Check(path, p => IdxFile.ReadImages(p), 1000), 200, 999);
    }

    [Fact]
    public void A_path_that_is_no_readable_file_is_refused()
    {
        string missing = _folder.File("none");
        Assert.Equal($"{missing}: there is no such file.", Assert.Throws<FileNotFoundException>(() => IdxFile.ReadImages(missing)).Message);
        Assert.Equal($"{_folder.Path}: cannot be read: it is a folder; a file is expected.",
            Assert.Throws<IOException>(() => IdxFile.ReadLabels(_folder.Path)).Message);
        Assert.Throws<ArgumentException>(() => IdxFile.ReadLabels(""));
    }

    private void Refused(byte[] bytes, params string[] problems)
    {
        string path = _folder.Write("x", bytes);
        Assert.Contains(Assert.Throws<InvalidDataException>(() => IdxFile.ReadImages(path)).Message, problems.Select(p => $"{path}: {p}"));
    }

    private static byte[] Idx(int[] sizes, byte[] values)
    {
        var header = new byte[4 + 4 * sizes.Length];
        (header[2], header[3]) = (0x08, (byte)sizes.Length);
        for (int i = 0; i < sizes.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + 4 * i), sizes[i]);
        return [.. header, .. values];
    }

    private static byte[] Zip(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal))
            gzip.Write(bytes);
        return stream.ToArray();
    }
}
