using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Xunit;

namespace FastSparseCoding.Tests.Cluster;

/// <summary>A job of several ranks that is at work, to be disturbed.</summary>
internal sealed partial class RunningJob : IDisposable
{
    /// <summary>Numbers of signals on Linux.</summary>
    public const int Interrupt = 2, Kill = 9, Terminate = 15, Continue = 18, Stop = 19;

    /// <summary>What the launchers call a process's rank.</summary>
    private static readonly string[] RankVariables = ["OMPI_COMM_WORLD_RANK=", "PMI_RANK="];

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Process _launcher;
    private readonly int[] _ranks;

    /// <summary>Starts a job and waits until its processes are there.</summary>
    public RunningJob(ProcessStartInfo start, int ranks)
    {
        _launcher = Process.Start(start)!;
        _ranks = new int[ranks];
        Wait(() => FindRanks(start.WorkingDirectory));
        if (_ranks.Contains(0))
            Assert.Fail($"it has ended before all ranks were there: {End().Error}");
    }

    /// <summary>Whether the launcher, and so all, has ended.</summary>
    public bool HasEnded => _launcher.HasExited;

    public void Dispose()
    {
        if (!HasEnded)
            _launcher.Kill(entireProcessTree: true);
        _launcher.Dispose();
    }

    /// <summary>Waits until something is so, or all is over.</summary>
    public void Wait(Func<bool> isSo)
    {
        var waited = Stopwatch.StartNew();
        while (!HasEnded && !isSo())
        {
            Assert.True(waited.Elapsed < Patience, "what was waited for does not happen");
            Thread.Sleep(1);
        }
    }

    /// <summary>Sends the launcher a signal.</summary>
    public void Send(int signal) => Assert.Equal(0, SendSignal(_launcher.Id, signal));

    /// <summary>Sends a rank a signal.</summary>
    public void Send(int signal, int rank) => Assert.True(TrySend(signal, rank), "the rank has ended");

    /// <summary>Sends a rank a signal, unless it has ended.</summary>
    public bool TrySend(int signal, int rank) => SendSignal(_ranks[rank], signal) == 0;

    /// <summary>Waits so long for its end.</summary>
    public bool EndsWithin(TimeSpan time) => _launcher.WaitForExit(time);

    /// <summary>Waits for the end of what must end.</summary>
    /// <returns>The launcher's exit code and what all wrote to standard error.</returns>
    public (int ExitCode, string Error) End()
    {
        Assert.True(EndsWithin(TimeSpan.FromMinutes(1)), "it goes on");
        return (_launcher.ExitCode, _launcher.StandardError.ReadToEnd());
    }

    /// <summary>Looks for the processes of the ranks.</summary>
    /// <returns>Whether all are there.</returns>
    private bool FindRanks(string folder)
    {
        foreach (string path in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int process)
                && RankOf(path, folder) is { } rank)
                _ranks[rank] = process;
        return !_ranks.Contains(0);
    }

    /// <summary>The rank of a process that works in a folder; null for every other.</summary>
    private static int? RankOf(string process, string folder)
    {
        try
        {
            if (new DirectoryInfo(Path.Combine(process, "cwd")).LinkTarget != folder)
                return null;
            string? rank = Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(process, "environ"))).Split('\0')
                .FirstOrDefault(variable => RankVariables.Any(name => variable.StartsWith(name, StringComparison.Ordinal)));
            return rank is null ? null : int.Parse(rank.Split('=')[1], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;        // another's, or it has ended
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
