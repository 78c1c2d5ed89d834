using System.Diagnostics;
using System.Globalization;
using FastSparseCoding.Paper;
using Spectre.Console;

namespace FastSparseCoding.Cli.Output;

/// <summary>Shows how far long work is: bars on a terminal, plain lines otherwise, nothing when quiet. Safe to report to from several
/// threads.</summary>
internal sealed class ProgressBoard : IProgressBoard
{
    // Plain lines end up in logs; more often than this they would only be noise.
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    private readonly ProgressContext? _bars;
    private readonly TextWriter? _lines;
    private readonly Lock _lock = new();

    private ProgressBoard(ProgressContext? bars, TextWriter? lines)
    {
        _bars = bars;
        _lines = lines;
    }

    public static void Run(Terminal terminal, bool quiet, Action<ProgressBoard> work)
    {
        if (quiet || !terminal.IsInteractive)
        {
            work(new ProgressBoard(null, quiet ? null : terminal.Error));
            return;
        }
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Error) });
        terminal.WriteAbove = console.WriteLine;
        try
        {
            console.Progress().HideCompleted(false).Columns(new ProgressLine(console))
                .Start(context => work(new ProgressBoard(context, null)));
        }
        finally
        {
            terminal.WriteAbove = null;
        }
    }

    /// <summary>Begins a piece of work.</summary>
    public Piece Start(string title) => new(this, title);

    IProgressPiece IProgressBoard.Start(string title) => Start(title);

    /// <summary>One piece of work on the board.</summary>
    internal sealed class Piece(ProgressBoard board, string title) : IProgressPiece
    {
        private readonly ProgressTask? _bar = board._bars?.AddTask(title, maxValue: 1);
        private long _lastLine = Stopwatch.GetTimestamp();

        /// <inheritdoc/>
        public void Report(long done, long total, double perSecond, TimeSpan remaining, string detail)
        {
            string rest = done < total ? string.Create(CultureInfo.InvariantCulture, $", {Duration(remaining)} left") : "";
            Show(done, total, string.Create(
                CultureInfo.InvariantCulture,
                $"{title}: {done:N0} of {total:N0}, {perSecond:N0}/s{rest}{(detail.Length > 0 ? ", " : "")}{detail}"));
        }

        /// <inheritdoc/>
        public void Report(int done, int total, string step)
            => Show(done, total, string.Create(
                CultureInfo.InvariantCulture, $"{title}: {done} of {total}{(step.Length > 0 ? ", " : "")}{step}"));

        /// <inheritdoc/>
        public void Report(double part, TimeSpan remaining)
        {
            string rest = part < 1 ? $", {Duration(remaining)} left" : "";
            Show((long)(1000 * part), 1000, string.Create(CultureInfo.InvariantCulture, $"{title}: {100 * part:F0} %{rest}"));
        }

        private void Show(long done, long total, string text)
        {
            text = Printable.Line(text);
            lock (board._lock)
            {
                if (_bar is not null)
                {
                    _bar.Description = text;
                    _bar.Value = (double)done / total;
                }
                if (board._lines is null || (done < total && Stopwatch.GetElapsedTime(_lastLine) < LineInterval))
                    return;
                _lastLine = Stopwatch.GetTimestamp();
                board._lines.WriteLine(text);
            }
        }

        private static string Duration(TimeSpan time)
            => time.TotalSeconds < 60 ? $"{Math.Ceiling(time.TotalSeconds)} s" : time.TotalMinutes < 60
                ? $"{Math.Ceiling(time.TotalMinutes)} min" : $"{time.TotalHours:F1} h";
    }
}
