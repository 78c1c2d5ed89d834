using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FastSparseCoding.Mpi;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Cli;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Cluster;

/// <summary>The command line under the MPIs that are installed: the same files as without.</summary>
public sealed class MpiTests : IDisposable
{
    private static readonly string Collective = Path.Combine(AppContext.BaseDirectory, "FastSparseCoding.Ranks.dll");

    private readonly TempFolder _folder = new();

    public static TheoryData<string, int> EnginesAndRanks { get; } = [.. from engine in MpiEngine.Names
        from ranks in (int[])[1, 2, 4] select new TheoryDataRow<string, int>(engine, ranks)];

    public static TheoryData<string> Engines { get; } = [.. MpiEngine.Names];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(EnginesAndRanks))]
    public void Ranks_of_a_real_engine_keep_what_a_collective_promises(string engine, int ranks)
    {
        int size = ranks == 4 ? 5 : ranks;      // no power of two, too

        Outcome outcome = MpiEngine.Run(MpiEngine.Start(engine, size, _folder.Path, Collective));

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Contains($"{size} ranks keep what a collective promises", outcome.Out, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(EnginesAndRanks))]
    public void Learning_and_training_write_the_same_files_for_any_number_of_ranks(string engine, int ranks)
    {
        RowsWriter.Write(_folder.File("x.npy"), RandomData.Normal(600, 16, seed: 1), "signals");
        string[] learn = ["learn", "x.npy", "--atoms", "24", "--samples", "1200", "--batch", "150"],
            train = ["train", "alone.safetensors", "x.npy", "--samples", "4000", "--batch", "256", "--depth", "2",
                "--learning-rate", "0.01"];
        InFolder([.. learn, "-o", "alone.safetensors"]);
        InFolder([.. train, "-o", "alone-lista.safetensors"]);

        Outcome learned = Mpi(engine, ranks, [.. learn, "-o", "learned.safetensors"]);
        Outcome trained = Mpi(engine, ranks, [.. train, "-o", "trained.safetensors"]);

        Assert.True(learned.ExitCode == 0 && trained.ExitCode == 0, learned.Error + trained.Error);
        Assert.Equal(Bytes("alone.safetensors"), Bytes("learned.safetensors"));
        Assert.Equal(Bytes("alone-lista.safetensors"), Bytes("trained.safetensors"));
        Assert.Single(learned.Out.Split('\n'), line => line.StartsWith("hash ", StringComparison.Ordinal));
        if (ranks > 1)
            Assert.Contains($"{ranks} ranks, ", learned.Error, StringComparison.Ordinal);
        Assert.Equal(
            ["alone-lista.safetensors", "alone.safetensors", "learned.safetensors", "trained.safetensors", "x.npy"], _folder.Names);
    }

    [Theory]
    [InlineData("mpirun.openmpi", 1, "codes.npz")]
    [InlineData("mpirun.openmpi", 2, "codes.npz")]
    [InlineData("mpirun.openmpi", 4, "codes.npy")]
    [InlineData("mpirun.mpich", 1, "codes.npz")]
    [InlineData("mpirun.mpich", 2, "codes.csv")]
    [InlineData("mpirun.mpich", 4, "codes.npz")]
    public void Encoding_writes_the_same_file_for_any_number_of_ranks(string engine, int ranks, string codes)
    {
        RowsWriter.Write(_folder.File("x.npy"), RandomData.Normal(3000, 16, seed: 1), "signals");
        ModelFile.Save(_folder.File("d.safetensors"), RandomData.Dictionary(24, 16, seed: 2), 0.3f, null);
        InFolder("encode", "d.safetensors", "x.npy", "-o", $"alone-{codes}");

        Outcome shared = Mpi(engine, ranks, "encode", "d.safetensors", "x.npy", "-o", codes, "--signals", "again.npy", "--json");

        Assert.True(shared.ExitCode == 0, shared.Error);
        Assert.Equal(3000, JsonDocument.Parse(shared.Out).RootElement.GetProperty("rows").GetInt32());
        Assert.Equal(Bytes($"alone-{codes}"), Bytes(codes));
        Assert.Equal(Bytes("x.npy"), Bytes("again.npy"));
        Assert.Equal(["again.npy", $"alone-{codes}", codes, "d.safetensors", "x.npy"], _folder.Names);
    }

    /// <summary>The second of three blocks, which rank 1 encodes, holds what cannot be encoded.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public void What_one_rank_meets_ends_all_and_writes_nothing(string engine)
    {
        Matrix x = RandomData.Normal(3000, 16, seed: 1);
        x[1800, 3] = float.NaN;
        RowsWriter.Write(_folder.File("x.npy"), x, "signals");
        ModelFile.Save(_folder.File("d.safetensors"), RandomData.Dictionary(24, 16, seed: 2), 0.3f, null);

        Outcome outcome = Mpi(engine, 2, "encode", "d.safetensors", "x.npy", "-o", "codes.npz");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal(
            ["error: rank 1 stopped: x.npy: holds NaN at row 1800, column 3; every value must be finite."], Errors(outcome));
        Assert.DoesNotContain("codes.npz", _folder.Names);
    }

    /// <summary>MPICH's launcher gives every rank all cores, which they share.</summary>
    [Fact]
    public void What_each_rank_gets_is_told_and_a_batch_that_is_too_small()
    {
        RowsWriter.Write(_folder.File("x.npy"), RandomData.Normal(600, 16, seed: 1), "signals");
        ModelFile.Save(_folder.File("d.safetensors"), RandomData.Dictionary(24, 16, seed: 2), 0.5f, null);
        string[] train = ["train", "d.safetensors", "x.npy", "--samples", "4000", "--depth", "1", "--learning-rate", "0.01",
            "-o", "e.safetensors"];
        int threads = Math.Max(1, Environment.ProcessorCount / 2);

        Outcome small = Mpi("mpirun.mpich", 2, train);
        Outcome shared = Mpi("mpirun.mpich", 2, [.. train, "--batch", "128", "--threads", "3"]);

        Assert.True(small.ExitCode == 0 && shared.ExitCode == 0, small.Error + shared.Error);
        Assert.Contains($"2 ranks, {threads} thread{(threads == 1 ? "" : "s")} each", small.ErrorLines);
        Assert.Contains(
            "warning: 1 of 2 ranks share a batch of 64: a power of two, at most one for every 64 rows; see --batch.", small.ErrorLines);
        Assert.Contains("2 ranks, 3 threads each", shared.ErrorLines);
        Assert.DoesNotContain("warning: ", shared.Error, StringComparison.Ordinal);
    }

    /// <summary>A shell gives rank 1 another command line than rank 0.</summary>
    [Theory]
    [InlineData("mpirun.openmpi", "--bogus", "rank 1 stopped: '--bogus' is no option of 'sparsecode learn'.")]
    [InlineData("mpirun.mpich", "--help", "rank 1 is at other work than cores; all ranks must be given the same command line.")]
    [InlineData("mpirun.mpich", "--batch 300", "rank 1 has the learning '24 atoms, lambda 0.5, Online, samples 1200, batch 300, ")]
    public void A_rank_with_another_command_line_ends_all(string engine, string other, string message)
    {
        RowsWriter.Write(_folder.File("x.npy"), RandomData.Normal(600, 16, seed: 1), "signals");
        ProcessStartInfo start = MpiEngine.Start(engine, 2, _folder.Path, OutputTests.ToolPath);
        string[] launcher = [.. start.ArgumentList.TakeWhile(a => a != "dotnet")];
        start.ArgumentList.Clear();
        foreach (string word in launcher)
            start.ArgumentList.Add(word);
        start.ArgumentList.Add("/bin/sh");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(
            $"[ \"${{OMPI_COMM_WORLD_RANK:-$PMI_RANK}}\" = 0 ] || more='{other}'; "
            + $"exec dotnet '{OutputTests.ToolPath}' learn x.npy --atoms 24 --samples 1200 -o d.safetensors --mpi $more");

        Outcome outcome = MpiEngine.Run(start);

        Assert.NotEqual(0, outcome.ExitCode);
        Assert.StartsWith($"error: {message}", Assert.Single(Errors(outcome)), StringComparison.Ordinal);
        Assert.DoesNotContain("d.safetensors", _folder.Names);
    }

    [Fact]
    public void Files_that_another_rank_leaves_out_are_told_and_counted_and_parts_of_shards_stay()
    {
        Directory.CreateDirectory(_folder.File("pictures"));
        foreach (string name in new[] { "a.pgm", "b.pgm", "c.pgm" })
            File.WriteAllBytes(_folder.File($"pictures/{name}"), [.. "P5 16 16 255\n"u8, .. new Random(name[0]).GetItems(
                [.. Enumerable.Range(0, 256).Select(i => (byte)i)], 256)]);
        File.WriteAllText(_folder.File("pictures/d.pgm"), "P5 16 16 255\n");
        ModelFile.Save(_folder.File("d.safetensors"), RandomData.Dictionary(24, 16, seed: 2), 0.3f, null);
        string[] encode = ["encode", "d.safetensors", "pictures", "--patch", "4", "--skip-bad", "-o", "codes.npz"];
        InFolder([.. encode, "--shard", "0/2"]);

        Outcome outcome = Mpi("mpirun.mpich", 2, [.. encode, "--json"]);

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(1, JsonDocument.Parse(outcome.Out).RootElement.GetProperty("skipped_files").GetInt32());
        Assert.Single(outcome.ErrorLines, line => line.StartsWith("warning: pictures/d.pgm: ", StringComparison.Ordinal));
        Assert.Equal(["codes.npz", "codes.npz.0-of-2.part.npz", "d.safetensors", "pictures"], _folder.Names);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void What_is_wrong_is_told_once(string engine)
    {
        Outcome piped = Mpi(engine, 2, "learn", "-", "-o", "d.safetensors");
        Assert.Equal(["error: '-' is one process's standard input; ranks need a file that all of them see."], Errors(piped));

        Outcome missing = Mpi(engine, 2, "learn", "nothing.npy", "-o", "d.safetensors");
        Outcome unknown = Mpi(engine, 2, "learn", "nothing.npy", "--atom", "3", "-o", "d.safetensors");
        Outcome valued = MpiEngine.Run(
            MpiEngine.Start(engine, 2, _folder.Path, OutputTests.ToolPath, "learn", "nothing.npy", "-o", "d.safetensors", "--mpi=true"));

        Assert.Equal(1, missing.ExitCode);
        Assert.Equal(["error: nothing.npy: there is no such file."], Errors(missing));
        Assert.Equal((2, 2), (unknown.ExitCode, valued.ExitCode));
        Assert.Single(Errors(unknown));
        Assert.Equal(["error: --mpi is given, or left away; 'true' behind it is too much."], Errors(valued));
    }

    [Theory]
    [InlineData("encode d.safetensors x.npy -o -", "--output is -, standard output; parts need a file's name to lie beside.")]
    [InlineData("encode d.safetensors x.npy -o codes.npz --shard 0/2", "--mpi makes a part of every rank itself; leave --shard away.")]
    [InlineData("encode d.safetensors x.npy -o codes.npz --shards 2", "--mpi makes a part of every rank itself; leave --shard away.")]
    [InlineData("learn x.npy --start d.safetensors -o codes.npz --shard 0/2",
        "--mpi is for learning batch by batch; --shard makes one step over all signals.")]
    public void What_ranks_cannot_do_is_refused(string line, string message)
    {
        RowsWriter.Write(_folder.File("x.npy"), RandomData.Normal(30, 16, seed: 1), "signals");
        ModelFile.Save(_folder.File("d.safetensors"), RandomData.Dictionary(24, 16, seed: 2), 0.3f, null);
        ProcessStartInfo start = MpiEngine.Start("mpirun.mpich", 2, _folder.Path, OutputTests.ToolPath, [.. line.Split(' '), "--mpi"]);
        start.Environment["JOB_COMPLETION_INDEX"] = "0";

        Outcome outcome = MpiEngine.Run(start);

        Assert.Equal((1, "", $"error: {message}"), (outcome.ExitCode, outcome.Out, Assert.Single(Errors(outcome))));
        Assert.Equal(["d.safetensors", "x.npy"], _folder.Names);
    }

    [Fact]
    public void A_library_of_another_engine_than_the_launcher_is_refused()
    {
        ProcessStartInfo start = MpiEngine.Start("mpirun.mpich", 2, _folder.Path, Collective);
        Assert.SkipUnless(File.Exists("/usr/lib/x86_64-linux-gnu/libmpi.so.40"), "There is only one MPI here.");
        start.Environment[MpiLibrary.Variable] = "libmpi.so.40";

        Outcome outcome = MpiEngine.Run(start);

        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains("2 processes were started together, but the MPI library 'libmpi.so.40' knows of 1: it is not the one that the "
            + "launcher belongs to; name that in FASTSPARSECODING_MPI.", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("libnone.so", "no MPI library: libnone.so cannot be loaded; install Open MPI or MPICH (Debian: openmpi-bin or mpich), or "
        + "name the library in FASTSPARSECODING_MPI.")]
    [InlineData("libz.so.1", "the MPI library 'libz.so.1' is neither Open MPI nor MPICH or a relative of it, which are the ones this "
        + "program can talk to; name another in FASTSPARSECODING_MPI.")]
    public void Without_an_MPI_that_is_said(string library, string message)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Libraries have other names.");
        ProcessStartInfo start = MpiEngine.Alone(_folder.Path, OutputTests.ToolPath, "learn", "x.npy", "-o", "d.safetensors", "--mpi");
        start.Environment[MpiLibrary.Variable] = library;

        Outcome outcome = MpiEngine.Run(start);

        Assert.Equal((1, $"error: --mpi: {message}\n"), (outcome.ExitCode, outcome.Error));
    }

    [Theory]
    [InlineData("OMPI_COMM_WORLD_SIZE", "libmpi.so.40", 4)]
    [InlineData("PMI_SIZE", "libmpi.so.40", 4)]
    [InlineData("SLURM_STEP_NUM_TASKS", "libmpi.so.40", 4)]
    [InlineData("PMI_RANK", "libmpich.so.12", null)]
    public void The_launcher_tells_which_library_and_how_many(string variable, string first, int? started)
    {
        string? Read(string name) => name == variable ? "4" : null;

        Assert.Equal(first, MpiLibrary.Candidates(Read)[0]);
        Assert.Equal(started, MpiRanks.StartedTogether(Read));
    }

    private static string[] Errors(Outcome outcome)
        => [.. outcome.ErrorLines.Where(line => line.StartsWith("error: ", StringComparison.Ordinal))];

    private Outcome Mpi(string engine, int ranks, params string[] arguments)
        => MpiEngine.Run(MpiEngine.Start(engine, ranks, _folder.Path, OutputTests.ToolPath, [.. arguments, "--mpi"]));

    private void InFolder(params string[] arguments)
    {
        Outcome outcome = MpiEngine.Run(MpiEngine.Alone(_folder.Path, OutputTests.ToolPath, [.. arguments, "-q"]));
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }

    private byte[] Bytes(string name) => File.ReadAllBytes(_folder.File(name));
}
