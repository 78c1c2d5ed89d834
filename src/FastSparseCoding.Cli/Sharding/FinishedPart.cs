namespace FastSparseCoding.Cli.Sharding;

/// <summary>What lies already where a part is to go.</summary>
internal static class FinishedPart
{
    /// <summary>
    /// What a part says of itself that is there already and of the same job, made from the same signals or pictures, so that there is
    /// nothing left to do; null where there is none. One of another job is refused: whoever has put it there may still want it; but where
    /// nobody has asked for parts, it is as good as none.
    /// </summary>
    /// <param name="path">Where the part is to go.</param>
    /// <param name="kind">What it is to hold.</param>
    /// <param name="shard">Which part.</param>
    /// <param name="job">Of which job.</param>
    /// <param name="content">Reads what it is to be made from; asked only where all else agrees.</param>
    /// <param name="isAskedFor">Whether somebody has asked for parts; of others a damaged one is no loss either.</param>
    public static PartInfo? Find(string path, string kind, Shard shard, Job job, Func<string> content, bool isAskedFor = true)
    {
        if (Read(path, isAskedFor) is not { } found)
            return null;
        string? difference = found.Kind != kind ? $"it holds {found.Kind}; expected {kind}"
            : found.Shard != shard ? $"it is part {found.Shard}; expected {shard}"
            : found.Job.Difference(job);
        if (difference is null && content() is var now && now != found.Content)
            difference = $"what it was made from is '{found.Content}'; it is now '{now}'";
        return difference is null ? found : !isAskedFor ? null : throw new UserError(
            $"{path}: is of another job: {difference}. Move it away, or give another --output.");
    }

    /// <summary>What a file says of itself; null where there is none, or one that is damaged and that nobody has asked for.</summary>
    public static PartInfo? Read(string path, bool isAskedFor)
    {
        try
        {
            return File.Exists(path) ? PartReader.ReadInfo(path) : null;
        }
        catch (InvalidDataException) when (!isAskedFor)
        {
            return null;
        }
    }
}
