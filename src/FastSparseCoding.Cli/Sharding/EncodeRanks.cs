using System.Buffers;
using System.Text;
using FastSparseCoding.Cli.Coding;
using FastSparseCoding.Cli.Output;

namespace FastSparseCoding.Cli.Sharding;

/// <summary>An encoding that several processes share: each does one part, and the first joins them. Parts that an interrupted run has
/// finished stay as they are. They have names of their own, OUTPUT.ranks.I-of-N.part.npz: parts made with --shard are the user's.</summary>
internal sealed class EncodeRanks(EncodeRequest request, CommandContext context)
{
    private const string PartOf = ".ranks";

    private readonly SharedWork _work = new(context.Ranks);

    /// <summary>Encodes this rank's part, and in the first rank joins all.</summary>
    /// <returns>What there is to tell.</returns>
    public Result Run()
    {
        context.TellRanks();
        var shard = new Shard(context.Ranks.Rank, context.Ranks.Size);
        Result part = new EncodeShard(request, shard, context, PartOf).Run(RequireSame, () => Meet(done: false));
        while (!Meet(done: true))
        {
            // Others are at work still.
        }
        TellSkipped();
        return context.IsFirst ? Join().Add("ranks", shard.Count) : part;
    }

    /// <summary>Refuses ranks with another job, or another folder to write to.</summary>
    private void RequireSame(Job job)
    {
        _work.RequireSame("the job", string.Join("; ", job.Fields.Select(field => $"{field.Key} {field.Value}")));
        _work.RequireSame("the output", Path.GetFullPath(request.Output));
    }

    /// <summary>After every block ranks look whether all are well: what ends one ends all.</summary>
    /// <returns>Whether all have finished their parts.</returns>
    private bool Meet(bool done)
        => _work.Exchange("blocks", message => message.Write([done ? (byte)1 : (byte)0]), context.Cancellation)
            .All(other => other.Span[0] == 1);

    /// <summary>Has the first rank tell, and count, the files that others left out.</summary>
    private void TellSkipped()
    {
        ReadOnlyMemory<byte>[] all = _work.Exchange(
            "files left out", message => message.Write(Encoding.UTF8.GetBytes(string.Join('\n', context.Skipped?.Problems ?? []))),
            context.Cancellation);
        foreach (ReadOnlyMemory<byte> problems in all)
            foreach (string problem in Encoding.UTF8.GetString(problems.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                context.Skipped?.Tell(problem);
    }

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
        string[] paths = [.. Enumerable.Range(0, context.Ranks.Size)
            .Select(i => PartName.Of(output + PartOf, new Shard(i, context.Ranks.Size)))];
        if (Array.Find(paths, path => !File.Exists(path)) is { } missing)
            throw new UserError($"{missing}: is not here; all ranks must write to a folder that the first of them sees.");
        Result result = Merging.Merge(PartSet.Of(paths), output, context);
        // Those of an interrupted run of another number of ranks too: nobody has asked for any.
        foreach (string part in PartName.Find([output + PartOf]))
            File.Delete(part);
        return result;
    }
}
