using System.Diagnostics;

namespace FastSparseCoding.Cli.Reproduction;

/// <summary>The time an encoder takes.</summary>
internal static class Timing
{
    private const int BatchRows = 1024;

    // Long enough for the runtime to have compiled everything with full optimisation, and for a median that means something.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.15), Measuring = TimeSpan.FromSeconds(0.15);

    /// <summary>Median over batches of the time for a signal, on one thread.</summary>
    public static double MicrosecondsPerSignal(ISparseEncoder encoder, Matrix x)
    {
        int rows = Math.Min(BatchRows, x.Rows);
        var z = new Matrix(rows, encoder.CodeSize);
        var times = new List<double>();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; Stopwatch.GetElapsedTime(start) < WarmUp + Measuring || times.Count == 0; i++)
        {
            bool warm = Stopwatch.GetElapsedTime(start) >= WarmUp;
            int first = (int)((long)i * rows % (x.Rows - rows + 1));
            long before = Stopwatch.GetTimestamp();
            encoder.Encode(x.RowRange(first, rows), z);
            if (warm)
                times.Add(Stopwatch.GetElapsedTime(before).TotalMicroseconds / rows);
        }
        times.Sort();
        return times[times.Count / 2];
    }
}
