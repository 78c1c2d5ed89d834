using FastSparseCoding.Cli.Output;

namespace FastSparseCoding.Cli.Sharding;

/// <summary>All parts of a job into what one run gives.</summary>
internal static class Merging
{
    /// <summary>Joins parts, whatever they hold.</summary>
    /// <param name="parts">All of a job.</param>
    /// <param name="output">Where the whole goes.</param>
    /// <param name="context">Of the command.</param>
    /// <returns>What there is to tell of the whole.</returns>
    public static Result Merge(PartSet parts, string output, CommandContext context)
    {
        int? leftOut = LeftOut.Tell(parts, context);
        Result result = Join(parts, output, context);
        if (leftOut is { } count && context.Skipped is null)
            result.Add("skipped_files", count);
        return result;
    }

    private static Result Join(PartSet parts, string output, CommandContext context) => parts.Kind switch
    {
        PartInfo.Codes => CodeMerge.Codes(parts, output, context),
        PartInfo.Signals => CodeMerge.Signals(parts, output, context),
        PartInfo.Places => CodeMerge.Places(parts, output, context),
        PartInfo.Pictures => PictureShard.Merge(parts, output, context),
        PartInfo.Statistics => LearnShard.Merge(parts, output, context),
        _ => throw new InvalidDataException($"{parts.Paths[0]}: holds '{parts.Kind}', which this version cannot merge."),
    };
}
