using System.Globalization;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Cli;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Cluster;

/// <summary>The scripts of samples/cluster without a cluster: each task is started with the variables that Slurm would set.
/// tests/slurm.sh runs them under Slurm.</summary>
public sealed class ClusterScriptTests : IDisposable
{
    private const int Tasks = 3, FirstTask = 10;

    private readonly TempFolder _folder = new();

    public ClusterScriptTests()
    {
        Npy.Write(_folder.File("signals.npy"), RandomData.Normal(3000, 16, seed: 1));
        ModelFile.Save(_folder.File("dictionary.safetensors"), RandomData.Dictionary(24, 16, seed: 2), 0.3f, null);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_tasks_of_the_array_and_the_merge_write_what_one_run_writes()
    {
        InFolder("encode", "dictionary.safetensors", "signals.npy", "--lambda", "0.2", "-o", "plain.npz");

        for (int task = 0; task < Tasks; task++)
            ClusterScript.Succeed("encode-array.sbatch", _folder, [.. Task(task), ("OPTIONS", "--lambda 0.2")]);
        ClusterScript.Succeed("merge.sbatch", _folder);

        Assert.Equal(Bytes("plain.npz"), Bytes("codes.npz"));
    }

    [Fact]
    public void Learning_in_an_array_writes_what_one_shard_makes()
    {
        InFolder("learn", "signals.npy", "--start", "dictionary.safetensors", "--shard", "0/1", "-o", "plain.safetensors");
        InFolder("merge", "-o", "plain.safetensors");

        for (int task = 0; task < Tasks; task++)
            ClusterScript.Succeed("learn-array.sbatch", _folder, Task(task));
        ClusterScript.Succeed("merge.sbatch", _folder, ("OUTPUT", "better.safetensors"));

        Assert.Equal(Bytes("plain.safetensors"), Bytes("better.safetensors"));
    }

    [Fact]
    public void Ranks_write_what_one_process_writes()
    {
        string launcher = string.Join(' ', MpiEngine.Start("mpirun.openmpi", 2, _folder.Path, "").ArgumentList.TakeWhile(a => a != "-n"));
        InFolder("encode", "dictionary.safetensors", "signals.npy", "--lambda", "0.2", "-o", "plain.npz");

        ClusterScript.Succeed("encode-mpirun.sh", _folder, ("MPIRUN", $"mpirun.openmpi {launcher}"), ("OPTIONS", "--lambda 0.2"));

        Assert.Equal(Bytes("plain.npz"), Bytes("codes.npz"));
    }

    [Fact]
    public void What_the_tool_refuses_the_task_fails_of()
    {
        Outcome outcome = ClusterScript.Run("encode-array.sbatch", _folder, [.. Task(0), ("INPUT", "nothing.npy")]);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal("error: nothing.npy: there is no such file.\n", outcome.Error);
    }

    [Theory]
    [InlineData(0, "requeue 77\n")]
    [InlineData(1, "requeue 77\n")]
    [InlineData(2, "")]
    public void A_task_whose_process_is_killed_is_queued_again_twice(int restarts, string asked)
    {
        ClusterScript.Program(_folder, "scontrol", "echo \"$@\"");

        Outcome outcome = ClusterScript.Run("encode-array.sbatch", _folder,
            [.. Task(0), ("SPARSECODE", ClusterScript.Program(_folder, "killed", "kill -9 $$")), ("SLURM_JOB_ID", "77"),
            ("SLURM_RESTART_COUNT", restarts.ToString(CultureInfo.InvariantCulture))]);

        Assert.Equal(asked, outcome.Out);
        Assert.Equal(137, outcome.ExitCode);
    }

    [Fact]
    public void Steps_of_learning_wait_for_each_other()
    {
        ClusterScript.Program(_folder, "sbatch", """
            echo "$START $OUTPUT ${*//*samples/samples}" >> submitted
            wc -l < submitted
            """);

        Outcome outcome = ClusterScript.Succeed("learn-rounds.sh", _folder, ("ROUNDS", "3"), ("SHARDS", "4"));

        Assert.Equal("6\n", outcome.Out);
        Assert.Equal(
            """
            dictionary.safetensors better-1.safetensors --parsable --array=0-3 samples/cluster/learn-array.sbatch
            dictionary.safetensors better-1.safetensors --parsable --dependency=afterok:1 samples/cluster/merge.sbatch
            better-1.safetensors better-2.safetensors --parsable --dependency=afterok:2 --array=0-3 samples/cluster/learn-array.sbatch
            better-1.safetensors better-2.safetensors --parsable --dependency=afterok:3 samples/cluster/merge.sbatch
            better-2.safetensors better.safetensors --parsable --dependency=afterok:4 --array=0-3 samples/cluster/learn-array.sbatch
            better-2.safetensors better.safetensors --parsable --dependency=afterok:5 samples/cluster/merge.sbatch

            """, File.ReadAllText(_folder.File("submitted")));
    }

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, " --resume")]
    public void Srun_starts_the_ranks_and_goes_on_from_a_checkpoint(bool hasCheckpoint, string resume)
    {
        ClusterScript.Program(_folder, "srun", "echo \"$@\"");
        if (hasCheckpoint)
            _folder.Write("dictionary.safetensors.checkpoint", []);

        Outcome outcome = ClusterScript.Succeed(
            "learn-mpi.sbatch", _folder, ("SPARSECODE", "sparsecode"), ("SLURM_CPUS_PER_TASK", "4"), ("MPI", "pmi2"),
            ("OPTIONS", "--samples 500"));

        Assert.Equal(
            "--mpi=pmi2 --cpus-per-task=4 --kill-on-bad-exit=1 sparsecode learn signals.npy --atoms 100 --mpi --threads 4 --quiet "
            + $"--samples 500{resume} -o dictionary.safetensors\n", outcome.Out);
    }

    private static (string Name, string Value)[] Task(int task) => [
        ("SLURM_ARRAY_TASK_ID", Text(FirstTask + task)), ("SLURM_ARRAY_TASK_COUNT", Text(Tasks)), ("SLURM_ARRAY_TASK_MIN", Text(FirstTask)),
        ("SLURM_ARRAY_TASK_MAX", Text(FirstTask + Tasks - 1)), ("SLURM_CPUS_PER_TASK", "1")];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private void InFolder(params string[] args)
        => CommandLine.Succeed([.. args.Select(arg => Path.HasExtension(arg) && !char.IsDigit(arg[0]) ? _folder.File(arg) : arg)]);

    private byte[] Bytes(string name) => File.ReadAllBytes(_folder.File(name));
}
