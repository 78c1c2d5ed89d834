namespace FastSparseCoding.Fuzz;

/// <summary>
/// One file from standard input, as afl-fuzz and its kin give it: a fault is an exception that nobody catches, which is what they look for.
/// Built with SharpFuzz=true, the process stays and reads one file after the other.
/// </summary>
internal static class StandardInput
{
    public static void Read(string format)
    {
#if SHARPFUZZ
        // Nothing of the library may run before: its instrumented code writes to memory that this sets up.
        SharpFuzz.Fuzzer.Run(input => Read(Format.Named(format), input));
#else
        using Stream input = Console.OpenStandardInput();
        Read(Format.Named(format), input);
#endif
    }

    private static void Read(Format format, Stream input)
    {
        string folder = Directory.CreateTempSubdirectory("fsc-fuzz-").FullName;
        Examination seen;
        try
        {
            string path = Path.Combine(folder, "0" + format.Extension);
            using (FileStream file = File.Create(path))
                input.CopyTo(file);
            seen = Examination.Of(format, path);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        if (seen.Faults != Fault.None)
            throw new InvalidOperationException(seen.Problem);
    }
}
