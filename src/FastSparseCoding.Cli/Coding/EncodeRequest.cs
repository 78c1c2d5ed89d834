using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Cli.Sharding;

namespace FastSparseCoding.Cli.Coding;

/// <summary>What encode is asked for, checked and bound.</summary>
internal sealed record EncodeRequest
{
    /// <summary>The signals.</summary>
    public required StreamRequest Signals { get; init; }

    /// <summary>Begins a way to their codes, which tells of the codes that it made itself.</summary>
    public required Func<ICoder> Coder { get; init; }

    /// <summary>Where the codes go.</summary>
    public required string Output { get; init; }

    /// <summary>Where the signals go, or null.</summary>
    public string? SignalsOutput { get; init; }

    /// <summary>Where the places go, or null.</summary>
    public string? PlacesOutput { get; init; }

    /// <summary>The input, for messages.</summary>
    public string Input => InputPaths.NameOf(Signals.Paths[0]);

    /// <summary>Whether the codes are kept sparse.</summary>
    public bool IsSparse => CodeOutput.IsSparse(Output);

    /// <summary>The fingerprint of the whole job.</summary>
    public Job Describe(SignalSet signals)
    {
        ICoder coder = Coder();
        Job job = Signals.Describe(Job.Of("encode"), signals).Add("method", coder.Method);
        coder.Describe(job);
        return job.Add("form of the codes", IsSparse ? "sparse" : "dense")
            .Add("signals", SignalsOutput is null ? null : "written too").Add("places", PlacesOutput is null ? null : "written too");
    }
}
