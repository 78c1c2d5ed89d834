namespace FastSparseCoding;

/// <summary>
/// The one place where work is split over threads: rows in blocks, of a fixed size where what is computed depends on the block, so that
/// nothing depends on how many threads there are.
/// </summary>
internal static class RowBlocks
{
    /// <summary>Most rows that a worker takes at a time, and so what its memory is for. What a row computes does not depend on
    /// it.</summary>
    public const int MostRows = 256;

    /// <summary>Most rows of codes that go through an encoder's layers together in a training: they stay in the second-level
    /// cache.</summary>
    public const int TrainingRows = 64;

    /// <summary>Number of blocks that <paramref name="rows"/> rows make.</summary>
    public static int Count(int rows, int blockRows) => (rows + blockRows - 1) / blockRows;

    /// <summary>
    /// Rows in a block where what a row computes does not depend on its block: so few that there is a block for every thread, and not so
    /// few that blocks are worth no thread.
    /// </summary>
    public static int Size(int rows, int most, int threads)
        => Math.Clamp((rows + Threads(threads) - 1) / Threads(threads), Math.Min(16, most), most);

    /// <summary>Number of threads meant by an argument: itself, or one per core for 0.</summary>
    public static int Threads(int threads)
    {
        Throw.IfOutside(threads, 0, 1024);
        return threads == 0 ? Environment.ProcessorCount : threads;
    }

    /// <summary>Calls <paramref name="body"/>(start, count) for every block, on up to <paramref name="threads"/> threads.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; blocks already begun were finished unless the body looks at the cancellation
    /// too.</exception>
    public static void Run(int rows, int blockRows, int threads, CancellationToken cancellation, Action<int, int> body)
    {
        int blocks = Count(rows, blockRows);
        int workers = Math.Min(Threads(threads), blocks);
        if (workers <= 1)
        {
            for (int b = 0; b < blocks; b++)
            {
                cancellation.ThrowIfCancellationRequested();
                body(b * blockRows, Math.Min(blockRows, rows - b * blockRows));
            }
            return;
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellation };
        int next = -1;
        try
        {
            Parallel.For(0, workers, options, _ =>
            {
                for (int b = Interlocked.Increment(ref next); b < blocks; b = Interlocked.Increment(ref next))
                {
                    cancellation.ThrowIfCancellationRequested();
                    body(b * blockRows, Math.Min(blockRows, rows - b * blockRows));
                }
            });
        }
        catch (AggregateException e) when (e.InnerExceptions.Count > 0)
        {
            // One failure is as good as all: the caller sees it as if the work had run on its own thread.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
