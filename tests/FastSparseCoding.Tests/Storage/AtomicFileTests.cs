using FastSparseCoding.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Storage;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_committed_file_has_what_was_written_and_nothing_else_is_left()
    {
        byte[] content = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * 7))];

        AtomicFile.Write(_folder.File("out.bin"), stream =>
        {
            stream.Write(content.AsSpan(0, 5));
            stream.WriteByte(content[5]);
            stream.Write(content, 6, 70_000);
            stream.Write(content.AsSpan(70_006));
        });

        Assert.Equal(content, File.ReadAllBytes(_folder.File("out.bin")));
        Assert.Equal(["out.bin"], _folder.Names);
    }

    [Fact]
    public void Before_the_commit_the_target_is_as_it_was()
    {
        string path = _folder.Write("out.bin", [1, 2, 3]);
        using AtomicFile file = AtomicFile.Create(path);
        file.Stream.Write(new byte[100_000]);

        Assert.Equal(path, file.Path);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
        Assert.Equal(2, _folder.Names.Length);

        file.Commit();
        Assert.Equal(100_000, new FileInfo(path).Length);
    }

    [Fact]
    public void What_a_killed_process_left_of_the_same_target_is_deleted_and_nothing_else()
    {
        string left = Left("out.bin"), open = Left("out.bin"), other = Left("other.bin");
        using (new FileStream(_folder.File(open), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            AtomicFile.Write(_folder.File("out.bin"), stream => stream.WriteByte(1));

        Assert.NotEqual(left, open);
        Assert.Equal(new[] { open, other, "out.bin" }.Order(StringComparer.Ordinal), _folder.Names.Order(StringComparer.Ordinal));

        // A temporary file as a process writes it, left behind.
        string Left(string name)
        {
            string temporary;
            using (AtomicFile.Create(_folder.File(name)))
                temporary = Assert.Single(_folder.Names,
                    n => n.StartsWith(".partial-", StringComparison.Ordinal) && new FileInfo(_folder.File(n)).Length == 0);
            File.WriteAllText(_folder.File(temporary), "partly written");
            return temporary;
        }
    }

    [Fact]
    public void A_writer_that_fails_or_is_cancelled_leaves_nothing_and_an_existing_target_untouched()
    {
        string path = _folder.Write("old.bin", [1, 2, 3]);

        Assert.Throws<OperationCanceledException>(() => AtomicFile.Write(_folder.File("new.bin"), s =>
        {
            s.Write(new byte[100_000]);
            throw new OperationCanceledException();
        }));
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, _ => throw new InvalidOperationException("no")));

        Assert.Equal(["old.bin"], _folder.Names);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(65_536)]
    [InlineData(99_999)]
    public void A_full_disk_is_one_message_that_names_the_target(int room)
    {
        string path = _folder.Write("out.bin", [1, 2, 3]);

        IOException e = Assert.Throws<IOException>(() =>
        {
            using AtomicFile file = AtomicFile.Create(path, FullDisk.WithRoomFor(room));
            for (int i = 0; i < 100; i++)
                file.Stream.Write(new byte[1000]);
            file.Commit();
        });

        Assert.Equal($"{path}: cannot be written: No space left on device.", e.Message);
        Assert.Equal(["out.bin"], _folder.Names);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
    }

    [Fact]
    public void A_disk_that_is_really_full_is_the_same_message()
    {
        // The device that is always full stands in for the temporary file.
        string path = _folder.File("out.bin");

        IOException e = Assert.Throws<IOException>(() =>
        {
            using AtomicFile file = AtomicFile.Create(path,
                _ => new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.None, bufferSize: 0));
            file.Stream.Write(new byte[10]);
            file.Commit();
        });

        Assert.Equal($"{path}: cannot be written: No space left on device.", e.Message);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void Whoever_writes_on_after_a_failure_is_told_of_the_first()
    {
        string path = _folder.File("out.bin");
        using AtomicFile file = AtomicFile.Create(path, FullDisk.WithRoomFor(0));
        for (int i = 0; i < 2; i++)
            Assert.Equal($"{path}: cannot be written: No space left on device.",
                Assert.Throws<IOException>(() => file.Stream.Write(new byte[70_000])).Message);
        Assert.True(file.Stream is { CanSeek: false, CanWrite: false });
        file.Dispose();
        Assert.Equal($"{path}: cannot be written: No space left on device.",
            Assert.Throws<IOException>(() => file.Stream.Write(new byte[70_000])).Message);
    }

    [Fact]
    public void A_stream_closed_early_still_commits_what_it_got()
    {
        using (AtomicFile file = AtomicFile.Create(_folder.File("out.txt")))
        {
            using (var text = new StreamWriter(file.Stream))
                text.Write("hello");
            file.Commit();
        }

        Assert.Equal("hello", File.ReadAllText(_folder.File("out.txt")));
    }

    [Fact]
    public void The_stream_seeks_and_reports_its_place_without_losing_what_is_buffered()
    {
        AtomicFile.Write(_folder.File("out.bin"), stream =>
        {
            stream.Write([1, 2, 3, 4]);
            Assert.Equal((4, 4), (stream.Position, stream.Length));
            stream.Position = 1;
            stream.WriteByte(9);
            Assert.Equal((2, 4), (stream.Position, stream.Length));
            stream.Seek(0, SeekOrigin.End);
            stream.WriteByte(5);
            stream.SetLength(5);
            Assert.True(stream is { CanRead: false, CanSeek: true, CanWrite: true });
        });

        Assert.Equal([1, 9, 3, 4, 5], File.ReadAllBytes(_folder.File("out.bin")));
    }

    [Fact]
    public void Reading_the_stream_and_committing_twice_are_refused()
    {
        string path = _folder.File("out.bin");
        using AtomicFile file = AtomicFile.Create(path);
        Assert.Equal($"'{path}' is open for writing only.", Assert.Throws<NotSupportedException>(() => file.Stream.ReadByte()).Message);
        file.Commit();
        Assert.Equal($"'{path}' was committed or disposed already.", Assert.Throws<InvalidOperationException>(file.Commit).Message);
    }

    [Fact]
    public void A_folder_as_target_is_refused()
        => Refused(_folder.Path, "it is a folder; a file name is expected.");

    [Fact]
    public void A_target_in_no_folder_is_refused()
        => Refused(_folder.File("none/out.npy"), $"the folder '{_folder.File("none")}' does not exist.");

    [Fact]
    public void A_target_below_a_file_is_refused()
        => Refused(System.IO.Path.Combine(_folder.Write("file", [1]), "out.npy"), $"the folder '{_folder.File("file")}' does not exist.");

    [Fact]
    public void A_device_as_target_is_refused()
        => Refused("/dev/null", "it is a device; a regular file is expected.");

    [Fact]
    public void A_read_only_target_is_refused()
    {
        string path = _folder.Write("out.bin", [1]);
        File.SetAttributes(path, FileAttributes.ReadOnly);
        Refused(path, "the file is read-only.");
        Assert.Equal([1], File.ReadAllBytes(path));
        File.SetAttributes(path, FileAttributes.Normal);
    }

    [Fact]
    public void A_folder_that_may_not_be_written_to_is_one_message()
    {
        // Permissions do not bind the administrator, so the refusal comes through the seam, as the system words it.
        string path = _folder.File("out.bin");
        IOException e = Assert.Throws<IOException>(()
            => AtomicFile.Create(path, temporary => throw new UnauthorizedAccessException($"Access to the path '{temporary}' is denied.")));
        Assert.Equal($"{path}: cannot be written: access to the folder '{_folder.Path}' is denied.", e.Message);
    }

    [Fact]
    public void A_file_system_that_takes_no_files_is_one_message()
        => Refused("/proc/out.npy", "the folder '/proc' takes no new files.");

    [Fact]
    public void A_link_is_followed_and_the_targets_mode_is_kept()
    {
        if (OperatingSystem.IsWindows())
            return;
        string path = _folder.Write("real.bin", [1]);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.CreateSymbolicLink(_folder.File("link.bin"), path);

        AtomicFile.Write(_folder.File("link.bin"), s => s.WriteByte(7));

        Assert.Equal([7], File.ReadAllBytes(path));
        Assert.Equal(path, File.ResolveLinkTarget(_folder.File("link.bin"), returnFinalTarget: true)?.FullName);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public void The_temporary_file_has_the_targets_mode_before_its_first_byte()
    {
        if (OperatingSystem.IsWindows())
            return;
        foreach (UnixFileMode mode in new[] { UnixFileMode.UserRead | UnixFileMode.UserWrite, (UnixFileMode)0b110_110_110,
            (UnixFileMode)0b111_101_101 })
        {
            string path = _folder.Write("out.bin", [1]);
            File.SetUnixFileMode(path, mode);
            using AtomicFile file = AtomicFile.Create(path);
            Assert.Equal(mode, File.GetUnixFileMode(_folder.File(Assert.Single(_folder.Names, n => n != "out.bin"))));
            file.Commit();
            Assert.Equal(mode, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public void A_name_too_long_for_the_file_system_is_refused_at_once()
    {
        string longest = _folder.File(new string('n', 255));
        AtomicFile.Write(longest, stream => stream.WriteByte(7));
        Assert.Equal([7], File.ReadAllBytes(longest));

        Refused(longest + 'n', "its name has 256 bytes; a file's name has 255 at most.");
        Refused(_folder.File(new string('λ', 128)), "its name has 256 bytes; a file's name has 255 at most.");
        Assert.Equal("'path' is empty; it must be the name of a file. (Parameter 'path')",
            Assert.Throws<ArgumentException>(() => AtomicFile.Create("")).Message);
    }

    [Fact]
    public void The_names_of_a_folder_are_put_on_the_disk()
    {
        bool possible = OperatingSystem.IsLinux() || OperatingSystem.IsMacOS();
        Assert.Equal(possible, FolderSync.Flush(_folder.Path));
        Assert.False(FolderSync.Flush(_folder.File("none")));
    }

    private static void Refused(string path, string problem)
    {
        Assert.Equal($"{path}: cannot be written: {problem}", Assert.Throws<IOException>(() => AtomicFile.Create(path)).Message);
    }
}
