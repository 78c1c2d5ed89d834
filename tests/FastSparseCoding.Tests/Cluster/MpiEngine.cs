using System.Diagnostics;
using System.Globalization;
using FastSparseCoding.Tests.Cli;
using Xunit;

namespace FastSparseCoding.Tests.Cluster;

/// <summary>An MPI that is installed on this machine.</summary>
internal static class MpiEngine
{
    /// <summary>By the launchers' names on Debian, where both can be installed.</summary>
    public static string[] Names { get; } = ["mpirun.openmpi", "mpirun.mpich"];

    /// <summary>Program and arguments that run a program of these tests in so many ranks.</summary>
    public static ProcessStartInfo Start(string engine, int ranks, string folder, string program, params string[] arguments)
    {
        Assert.SkipUnless(IsInstalled(engine), $"No {engine} here: install openmpi-bin and mpich to run this test.");
        // Containers run as root, tests with more ranks than cores, and busy machines need their time to end.
        string[] allowed = engine == "mpirun.openmpi" ? ["--allow-run-as-root", "--oversubscribe", "--quiet",
            "--mca", "odls_base_sigkill_timeout", "3"] : [];
        return new ProcessStartInfo(
            engine, [.. allowed, "-n", ranks.ToString(CultureInfo.InvariantCulture), "dotnet", program, .. arguments])
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["TERM"] = "xterm" },       // as for a person; Open MPI gives its ranks terminals
        };
    }

    /// <summary>Runs to the end.</summary>
    public static Outcome Run(ProcessStartInfo start)
    {
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Outcome(process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    private static bool IsInstalled(string engine) => OperatingSystem.IsLinux()
        && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, engine)));
}
