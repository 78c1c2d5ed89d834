using System.Globalization;

namespace FastSparseCoding.Storage;

/// <summary>Memory for what a file holds: what cannot be had is a fact about the file, said with its name, and no failure of the whole
/// process.</summary>
internal static class FileMemory
{
    /// <summary>An array for values of a file, which must hold them: whoever asks has compared the count with the file's length.</summary>
    /// <exception cref="InvalidDataException">One array cannot hold them, or there is not so much memory.</exception>
    public static T[] Allocate<T>(string path, string what, long count)
        where T : unmanaged
    {
        if (count > Array.MaxLength)
            Throw.InvalidFile(path, $"{what} holds {count} values; at most {Array.MaxLength} fit one array.");
        try
        {
            if (count * ElementType.Of<T>().Bytes <= GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)
                return new T[count];
        }
        catch (OutOfMemoryException)
        {
            // Said below, in the same words.
        }
        double needed = count * ElementType.Of<T>().Bytes / 1e9, available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9;
        return Throw.InvalidFile<T[]>(
            path, string.Create(CultureInfo.InvariantCulture,
            $"{what} takes {needed:F1} GB of memory; this process may use {available:F1} GB in all."));
    }
}
