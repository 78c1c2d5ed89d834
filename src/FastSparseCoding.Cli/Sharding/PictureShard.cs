using System.Text.Json;
using System.Text.Json.Nodes;
using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Paper;

namespace FastSparseCoding.Cli.Sharding;

/// <summary>One part of work on pictures: those of its own that follow each other, each into its file whole or not at all, and beside the
/// output what there is to tell of them.</summary>
internal sealed class PictureShard(
    PictureWork work, IReadOnlyList<PictureJob> jobs, Job job, string output, Shard shard, CommandContext context)
{
    private const string Pictures = "pictures", Failed = "failed", Method = "method", Table = "table", Files = "files";

    /// <summary>Does the part, unless it is done already.</summary>
    public int Run()
    {
        if (jobs.Count == 1 && jobs[0].Output == output)
            throw new UserError($"{output}: is one picture; --shard parts those of a folder.");
        (long first, long end) = shard.Of(jobs.Count);
        PictureJob[] own = [.. jobs.Skip((int)first).Take((int)(end - first))];
        string path = PartName.Of(output, shard), content = ContentHash.Of(own.Select(j => j.Input), context.Cancellation);
        OutputFile.RequirePart(path);
        if (FinishedPart.Find(path, PartInfo.Pictures, shard, job, () => content) is { } found
            && ReadFiles(path, found).All(file => File.Exists(Path.Combine(output, file))))
        {
            context.Terminal.Tell($"{path}: is done already; it stays as it is.");
            context.Print(Tell(Read(path, found), path, skipped: true));
            return ExitCode.Done;
        }
        PictureResults results = work.Run(own, context);
        if (results.Failed > 0 && context.Skipped is null)
        {
            context.Print(results.ToResult().Add("shard", shard.ToString()));
            return ExitCode.BadInput;       // no part: the pictures that failed are to be done again
        }
        using (var part = new PartWriter(path))
            part.Complete(new PartInfo(PartInfo.Pictures, shard, job, content, Facts(results)));
        context.Print(Tell(results, path, skipped: false));
        return ExitCode.Done;
    }

    /// <summary>Proves that the pictures of all parts are there, and joins what there is to tell of them.</summary>
    public static Result Merge(PartSet parts, string output, CommandContext context)
    {
        PictureResults? all = null;
        CodeMerge.Each(parts, context, part =>
        {
            foreach (string file in ReadFiles(part.Path, part.Info))
                if (!File.Exists(Path.Combine(output, file)))
                    throw new UserError($"{Path.Combine(output, file)}: is not there; {part.Path} says that it was written.");
            PictureResults results = Read(part.Path, part.Info);
            all = all is null ? results : Join(part.Path, all, results);
        });
        return all!.ToResult();
    }

    private static PictureResults Join(string path, PictureResults all, PictureResults more)
    {
        if (!all.Table.Columns.SequenceEqual(more.Table.Columns))
            throw PartInfo.Malformed(path);
        foreach (object[] row in more.Table.Rows)
            all.Table.Add(row);
        return all with { Pictures = all.Pictures + more.Pictures, Failed = all.Failed + more.Failed };
    }

    private Result Tell(PictureResults results, string path, bool skipped)
        => results.ToResult().Add("part", path).Add("shard", shard.ToString()).Add("skipped", skipped);

    private JsonObject Facts(PictureResults results) => LeftOut.Keep(new JsonObject
    {
        [Pictures] = results.Pictures,
        [Failed] = results.Failed,
        [Method] = results.Method,
        [Files] = new JsonArray([.. results.Table.Rows.Select(row => (JsonNode)Path.GetRelativePath(output, (string)row[0]))]),
        [Table] = ResultTableConverter.ToNode(results.Table),
    }, context);

    private static PictureResults Read(string path, PartInfo info)
    {
        try
        {
            ResultTable table = ResultTableConverter.FromNode(info.Facts[Table]!);
            if (table.Rows.Any(row => row.Length != table.Columns.Count))
                throw PartInfo.Malformed(path);
            return new PictureResults(info.Count(path, Pictures), info.Count(path, Failed), info.Facts[Method]!.GetValue<string>(), table);
        }
        catch (Exception e) when (PartInfo.IsMalformed(e))
        {
            throw PartInfo.Malformed(path);
        }
    }

    private static string[] ReadFiles(string path, PartInfo info)
    {
        try
        {
            return [.. info.Facts[Files]!.AsArray().Select(file => file!.GetValue<string>())];
        }
        catch (Exception e) when (PartInfo.IsMalformed(e))
        {
            throw PartInfo.Malformed(path);
        }
    }
}
