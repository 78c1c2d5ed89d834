using System.Diagnostics;
using System.Runtime.InteropServices;
using FastSparseCoding.Cli;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Storage;

// Where files are limited in size (ulimit -f) a write that passes the limit is to fail as one on a full disk does, not to end the process.
const PosixSignal FileSizeExceeded = (PosixSignal)25;

// Launchers of several processes give them terminals that nobody looks at, which .NET would set up with characters among the results.
bool shared = SharedRun.IsAskedFor(args);
if (shared)
    Environment.SetEnvironmentVariable("TERM", "dumb");
var terminal = new Terminal(Console.Out, new ForgivingWriter(Console.Error), !Console.IsErrorRedirected);
using var stop = new StopSignals(End, () => CheckpointFile.IsSaving || SharedRun.IsLeaving);
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, stop.Receive);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, stop.Receive);
using PosixSignalRegistration? exceeded = OperatingSystem.IsWindows() ? null
    : PosixSignalRegistration.Create(FileSizeExceeded, signal => signal.Cancel = true);
return App.Run(args, terminal, stop.Token);

void End()
{
    AtomicFile.AbandonAll();
    // An MPI library's own work at the end of a process may wait for other ranks; the launcher ends them where one is killed.
    if (shared)
        Process.GetCurrentProcess().Kill();
    // Work that has stopped by itself says so and ends by itself, unless what it writes to takes nothing.
    if (!terminal.IsFirstToTellInterrupted())
    {
        Thread.Sleep(200);
        Environment.Exit(ExitCode.Interrupted);
    }
    // On a thread of its own and past the console, which makes whoever writes wait for a write to standard output that may never end.
    // the bars hide the cursor
    var last = new Thread(
        () => RawError.Write(terminal.IsInteractive ? "\e[?25h\ninterrupted\n" : "interrupted\n"))
    { IsBackground = true };
    last.Start();
    last.Join(TimeSpan.FromSeconds(0.2));
    Environment.Exit(ExitCode.Interrupted);
}
