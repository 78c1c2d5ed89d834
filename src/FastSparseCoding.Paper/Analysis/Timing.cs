using System.Diagnostics;

namespace FastSparseCoding.Paper;

/// <summary>How long work takes on one thread.</summary>
internal static class Timing
{
    private const int BatchRows = 1024;

    /// <summary>Median over batches of the time for a signal.</summary>
    public static double MicrosecondsPerSignal(ISparseEncoder encoder, Matrix x, RunContext context)
    {
        int rows = Math.Min(BatchRows, x.Rows);
        var z = new Matrix(rows, encoder.CodeSize);
        int i = 0;
        return Median(() => encoder.Encode(x.RowRange((int)((long)i++ * rows % (x.Rows - rows + 1)), rows), z), context) / rows;
    }

    /// <summary>Median of the microseconds that work takes, once everything is compiled.</summary>
    public static double Median(Action work, RunContext context)
    {
        var times = new List<double>();
        long start = Stopwatch.GetTimestamp();
        work();
        while (Stopwatch.GetElapsedTime(start) < 2 * context.Timing || times.Count == 0)
        {
            bool warm = Stopwatch.GetElapsedTime(start) >= context.Timing;
            long before = Stopwatch.GetTimestamp();
            work();
            if (warm)
                times.Add(Stopwatch.GetElapsedTime(before).TotalMicroseconds);
        }
        times.Sort();
        return times[times.Count / 2];
    }
}
