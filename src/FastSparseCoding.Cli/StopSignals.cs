using System.Runtime.InteropServices;

namespace FastSparseCoding.Cli;

/// <summary>
/// The first signal asks the work to stop and clean up. Work that has not stopped a second later, such as a system call that does not come
/// back, is ended with the process, but not while it saves its state; on the second signal all work is. Files that were being written are
/// deleted.
/// </summary>
internal sealed class StopSignals(Action end, Func<bool> isSaving) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1), Again = TimeSpan.FromSeconds(0.1);

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
            end();
            return;
        }
        _patience = new Timer(_ => EndUnlessSaving(), null, Patience, Again);
        _stop.Cancel();
    }

    public void Dispose()
    {
        _patience?.Dispose();
        _stop.Dispose();
    }

    private void EndUnlessSaving()
    {
        if (isSaving())
            return;
        _patience?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        end();
    }
}
