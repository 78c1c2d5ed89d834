using System.Globalization;

namespace FastSparseCoding.Cli;

/// <summary>Standard input and output as files of a command line.</summary>
internal static class StandardStream
{
    /// <summary>The word for standard input among inputs, and for standard output among outputs.</summary>
    public const string Name = "-";

    /// <summary>What messages call them.</summary>
    public const string Input = "standard input", Output = "standard output";

    /// <summary>What open(2) on Linux calls O_CLOEXEC.</summary>
    private const int CloseOnExec = 0x80000;

    /// <summary>Opens standard input for bytes.</summary>
    public static Stream OpenInput()
        => IsOpen(0) ? Console.OpenStandardInput() : throw new UserError($"{Input} is closed; nothing can be read from it.");

    /// <summary>Opens standard output for bytes.</summary>
    public static Stream OpenOutput()
        => IsOpen(1) ? Console.OpenStandardOutput() : throw new UserError($"{Output} is closed; nothing can be written to it.");

    /// <summary>
    /// Whether whoever started the process left a descriptor open. In the place of a closed one the runtime may have opened a file of its
    /// own, reading from which may never end; such files are closed when a program starts, as none is that was inherited.
    /// </summary>
    private static bool IsOpen(int descriptor)
    {
        string path = $"/proc/self/fdinfo/{descriptor}";
        if (!OperatingSystem.IsLinux() || !Directory.Exists("/proc/self/fdinfo"))
            return true;
        if (!File.Exists(path))
            return false;
        string flags = File.ReadLines(path).Single(line => line.StartsWith("flags:", StringComparison.Ordinal))["flags:".Length..];
        return (Convert.ToInt32(flags.Trim(), 8) & CloseOnExec) == 0;
    }
}
