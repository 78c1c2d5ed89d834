namespace FastSparseCoding.Tests.Storage;

/// <summary>A new folder for one test, deleted with all it holds.</summary>
internal sealed class TempFolder : IDisposable
{
    public TempFolder() => Path = Directory.CreateTempSubdirectory("fsc-storage-").FullName;

    public string Path { get; }

    /// <summary>Names of everything in the folder, hidden files too.</summary>
    public string[] Names => [
        .. Directory.EnumerateFileSystemEntries(Path).Select(p => System.IO.Path.GetFileName(p)).Order(StringComparer.Ordinal)];

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, byte[] bytes)
    {
        System.IO.File.WriteAllBytes(File(name), bytes);
        return File(name);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
