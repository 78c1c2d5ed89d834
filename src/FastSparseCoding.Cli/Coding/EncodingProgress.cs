using FastSparseCoding.Cli.Output;

namespace FastSparseCoding.Cli.Coding;

/// <summary>How far an encoding is that is done in so many parts, of about the same size, one after the other.</summary>
internal sealed class EncodingProgress(ProgressBoard.Piece piece, int parts = 1)
{
    private long _rows;         // of the parts that are done
    private double _seconds;
    private int _done;

    /// <summary>Shows how far the part is that is being done.</summary>
    public void Report(Tally tally, long total)
    {
        long rows = _rows + tally.Rows, all = Math.Max(_rows + (parts - _done) * total, rows);
        double rate = rows / (_seconds + tally.Seconds);
        piece.Report(rows, all, rate, TimeSpan.FromSeconds((all - rows) / rate), "");
    }

    /// <summary>A part is done, most often by encoding it.</summary>
    public void Finish(Tally? tally)
    {
        _done++;
        _rows += tally?.Rows ?? 0;
        _seconds += tally?.Seconds ?? 0;
    }
}
