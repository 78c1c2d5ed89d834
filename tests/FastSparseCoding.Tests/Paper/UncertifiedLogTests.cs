using FastSparseCoding.Paper;
using FastSparseCoding.Tests.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Paper;

/// <summary>What a reproduction remembers of codes that were not certified.</summary>
public sealed class UncertifiedLogTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_there_again_when_a_run_goes_on()
    {
        UncertifiedLog log = Open();
        log.Set("test signals", 3, 1000);
        log.Set("held-out signals, of 12 atoms", 12, 2000);
        log.Set("signals to train on", 0, 5000);
        log.Set("test signals", 4, 1000);

        Assert.Equal([("held-out signals, of 12 atoms", 12L, 2000L), ("test signals", 4L, 1000L)], Open().Entries);
        log.Set("test signals", 0, 1000);
        Assert.Equal([("held-out signals, of 12 atoms", 12L, 2000L)], Open().Entries);
    }

    [Fact]
    public void There_is_no_file_when_all_was_certified()
    {
        Open().Set("test signals", 0, 1000);

        Assert.Empty(Open().Entries);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void A_new_reproduction_forgets_it()
    {
        RunFolder first = RunFolder.Open(_folder.File("run"), "one");
        first.Uncertified.Set("test signals", 3, 1000);

        Assert.Single(RunFolder.Open(_folder.File("run"), "one").Uncertified.Entries);
        Assert.Empty(RunFolder.Open(_folder.File("run"), "two", overwrite: true).Uncertified.Entries);
    }

    private UncertifiedLog Open() => new(_folder.File(UncertifiedLog.FileName));
}
