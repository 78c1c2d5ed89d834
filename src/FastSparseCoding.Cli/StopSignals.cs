using System.Runtime.InteropServices;

namespace FastSparseCoding.Cli;

/// <summary>
/// The first signal asks the work to stop and clean up. Work that has not stopped a second later, such as a system call that does not come
/// back, is ended with the process, but not while it saves its state, nor in the second after that; on the second signal all work is. Files
/// that were being written are deleted.
/// </summary>
internal sealed class StopSignals(Action end, Func<bool> isSaving) : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(0.1);

    /// <summary>Looks at work that saves nothing before it is ended. They are counted, and not the time, in which a process that is put to
    /// sleep cannot do anything.</summary>
    private const int Looks = 10;

    private readonly CancellationTokenSource _stop = new();
    private Timer? _patience;
    private int _count, _looks;

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
        _patience = new Timer(_ => EndUnlessSaving(), null, Look, Look);
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
        {
            Interlocked.Exchange(ref _looks, 0);
        }
        else if (Interlocked.Increment(ref _looks) == Looks)
        {
            _patience?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            end();
        }
    }
}
