using System.Runtime.ExceptionServices;

namespace FastSparseCoding;

/// <summary>
/// Threads that stay for work in pieces of microseconds, one round of pieces after the other: between rounds they wait awake for a moment
/// before they sleep. Which thread takes which piece is left to chance, so no result may depend on it. A team of one is the calling thread
/// alone.
/// </summary>
internal sealed class ThreadTeam : IDisposable
{
    /// <summary>Turns of waiting that are spent awake, some tens of microseconds; most of them let other threads through.</summary>
    private const int AwakeTurns = 100;

    private readonly object _gate = new();
    private readonly Thread[] _helpers;
    private volatile Round? _round;
    private volatile bool _disposed;

    /// <summary>Starts one thread less than <paramref name="threads"/> (0 for one per core), since the caller works too.</summary>
    public ThreadTeam(int threads)
    {
        Threads = RowBlocks.Threads(threads);
        _helpers = new Thread[Threads - 1];
        for (int i = 0; i < _helpers.Length; i++)
        {
            _helpers[i] = new Thread(Help) { IsBackground = true };
            _helpers[i].Start();
        }
    }

    /// <summary>Number of threads, the caller's among them.</summary>
    public int Threads { get; }

    /// <summary>Calls <paramref name="body"/>(i) for i from 0 to <paramref name="pieces"/> − 1, and returns when all are done.</summary>
    public void Run(int pieces, Action<int> body)
    {
        if (_helpers.Length == 0 || pieces <= 1)
        {
            for (int i = 0; i < pieces; i++)
                body(i);
            return;
        }
        var round = new Round(pieces, body, _gate);
        lock (_gate)
        {
            _round = round;
            Monitor.PulseAll(_gate);
        }
        round.Work();
        Wait(() => round.IsDone);
        round.Failure?.Throw();
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            Monitor.PulseAll(_gate);
        }
        foreach (Thread helper in _helpers)
            helper.Join();
    }

    private void Help()
    {
        Round? seen = null;
        while (true)
        {
            Round? last = seen;
            Wait(() => _disposed || _round != last);
            if (_disposed)
                return;
            seen = _round;
            seen!.Work();
        }
    }

    private void Wait(Func<bool> over)
    {
        var turns = new SpinWait();
        while (!over())
        {
            if (turns.Count < AwakeTurns)
            {
                turns.SpinOnce(sleep1Threshold: -1);
                continue;
            }
            lock (_gate)
            {
                while (!over())
                    Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>The pieces of one call of <see cref="ThreadTeam.Run"/>. A thread that comes late to it finds none left.</summary>
    private sealed class Round(int pieces, Action<int> body, object gate)
    {
        private int _next = -1;
        private int _done;

        public bool IsDone => Volatile.Read(ref _done) == pieces;

        /// <summary>The first piece's failure, if one failed.</summary>
        public ExceptionDispatchInfo? Failure { get; private set; }

        public void Work()
        {
            for (int i = Interlocked.Increment(ref _next); i < pieces; i = Interlocked.Increment(ref _next))
            {
                try
                {
                    body(i);
                }
                catch (Exception e)
                {
                    Failure ??= ExceptionDispatchInfo.Capture(e);
                }
                if (Interlocked.Increment(ref _done) < pieces)
                    continue;
                lock (gate)
                    Monitor.PulseAll(gate);
            }
        }
    }
}
