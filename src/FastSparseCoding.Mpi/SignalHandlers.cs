using System.Runtime.InteropServices;

namespace FastSparseCoding.Mpi;

/// <summary>
/// The handlers of this process's signals, put back after what takes them: MPI libraries install their own (UCX that of a segmentation
/// fault, for its backtrace), but .NET makes exceptions of those signals, and stops and resumes threads by others.
/// </summary>
internal static unsafe partial class SignalHandlers
{
    /// <summary>Signals of POSIX systems that are not of real time.</summary>
    private const int Signals = 31;

    /// <summary>More bytes than any system's struct sigaction has.</summary>
    private const int Size = 512;

    /// <summary>Does something and puts the handlers back as they were.</summary>
    public static void Keep(Action action)
    {
        if (OperatingSystem.IsWindows())
        {
            action();
            return;
        }
        byte[] before = new byte[(Signals + 1) * Size];
        fixed (byte* handlers = before)
        {
            for (int signal = 1; signal <= Signals; signal++)
                _ = SigAction(signal, null, handlers + signal * Size);
            action();
            for (int signal = 1; signal <= Signals; signal++)
                _ = SigAction(signal, handlers + signal * Size, null);      // refused for SIGKILL and SIGSTOP, which nobody can take
        }
    }

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int SigAction(int signal, byte* action, byte* before);
}
