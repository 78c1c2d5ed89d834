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

    private readonly Process _launcher;
    private readonly string _folder;

    /// <summary>Starts a job and waits until it is as far as is wanted.</summary>
    public RunningJob(ProcessStartInfo start, Func<bool> isThere)
    {
        (_launcher, _folder) = (Process.Start(start)!, start.WorkingDirectory);
        Wait(isThere);
    }

    /// <summary>The process that started the ranks.</summary>
    public int Launcher => _launcher.Id;

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
        while (!HasEnded && !isSo())
            Thread.Sleep(1);
    }

    /// <summary>Sends a process a signal.</summary>
    public static void Send(int process, int signal) => Assert.Equal(0, SendSignal(process, signal));

    /// <summary>Waits so long for its end.</summary>
    public bool EndsWithin(TimeSpan time) => _launcher.WaitForExit(time);

    /// <summary>Waits for the end of what must end.</summary>
    /// <returns>The launcher's exit code and what all wrote to standard error.</returns>
    public (int ExitCode, string Error) End()
    {
        Assert.True(EndsWithin(TimeSpan.FromMinutes(1)), "it goes on");
        return (_launcher.ExitCode, _launcher.StandardError.ReadToEnd());
    }

    /// <summary>The process of a rank.</summary>
    public int ProcessOf(int rank)
    {
        string number = rank.ToString(CultureInfo.InvariantCulture);
        return Assert.Single(
            Directory.EnumerateDirectories("/proc").Select(
                path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0),
            id => id > 0 && IsRank(id, number));
    }

    private bool IsRank(int process, string rank)
    {
        try
        {
            return new DirectoryInfo($"/proc/{process}/cwd").LinkTarget == _folder
                && Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{process}/environ")).Split('\0')
                    .Any(variable => RankVariables.Any(name => variable == name + rank));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;       // another's, or it has ended
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
