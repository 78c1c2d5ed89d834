using System.Text.Json.Nodes;
using FastSparseCoding.Cli.Coding;
using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Imaging;

namespace FastSparseCoding.Cli.Sharding;

/// <summary>One part of an encoding: codes of its own signals, and where they are asked for these signals and their places, each in a part
/// beside its output. That of the codes is the last to appear, so that with it all is there.</summary>
internal sealed class EncodeShard(EncodeRequest request, Shard shard, CommandContext context, string partOf = "")
{
    /// <summary>Facts of codes.</summary>
    public const string NonZeros = "non_zeros", FlatPlaces = "flat_places", SkippedFiles = "skipped_files", Numbers = "numbers";

    private readonly List<string> _companions = [];

    /// <summary>Where the part of the codes goes.</summary>
    public string Path { get; } = PartName.Of(request.Output + partOf, shard);

    /// <summary>Encodes the part, unless it is there already.</summary>
    /// <param name="before">Given the job, before anything is encoded.</param>
    /// <param name="afterBlock">Called when a block of it is encoded.</param>
    /// <returns>What there is to tell.</returns>
    public Result Run(Action<Job>? before = null, Action? afterBlock = null)
    {
        using RowsPart.Writer? signals = Companion(request.SignalsOutput) is { } signalsPath
            ? new RowsPart.Writer(signalsPath, request.Signals.Model.SignalSize, sparse: false) : null;
        using PatchPlacesWriter? places = Companion(request.PlacesOutput) is { } placesPath
            ? PatchPlacesWriter.Create(placesPath, request.Signals.Preprocessing!, request.Signals.Model.Dictionary?.Hash) : null;
        SignalStream stream = request.Signals.Open(shard, places, context);
        Job job = request.Describe(stream);
        before?.Invoke(job);
        if (Finished(job) is { } info)
            return Tell(info, null);
        var tally = new Tally();
        using var codes = new RowsPart.Writer(Path, request.Signals.Model.CodeSize, request.IsSparse);
        using var content = new ContentHash();
        SignalEncoding.Encode(request, stream, tally, context, (block, z) =>
        {
            content.Append(block);
            codes.Append(z);
            signals?.Append(block.X);
            afterBlock?.Invoke();
        });
        PartInfo done = new(PartInfo.Codes, shard, job, content.Finish(), Facts(tally, stream));
        signals?.Complete(done with { Kind = PartInfo.Signals, Facts = [] });
        places?.CompleteWith(npz => PartWriter.Describe(npz, done with { Kind = PartInfo.Places, Facts = [] }));
        codes.Complete(done);
        SignalEncoding.Warn(request.Coder.Facts, tally.Rows, context);
        return Tell(done, tally.Rate);
    }

    private string? Companion(string? output)
    {
        if (output is null)
            return null;
        _companions.Add(PartName.Of(output + partOf, shard));
        return _companions[^1];
    }

    private PartInfo? Finished(Job job)
    {
        PartInfo? found = FinishedPart.Find(Path, PartInfo.Codes, shard, job,
            () => ContentHash.Of(request.Signals.Open(shard, null, context), context.Cancellation));
        if (found is null || !_companions.TrueForAll(File.Exists))
            return null;
        foreach (string companion in _companions)
        {
            PartInfo other = PartReader.ReadInfo(companion);
            if (other.Job.Difference(job) is not null || other.Shard != shard || other.Content != found.Content)
                return null;        // of an earlier job: it was never whole, since the codes beside it are of this one
        }
        context.Terminal.Tell($"{Path}: is done already; it stays as it is.");
        return found;
    }

    private JsonObject Facts(Tally tally, SignalStream stream)
    {
        var facts = new JsonObject
        {
            [NonZeros] = tally.NonZeros,
            [Numbers] = new JsonObject(request.Coder.Facts.Numbers.Select(
                n => KeyValuePair.Create(n.Key, (JsonNode?)PartInfo.Kept(n.Value)))),
        };
        if (stream.FlatPlaces is { } flat)
            facts[FlatPlaces] = flat();
        if (context.Skipped is { } skipped)
            facts[SkippedFiles] = skipped.Count;
        return facts;
    }

    private Result Tell(PartInfo info, double? rate)
    {
        ICodeFacts facts = CodeFacts.Of(Path, info.Job);
        CodeMerge.AddNumbers(facts, Path, info);
        Result result = Tally.Tell(Path, request.Coder.Method, request.Signals.Model.CodeSize, info.Count(Path, RowsPart.Rows),
            info.Count(Path, NonZeros), facts, rate).Add("shard", shard.ToString()).Add("skipped", rate is null);
        if (info.Facts.ContainsKey(FlatPlaces))
            result.Add("flat_places", info.Count(Path, FlatPlaces));
        return result;
    }
}
