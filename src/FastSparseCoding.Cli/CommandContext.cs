using System.Globalization;
using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Imaging;
using FastSparseCoding.Paper;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli;

/// <summary>What every command is given: where to write, the options common to all, and when to stop.</summary>
internal sealed record CommandContext(
    Terminal Terminal, InputPaths Inputs, bool Json, bool Quiet, int Seed, int Threads, CancellationToken Cancellation)
{
    /// <summary>How many times above or below what a model was trained for noise may be before it is told.</summary>
    private const float Tolerated = 1.2f;

    /// <summary>The processes that share the work, most often this one alone.</summary>
    public ICollective Ranks { get; init; } = Collective.Alone;

    /// <summary>Whether this process is the one that writes.</summary>
    public bool IsFirst => Ranks.Rank == 0;

    /// <summary>The files that are left out because they cannot be used; null where such a file ends the work.</summary>
    public SkippedFiles? Skipped { get; init; }

    /// <summary>Whom to tell of such files, or null.</summary>
    public Action<Exception>? SkipBad => Skipped is null ? null : Skipped.Tell;

    /// <summary>Pictures that have a patch, or another square of so many pixels.</summary>
    public PictureRule AtLeast(int side, string what = "a patch") => PictureRule.AtLeast(side, what, SkipBad);

    /// <summary>What the paper's experiments need of it.</summary>
    public RunContext OfRun => new(Seed, Threads, Cancellation);

    /// <summary>Refuses ranks that were given other data than the first.</summary>
    public void RequireSameData(string identity) => new SharedWork(Ranks).RequireSame("the data", identity);

    /// <summary>Says how many processes with how many threads share the work, where there are several.</summary>
    public void TellRanks()
    {
        if (Ranks.Size > 1 && !Quiet)
            Terminal.Tell(FormattableString.Invariant($"{Ranks.Size} ranks, {Threads} thread{(Threads == 1 ? "" : "s")} each"));
    }

    /// <summary>Shows progress while <paramref name="work"/> runs.</summary>
    public void Track(Action<ProgressBoard> work) => ProgressBoard.Run(Terminal, Quiet, work);

    /// <summary>Says how many signals had no certified code, if any.</summary>
    /// <param name="count">How many.</param>
    /// <param name="total">Of how many.</param>
    /// <param name="signals">What they are.</param>
    /// <param name="consequence">What became of them, with what joins it to the rest.</param>
    public void WarnUncertified(long count, long total, string signals, string consequence = " and were left out")
    {
        if (count > 0)
            Terminal.Tell(FormattableString.Invariant(
                $"warning: {count:N0} of {total:N0} {signals} have no certified code{consequence}; a larger λ helps."));
    }

    /// <summary>Warns where a model is used far from the noise it was trained for: of a picture in colour, that of its luminance
    /// too.</summary>
    public void WarnOfNoise(string picture, Denoiser model, float sigma, int channels)
    {
        float[] sigmas = channels > model.Channels ? OpponentColours.Sigmas(sigma) : [sigma];
        if (!sigmas.Any(s => s > Tolerated * model.SigmaTo || s * Tolerated < model.SigmaFrom))
            return;
        string all = string.Join(" and ", sigmas.Distinct().Select(s => s.ToString("F1", CultureInfo.InvariantCulture)));
        Terminal.Tell(FormattableString.Invariant(
            $"warning: {picture}: is denoised for σ {all}; the model was trained for {model.SigmaFrom} to {model.SigmaTo}."));
    }

    /// <summary>Warns where a model is measured on what it has learned.</summary>
    /// <param name="model">Path of the model.</param>
    /// <param name="path">Where the data are from.</param>
    /// <param name="what">What they are.</param>
    /// <param name="fingerprints">Those of the data's parts.</param>
    public void WarnOfTraining(string model, string path, string what, IEnumerable<long> fingerprints)
    {
        (int known, int lookedUp) = DataSketch.Overlap(ModelFile.ReadTrainedOn(model), fingerprints);
        if (known > 0)
            Terminal.Tell(FormattableString.Invariant(
                $"warning: {path}: {known:N0} of {lookedUp:N0} {what} looked up are among those that {model} was trained on; its error on others may be larger."));
    }

    /// <summary>Prints a result as text, or as JSON when asked for; beside an output that goes to standard output, to standard
    /// error.</summary>
    public void Print(Result result, string? output = null)
    {
        if (Skipped is not null)
            result.Add("skipped_files", Skipped.Count);
        if (output == StandardStream.Name)
        {
            result.Print(Terminal.Error, Json);
            return;
        }
        try
        {
            result.Print(Terminal.Out, Json);
            Terminal.Out.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"the result cannot be written to standard output: {e.Message}");
        }
    }
}
