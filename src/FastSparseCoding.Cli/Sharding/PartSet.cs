using System.Globalization;

namespace FastSparseCoding.Cli.Sharding;

/// <summary>All parts of one job, each once, in their order.</summary>
internal sealed class PartSet
{
    /// <summary>Missing parts that are named; of more, how many.</summary>
    private const int MostNamed = 20;

    private PartSet(IReadOnlyList<string> paths, IReadOnlyList<PartInfo> infos) => (Paths, Infos) = (paths, infos);

    /// <summary>The files, by their numbers.</summary>
    public IReadOnlyList<string> Paths { get; }

    /// <summary>What they say of themselves.</summary>
    public IReadOnlyList<PartInfo> Infos { get; }

    /// <summary>What they hold.</summary>
    public string Kind => Infos[0].Kind;

    /// <summary>Of which job they are.</summary>
    public Job Job => Infos[0].Job;

    /// <summary>Proves that every part of one job is there once.</summary>
    /// <exception cref="UserError">A part is missing, there twice, or of another job.</exception>
    public static PartSet Of(IReadOnlyList<string> paths)
    {
        PartInfo first = PartReader.ReadInfo(paths[0]);
        var found = new SortedDictionary<int, (string Path, PartInfo Info)>();
        foreach (string path in paths)
        {
            PartInfo info = found.Count == 0 ? first : PartReader.ReadInfo(path);
            RequireSameJob(path, info, first, paths[0]);
            if (!found.TryAdd(info.Shard.Index, (path, info)))
                throw new UserError($"{path}: is part {info.Shard} a second time; {found[info.Shard.Index].Path} is it too.");
        }
        if (found.Count < first.Shard.Count)
            throw new UserError(
                $"{paths[0]}: {Missing(found, first.Shard.Count)} missing of its {first.Shard.Count}; every part must be there.");
        return new PartSet([.. found.Values.Select(p => p.Path)], [.. found.Values.Select(p => p.Info)]);
    }

    /// <summary>Opens the parts in turn.</summary>
    public IEnumerable<PartReader> Open()
    {
        foreach (string path in Paths)
        {
            using PartReader part = PartReader.Open(path);
            yield return part;
        }
    }

    /// <summary>Σ over the parts of a count among their facts.</summary>
    public long Sum(string name) => Paths.Zip(Infos, (path, info) => info.Count(path, name)).Sum();

    private static void RequireSameJob(string path, PartInfo info, PartInfo first, string firstPath)
    {
        string? difference = info.Kind != first.Kind ? $"it holds {info.Kind}; expected {first.Kind}"
            : info.Shard.Count != first.Shard.Count ? $"it is one of {info.Shard.Count}; expected one of {first.Shard.Count}"
            : info.Job.Difference(first.Job);
        if (difference is not null)
            throw new UserError($"{path}: is of another job than {firstPath}: {difference}.");
    }

    private static string Missing(SortedDictionary<int, (string Path, PartInfo Info)> found, int count)
    {
        int[] missing = [.. Enumerable.Range(0, count).Where(i => !found.ContainsKey(i)).Take(MostNamed + 1)];
        string named = string.Join(", ", missing.Take(MostNamed).Select(i => i.ToString(CultureInfo.InvariantCulture)));
        return missing.Length == 1 ? $"part {named} is"
            : missing.Length <= MostNamed ? $"parts {named} are" : $"parts {named} and {count - found.Count - MostNamed} more are";
    }
}
