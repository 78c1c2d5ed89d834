using System.Diagnostics;

namespace FastSparseCoding.Cli.Reproduction;

/// <summary>The time an encoder takes.</summary>
internal static class Timing
{
    private const int BatchRows = 1024;
    private const int Repetitions = 5;

    /// <summary>Median over repetitions of the time for a signal, on one thread, in batches.</summary>
    public static double MicrosecondsPerSignal(ISparseEncoder encoder, Matrix x)
    {
        int rows = Math.Min(BatchRows, x.Rows);
        var z = new Matrix(rows, encoder.CodeSize);
        encoder.Encode(x.RowRange(0, rows), z);      // the first call compiles and allocates
        double[] times = new double[Repetitions];
        for (int i = 0; i < times.Length; i++)
        {
            int first = i * rows % (x.Rows - rows + 1);
            long start = Stopwatch.GetTimestamp();
            encoder.Encode(x.RowRange(first, rows), z);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds / rows;
        }
        Array.Sort(times);
        return times[Repetitions / 2];
    }
}
