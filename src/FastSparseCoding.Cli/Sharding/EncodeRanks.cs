using System.Buffers;
using FastSparseCoding.Cli.Coding;
using FastSparseCoding.Cli.Output;

namespace FastSparseCoding.Cli.Sharding;

/// <summary>An encoding that several processes share: each does one part, and the first joins them. Parts that an earlier run has finished
/// stay as they are.</summary>
internal sealed class EncodeRanks(EncodeRequest request, CommandContext context)
{
    private readonly SharedWork _work = new(context.Ranks);

    /// <summary>Encodes this rank's part, and in the first rank joins all.</summary>
    /// <returns>What there is to tell.</returns>
    public Result Run()
    {
        context.TellRanks();
        var shard = new Shard(context.Ranks.Rank, context.Ranks.Size);
        Result part = new EncodeShard(request, shard, context).Run(() => Meet(done: false));
        while (!Meet(done: true))
        {
            // Others are at work still.
        }
        return context.IsFirst ? Join().Add("ranks", shard.Count) : part;
    }

    /// <summary>After every block ranks look whether all are well: what ends one ends all.</summary>
    /// <returns>Whether all have finished their parts.</returns>
    private bool Meet(bool done)
        => _work.Exchange(message => message.Write([done ? (byte)1 : (byte)0]), context.Cancellation).All(other => other.Span[0] == 1);

    private Result Join()
    {
        Result result = Join(request.Output);
        foreach (string companion in new[] { request.SignalsOutput, request.PlacesOutput }.OfType<string>())
            Join(companion);
        if (request.PlacesOutput is not null)
            result.Add("places", request.PlacesOutput);
        return result;
    }

    private Result Join(string output)
    {
        PartSet parts = PartSet.Of(
            [.. Enumerable.Range(0, context.Ranks.Size).Select(i => PartName.Of(output, new Shard(i, context.Ranks.Size)))]);
        Result result = Merging.Merge(parts, output, context);
        foreach (string part in parts.Paths)
            File.Delete(part);
        return result;
    }
}
