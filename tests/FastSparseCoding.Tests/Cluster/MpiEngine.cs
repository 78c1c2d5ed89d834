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

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Program and arguments that run a program of these tests in so many ranks.</summary>
    public static ProcessStartInfo Start(string engine, int ranks, string folder, string program, params string[] arguments)
    {
        Assert.SkipUnless(IsInstalled(engine), $"No {engine} here: install openmpi-bin and mpich to run this test.");
        // Containers run as root, and tests with more ranks than cores.
        string[] allowed = engine == "mpirun.openmpi" ? ["--allow-run-as-root", "--oversubscribe", "--quiet"] : [];
        ProcessStartInfo start = Start(
            folder, engine, [.. allowed, "-n", ranks.ToString(CultureInfo.InvariantCulture), "dotnet", program, .. arguments]);
        start.Environment["TERM"] = "xterm";        // as for a person; Open MPI gives its ranks terminals
        GiveTimeToEnd(start, 3);        // which busy machines need
        return start;
    }

    /// <summary>Sets the seconds that Open MPI waits before it tells its ranks to end, and again before it kills them.</summary>
    public static void GiveTimeToEnd(ProcessStartInfo start, int seconds)
        => start.Environment["OMPI_MCA_odls_base_sigkill_timeout"] = seconds.ToString(CultureInfo.InvariantCulture);

    /// <summary>The same in one process, without an engine.</summary>
    public static ProcessStartInfo Alone(string folder, string program, params string[] arguments)
        => Start(folder, "dotnet", [program, .. arguments]);

    /// <summary>Runs to the end.</summary>
    public static Outcome Run(ProcessStartInfo start)
    {
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(), output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"'{start.FileName} {string.Join(' ', start.ArgumentList)}' goes on for ever");
        }
        return new Outcome(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    private static ProcessStartInfo Start(string folder, string program, string[] arguments) => new(program, arguments)
    {
        UseShellExecute = false,
        WorkingDirectory = folder,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    private static bool IsInstalled(string engine) => OperatingSystem.IsLinux()
        && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, engine)));
}
