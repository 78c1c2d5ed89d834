using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

public sealed class ImageFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pictures_of_nested_folders_come_in_ordinal_order_of_their_paths()
    {
        string[] names = ["b.png", "a/z.PGM", "B.jpg", "a.png", "a/b/c.tiff", "é.png", "a/B.bmp", "10.gif", "2.tif", "a-b/x.jpeg",
            "Z/y.ppm"];
        foreach (string name in names)
            Put(name);

        // '-' (0x2D) before '.' (0x2E) before '/' (0x2F) before digits, capitals, small letters and what is not ASCII.
        Assert.Equal(
            ["10.gif", "2.tif", "B.jpg", "Z/y.ppm", "a-b/x.jpeg", "a.png", "a/B.bmp", "a/b/c.tiff", "a/z.PGM", "b.png", "é.png"],
            ImageFolder.Find([_folder.Path]).Select(Name));
    }

    [Fact]
    public void The_order_does_not_depend_on_the_order_of_creation()
    {
        string[] names = [.. Enumerable.Range(0, 40).Select(i => $"{i * 7919 % 40:D2}.pgm")];
        foreach (string name in names)
            Put($"forward/{name}");
        foreach (string name in names.Reverse())
            Put($"backward/{name}");

        IEnumerable<string> forward = ImageFolder.Find([_folder.File("forward")]).Select(f => Path.GetFileName(f));

        Assert.Equal(names.Order(StringComparer.Ordinal), forward);
        Assert.Equal(forward, ImageFolder.Find([_folder.File("backward")]).Select(f => Path.GetFileName(f)));
    }

    [Fact]
    public void Only_endings_of_pictures_are_taken_from_a_folder_and_any_file_that_is_named()
    {
        foreach (string extension in ImageFile.Extensions)
            Put($"in/x{extension}");
        foreach (string name in (string[])["in/notes.txt", "in/png", "in/.hidden", "in/x.png.bak", "in/x.npy"])
            Put(name);
        string unusual = Put("scan.dat");

        Assert.Equal(ImageFile.Extensions.Select(e => $"in/x{e}").Order(StringComparer.Ordinal),
            ImageFolder.Find([_folder.File("in")]).Select(Name));
        Assert.Equal([unusual], ImageFolder.Find([unusual]));
    }

    [Fact]
    public void Files_and_folders_come_in_the_order_given_and_as_often()
    {
        string b = Put("b.pgm"), a = Put("a.pgm"), c = Put("sub/c.pgm");

        Assert.Equal([b, c, a, b], ImageFolder.Find([b, _folder.File("sub"), a, b]));
        Assert.Equal([a, b, c, c], ImageFolder.Find([_folder.Path, c]));
        Assert.Empty(ImageFolder.Find([]));
    }

    [Fact]
    public void Pictures_are_loaded_in_the_order_found_each_with_its_name()
    {
        string[] paths = [.. Enumerable.Range(0, 50).Select(i => Put($"{i * 31 % 50:D2}.pgm", (byte)(i * 31 % 50)))];

        IReadOnlyList<GrayImage> all = ImageFolder.Load(_folder.Path, TestContext.Current.CancellationToken);
        IReadOnlyList<GrayImage> some = ImageFolder.Load([paths[3], paths[1], paths[3]], TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, 50).Select(i => i / 255f), all.Select(i => i[0, 0]));
        Assert.Equal(paths.Order(StringComparer.Ordinal), all.Select(i => i.Name));
        Assert.Equal([paths[3], paths[1], paths[3]], some.Select(i => i.Name));
        Assert.Equal(paths[1], Assert.Single(ImageFolder.Load(paths[1], TestContext.Current.CancellationToken)).Name);
    }

    [Fact]
    public void A_path_that_does_not_exist_is_refused()
    {
        string missing = _folder.File("none");
        Put("a.pgm");
        FileNotFoundException e = Assert.Throws<FileNotFoundException>(() => ImageFolder.Find([_folder.Path, missing]));
        Assert.Equal(($"{missing}: there is no such file or folder.", missing), (e.Message, e.FileName));
        Assert.Throws<FileNotFoundException>(() => ImageFolder.Load(missing, TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentNullException>(() => ImageFolder.Find(null!));
    }

    [Fact]
    public void A_folder_without_pictures_is_refused()
    {
        Put("notes.txt");
        Directory.CreateDirectory(_folder.File("deeper"));

        Assert.Equal($"{_folder.Path}: holds no images; expected files ending in .jpg, .jpeg, .png, .bmp, .gif, .tif, .tiff, .pgm, .ppm.",
            Assert.Throws<InvalidDataException>(() => ImageFolder.Find([_folder.Path])).Message);
        Assert.Throws<InvalidDataException>(() => ImageFolder.Load(_folder.File("deeper"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Pictures_of_kinds_that_are_not_read_are_found_to_be_told()
    {
        foreach (string name in (string[])["b/x.webp", "a.HEIC", "a.png", "notes.txt"])
            Put(name);

        Assert.Equal(["a.HEIC", "b/x.webp"], ImageFolder.FindPassedOver([_folder.Path, _folder.File("a.HEIC")]).Select(Name));
        Assert.Empty(ImageFolder.FindPassedOver([_folder.File("b/x.webp"), _folder.File("a.png")]));
    }

    [Fact]
    public void Pictures_of_too_many_pixels_to_hold_are_refused_at_the_one_that_is_too_many()
    {
        for (int i = 0; i < 5; i++)
            Put($"{i}.pgm");

        Assert.Equal(5, ImageFolder.Load([_folder.Path], 5, 2, TestContext.Current.CancellationToken).Count);
        Assert.Equal($"{_folder.File("3.pgm")}: is one picture too many: at most 3 pixels are held at once.",
            Assert.Throws<InvalidDataException>(() => ImageFolder.Load([_folder.Path], 3, 2, TestContext.Current.CancellationToken))
                .Message);
    }

    [Fact]
    public void A_file_of_a_folder_that_is_no_picture_is_named()
    {
        for (int i = 0; i < 10; i++)
            Put($"{i}.pgm");
        string text = _folder.Write("text.png", "no picture"u8.ToArray());

        Assert.Equal($"{text}: is no image of a known format; expected JPEG, PNG, BMP, GIF, TIFF, PGM or PPM.",
            Assert.Throws<InvalidDataException>(() => ImageFolder.Load(_folder.Path, TestContext.Current.CancellationToken)).Message);
    }

    [Fact]
    public void Links_to_pictures_are_taken_and_links_to_folders_followed_only_when_given()
    {
        if (OperatingSystem.IsWindows())
            return;
        string picture = Put("a/x.pgm");
        Directory.CreateSymbolicLink(_folder.File("a/loop"), _folder.Path);
        File.CreateSymbolicLink(_folder.File("a/link.pgm"), picture);

        Assert.Equal(["a/link.pgm", "a/x.pgm"], ImageFolder.Find([_folder.Path]).Select(Name));
        Assert.Equal(["a/loop/a/link.pgm", "a/loop/a/x.pgm"], ImageFolder.Find([_folder.File("a/loop")]).Select(Name));
    }

    [Fact]
    public void Loading_stops_when_it_is_cancelled()
    {
        Put("a.pgm");
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => ImageFolder.Load(_folder.Path, source.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => ImageFolder.Load([_folder.File("a.pgm"), _folder.File("a.pgm")], source.Token));
    }

    private string Put(string name, byte gray = 1)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
        return _folder.Write(name, [.. "P5 1 1 255 "u8, gray]);
    }

    private string Name(string path) => Path.GetRelativePath(_folder.Path, path).Replace('\\', '/');
}
