using FastSparseCoding.Cli.Input;
using FastSparseCoding.Paper;

namespace FastSparseCoding.Cli.Output;

/// <summary>What is done to pictures one after the other, and what is told of each.</summary>
/// <param name="Columns">Titles of what is told.</param>
/// <param name="Do">Does it to one picture.</param>
internal sealed record PictureWork(string[] Columns, Func<PictureJob, PictureProgress, object[]> Do)
{
    /// <summary>Whether a dictionary is learned of each.</summary>
    public bool Learns { get; init; }

    /// <summary>Does it to pictures; one that fails is told of, and the others are none the worse for it.</summary>
    public PictureResults Run(IReadOnlyList<PictureJob> jobs, CommandContext context)
    {
        int failed = 0;
        var table = new ResultTable(Columns);
        context.Track(board =>
        {
            ProgressBoard.Piece? learning = Learns ? board.Start("learning dictionaries") : null;
            ProgressBoard.Piece piece = board.Start("denoising");
            for (int i = 0; i < jobs.Count; i++)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                try
                {
                    table.Add(Do(jobs[i], new PictureProgress(learning, piece, i, jobs.Count)));
                }
                catch (Exception e) when ((jobs.Count > 1 || context.Skipped is not null)
                    && e is UserError or ArgumentException or InvalidDataException or IOException)
                {
                    failed++;
                    if (context.SkipBad is { } skip)
                        skip(e);
                    else
                        context.Terminal.Tell($"error: {UserError.Text(e).ReplaceLineEndings(" ")}");
                }
                piece.Report(i + 1, jobs.Count, Path.GetFileName(jobs[i].Input));
            }
        });
        return new PictureResults(jobs.Count, failed, Learns ? "own dictionary" : "model", table);
    }
}

/// <summary>What there is to tell of pictures.</summary>
/// <param name="Pictures">How many were asked for.</param>
/// <param name="Failed">How many of them failed.</param>
/// <param name="Method">How it was done.</param>
/// <param name="Table">What is told of each of the others.</param>
internal sealed record PictureResults(long Pictures, long Failed, string Method, ResultTable Table)
{
    public Result ToResult()
        => new Result().Add("pictures", Pictures).Add("failed", Failed).Add("method", Method).AddTable("results", Table);

    /// <summary>Bad input where one failed; with --skip-bad only where all did.</summary>
    public int ExitCode(CommandContext context)
        => Failed == 0 || (context.Skipped is not null && Failed < Pictures) ? Cli.ExitCode.Done : Cli.ExitCode.BadInput;
}
