using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Cli;

/// <summary>Which part a command line asks for, with the variables of schedulers.</summary>
public sealed class ShardOptionsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _signals, _atoms, _codes;

    public ShardOptionsTests()
    {
        (_signals, _atoms, _codes) = (_folder.File("x.npy"), _folder.File("d.npy"), _folder.File("codes.npz"));
        Npy.Write(_signals, RandomData.Normal(20, 6, seed: 1));
        Npy.Write(_atoms, RandomData.Dictionary(8, 6, seed: 2).Atoms);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("0/1", "0-of-1")]
    [InlineData("7/8", "7-of-8")]
    [InlineData("999999/1000000", "999999-of-1000000")]
    public void A_part_is_named_by_its_number(string shard, string name)
    {
        CommandLine.Succeed([.. Encode, "--shard", shard]);

        Assert.Contains($"codes.npz.{name}.part.npz", _folder.Names);
    }

    [Theory]
    [InlineData("8/8")]
    [InlineData("-1/8")]
    [InlineData("0/0")]
    [InlineData("0/1000001")]
    [InlineData("1")]
    [InlineData("one/2")]
    [InlineData("1/2/3")]
    public void Other_numbers_are_refused(string shard)
        => CommandLine.Refuse(
            $"--shard is '{shard}'; it must be I/N with N from 1 to 1000000 and I from 0 to N − 1, such as 0/8.",
            [.. Encode, $"--shard={shard}"]);

    [Theory]
    [InlineData("4", "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=4 SLURM_ARRAY_TASK_COUNT=4", "2-of-4")]
    [InlineData("auto", "SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_COUNT=8", "0-of-8")]
    [InlineData("5", "JOB_COMPLETION_INDEX=4", "4-of-5")]
    public void A_scheduler_tells_the_number(string shards, string variables, string name)
    {
        Outcome outcome = CommandLine.RunIn(Variables(variables), [.. Encode, "--shards", shards, "-q"]);

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Contains($"codes.npz.{name}.part.npz", _folder.Names);
    }

    [Fact]
    public void The_environment_alone_parts_nothing()
    {
        Outcome outcome = CommandLine.RunIn(Variables("JOB_COMPLETION_INDEX=1 SLURM_ARRAY_TASK_ID=1"), [.. Encode, "-q"]);

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(["codes.npz", "d.npy", "x.npy"], _folder.Names);
    }

    [Theory]
    [InlineData("8", "",
        "--shards takes the part's number from SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX; neither is set. Give --shard I/N.")]
    [InlineData("eight", "JOB_COMPLETION_INDEX=0", "--shards is 'eight'; it must be a whole number from 1 to 1000000.")]
    [InlineData("0", "JOB_COMPLETION_INDEX=0", "--shards is '0'; it must be a whole number from 1 to 1000000.")]
    [InlineData("auto", "JOB_COMPLETION_INDEX=0",
        "--shards is auto, which takes SLURM_ARRAY_TASK_COUNT; it is not set. Give the number of parts.")]
    [InlineData("4", "JOB_COMPLETION_INDEX=4", "the scheduler's number of the part is 4; with --shards 4 it must be from 0 to 3.")]
    [InlineData("4", "JOB_COMPLETION_INDEX=x", "JOB_COMPLETION_INDEX is 'x'; it must be a whole number from 0 to 2147483647.")]
    [InlineData("4", "SLURM_ARRAY_TASK_ID=1",
        "SLURM_ARRAY_TASK_ID is set and SLURM_ARRAY_TASK_COUNT is not; an array job of Slurm has both.")]
    [InlineData("8", "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=4 SLURM_ARRAY_TASK_COUNT=4",
        "--shards is 8; SLURM_ARRAY_TASK_COUNT is 4: the array must have a task for every part.")]
    [InlineData("4", "SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=6 SLURM_ARRAY_TASK_COUNT=4",
        "SLURM_ARRAY_TASK_COUNT is 4 from SLURM_ARRAY_TASK_MIN 0 to SLURM_ARRAY_TASK_MAX 6; the array's numbers must follow each other (a step of 1).")]
    public void A_scheduler_that_tells_something_else_is_refused(string shards, string variables, string message)
    {
        Outcome outcome = CommandLine.RunIn(Variables(variables), [.. Encode, "--shards", shards, "-q"]);

        Assert.Equal($"error: {message}\n", outcome.Error);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal(["d.npy", "x.npy"], _folder.Names);
    }

    [Fact]
    public void Parts_need_a_file_to_lie_beside()
        => CommandLine.Refuse("--output is -, standard output; parts need a file's name to lie beside.",
            "encode", _atoms, _signals, "-o", "-", "--shard", "0/2");

    [Fact]
    public void Both_options_are_one_too_many()
        => CommandLine.Refuse("--shard and --shards both say which part to do; give one of them.",
            [.. Encode, "--shard", "0/2", "--shards", "2"]);

    private string[] Encode => ["encode", _atoms, _signals, "-o", _codes];

    private static Dictionary<string, string> Variables(string text)
        => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split('=')).ToDictionary(v => v[0], v => v[1]);
}
