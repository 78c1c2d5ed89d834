using System.Runtime.InteropServices;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli;

/// <summary>
/// The first signal asks the work to stop and clean up. Work that has not stopped a second later, such as a system call that does not come
/// back, is ended with the process, and so is all work on the second signal; files that were being written are deleted.
/// </summary>
internal sealed class StopSignals(Action end) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private Timer? _patience;
    private int _count;

    public CancellationToken Token => _stop.Token;

    public void Receive(PosixSignalContext signal)
    {
        signal.Cancel = true;
        Receive();
    }

    /// <summary>Takes one signal.</summary>
    public void Receive()
    {
        if (Interlocked.Increment(ref _count) > 1)
        {
            End();
            return;
        }
        _patience = new Timer(_ => End(), null, Patience, Timeout.InfiniteTimeSpan);
        _stop.Cancel();
    }

    public void Dispose()
    {
        _patience?.Dispose();
        _stop.Dispose();
    }

    private void End()
    {
        AtomicFile.AbandonAll();
        end();
    }
}
