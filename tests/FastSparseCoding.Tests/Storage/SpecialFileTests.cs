using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Storage;

/// <summary>Pipes, sockets and devices are refused before they are opened, and are not replaced. A reader that opened a pipe would not come
/// back.</summary>
public sealed class SpecialFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, Action<string>> Readers => new()
    {
        { "array", path => Npy.ReadMatrix(path) },
        { "array in blocks", path => NpyReader.Open(path) },
        { "archive", path => Npz.Names(path) },
        { "codes", path => Npz.ReadCodes(path) },
        { "model", path => ModelFile.Load(path) },
        { "classifier", path => ClassifierFile.Load(path) },
        { "training", path => CheckpointFile.LoadTraining(path) },
        { "learning", path => CheckpointFile.LoadLearner(path) },
        { "anything", path => FileDescription.Read(path) },
        { "picture", path => ImageFile.Load(path) },
    };

    [Theory]
    [MemberData(nameof(Readers))]
    public void No_reader_opens_what_is_no_regular_file(string reader, Action<string> read)
    {
        Assert.NotEmpty(reader);
        string pipe = SpecialFiles.Pipe(_folder.File("pipe")), link = _folder.File("link"), socket = _folder.File("socket");
        File.CreateSymbolicLink(link, pipe);
        using var _ = SpecialFiles.Socket(socket);

        foreach ((string path, string kind) in new[] { (pipe, "a pipe"), (link, "a pipe"), (socket, "a socket"), ("/dev/zero", "a device"),
            ("/dev/null", "a device") })
            Assert.Equal($"{path}: cannot be read: it is {kind}; a regular file is expected.",
                Assert.Throws<IOException>(() => read(path)).Message);
    }

    [Fact]
    public void A_folder_of_pictures_with_a_pipe_among_them_is_refused()
    {
        PngFile.Write(_folder.File("a.png"), new GrayImage(4, 4, new float[16], "a"));
        string pipe = SpecialFiles.Pipe(_folder.File("b.png"));

        Assert.Equal($"{pipe}: cannot be read: it is a pipe; a regular file is expected.",
            Assert.Throws<IOException>(() => ImageFolder.Load(_folder.Path, TestContext.Current.CancellationToken)).Message);
    }

    [Fact]
    public void Outputs_do_not_replace_what_is_no_regular_file()
    {
        string pipe = SpecialFiles.Pipe(_folder.File("pipe")), link = _folder.File("link"), socket = _folder.File("socket");
        File.CreateSymbolicLink(link, pipe);
        using var _ = SpecialFiles.Socket(socket);

        foreach ((string path, string kind) in new[] { (pipe, "a pipe"), (link, "a pipe"), (socket, "a socket"), ("/dev/null", "a device"),
            ("/dev/stdout", "a device") })
            Assert.Equal($"{path}: cannot be written: it is {kind}; a regular file is expected.",
                Assert.Throws<IOException>(() => AtomicFile.Create(path)).Message);
        Assert.Equal(["link", "pipe", "socket"], _folder.Names);
        Assert.Equal(("a pipe", "a socket"), (FileKind.Special(pipe), FileKind.Special(socket)));
    }

    [Fact]
    public void Regular_files_also_empty_ones_folders_and_nothing_are_not_special()
    {
        string empty = _folder.Write("empty", []), link = _folder.File("link");
        File.CreateSymbolicLink(link, empty);
        foreach (string path in new[] { empty, link, _folder.Write("full", [1]), _folder.Path, _folder.File("none") })
            Assert.Null(FileKind.Special(path));

        AtomicFile.Write(empty, stream => stream.WriteByte(7));
        Assert.Equal([7], File.ReadAllBytes(empty));
    }

    [Fact]
    public void A_file_without_length_and_with_bytes_without_end_is_not_read_to_tell_its_kind()
    {
        const string Endless = "/proc/self/pagemap";        // length 0, and hundreds of gigabytes
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists(Endless), "There is no such file.");
        string link = _folder.File("x.png");
        File.CreateSymbolicLink(link, Endless);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Null(FileKind.Special(Endless));
        Assert.Equal($"{link}: is empty; expected an image.", Assert.Throws<InvalidDataException>(() => ImageFile.Load(link)).Message);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }
}
