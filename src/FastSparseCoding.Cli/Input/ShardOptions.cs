using System.CommandLine;
using System.Globalization;
using FastSparseCoding.Cli.Sharding;

namespace FastSparseCoding.Cli.Input;

/// <summary>Which part of a job is asked for: by its number, or by the number that a scheduler gave the process. The environment alone
/// never parts anything, since people run arrays over other things too.</summary>
internal sealed class ShardOptions
{
    private const string SlurmId = "SLURM_ARRAY_TASK_ID", SlurmCount = "SLURM_ARRAY_TASK_COUNT", SlurmMin = "SLURM_ARRAY_TASK_MIN",
        SlurmMax = "SLURM_ARRAY_TASK_MAX", Kubernetes = "JOB_COMPLETION_INDEX", Auto = "auto";

    private readonly Option<string?> _shard = new("--shard") { HelpName = "I/N" };
    private readonly Option<string?> _shards = new("--shards")
    {
        Description = $"The same with I from the scheduler: {SlurmId} less {SlurmMin}, or {Kubernetes}; {Auto} takes N from {SlurmCount}.",
        HelpName = $"N|{Auto}",
    };

    /// <summary>Creates the options.</summary>
    /// <param name="what">What a part is of and where it goes, for the help.</param>
    public ShardOptions(string what) => _shard.Description
        = $"Do part I of N alone, I from 0 to N − 1, N up to {Shard.MostShards}: {what}";

    /// <summary>Name of the first option, for messages.</summary>
    public string Name => _shard.Name;

    public void AddTo(Command command)
    {
        command.Add(_shard);
        command.Add(_shards);
    }

    /// <summary>The part asked for, or null for the whole.</summary>
    public Shard? Bind(ParseResult parsed, Func<string, string?> environment)
    {
        string? one = parsed.GetValue(_shard), all = parsed.GetValue(_shards);
        if (one is not null && all is not null)
            throw new UserError($"{_shard.Name} and {_shards.Name} both say which part to do; give one of them.");
        if (one is not null)
            return Shard.TryParse(one, out Shard shard) ? shard : throw new UserError(
                $"{_shard.Name} is '{one}'; it must be I/N with N from 1 to {Shard.MostShards} and I from 0 to N − 1, such as 0/8.");
        return all is null ? null : OfScheduler(all, environment);
    }

    private Shard OfScheduler(string all, Func<string, string?> environment)
    {
        int? count = all == Auto ? null : Number(_shards.Name, all, 1, Shard.MostShards);
        Shard shard;
        if (environment(SlurmId) is not null)
            shard = OfSlurm(count, environment);
        else if (environment(Kubernetes) is { } index)
            shard = new Shard(Number(Kubernetes, index, 0, int.MaxValue), count ?? throw new UserError(
                $"{_shards.Name} is {Auto}, which takes {SlurmCount}; it is not set. Give the number of parts."));
        else
            throw new UserError(
                $"{_shards.Name} takes the part's number from {SlurmId} or {Kubernetes}; neither is set. Give {_shard.Name} I/N.");
        return shard.IsValid ? shard : throw new UserError(
            $"the scheduler's number of the part is {shard.Index}; with {_shards.Name} {shard.Count} it must be from 0 to "
            + $"{shard.Count - 1}.");
    }

    /// <summary>The part of an array job, whose numbers must follow each other and be as many as the parts.</summary>
    private Shard OfSlurm(int? asked, Func<string, string?> environment)
    {
        (int id, int count, int min, int max) = (Variable(SlurmId), Variable(SlurmCount), Variable(SlurmMin), Variable(SlurmMax));
        if (asked is { } n && n != count)
            throw new UserError($"{_shards.Name} is {n}; {SlurmCount} is {count}: the array must have a task for every part.");
        if ((long)max - min + 1 != count)
            throw new UserError(
                $"{SlurmCount} is {count} from {SlurmMin} {min} to {SlurmMax} {max}; the array's numbers must follow each other (a step of "
                + "1).");
        return new Shard(id - min, count);

        int Variable(string name) => Number(name, environment(name) ?? throw new UserError(
            $"{SlurmId} is set and {name} is not; an array job of Slurm has both."), 0, int.MaxValue);
    }

    private static int Number(string name, string text, int least, int most)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most ? number
            : throw new UserError($"{name} is '{text}'; it must be a whole number from {least} to {most}.");
}
