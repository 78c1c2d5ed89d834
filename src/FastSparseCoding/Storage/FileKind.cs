using System.Formats.Tar;

namespace FastSparseCoding.Storage;

/// <summary>
/// Tells regular files from pipes, sockets and devices without opening them: opening a pipe waits for its other end, opening a device may
/// do anything.
/// </summary>
internal static class FileKind
{
    /// <summary>The code of an <see cref="IOException"/> that is the library's own and not the system's.</summary>
    private const int OwnComplaint = unchecked((int)0x80131620);

    /// <summary>What a path names, in words such as "a pipe", when it is neither a regular file nor a folder; null for those, and where
    /// there is nothing.</summary>
    /// <exception cref="IOException">The path's links lead in a circle.</exception>
    public static string? Special(string path)
    {
        if (OperatingSystem.IsWindows())
            return null;        // Windows opens none of them as a file
        var file = new FileInfo(path);
        if (file.LinkTarget is not null && file.ResolveLinkTarget(returnFinalTarget: true) is { } target)
            file = new FileInfo(target.FullName);
        // All of them have length 0, so that a file with bytes is a regular one, and an empty one is all that is read for its tar entry.
        return file.Exists && file.Length == 0 ? OfEmpty(file.FullName) : null;
    }

    // The one part of .NET that says what kind of file there is: attributes and modes leave it out.
    private static string? OfEmpty(string path)
    {
        // Room for an entry and the archive's end, not for content: some files of /proc have length 0 and bytes without end.
        using var archive = new MemoryStream(new byte[4096]);
        try
        {
            using var writer = new TarWriter(archive, TarEntryFormat.Ustar, leaveOpen: true);
            writer.WriteEntry(path, "entry");
        }
        catch (IOException e) when (e.HResult == OwnComplaint)
        {
            return "a socket";      // which no tar can hold
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;            // it has content, or whoever opens it says better what is wrong
        }
        archive.Position = 0;
        using var reader = new TarReader(archive);
        return reader.GetNextEntry()?.EntryType switch
        {
            TarEntryType.Fifo => "a pipe",
            TarEntryType.CharacterDevice or TarEntryType.BlockDevice => "a device",
            _ => null,
        };
    }
}
