using System.Text.Json.Nodes;
using FastSparseCoding.Cli.Coding;
using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Imaging;

namespace FastSparseCoding.Cli.Sharding;

/// <summary>One part of an encoding: codes of its own signals, and where they are asked for these signals and their places, each in a part
/// beside its output. That of the codes is the last to appear, so that with it all is there.</summary>
internal sealed class EncodeShard(
    EncodeRequest request, SignalSet signals, Job job, Shard shard, CommandContext context, string partOf = "")
{
    /// <summary>Facts of codes.</summary>
    public const string NonZeros = "non_zeros", FlatPlaces = "flat_places", Numbers = "numbers";

    private readonly bool _isAskedFor = partOf.Length == 0;
    private readonly string _path = PartName.Of(request.Output + partOf, shard);
    private readonly string? _signalsPath = Companion(request.SignalsOutput, partOf, shard);
    private readonly string? _placesPath = Companion(request.PlacesOutput, partOf, shard);

    /// <summary>Encodes a part, unless it is there already.</summary>
    /// <returns>What there is to tell.</returns>
    public static Result Run(EncodeRequest request, Shard shard, CommandContext context)
    {
        using SignalSet signals = request.Signals.Open(context);
        var part = new EncodeShard(request, signals, request.Describe(signals), shard, context);
        if (part.Find() is { } found)
        {
            context.Terminal.Tell($"{part._path}: is done already; it stays as it is.");
            return part.Tell(found, null);
        }
        var tally = new Tally(request);
        PartInfo? done = null;
        context.Track(board => done = part.Encode(tally, new EncodingProgress(board.Start("encoding"))));
        SignalEncoding.Warn(tally.Facts, tally.Rows, context);
        return part.Tell(done!, tally.Rows / tally.Seconds);
    }

    /// <summary>The part, where it is there already with all that belongs to it; null where it is to be made.</summary>
    public PartInfo? Find()
    {
        PartInfo? found = FinishedPart.Find(
            _path, PartInfo.Codes, shard, job, () => ContentHash.Of(signals.Part(shard, null), context.Cancellation), _isAskedFor);
        string[] companions = [.. new[] { _signalsPath, _placesPath }.OfType<string>()];
        // One of an earlier job was never whole, since the codes beside it are of this one.
        return found is not null && Array.TrueForAll(companions, path => FinishedPart.Read(path, _isAskedFor) is { } other
            && other.Job.Difference(job) is null && other.Shard == shard && other.Content == found.Content) ? found : null;
    }

    /// <summary>Encodes the part.</summary>
    /// <param name="tally">Encodes and counts.</param>
    /// <param name="progress">Told of every block.</param>
    /// <param name="afterBlock">Called when a block of it is encoded.</param>
    /// <returns>What the part says of itself.</returns>
    public PartInfo Encode(Tally tally, EncodingProgress progress, Action? afterBlock = null)
    {
        using RowsPart.Writer? rows = _signalsPath is null ? null
            : new RowsPart.Writer(_signalsPath, request.Signals.Model.SignalSize, sparse: false);
        using PatchPlacesWriter? places = _placesPath is null ? null
            : PatchPlacesWriter.Create(_placesPath, request.Signals.Preprocessing!, request.Signals.Model.Dictionary?.Hash);
        SignalStream stream = signals.Part(shard, places);
        using var codes = new RowsPart.Writer(_path, request.Signals.Model.CodeSize, request.IsSparse);
        using var content = new ContentHash();
        SignalEncoding.Encode(stream, tally, progress, context, (block, z) =>
        {
            content.Append(block);
            codes.Append(z);
            rows?.Append(block.X);
            afterBlock?.Invoke();
        });
        PartInfo done = new(PartInfo.Codes, shard, job, content.Finish(), Facts(tally, stream));
        rows?.Complete(done with { Kind = PartInfo.Signals, Facts = [] });
        places?.CompleteWith(npz => PartWriter.Describe(npz, done with { Kind = PartInfo.Places, Facts = [] }));
        codes.Complete(done);
        return done;
    }

    private static string? Companion(string? output, string partOf, Shard shard)
        => output is null ? null : PartName.Of(output + partOf, shard);

    private JsonObject Facts(Tally tally, SignalStream stream)
    {
        var facts = new JsonObject
        {
            [NonZeros] = tally.NonZeros,
            [Numbers] = new JsonObject(tally.Facts.Numbers.Select(n => KeyValuePair.Create(n.Key, (JsonNode?)PartInfo.Kept(n.Value)))),
        };
        if (stream.FlatPlaces is { } flat)
            facts[FlatPlaces] = flat();
        return LeftOut.Keep(facts, context);
    }

    private Result Tell(PartInfo info, double? rate)
    {
        ICodeFacts facts = CodeFacts.Of(_path, job);
        CodeMerge.AddNumbers(facts, _path, info);
        Result result = Tally.Tell(_path, job["method"] ?? "", request.Signals.Model.CodeSize, info.Count(_path, RowsPart.Rows),
            info.Count(_path, NonZeros), facts, rate).Add("shard", shard.ToString()).Add("skipped", rate is null);
        if (info.Facts.ContainsKey(FlatPlaces))
            result.Add("flat_places", info.Count(_path, FlatPlaces));
        return result;
    }
}
