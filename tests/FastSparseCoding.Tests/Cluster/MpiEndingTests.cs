using System.Diagnostics;
using System.Globalization;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Cli;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Cluster;

/// <summary>Jobs of real engines that end before their time: what they say and leave, and that the rest is done later to the same
/// bits.</summary>
public sealed class MpiEndingTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string, string> EnginesAndCommands { get; } = [.. from engine in MpiEngine.Names
        from command in (string[])["learn", "train", "encode"] select new TheoryDataRow<string, string>(engine, command)];

    public static TheoryData<string> Engines { get; } = [.. MpiEngine.Names];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(EnginesAndCommands))]
    public void A_rank_that_is_killed_ends_the_job_and_the_rest_is_done_later_to_the_same_bits(string engine, string command)
    {
        string[] line = Prepare(command, isLong: false);
        string output = line[^1];
        Outcome alone = MpiEngine.Run(MpiEngine.Alone(_folder.Path, OutputTests.ToolPath, [.. line, "-q"]));
        Assert.True(alone.ExitCode == 0, alone.Error);
        byte[] bytes = File.ReadAllBytes(_folder.File(output));
        File.Delete(_folder.File(output));
        string[] inputs = _folder.Names;

        using (RunningJob job = Start(engine, seconds: 0, line))
        {
            Assert.False(job.HasEnded, "it had ended before it was killed");
            job.Send(RunningJob.Kill, rank: 1);
            Assert.NotEqual(0, job.End().ExitCode);
        }

        Assert.DoesNotContain(output, _folder.Names);
        Outcome rest = MpiEngine.Run(command == "encode"
            ? MpiEngine.Start(engine, 3, _folder.Path, OutputTests.ToolPath, [.. line, "--mpi", "-q"])
            : Resume(engine, [.. line, "-q", "--resume"]));
        Assert.True(rest.ExitCode == 0, rest.Error);
        Assert.Equal(bytes, File.ReadAllBytes(_folder.File(output)));
        Assert.Equal([.. inputs.Append(output).Order(StringComparer.Ordinal)], _folder.Names);
    }

    [Theory]
    [MemberData(nameof(EnginesAndCommands))]
    public void An_interruption_of_the_launcher_is_told_once_and_leaves_only_what_is_whole(string engine, string command)
    {
        string[] line = Prepare(command, isLong: true);
        string[] inputs = _folder.Names;

        using RunningJob job = Start(engine, seconds: 3, line);
        job.Send(RunningJob.Interrupt);
        (int code, string error) = job.End();

        if (engine != "mpirun.mpich")
            Assert.NotEqual(0, code);       // MPICH's launcher, told to end, ends well
        string[] left = [.. _folder.Names.Except(inputs)];
        if (command == "encode")
        {
            Assert.Equal(["interrupted"], Told(error));
            Assert.All(left, name => Assert.EndsWith(".part.npz", name, StringComparison.Ordinal));
            return;
        }
        Assert.Equal([$"'{Assert.Single(left)}' holds the state; --resume goes on from it.", "interrupted"], Told(error));
        Assert.EndsWith(".checkpoint", left[0], StringComparison.Ordinal);
    }

    /// <summary>Rank 0 is made to take long over the state that it saves, by stopping it there.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public void A_rank_that_has_ended_waits_for_the_one_that_saves_the_state(string engine)
    {
        // The next state that it would save by itself is a second away.
        string[] learn = ["learn", "x.npy", "--atoms", "1500", "--samples", "200000", "--batch", "256", "-o", "learned.safetensors"];
        RowsWriter.Write(_folder.File("x.npy"), RandomData.Normal(3000, 16, seed: 1), "signals");

        using RunningJob job = StopWhileSaving(engine, learn);
        // Twice as long as a process has to end after a signal.
        Assert.False(job.EndsWithin(TimeSpan.FromSeconds(2)), "the job has ended while a rank was saving");
        Assert.True(IsSaving());
        job.Send(RunningJob.Continue, rank: 0);
        (_, string error) = job.End();

        Assert.Equal(["'learned.safetensors.checkpoint' holds the state; --resume goes on from it.", "interrupted"], Told(error));
        Assert.Equal(["learned.safetensors.checkpoint", "x.npy"], _folder.Names);
    }

    private bool IsSaving() => _folder.Names.Any(name => name.StartsWith(".partial-", StringComparison.Ordinal));

    /// <summary>Two ranks that were told to end, of which the first is stopped while it saves. That takes a hundredth of a second, and on a
    /// busy machine is missed now and then.</summary>
    private RunningJob StopWhileSaving(string engine, string[] learn)
    {
        string[] inputs = _folder.Names;
        for (int tries = 0; tries < 20; tries++)
        {
            RunningJob job = Start(engine, seconds: 1, learn);
            job.TrySend(RunningJob.Terminate, rank: 0);
            job.TrySend(RunningJob.Terminate, rank: 1);
            job.Wait(IsSaving);
            if (job.TrySend(RunningJob.Stop, rank: 0) && !job.EndsWithin(TimeSpan.FromMilliseconds(50)) && IsSaving())
                return job;
            job.TrySend(RunningJob.Continue, rank: 0);
            job.End();
            job.Dispose();
            foreach (string name in _folder.Names.Except(inputs))
                File.Delete(_folder.File(name));
        }
        throw new TimeoutException("no state was saved slowly enough to be met");
    }

    /// <summary>The lines that the ranks wrote; those of the launchers are others.</summary>
    private static string[] Told(string error) => [.. error.Split('\n').Where(line => line.StartsWith("error: ", StringComparison.Ordinal)
        || line.Contains("interrupted", StringComparison.Ordinal) || line.Contains("--resume", StringComparison.Ordinal))];

    /// <summary>Writes what a command reads.</summary>
    /// <param name="command">Its name.</param>
    /// <param name="isLong">Whether there is to be more of it than will be done.</param>
    /// <returns>The command, its output last.</returns>
    private string[] Prepare(string command, bool isLong)
    {
        // A second behind the first checkpoint, whatever else the machine does before the ranks are disturbed; and in few large batches,
        // since ranks that wait for each other wait long where others want the cores too.
        string Samples(int some) => isLong ? "6000000" : some.ToString(CultureInfo.InvariantCulture);
        RowsWriter.Write(_folder.File("x.npy"), RandomData.Normal(600, 16, seed: 1), "signals");
        if (command == "learn")
            return [command, "x.npy", "--atoms", "400", "--batch", "2000", "--samples", Samples(400_000), "-o", "learned.safetensors"];
        if (command == "train")
        {
            ModelFile.Save(_folder.File("d.safetensors"), RandomData.Dictionary(400, 16, seed: 2), 0.5f, null);
            return [command, "d.safetensors", "x.npy", "--batch", "1024", "--depth", "4", "--learning-rate", "0.001", "--samples",
                Samples(120_000), "-o", "trained.safetensors"];
        }
        // Zeros are coded at once, the signals behind them take a second or more.
        Matrix signals = new(20_480, 64), costly = RandomData.Normal(isLong ? 4096 : 900, 64, seed: 3);
        costly.Values.CopyTo(signals.Values[^costly.Values.Length..]);
        RowsWriter.Write(_folder.File("s.npy"), signals, "signals");
        ModelFile.Save(_folder.File("d.safetensors"), RandomData.Dictionary(256, 64, seed: 4), isLong ? 0.02f : 0.3f, null);
        return [command, "d.safetensors", "s.npy", "--solver", "fista", "-o", "codes.npz"];
    }

    /// <summary>Another number of ranks, or none.</summary>
    private ProcessStartInfo Resume(string engine, string[] line) => engine == "mpirun.openmpi"
        ? MpiEngine.Start(engine, 3, _folder.Path, OutputTests.ToolPath, [.. line, "--mpi"])
        : MpiEngine.Alone(_folder.Path, OutputTests.ToolPath, line);

    /// <summary>Two ranks that are under way: learning and training have left a checkpoint, encoding a part.</summary>
    private RunningJob Start(string engine, int seconds, string[] line)
    {
        ProcessStartInfo start = MpiEngine.Start(engine, 2, _folder.Path, OutputTests.ToolPath, [.. line, "--mpi", "-q"]);
        MpiEngine.GiveTimeToEnd(start, seconds);
        var job = new RunningJob(start, ranks: 2);
        job.Wait(() => line[0] == "encode" ? _folder.Names.Any(name => name.EndsWith(".part.npz", StringComparison.Ordinal))
            : File.Exists(_folder.File($"{line[^1]}.checkpoint")));
        return job;
    }
}
