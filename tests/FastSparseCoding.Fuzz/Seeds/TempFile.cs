namespace FastSparseCoding.Fuzz.Seeds;

/// <summary>Bytes of what the library writes to a path.</summary>
internal static class TempFile
{
    public static byte[] Written(Action<string> write)
    {
        string folder = Directory.CreateTempSubdirectory("fsc-fuzz-seed-").FullName;
        try
        {
            string path = Path.Combine(folder, "seed");
            write(path);
            return File.ReadAllBytes(path);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
