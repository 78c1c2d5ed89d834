using System.IO.Enumeration;

namespace FastSparseCoding.Imaging;

/// <summary>Pictures of folders and lists of files, in an order that does not depend on the file system.</summary>
public static class ImageFolder
{
    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    /// <summary>
    /// Finds image files: files as they are given, folders walked with their subfolders in ordinal order of the paths. Links to files count as files;
    /// links to folders are followed only when given, since one may lead back to where it lies.
    /// </summary>
    /// <param name="paths">Files and folders.</param>
    /// <returns>Paths of files.</returns>
    /// <exception cref="IOException">A path does not exist, or a folder cannot be read.</exception>
    /// <exception cref="InvalidDataException">A folder holds no images.</exception>
    public static IReadOnlyList<string> Find(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var found = new List<string>();
        foreach (string path in paths)
        {
            if (Directory.Exists(path))
                found.AddRange(Walk(path));
            else if (File.Exists(path))
                found.Add(path);
            else
                throw new FileNotFoundException($"{path}: there is no such file or folder.", path);
        }
        return found;
    }

    /// <summary>Reads all pictures of a folder and its subfolders.</summary>
    /// <param name="path">A folder, or one image file.</param>
    /// <param name="cancellation">Stops between two pictures.</param>
    /// <returns>The pictures, in ordinal order of their paths.</returns>
    /// <exception cref="IOException">A path does not exist, or cannot be read.</exception>
    /// <exception cref="InvalidDataException">A folder holds no images, or a file is no image or damaged.</exception>
    public static IReadOnlyList<GrayImage> Load(string path, CancellationToken cancellation = default) => Load([path], cancellation);

    /// <summary>Reads pictures.</summary>
    /// <param name="paths">Files and folders, as for <see cref="Find"/>.</param>
    /// <param name="cancellation">Stops between two pictures.</param>
    /// <returns>The pictures, in the order found.</returns>
    /// <exception cref="IOException">A path does not exist, or cannot be read.</exception>
    /// <exception cref="InvalidDataException">A folder holds no images, or a file is no image or damaged.</exception>
    public static IReadOnlyList<GrayImage> Load(IEnumerable<string> paths, CancellationToken cancellation = default)
    {
        IReadOnlyList<string> files = Find(paths);
        var images = new GrayImage[files.Count];
        RowBlocks.Run(files.Count, 1, 0, cancellation, (i, _) => images[i] = ImageFile.Load(files[i]));
        return images;
    }

    private static List<string> Walk(string folder)
    {
        List<string> files;
        try
        {
            files = [.. new FileSystemEnumerable<string>(folder, (ref FileSystemEntry entry) => entry.ToSpecifiedFullPath(), Everything)
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && IsImage(entry.FileName),
                ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
            }];
        }
        catch (UnauthorizedAccessException e)
        {
            return Throw.Unreadable<List<string>>(folder, "permission is denied.", e);
        }
        if (files.Count == 0)
            Throw.InvalidFile(folder, $"holds no images; expected files ending in {string.Join(", ", ImageFile.Extensions)}.");
        files.Sort(StringComparer.Ordinal);
        return files;
    }

    private static bool IsImage(ReadOnlySpan<char> name)
    {
        ReadOnlySpan<char> ending = Path.GetExtension(name);
        foreach (string extension in ImageFile.Extensions)
            if (ending.Equals(extension, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }
}
