using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Cli.Sharding;
using FastSparseCoding.Imaging;

namespace FastSparseCoding.Cli.Coding;

/// <summary>What encode is asked for, checked and bound.</summary>
internal sealed record EncodeRequest
{
    /// <summary>The dictionary or encoder.</summary>
    public required ModelInput Model { get; init; }

    /// <summary>Makes the codes.</summary>
    public required ICoder Coder { get; init; }

    /// <summary>The input, for messages.</summary>
    public required string Input { get; init; }

    /// <summary>Opens a part of the signals; the writer of places, if any, is told of every picture.</summary>
    public required Func<Shard, PatchPlacesWriter?, SignalStream> Open { get; init; }

    /// <summary>How pictures become signals; null for signals of an array.</summary>
    public PatchPreprocessing? Preprocessing { get; init; }

    /// <summary>Where the codes go.</summary>
    public required string Output { get; init; }

    /// <summary>Where the signals go, or null.</summary>
    public string? Signals { get; init; }

    /// <summary>Where the places go, or null.</summary>
    public string? Places { get; init; }

    /// <summary>Whether the codes are kept sparse.</summary>
    public bool IsSparse => CodeOutput.IsSparse(Output);

    /// <summary>The fingerprint of the whole job.</summary>
    public Job Describe(SignalStream stream)
    {
        Job job = Job.Of("encode").Add("input", stream.Identity.Value)
            .Add("preprocessing", Preprocessing is null ? null : Fingerprint.Of(Preprocessing))
            .Add("dictionary", Model.Dictionary?.Hash).Add("method", Coder.Method);
        Coder.Describe(job);
        return job.Add("form of the codes", IsSparse ? "sparse" : "dense")
            .Add("signals", Signals is null ? null : "written too").Add("places", Places is null ? null : "written too");
    }
}
