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
