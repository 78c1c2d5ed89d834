using FastSparseCoding.Cli.Sharding;
using FastSparseCoding.Imaging;

namespace FastSparseCoding.Cli.Input;

/// <summary>Which signals of the IMAGES of a command line pass through it, checked and bound.</summary>
internal sealed record StreamRequest
{
    /// <summary>The images, IDX file or array.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>The dictionary or encoder that the signals are for.</summary>
    public required ModelInput Model { get; init; }

    /// <summary>How pictures become signals; null for signals of an array.</summary>
    public PatchPreprocessing? Preprocessing { get; init; }

    /// <summary>Of an array: a file that tells which values are known, or null.</summary>
    public string? Mask { get; init; }

    /// <summary>Patches at random places; null for all on a grid.</summary>
    public int? Samples { get; init; }

    /// <summary>Pixels from one patch of the grid to the next.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Whether the grid goes to the picture's right and lower edge.</summary>
    public bool ToEdge { get; init; }

    /// <summary>An output, beside which what memory is not to hold lies.</summary>
    public required string Output { get; init; }

    /// <summary>Adds to a job what tells its signals and its dictionary.</summary>
    public Job Describe(Job job, SignalSet signals)
        => job.Add("input", signals.Identity)
            .Add("preprocessing", Preprocessing is null ? null : Fingerprint.Of(Preprocessing)).Add("dictionary", Model.Dictionary?.Hash);

    /// <summary>Opens the signals.</summary>
    public SignalSet Open(CommandContext context)
        => Preprocessing is null ? RowSet.OfArray(context.Inputs.Of(Paths[0]), Model, Mask)
            : WholeImageInput.IsOne(Paths) ? RowSet.OfWholeImages(Paths[0], Preprocessing)
            : Samples is { } count ? RowSet.OfRandomPatches(Paths, Preprocessing, count, Output, context)
            : new GridSet(Paths, Preprocessing, Stride, ToEdge, context);
}
