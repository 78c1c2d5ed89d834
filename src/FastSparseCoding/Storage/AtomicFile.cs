using System.Security.Cryptography;
using System.Text;

namespace FastSparseCoding.Storage;

/// <summary>
/// A file that appears whole or not at all: it is written under a temporary name in the target's folder, flushed to the disk and renamed
/// over the target. Without <see cref="Commit"/> the partial file is deleted and an existing target stays as it was.
/// </summary>
/// <remarks>
/// A symbolic link is followed, so the file it points to is replaced, not the link. An existing target keeps its Unix mode, which the
/// temporary file has before its first byte. What a killed process has left of a temporary file for the same target is deleted when the
/// next begins. Pipes, sockets, devices and a target marked read-only are refused, although a rename could replace them. After the rename
/// the folder is flushed too.
/// </remarks>
internal sealed class AtomicFile : IOutputFile
{
    // What the common file systems take; the temporary name is short, so that a longer one would be found only by the rename at the end.
    private const int MaxNameBytes = 255;

    private readonly string _target;
    private readonly string _temporary;
    private readonly Stream _file;
    private readonly OutputStream _stream;
    private bool _finished;

    private AtomicFile(string path, string target, string temporary, Stream file)
    {
        Path = path;
        _target = target;
        _temporary = temporary;
        _file = file;
        _stream = new OutputStream(file, path);
    }

    /// <summary>The path as the caller gave it.</summary>
    public string Path { get; }

    /// <summary>Where to write: buffered, seekable, write-only. Every failure to write surfaces as an <see cref="IOException"/> that names
    /// <see cref="Path"/>.</summary>
    public Stream Stream => _stream;

    /// <summary>Begins a file.</summary>
    /// <param name="path">The target. Its folder must exist; the target itself may.</param>
    /// <returns>The open file, to be committed and disposed by the caller.</returns>
    /// <exception cref="IOException">The folder does not exist or cannot be written to, or the target is a folder, a pipe, a socket, a
    /// device or read-only, or its name is too long.</exception>
    public static AtomicFile Create(string path) => Create(path, open: null);

    /// <summary>Deletes the temporary files of all atomic files that are being written, and refuses new ones: for a process that is about
    /// to end.</summary>
    public static void AbandonAll() => PartialFiles.OfProcess.DeleteAll();

    /// <summary>Writes a whole file.</summary>
    /// <param name="path">The target. Its folder must exist; the target itself may.</param>
    /// <param name="write">Writes the content. When it throws, nothing is left behind and an existing target is untouched.</param>
    /// <exception cref="IOException">The target cannot be written, or the disk is full.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        using AtomicFile file = Create(path);
        write(file.Stream);
        file.Commit();
    }

    /// <summary>Flushes what was written to the disk and renames it over the target. Called once, last.</summary>
    /// <exception cref="IOException">The disk is full, or the target cannot be replaced.</exception>
    /// <exception cref="InvalidOperationException">The file was committed or disposed before.</exception>
    public void Commit()
    {
        if (_finished)
            Throw.InvalidOperation($"'{Path}' was committed or disposed already.");
        _stream.FlushToDisk();
        // Open until it has its name, where a file may be renamed while it is: a partial file that nobody has open is one left behind.
        if (OperatingSystem.IsWindows())
            _file.Dispose();
        Guard(Path, _temporary, Replace);
        _finished = true;
        _file.Dispose();
    }

    /// <summary>Deletes the partial file unless it was committed.</summary>
    public void Dispose()
    {
        if (_finished)
            return;
        _finished = true;
        _stream.Abandon();
        _file.Dispose();
        PartialFiles.OfProcess.Delete(_temporary);
    }

    /// <summary>Begins a file whose temporary is opened by <paramref name="open"/>, if given: the seam through which tests simulate a full
    /// disk.</summary>
    internal static AtomicFile Create(string path, Func<string, Stream>? open)
    {
        string target = Resolve(path);
        (Stream file, string temporary) = OpenBeside(path, target, open);
        return new AtomicFile(path, target, temporary, file);
    }

    /// <summary>Opens a new temporary file in the target's folder.</summary>
    internal static (Stream File, string Temporary) OpenBeside(string path, Func<string, Stream>? open)
        => OpenBeside(path, Resolve(path), open);

    private static (Stream File, string Temporary) OpenBeside(string path, string target, Func<string, Stream>? open)
    {
        string folder = System.IO.Path.GetDirectoryName(target) ?? "", prefix = $".partial-{HashOfName(target)}-";
        PartialFiles.OfProcess.DeleteLeftBehind(folder, $"{prefix}*.tmp");
        string temporary = System.IO.Path.Combine(folder, $"{prefix}{Guid.NewGuid():N}.tmp");
        return (Guard(path, temporary,
            () => PartialFiles.OfProcess.Add(temporary, () => open?.Invoke(temporary) ?? OpenNew(temporary, target))), temporary);
    }

    /// <summary>Tells the temporary files of one target from those of others.</summary>
    private static string HashOfName(string target)
        => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(System.IO.Path.GetFileName(target))))[..16];

    /// <summary>Opens a temporary file that nobody may read who may not read the target.</summary>
    private static FileStream OpenNew(string temporary, string target)
    {
        // Unbuffered, because a buffering stream would try once more to write when it is closed after a failure.
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0
        };
        if (OperatingSystem.IsWindows() || !File.Exists(target))
            return new FileStream(temporary, options);
        UnixFileMode mode = File.GetUnixFileMode(target);
        options.UnixCreateMode = mode & (UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var file = new FileStream(temporary, options);
        File.SetUnixFileMode(file.SafeFileHandle, mode);    // once more, because the account's mask was taken from the mode of the new file
        return file;
    }

    /// <summary>The real file meant by a path, or a refusal that says why nothing can be written there.</summary>
    private static string Resolve(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0)
            Throw.Argument(nameof(path), $"'{nameof(path)}' is empty; it must be the name of a file.");
        string target = System.IO.Path.GetFullPath(path);
        if (IsSystems(target))
            Throw.Unwritable<Stream>(path, "it is a device; a regular file is expected.");
        if (new FileInfo(target).LinkTarget is not null)
            target = Guard(path, target, () => File.ResolveLinkTarget(target, returnFinalTarget: true))?.FullName ?? target;
        string folder = System.IO.Path.GetDirectoryName(target) ?? target;
        if (Directory.Exists(target))
            Throw.Unwritable<Stream>(path, "it is a folder; a file name is expected.");
        if (!Directory.Exists(folder))
            Throw.Unwritable<Stream>(path, $"the folder '{folder}' does not exist.");
        if (Encoding.UTF8.GetByteCount(System.IO.Path.GetFileName(target)) is > MaxNameBytes and int bytes)
            Throw.Unwritable<Stream>(path, $"its name has {bytes} bytes; a file's name has {MaxNameBytes} at most.");
        if (FileKind.Special(target) is { } kind)
            Throw.Unwritable<Stream>(path, $"it is {kind}; a regular file is expected.");
        if (File.Exists(target) && File.GetAttributes(target).HasFlag(FileAttributes.ReadOnly))
            Throw.Unwritable<Stream>(path, "the file is read-only.");
        return target;
    }

    /// <summary>Whether a full path is a device's, also where a name such as /dev/stdout leads to a regular file: what is written there
    /// otherwise would be lost with the file that is replaced.</summary>
    internal static bool IsSystems(string target)
        => !OperatingSystem.IsWindows() && target.StartsWith("/dev/", StringComparison.Ordinal)
            && !target.StartsWith("/dev/shm/", StringComparison.Ordinal);

    private bool Replace()
    {
        File.Move(_temporary, _target, overwrite: true);
        PartialFiles.OfProcess.Remove(_temporary);
        FolderSync.Flush(System.IO.Path.GetDirectoryName(_target)!);
        return true;
    }

    private static T Guard<T>(string path, string temporary, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Throw.Unwritable<T>(path, OutputStream.Problem(e, temporary), e);
        }
    }
}
