using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

/// <summary>Pictures of any number give the same patches wherever they are held, and the first that is damaged ends their
/// reading.</summary>
public sealed class ImageStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(3000)]
    [InlineData(ImageStore.DefaultMemory)]
    public void Patches_do_not_depend_on_where_the_pictures_are_held(long memory)
    {
        WritePictures();
        IReadOnlyList<GrayImage> images = ImageFolder.Load(_folder.Path, TestContext.Current.CancellationToken);
        using ImageStore store = ImageStore.Load([_folder.Path], memory, null, 2, TestContext.Current.CancellationToken);

        Assert.Equal(images.Select(i => (i.Name, i.Width, i.Height)),
            Enumerable.Range(0, store.Count).Select(i => (store.NameOf(i), store.SizeOf(i).Width, store.SizeOf(i).Height)));
        Assert.Equal(Draw(ImageStore.Of(images)), Draw(store));
        Assert.Equal(Draw(ImageStore.Of([.. images.Where((_, i) => i % 2 == 1)])), Draw(store.Where(i => i % 2 == 1)));
        for (int i = 0; i < store.Count; i++)
        {
            var row = new float[images[i].Width];
            store.Read(i, 0, images[i].Height - 1, row);
            Assert.Equal(images[i].Row(images[i].Height - 1).ToArray(), row);
        }

        static float[] Draw(ImageStore images) => Patches.Sample(images, PatchPreprocessing.Default, 300, seed: 7).Values.ToArray();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(700)]
    [InlineData(ImageStore.DefaultMemory)]
    public void Pictures_in_colour_are_the_same_wherever_they_are_held(long memory)
    {
        _folder.Write("a.png", TestPictures.Png(8, 2, (i, c) => 31 * i + 83 * c & 255));
        _folder.Write("b.png", TestPictures.Png(8, 0, (i, _) => i));
        _folder.Write("c.png", TestPictures.Png(16, 6, (i, c) => 541 * i + 7 * c & 65535));
        ColourImage[] images = [.. ImageFolder.Find([_folder.Path]).Select(ImageFile.LoadColour)];
        using ImageStore store = ImageStore.LoadColour([_folder.Path], memory, cancellation: TestContext.Current.CancellationToken);

        foreach (ImageStore colours in new[] { store, ImageStore.OfColour(images), store.Where(_ => true) })
        {
            Assert.Equal((3, 3), (colours.Count, colours.Channels));
            for (int i = 0; i < 3; i++)
                for (int channel = 0; channel < 3; channel++)
                {
                    var row = new float[TestPictures.Width - 1];
                    colours.Read(i, channel, 1, 7, row);
                    Assert.Equal(images[i].Plane(Math.Min(channel, images[i].Channels - 1)).Row(7)[1..].ToArray(), row);
                    Assert.Equal(images[i].Name, colours.NameOf(i));
                }
            Assert.StartsWith("'images' has pictures of 3 channels; they must have 1.",
                Assert.Throws<ArgumentException>(() => colours.Read(0, 0, 0, new float[1])).Message, StringComparison.Ordinal);
            Assert.StartsWith("'images' has pictures of 3 channels; they must have 1.",
                Assert.Throws<ArgumentException>(() => new PatchSource(colours, PatchPreprocessing.Default, 1)).Message,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_row_longer_than_what_is_read_at_once_comes_whole()
    {
        ushort[] wide = [.. Enumerable.Range(0, 5000).Select(i => (ushort)(13 * i))];
        string path = _folder.Write("wide.pgm", [.. "P5 5000 1 65535 "u8, .. wide.SelectMany(v => new[] { (byte)(v >> 8), (byte)v })]);
        using ImageStore store = ImageStore.Load([path], memory: 0, cancellation: TestContext.Current.CancellationToken);

        var row = new float[4999];
        store.Read(0, 1, 0, row);

        Assert.Equal(wide[1..].Select(v => v / 65535f), row);
    }

    [Fact]
    public void Reading_pixels_again_allocates_nothing()
    {
        WritePictures();
        using ImageStore store = ImageStore.Load([_folder.Path], memory: 0, cancellation: TestContext.Current.CancellationToken);
        var row = new float[10];
        store.Read(0, 0, 0, row);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            store.Read(i % store.Count, 3, 4, row);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void The_temporary_file_is_gone_with_the_store()
    {
        WritePictures();
        string[] before = Scratch();
        ImageStore store = ImageStore.Load([_folder.Path], memory: 0, cancellation: TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
            Assert.Empty(Scratch().Except(before, StringComparer.Ordinal));       // it has no name even before
        store.Dispose();

        Assert.Empty(Scratch().Except(before, StringComparer.Ordinal));
        Assert.Throws<ObjectDisposedException>(() => store.Read(0, 0, 0, new float[1]));

        static string[] Scratch() => Directory.GetFiles(Path.GetTempPath(), "fast-sparse-coding-*");
    }

    [Fact]
    public void A_temporary_file_that_cannot_be_written_is_told_with_what_helps()
    {
        string message = Assert.Throws<IOException>(() => new ScratchFile(_folder.File("none"))).Message;

        Assert.StartsWith($"{_folder.File("none")}{Path.DirectorySeparatorChar}fast-sparse-coding-", message, StringComparison.Ordinal);
        Assert.Contains(": cannot be written: it is to hold the pictures that memory does not: ", message, StringComparison.Ordinal);
        Assert.EndsWith(". Give that folder more room, or fewer pictures.", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void The_first_picture_that_is_damaged_is_told_and_none_behind_it_read(int threads)
    {
        for (int i = 0; i < 200; i++)
            _folder.Write($"{i:D3}.pgm", i is 3 or 4 or 7 ? "P5 9 9 255"u8.ToArray() : [.. "P5 1 1 255 "u8, (byte)i]);
        string expected = $"{_folder.File("003.pgm")}: is cut short: its 9×9 pixels need 81 bytes or more, 0 follow.";

        for (int repeat = 0; repeat < 10; repeat++)
            Assert.Equal(expected, Assert.Throws<InvalidDataException>(
                () => ImageStore.Load([_folder.Path], threads: threads, cancellation: TestContext.Current.CancellationToken)).Message);
        Assert.Equal(expected, Assert.Throws<InvalidDataException>(
            () => ImageFolder.Load(_folder.Path, TestContext.Current.CancellationToken)).Message);

        // What is read ahead is a few pictures a thread: those far behind may as well not exist.
        IReadOnlyList<string> files = ImageFolder.Find([_folder.Path]);
        for (int i = 100; i < 200; i++)
            File.Delete(files[i]);
        Assert.Equal(3, Read(files));

        int Read(IReadOnlyList<string> paths)
        {
            int read = 0;
            using IEnumerator<(string, FastSparseCoding.Imaging.Formats.Picture)> pictures =
                PictureReader.Read(paths, threads, PictureRule.Readable, CancellationToken.None).GetEnumerator();
            Assert.Equal(expected, Assert.Throws<InvalidDataException>(() =>
            {
                while (pictures.MoveNext())
                    read++;
            }).Message);
            return read;
        }
    }

    [Fact]
    public void A_picture_larger_than_its_share_is_not_read_ahead()
    {
        // A small one first, so that as many as there may be are read ahead: of 2,250,000 pixels each they were 70 MB at once.
        _folder.Write("00.pgm", [.. "P5 1 1 255 "u8, 0]);
        for (int i = 1; i < 12; i++)
            _folder.Write($"{i:D2}.pgm", [.. "P5 1500 1500 65535 "u8, .. new byte[2 * 1500 * 1500]]);
        // Values, the file being read through a window; as many ahead as a batch of the size known by then has.
        const long Each = 1500 * 1500 * 4, Ahead = 4;

        using IEnumerator<(string Path, FastSparseCoding.Imaging.Formats.Picture Picture)> pictures =
            PictureReader.Read(
                ImageFolder.Find([_folder.Path]), 3, PictureRule.Readable, TestContext.Current.CancellationToken).GetEnumerator();
        Assert.True(pictures.MoveNext());
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Assert.True(pictures.MoveNext());

        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, Each, (Ahead + 1) * Each);
        for (int i = 2; i < 12; i++)
            Assert.True(pictures.MoveNext() && pictures.Current.Picture.Width == 1500);
        Assert.False(pictures.MoveNext());
    }

    [Fact]
    public void Pictures_are_streamed_in_their_order()
    {
        for (int i = 0; i < 50; i++)
            _folder.Write($"{i:D2}.pgm", [.. "P5 1 1 255 "u8, (byte)i]);

        Assert.Equal(Enumerable.Range(0, 50).Select(i => i / 255f),
            ImageFolder.Stream([_folder.Path], 3, TestContext.Current.CancellationToken).Select(i => i[0, 0]));
        Assert.Throws<FileNotFoundException>(
            () => ImageFolder.Stream([_folder.File("none")], cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        using ImageStore store = ImageStore.Of([new GrayImage(4, 3)]);

        Assert.StartsWith("'memory' is -1; it must be 0 or more.",
            Assert.ThrowsAny<ArgumentException>(()
            => ImageStore.Load([_folder.Path], -1, cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.StartsWith("'image' is 1; it must be from 0 to 0.", Assert.ThrowsAny<ArgumentException>(() => store.SizeOf(1)).Message,
            StringComparison.Ordinal);
        Assert.StartsWith("'y' is 3; it must be from 0 to 2.",
            Assert.ThrowsAny<ArgumentException>(() => store.Read(0, 0, 3, new float[1])).Message, StringComparison.Ordinal);
        Assert.StartsWith("'x' is 2; it must be from 0 to 1.",
            Assert.ThrowsAny<ArgumentException>(() => store.Read(0, 2, 0, new float[3])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => ImageStore.Of(null!));
        Assert.Throws<ArgumentNullException>(() => ImageStore.Of([null!]));
        Assert.Throws<ArgumentNullException>(() => store.Where(null!));
    }

    /// <summary>Pictures of 8 and of 16 bits.</summary>
    private void WritePictures()
    {
        var random = new Random(1);
        for (int i = 0; i < 7; i++)
        {
            (int width, int height) = (30 + 5 * i, 41 - 3 * i);
            var pixels = new byte[width * height * (1 + i % 2)];
            random.NextBytes(pixels);
            _folder.Write($"{i}.pgm",
                [.. System.Text.Encoding.ASCII.GetBytes($"P5 {width} {height} {(i % 2 == 0 ? 255 : 65535)} "), .. pixels]);
        }
    }
}
