using System.Diagnostics;
using FastSparseCoding.Cli.Coding;
using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;

namespace FastSparseCoding.Cli.Sharding;

/// <summary>An encoding that several processes share: they take its parts in turn, and the first of them joins these. Parts that an
/// interrupted run has finished stay as they are. They have names of their own, OUTPUT.ranks.I-of-N.part.npz: parts made with --shard are
/// the user's.</summary>
internal sealed class EncodeRanks(EncodeRequest request, CommandContext context)
{
    /// <summary>What comes before the number of a part in its name.</summary>
    public const string PartOf = ".ranks";

    /// <summary>Parts of an input that has so many blocks or pictures, and those that every one of many ranks takes at least. Signals that
    /// are harder than others, which often follow each other, are then shared; of an interrupted run little is lost; and up to eight ranks
    /// have the same parts, so that another number of them can go on.</summary>
    private const int PartsOfJob = 64, PartsOfRank = 8;

    /// <summary>How often ranks that work look whether all are well. Each look waits for the slowest.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly SharedWork _work = new(context.Ranks);
    private long _met = Stopwatch.GetTimestamp();
    private int _found;         // parts that were there already

    private IEnumerable<string> Companions => new[] { request.SignalsOutput, request.PlacesOutput }.OfType<string>();

    /// <summary>Encodes this rank's parts, and in the first rank joins all.</summary>
    /// <returns>What there is to tell.</returns>
    public Result Run()
    {
        context.TellRanks();
        int parts;
        using (SignalSet signals = request.Signals.Open(context))
        {
            Job job = request.Describe(signals);
            RequireSame(job);
            parts = (int)Math.Clamp(signals.Units, 1, Math.Max(PartsOfJob, (long)PartsOfRank * context.Ranks.Size));
            var own = new List<EncodeShard>();
            for (int i = context.Ranks.Rank; i < parts; i += context.Ranks.Size)
                own.Add(new EncodeShard(request, signals, job, new Shard(i, parts), context, PartOf));
            context.Track(board => Encode(own, new EncodingProgress(board.Start("encoding, rank 0"), own.Count)));
        }
        int found;
        while (!Meet(done: true, out found))
        {
            // Others are at work still.
        }
        if (found > 0)
            context.Terminal.Tell($"{request.Output}: {found} of its {parts} parts were done already; they stayed as they were.");
        return context.IsFirst ? Join(parts).Add("ranks", context.Ranks.Size) : new Result();
    }

    private void Encode(List<EncodeShard> parts, EncodingProgress progress)
    {
        foreach (EncodeShard part in parts)
        {
            Tally? tally = null;
            if (part.Find() is null)
                part.Encode(tally = new Tally(request), progress, MeetIfDue);
            else
                _found++;
            progress.Finish(tally);
        }
    }

    /// <summary>Refuses ranks with another job, or another folder to write to.</summary>
    private void RequireSame(Job job)
    {
        _work.RequireSame("the job", string.Join("; ", job.Fields.Select(field => $"{field.Key} {field.Value}")));
        _work.RequireSame("the output", Path.GetFullPath(request.Output));
    }

    private void MeetIfDue()
    {
        if (Stopwatch.GetElapsedTime(_met) >= Interval)
            Meet(done: false, out _);
    }

    /// <summary>Ranks look whether all are well: what ends one ends all.</summary>
    /// <param name="done">Whether this rank has finished its parts.</param>
    /// <param name="found">How many parts of all ranks were there already.</param>
    /// <returns>Whether all have finished theirs.</returns>
    private bool Meet(bool done, out int found)
    {
        bool all = true;
        found = 0;
        foreach (ReadOnlyMemory<byte> other in _work.Exchange(
            "parts", message => message.Put([done ? 1 : 0, _found]), context.Cancellation))
        {
            ReadOnlySpan<byte> message = other.Span;
            ReadOnlySpan<int> numbers = message.Take<int>(2);
            all &= numbers[0] == 1;
            found += numbers[1];
        }
        _met = Stopwatch.GetTimestamp();
        return all;
    }

    private Result Join(int count)
    {
        PartSet codes = Parts(request.Output, count);
        if (codes.Sum(RowsPart.Rows) == 0 && codes.Infos[0].Facts.ContainsKey(EncodeShard.FlatPlaces))
        {
            LeftOut.Tell(codes, context);
            DeleteParts();
            throw new UserError($"{request.Input}: no patch is left: every picture was left out or is too flat.");
        }
        Result result = Merging.Merge(codes, request.Output, context);
        foreach (string companion in Companions)
            Merging.Merge(Parts(companion, count), companion, context);
        DeleteParts();      // when all is joined: whoever is stopped before has nothing to encode again
        if (request.PlacesOutput is not null)
            result.Add("places", request.PlacesOutput);
        return result;
    }

    private static PartSet Parts(string output, int count)
    {
        string[] paths = [.. Enumerable.Range(0, count).Select(i => PartName.Of(output + PartOf, new Shard(i, count)))];
        return Array.Find(paths, path => !File.Exists(path)) is not { } missing ? PartSet.Of(paths)
            : throw new UserError($"{missing}: is not here; all ranks must write to a folder that the first of them sees.");
    }

    /// <summary>Deletes the parts of all outputs; those of an interrupted run of another number of ranks too: nobody has asked for
    /// any.</summary>
    private void DeleteParts()
    {
        foreach (string part in PartName.Find(Companions.Prepend(request.Output).Select(output => output + PartOf)))
            File.Delete(part);
    }
}
