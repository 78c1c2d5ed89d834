using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace FastSparseCoding.Paper;

/// <summary>Pieces of work side by side: several trainings use the cores better than one training on all of them, and the bits are the
/// same.</summary>
internal static class SideBySide
{
    /// <summary>Does all jobs, begun in their order, as many at a time as there are threads. What stops one stops all.</summary>
    public static void Run<T>(IEnumerable<T> jobs, RunContext context, Action<T> run)
    {
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = RowBlocks.Threads(context.Threads),
            CancellationToken = context.Cancellation
        };
        try
        {
            Parallel.ForEach(Partitioner.Create(jobs, EnumerablePartitionerOptions.NoBuffering), options, run);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(
                e.InnerExceptions.FirstOrDefault(inner => inner is not OperationCanceledException) ?? e.InnerExceptions[0]);
        }
    }
}
