using FastSparseCoding.Cli.Sharding;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>What the guide to clusters says of parts and how they are merged.</summary>
public sealed class MergePromisesTests : IDisposable
{
    private const int Count = 3;

    private readonly TempFolder _folder = new();
    private readonly string[] _encode;

    public MergePromisesTests()
    {
        Npy.Write(_folder.File("x.npy"), RandomData.Normal(3000, 6, seed: 1));
        Npy.Write(_folder.File("d.npy"), RandomData.Dictionary(8, 6, seed: 2).Atoms);
        _encode = ["encode", _folder.File("d.npy"), _folder.File("x.npy"), "-o"];
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>By themselves in any order, by a pattern and by the name of their output.</summary>
    [Theory]
    [InlineData("z.npy.2-of-3.part.npz z.npy.0-of-3.part.npz z.npy.1-of-3.part.npz")]
    [InlineData("z.npy.*.part.npz")]
    [InlineData("z.npy")]
    public void Dense_parts_named_in_any_way_make_any_dense_file_and_stay(string named)
    {
        MakeParts("z.npy");
        string[] parts = [.. named.Split(' ').Select(_folder.File)];

        foreach (string ending in new[] { ".npy", ".safetensors", ".csv" })
        {
            string whole = _folder.File($"whole{ending}"), merged = _folder.File($"merged{ending}");
            Succeed([.. _encode, whole]);
            Succeed(["merge", .. parts, "-o", merged]);
            Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(merged));
        }
        (Outcome piped, byte[] bytes) = Pipe([], ["merge", .. parts, "-o", "-"]);
        Assert.True(piped.ExitCode == 0, piped.Error);
        Assert.Equal(File.ReadAllBytes(_folder.File("whole.npy")), bytes);
        Assert.Equal(Count, _folder.Names.Count(name => name.EndsWith(".part.npz", StringComparison.Ordinal)));
    }

    [Fact]
    public void Sparse_parts_are_sparse_matrices_by_themselves()
    {
        MakeParts("z.npz");
        Succeed("merge", "-o", _folder.File("z.npz"));

        SparseCodes whole = Npz.ReadCodes(_folder.File("z.npz"));
        SparseCodes[] parts = [.. Enumerable.Range(0, Count).Select(i => Npz.ReadCodes(_folder.File($"z.npz.{i}-of-3.part.npz")))];

        Assert.Equal([1024, 1024, 952], parts.Select(part => part.Rows));
        Assert.Equal(whole.Values.ToArray(), parts.SelectMany(part => part.Values.ToArray()));
        Assert.Equal(whole.ColumnIndices.ToArray(), parts.SelectMany(part => part.ColumnIndices.ToArray()));
    }

    [Theory]
    [InlineData("version", "0.0.1.0")]
    [InlineData("arithmetic", "a·b + c rounded thrice")]
    public void A_part_of_another_program_or_arithmetic_is_refused(string field, string value)
    {
        MakeParts("z.npy");
        string first = _folder.File("z.npy.0-of-3.part.npz"), other = _folder.File("z.npy.1-of-3.part.npz");
        PartInfo info = PartReader.ReadInfo(other);
        Job job = info.Job.Fields.Aggregate(new Job(), (made, f) => made.Add(f.Key, f.Key == field ? value : f.Value));
        AtomicFile.Write(other, stream =>
        {
            using var npz = new NpzOutput(stream);
            PartWriter.Describe(npz, info with { Job = job });
        });

        string difference = $"its {field} is '{value}'; expected '{info.Job[field]}'";
        Refuse($"{other}: is of another job than {first}: {difference}.", "merge", "-o", _folder.File("z.npy"));
        Refuse($"{other}: is of another job: {difference}. Move it away, or give another --output.",
            [.. _encode, _folder.File("z.npy"), "--shard", "1/3"]);
    }

    private void MakeParts(string output)
    {
        for (int i = 0; i < Count; i++)
            Succeed([.. _encode, _folder.File(output), "--shard", $"{i}/{Count}"]);
    }
}
