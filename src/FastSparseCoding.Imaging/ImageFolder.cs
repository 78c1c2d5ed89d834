using System.IO.Enumeration;

namespace FastSparseCoding.Imaging;

/// <summary>Pictures of folders and lists of files, in an order that does not depend on the file system. Safe to call from several threads
/// at once.</summary>
public static class ImageFolder
{
    /// <summary>Pixels of all pictures that are loaded at once, of 4 bytes each: 2 GiB.</summary>
    public const long MaxPixels = 1L << 29;

    private static readonly string[] OtherPictures =
        [
            ".webp", ".heic", ".heif", ".avif", ".jxl", ".jp2", ".jfif", ".jpe",
            ".dib", ".pbm", ".pnm", ".pam", ".tga", ".psd", ".svg", ".dng", ".cr2", ".nef", ".arw", ".exr", ".hdr",
        ];

    /// <summary>What macOS calls the files in which it keeps what other file systems cannot; they have the endings of the pictures beside
    /// them.</summary>
    private const string Forks = "._";

    private static readonly EnumerationOptions Everything =
        new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    /// <summary>
    /// Finds image files: files as they are given, folders walked with their subfolders in ordinal order of the paths. Links to files count
    /// as files; links to folders are followed only when given, since one may lead back to where it lies.
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
                Throw.NoSuchFileOrFolder(path);
        }
        return found;
    }

    /// <summary>
    /// Finds files of folders that are pictures by their endings, of kinds that are not read, so that leaving them out can be told.
    /// </summary>
    /// <param name="paths">Files and folders, as for <see cref="Find"/>; files are never passed over.</param>
    /// <returns>Paths of files, in ordinal order in each folder.</returns>
    /// <exception cref="IOException">A folder cannot be read.</exception>
    internal static IReadOnlyList<string> FindPassedOver(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return [.. paths.Where(Directory.Exists).SelectMany(p => Walk(p, OtherPictures))];
    }

    /// <summary>Reads all pictures of a folder and its subfolders.</summary>
    /// <param name="path">A folder, or one image file.</param>
    /// <param name="cancellation">Stops between two pictures.</param>
    /// <returns>The pictures, in ordinal order of their paths.</returns>
    /// <exception cref="IOException">A path does not exist, or cannot be read.</exception>
    /// <exception cref="InvalidDataException">A folder holds no images, a file is no image or damaged, or there are more than
    /// <see cref="MaxPixels"/> pixels.</exception>
    /// <example><code>
    /// IReadOnlyList&lt;GrayImage&gt; photos = ImageFolder.Load("photos");
    /// </code></example>
    public static IReadOnlyList<GrayImage> Load(string path, CancellationToken cancellation = default) => Load([path], cancellation);

    /// <summary>
    /// Reads pictures, to have them all in memory; <see cref="ImageStore"/> and
    /// <see cref="Stream(IEnumerable{string}, int, CancellationToken)"/> read more than that.
    /// </summary>
    /// <param name="paths">Files and folders, as for <see cref="Find"/>.</param>
    /// <param name="cancellation">Stops between two pictures.</param>
    /// <param name="threads">Threads that decode; 0 for one per core. The pictures do not depend on it.</param>
    /// <returns>The pictures, in the order found.</returns>
    /// <exception cref="IOException">A path does not exist, or cannot be read.</exception>
    /// <exception cref="InvalidDataException"> A folder holds no images, a file is no image or damaged (the first of those that are), or
    /// there are more than <see cref="MaxPixels"/> pixels. </exception>
    public static IReadOnlyList<GrayImage> Load(IEnumerable<string> paths, CancellationToken cancellation = default, int threads = 0)
        => Load(paths, MaxPixels, threads, cancellation);

    /// <summary>The same with a limit of one's own.</summary>
    internal static IReadOnlyList<GrayImage> Load(IEnumerable<string> paths, long maxPixels, int threads, CancellationToken cancellation)
    {
        var images = new List<GrayImage>();
        long pixels = 0;
        foreach (GrayImage image in Stream(paths, threads, cancellation))
        {
            if ((pixels += image.Pixels.Length) > maxPixels)
                Throw.InvalidFile(image.Name, $"is one picture too many: at most {maxPixels} pixels are held at once.");
            images.Add(image);
        }
        return images;
    }

    /// <summary>Reads pictures one after the other, a few ahead, and keeps none.</summary>
    /// <param name="paths">Files and folders, as for <see cref="Find"/>.</param>
    /// <param name="threads">Threads that decode; 0 for one per core. The pictures do not depend on it.</param>
    /// <param name="cancellation">Stops between two pictures.</param>
    /// <returns>The pictures, in the order found; to be walked once.</returns>
    /// <exception cref="IOException">A path does not exist, or cannot be read.</exception>
    /// <exception cref="InvalidDataException">A folder holds no images, or, when its turn comes, a file is no image or damaged.</exception>
    public static IEnumerable<GrayImage> Stream(IEnumerable<string> paths, int threads = 0, CancellationToken cancellation = default)
        => Stream(paths, threads, PictureRule.Readable, cancellation);

    /// <summary>The same of pictures that a rule allows; of those that it leaves out may be all only where there may be none.</summary>
    internal static IEnumerable<GrayImage> Stream(
        IEnumerable<string> paths, int threads, PictureRule rule, CancellationToken cancellation, bool mayBeNone = false)
        => PictureReader.Read(Find(paths), threads, rule, cancellation, mayBeNone).Select(p => p.Picture.ToGray(p.Path));

    private static List<string> Walk(string folder)
    {
        List<string> files = Walk(folder, ImageFile.Extensions);
        if (files.Count == 0)
            Throw.InvalidFile(folder, $"holds no images; expected files ending in {string.Join(", ", ImageFile.Extensions)}.");
        return files;
    }

    private static List<string> Walk(string folder, IReadOnlyList<string> endings)
    {
        try
        {
            List<string> files = [.. new FileSystemEnumerable<string>(folder,
                (ref FileSystemEntry entry) => entry.ToSpecifiedFullPath(), Everything)
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && EndsIn(entry.FileName, endings)
                    && !entry.FileName.StartsWith(Forks, StringComparison.Ordinal),
                ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
            }];
            files.Sort(StringComparer.Ordinal);
            return files;
        }
        catch (UnauthorizedAccessException e)
        {
            return Throw.Unreadable<List<string>>(folder, "permission is denied.", e);
        }
    }

    private static bool EndsIn(ReadOnlySpan<char> name, IReadOnlyList<string> endings)
    {
        ReadOnlySpan<char> ending = Path.GetExtension(name);
        foreach (string extension in endings)
            if (ending.Equals(extension, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }
}
