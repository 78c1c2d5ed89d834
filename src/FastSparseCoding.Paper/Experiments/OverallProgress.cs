using System.Diagnostics;

namespace FastSparseCoding.Paper;

/// <summary>A board with one more piece, which tells how much of all planned work is done and how long the rest will take, going by what
/// this run did so far. Safe to report to from several threads.</summary>
/// <param name="board">Where the pieces are told.</param>
/// <param name="planned">Work of the pieces to come, by their titles, in any unit; others count nothing.</param>
internal sealed class OverallProgress(IProgressBoard board, IReadOnlyDictionary<string, double> planned) : IProgressBoard
{
    private readonly IProgressPiece _all = planned.Count > 0 ? board.Start("everything") : NoProgress.Board;
    private readonly double _total = planned.Values.Sum();
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Dictionary<string, double> _done = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public IProgressPiece Start(string title) => new Piece(this, title, board.Start(title));

    /// <summary>Tells that all is done, whatever was planned.</summary>
    public void Complete() => _all.Report(1, TimeSpan.Zero);

    private void Take(string title, double part)
    {
        if (!planned.TryGetValue(title, out double work))
            return;
        double done;
        lock (_lock)
        {
            _done[title] = part * work;
            done = Math.Min(_done.Values.Sum() / _total, 1);
        }
        if (done is > 0 and < 1)
            _all.Report(done, Stopwatch.GetElapsedTime(_start) * ((1 - done) / done));
    }

    private sealed class Piece(OverallProgress owner, string title, IProgressPiece piece) : IProgressPiece
    {
        public void Report(long done, long total, double perSecond, TimeSpan remaining, string detail)
        {
            piece.Report(done, total, perSecond, remaining, detail);
            owner.Take(title, (double)done / total);
        }

        public void Report(int done, int total, string step)
        {
            piece.Report(done, total, step);
            owner.Take(title, (double)done / total);
        }

        public void Report(double part, TimeSpan remaining)
        {
            piece.Report(part, remaining);
            owner.Take(title, part);
        }
    }
}
