using System.Diagnostics;

namespace FastSparseCoding;

/// <summary>Hands checkpoints to whoever stores them, one at a time, while the work goes on.</summary>
/// <param name="store">Stores one; null to keep none.</param>
/// <param name="take">Takes one, with arrays of its own.</param>
/// <param name="interval">Time after which one is due.</param>
internal sealed class CheckpointKeeper<T>(Action<T>? store, Func<T> take, TimeSpan interval)
{
    /// <summary>Time after which one is due where nothing else is said.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private Task _storing = Task.CompletedTask;
    private long _last = Stopwatch.GetTimestamp();

    /// <summary>Has one stored if it is time and the last one is.</summary>
    public void KeepIfDue()
    {
        if (store is not null && _storing.IsCompleted && Stopwatch.GetElapsedTime(_last) >= interval)
            Keep();
    }

    /// <summary>Has one stored, after the last one.</summary>
    public void Keep()
    {
        if (store is null)
            return;
        Finish();
        T checkpoint = take();
        _storing = Task.Run(() => store(checkpoint));
        _last = Stopwatch.GetTimestamp();
    }

    /// <summary>Waits until the last one is stored.</summary>
    /// <exception cref="Exception">What storing it failed of.</exception>
    public void Finish()
    {
        Task storing = _storing;
        _storing = Task.CompletedTask;
        storing.GetAwaiter().GetResult();
    }
}
