namespace FastSparseCoding;

/// <summary>
/// An endless supply of signals for training. Signal number i is a pure function of i: any thread may read any range, and the same range
/// always holds the same bits.
/// </summary>
public interface ISignalSource
{
    /// <summary>Number of values in a signal, n.</summary>
    int SignalSize { get; }

    /// <summary>Reads consecutive signals.</summary>
    /// <param name="first">Number of the first signal, 0 or more.</param>
    /// <param name="x">Receives signals first, first + 1, … in its rows [N×n].</param>
    /// <exception cref="ArgumentException">A signal's size is wrong.</exception>
    void Read(long first, MatrixView x);
}

/// <summary>Reading from a source on several threads.</summary>
internal static class SignalReading
{
    /// <summary>Signals that a thread reads at a time.</summary>
    private const int BlockRows = 256;

    /// <summary>Reads consecutive signals, on up to so many threads.</summary>
    public static void Read(this ISignalSource source, long first, Matrix x, int threads, CancellationToken cancellation)
        => RowBlocks.Run(x.Rows, BlockRows, threads, cancellation, (start, count) => source.Read(first + start, x.RowRange(start, count)));

    /// <summary>The same by all ranks of a collective: each reads its part of the rows, and all get the whole. The rows of a matrix, which
    /// all ranks hold, are sooner copied than sent: each reads them all.</summary>
    public static void Read(this ISignalSource source, long first, Matrix x, int threads, SharedWork work, CancellationToken cancellation)
    {
        if (source is MatrixSource)
            source.Read(first, x, threads, work.Alone(cancellation));
        else
            work.ShareRows(
                "signals",
                (start, count) => RowBlocks.Run(count, BlockRows, threads, cancellation,
                    (row, rows) => source.Read(first + start + row, x.RowRange(start + row, rows))),
                cancellation, x);
    }
}
