using System.Buffers;
using System.Text;
using FastSparseCoding.Mpi;

namespace FastSparseCoding.Cli;

/// <summary>A command that the processes of an mpirun or srun run together: rank 0 writes and speaks, what ends one ends all.</summary>
internal static class SharedRun
{
    /// <summary>Whether this process only waits for the others to end: work that one of them saves must not be ended by it.</summary>
    public static bool IsLeaving { get; private set; }

    /// <summary>The option that says so.</summary>
    public const string Option = "--mpi";

    /// <summary>Whether a command line asks for it, before anything is parsed; with a value too, which is then refused.</summary>
    public static bool IsAskedFor(string[] args)
        => args.Any(a => a == Option || a.StartsWith(Option + "=", StringComparison.Ordinal)
            || a.StartsWith(Option + ":", StringComparison.Ordinal));

    /// <summary>Runs a command line in this rank.</summary>
    /// <param name="terminal">Of the process.</param>
    /// <param name="run">Runs it, writing to a terminal, with the other ranks.</param>
    public static int Run(Terminal terminal, Func<Terminal, ICollective, int> run)
    {
        try
        {
            using MpiRanks ranks = MpiRanks.Start();
            if (ranks.Rank > 0)
                _ = terminal.IsFirstToTellInterrupted();        // rank 0 is to tell it
            int code = run(ranks.Rank == 0 ? terminal : new Terminal(TextWriter.Null, TextWriter.Null, IsInteractive: false), ranks);
            IsLeaving = true;
            return code;
        }
        catch (DllNotFoundException e)
        {
            terminal.Tell($"error: {Option}: {e.Message}");
            return ExitCode.BadInput;
        }
    }

    /// <summary>Threads for this rank when none are asked for: the cores given to it, shared with the ranks that were given the
    /// same.</summary>
    public static int Threads(ICollective ranks)
    {
        ReadOnlyMemory<byte>[] all = new SharedWork(ranks).Exchange(
            "cores", message => message.Write(Encoding.UTF8.GetBytes($"{Environment.MachineName} {AllowedCores()}")), CancellationToken.None);
        int sharing = all.Count(other => other.Span.SequenceEqual(all[ranks.Rank].Span));
        return Math.Max(1, Environment.ProcessorCount / sharing);
    }

    /// <summary>The cores that this process may run on; empty where the system does not say.</summary>
    private static string AllowedCores()
        => OperatingSystem.IsLinux() && File.Exists("/proc/self/status")
            ? File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)) ?? ""
            : "";
}
