using System.Diagnostics;

namespace FastSparseCoding.Paper;

/// <summary>How long work takes on one thread.</summary>
internal static class Timing
{
    private const int BatchRows = 1024;

    // Long enough for the runtime to have compiled everything with full optimisation, and for a median that means something.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.1), Measuring = TimeSpan.FromSeconds(0.1);

    /// <summary>Median over batches of the time for a signal.</summary>
    public static double MicrosecondsPerSignal(ISparseEncoder encoder, Matrix x)
    {
        int rows = Math.Min(BatchRows, x.Rows);
        var z = new Matrix(rows, encoder.CodeSize);
        int i = 0;
        return Median(() => encoder.Encode(x.RowRange((int)((long)i++ * rows % (x.Rows - rows + 1)), rows), z)) / rows;
    }

    /// <summary>Median of the microseconds that work takes, once everything is compiled.</summary>
    public static double Median(Action work)
    {
        var times = new List<double>();
        long start = Stopwatch.GetTimestamp();
        work();
        while (Stopwatch.GetElapsedTime(start) < WarmUp + Measuring || times.Count == 0)
        {
            bool warm = Stopwatch.GetElapsedTime(start) >= WarmUp;
            long before = Stopwatch.GetTimestamp();
            work();
            if (warm)
                times.Add(Stopwatch.GetElapsedTime(before).TotalMicroseconds);
        }
        times.Sort();
        return times[times.Count / 2];
    }
}
