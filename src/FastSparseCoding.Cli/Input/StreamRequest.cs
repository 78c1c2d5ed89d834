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
    public Job Describe(Job job, SignalStream stream)
        => job.Add("input", stream.Identity.Value)
            .Add("preprocessing", Preprocessing is null ? null : Fingerprint.Of(Preprocessing)).Add("dictionary", Model.Dictionary?.Hash);

    /// <summary>Opens a part of the signals; the writer of places, if any, is told of every picture.</summary>
    public SignalStream Open(Shard shard, PatchPlacesWriter? places, CommandContext context)
        => Preprocessing is null ? SignalStream.OfArray(context.Inputs.Of(Paths[0]), Model, Mask, shard)
            : WholeImageInput.IsOne(Paths) ? SignalStream.OfWholeImages(Paths[0], Preprocessing, shard)
            : Samples is { } count ? SignalStream.OfRandomPatches(Paths, Preprocessing, count, Output, shard, context)
            : SignalStream.OfGrid(Paths, Preprocessing, Stride, ToEdge, places, shard, context);
}
