using System.CommandLine;
using FastSparseCoding.Imaging;

namespace FastSparseCoding.Cli.Input;

/// <summary>How images become signals. A model that knows how its images were treated decides; options given by hand must agree with it in
/// size.</summary>
internal sealed class PatchOptions
{
    private readonly Option<int?> _size =
        new("--patch")
        {
            Description =
        "Side of a square patch in pixels, from 1 to 256. [default: 10, the model's, or that of pictures taken whole]",
            HelpName = "PIXELS"
        };

    private readonly Option<float?> _deviation = new("--min-std")
    {
        Description = "Leave out patches whose standard deviation is below this, with pixels from 0 to 1. [default: 0.02, or the model's]",
        HelpName = "S",
    };

    private readonly Option<string?> _normalization = new("--normalize")
    {
        Description =
            "What is done to a patch: none, zero-mean, or unit-std (zero mean and unit deviation). [default: unit-std, or the model's]",
        HelpName = "none|zero-mean|unit-std",
    };

    public PatchOptions() => _normalization.AcceptOnlyFromAmong("none", "zero-mean", "unit-std");

    public void AddTo(Command command)
    {
        command.Add(_size);
        command.Add(_deviation);
        command.Add(_normalization);
    }

    /// <summary>The preprocessing asked for, starting from a model's.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">A model's preprocessing, or null.</param>
    /// <param name="wholeSide">Side of pictures that are taken whole, or null when patches are cut.</param>
    public PatchPreprocessing Bind(ParseResult parsed, PatchPreprocessing? model = null, int? wholeSide = null)
    {
        PatchPreprocessing start = model ?? PatchPreprocessing.Default;
        int size = Range.Check(_size, parsed.GetValue(_size) ?? wholeSide ?? start.PatchSize, 1, 256);
        if (wholeSide is { } side && side != size)
            throw new UserError($"{_size.Name} is {size}; the pictures are {side}×{side} and taken whole.");
        if (wholeSide is not null && model is not null && size != model.PatchSize)
            throw new UserError(
                $"the pictures are {size}×{size} and taken whole; the model was made from patches of side {model.PatchSize}.");
        if (model is not null && size != model.PatchSize)
            throw new UserError($"{_size.Name} is {size}; the model was made from patches of side {model.PatchSize}.");
        float deviation = parsed.GetValue(_deviation) ?? start.MinimumDeviation;
        if (!(deviation >= 0 && deviation <= 1))
            throw new UserError(FormattableString.Invariant($"{_deviation.Name} is {deviation}; it must be from 0 to 1."));
        PatchPreprocessing bound = start
            with
        {
            PatchSize = size,
            MinimumDeviation = deviation,
            Normalization = Normalization(parsed.GetValue(_normalization))
            ?? start.Normalization
        };
        if (bound is { Normalization: PatchNormalization.UnitDeviation, MinimumDeviation: 0 })
            throw new UserError(
                $"{_deviation.Name} is 0; it must be above 0 when patches are divided by their deviation (--normalize unit-std).");
        return bound;
    }

    private static PatchNormalization? Normalization(string? text)
        => text is null ? null : Enum.GetValues<PatchNormalization>().First(n => PreprocessingFormat.NameOf(n) == text);
}
