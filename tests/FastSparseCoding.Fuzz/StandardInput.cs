namespace FastSparseCoding.Fuzz;

/// <summary>One file from standard input, as afl-fuzz and its kin give it: a fault ends the process as a crash does, which is what they look for.</summary>
internal static class StandardInput
{
    public static int Read(Format format)
    {
        string folder = Directory.CreateTempSubdirectory("fsc-fuzz-").FullName;
        Examination seen;
        try
        {
            string path = Path.Combine(folder, "0" + format.Extension);
            using (Stream input = Console.OpenStandardInput())
            using (FileStream file = File.Create(path))
                input.CopyTo(file);
            seen = Examination.Of(format, path);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        if (seen.Faults != Fault.None)
            Environment.FailFast(seen.Problem);
        return 0;
    }
}
