using System.Runtime.InteropServices;

namespace FastSparseCoding.Storage;

/// <summary>Puts the names in a folder on the disk: a file flushed and renamed may otherwise be gone after a power cut. .NET opens no
/// folders, so the system is asked.</summary>
internal static partial class FolderSync
{
    /// <summary>Waits until the folder's names are on the disk.</summary>
    /// <returns>Whether they are; some file systems have no way to promise it, and there is then nothing more to do.</returns>
    public static bool Flush(string folder)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
            return false;       // Windows writes renames through its journal, and offers nothing for folders
        int descriptor = Open(folder, flags: 0);
        if (descriptor < 0)
            return false;
        bool flushed = Sync(descriptor) == 0;
        return Close(descriptor) == 0 && flushed;
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
