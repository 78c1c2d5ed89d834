using FastSparseCoding.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Storage;

public sealed class PartialFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void At_the_end_what_was_being_written_is_deleted_and_nothing_is_begun()
    {
        var files = new PartialFiles();
        foreach (string name in new[] { "renamed", "deleted", "open" })
            files.Add(_folder.File(name), () => File.Create(_folder.File(name))).Dispose();
        files.Remove(_folder.File("renamed"));
        files.Delete(_folder.File("deleted"));
        Assert.Equal(["open", "renamed"], _folder.Names);

        files.DeleteAll();

        Assert.Equal(["renamed"], _folder.Names);
        string late = _folder.File("late");
        Assert.Equal($"{late}: cannot be written: the process is ending.",
            Assert.Throws<IOException>(() => files.Add(late, () => File.Create(late))).Message);
        Assert.Equal(["renamed"], _folder.Names);
    }

    [Fact]
    public void A_file_that_could_not_be_opened_is_not_remembered()
    {
        var files = new PartialFiles();
        string path = _folder.Write("of somebody else", [1]);
        Assert.Throws<IOException>(() => files.Add(path, () => new FileStream(path, FileMode.CreateNew)));

        files.DeleteAll();

        Assert.Equal([1], File.ReadAllBytes(path));
    }
}
