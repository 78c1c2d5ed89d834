using System.Text.Json.Nodes;
using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Cli;

/// <summary>A step of learning over all signals, in parts.</summary>
public sealed class LearnShardTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("array")]
    [InlineData("grid")]
    [InlineData("random")]
    public void Any_number_of_parts_makes_the_same_bytes(string input)
    {
        string signals = _folder.File("x.npy"), first = "";
        Npy.Write(signals, RandomData.Normal(6500, 36, seed: 1));
        string[] command = ["learn", .. input switch
        {
            "array" => new[] { signals },
            "grid" => [workspace.Images, "--stride", "3"],
            _ => [workspace.Images, "--samples", "5000"],
        }, "--start", workspace.Dictionary];

        foreach (int count in new[] { 1, 2, 3, 5, 20 })
        {
            string output = _folder.File(FormattableString.Invariant($"{count}.safetensors"));
            Round(count, output, command);
            if (first.Length > 0)
                Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(output));
            first = output;
        }
        Assert.Equal(input == "array" ? null : PatchPreprocessing.Read(workspace.Dictionary), PatchPreprocessing.Read(first));
        Assert.NotEqual(ModelFile.LoadDictionary(workspace.Dictionary).Hash, ModelFile.LoadDictionary(first).Hash);
    }

    [Fact]
    public void Rounds_lower_the_objective()
    {
        string start = workspace.Dictionary;
        double before = double.PositiveInfinity;
        for (int round = 0; round < 4; round++)
        {
            string output = _folder.File(FormattableString.Invariant($"{round}.safetensors"));
            double objective = Round(2, output, ["learn", workspace.Images, "--stride", "2", "--start", start]);
            Assert.InRange(objective, 0, before * 0.999);
            (before, start) = (objective, output);
        }
    }

    [Fact]
    public void Atoms_that_must_not_be_negative_stay_so()
    {
        string signals = _folder.File("x.npy"), atoms = _folder.File("d.npy");
        Matrix x = RandomData.Normal(1500, 8, seed: 1), d = RandomData.Normal(6, 8, seed: 2);
        System.Numerics.Tensors.TensorPrimitives.Abs(x.Values, x.Values);
        System.Numerics.Tensors.TensorPrimitives.Abs(d.Values, d.Values);
        Npy.Write(signals, x);
        Npy.Write(atoms, AtomDictionary.Normalize(d).Atoms);

        Round(2, _folder.File("d2.npy"), ["learn", signals, "--start", atoms, "--non-negative", "--non-negative-atoms", "--lambda", "0.2"]);

        Assert.True(Npy.ReadMatrix(_folder.File("d2.npy")).Values.IndexOfAnyInRange(float.NegativeInfinity, -float.Epsilon) < 0);
    }

    [Fact]
    public void A_finished_part_is_skipped()
    {
        string[] command = ["learn", workspace.Images, "--start", workspace.Dictionary, "-o", _folder.File("d.safetensors"), "--shard",
            "0/2"];
        CommandLine.Succeed(command);

        Outcome again = CommandLine.Succeed([.. command, "-q"]);

        Assert.Equal($"{_folder.File("d.safetensors.0-of-2.part.npz")}: is done already; it stays as it is.\n", again.Error);
    }

    [Fact]
    public void What_belongs_to_learning_in_batches_is_refused()
    {
        string[] command = ["learn", workspace.Images, "-o", _folder.File("d.safetensors")];
        CommandLine.Refuse("--shard takes the dictionary to move; give it with --start.", [.. command, "--shard", "0/2"]);
        CommandLine.Refuse("--batch is for learning batch by batch; --shard makes one step over all signals.",
            [.. command, "--start", workspace.Dictionary, "--shard", "0/2", "--batch", "100"]);
        CommandLine.Refuse("--stride is for --shard; without it patches are drawn at random.", [.. command, "--stride", "2"]);
    }

    /// <summary>All parts and their merge; the objective before it.</summary>
    private static double Round(int count, string output, string[] command)
    {
        for (int i = 0; i < count; i++)
            CommandLine.Succeed([.. command, "-o", output, "--shard", $"{i}/{count}"]);
        return (double)JsonNode.Parse(CommandLine.Succeed("merge", "-o", output, "--json").Out)!["objective"]!;
    }
}
