using System.Text;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Cli;

/// <summary>A merge names the part that is missing, there twice, of another job, or damaged, and then writes nothing.</summary>
public sealed class MergeTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _output;

    public MergeTests()
    {
        _output = _folder.File("z.npy");
        Npy.Write(_folder.File("x.npy"), RandomData.Normal(3000, 6, seed: 1));
        Npy.Write(_folder.File("d.npy"), RandomData.Dictionary(8, 6, seed: 2).Atoms);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_missing_part_is_named()
    {
        Encode("0/4", "2/4");
        CommandLine.Refuse($"{Part(0, 4)}: parts 1, 3 are missing of its 4; every part must be there.", "merge", "-o", _output);
        Encode("1/4");
        CommandLine.Refuse($"{Part(0, 4)}: part 3 is missing of its 4; every part must be there.", "merge", "-o", _output);
        CommandLine.Refuse(
            $"{_folder.File("none.npy")}: has no parts; there is no {_folder.File("none.npy.*-of-*.part.npz")}.",
            "merge", "-o", _folder.File("none.npy"));
        Assert.False(File.Exists(_output));
    }

    [Fact]
    public void Of_many_missing_parts_twenty_are_named()
    {
        Encode("0/40");
        CommandLine.Refuse(
            $"{Part(0, 40)}: parts {string.Join(", ", Enumerable.Range(1, 20))} and 19 more are missing of its 40; every part must be "
            + "there.",
            "merge", "-o", _output);
    }

    [Fact]
    public void A_part_that_is_there_twice_is_named()
    {
        Encode("0/2", "1/2");
        string copy = _folder.File("copy.1-of-2.part.npz");
        File.Copy(Part(1, 2), copy);

        CommandLine.Refuse($"{copy}: is part 1/2 a second time; {Part(1, 2)} is it too.", "merge", _output, copy, "-o", _output);
    }

    [Fact]
    public void A_part_of_another_job_is_named_with_what_differs()
    {
        Encode("0/2");
        CommandLine.Succeed("encode", _folder.File("d.npy"), _folder.File("x.npy"), "--lambda", "0.7", "-o", _output, "--shard", "1/2");
        CommandLine.Refuse(
            $"{Part(1, 2)}: is of another job than {Part(0, 2)}: its sparsity penalty is 'lambda 0.7'; expected 'lambda 0.5'.",
            "merge", "-o", _output);

        File.Delete(Part(1, 2));
        Encode("1/3");
        CommandLine.Refuse(
            $"{Part(1, 3)}: is of another job than {Part(0, 2)}: it is one of 3; expected one of 2.", "merge", "-o", _output);
    }

    [Fact]
    public void Another_form_than_that_of_the_parts_is_refused()
    {
        Encode("0/1");
        CommandLine.Refuse(
            $"{_folder.File("z.npz")}: its parts hold dense codes, for .npy, .safetensors or .csv; give a name of that ending.",
            "merge", _output, "-o", _folder.File("z.npz"));
    }

    [Theory]
    [InlineData(".npy")]
    [InlineData(".npz")]
    public void A_damaged_part_is_named_and_nothing_written(string ending)
    {
        string output = _folder.File("z" + ending), part = $"{output}.0-of-1.part.npz";
        CommandLine.Succeed("encode", _folder.File("d.npy"), _folder.File("x.npy"), "-o", output, "--shard", "0/1");
        byte[] bytes = File.ReadAllBytes(part);
        int refused = 0;
        for (int i = 0; i < bytes.Length; i += bytes.Length / 60)
        {
            File.WriteAllBytes(part, bytes[..i]);
            RefuseDamaged(part, output);
            byte[] changed = [.. bytes];
            changed[i] ^= 0x10;
            File.WriteAllBytes(part, changed);
            Outcome outcome = CommandLine.Run("merge", "-o", output, "-q");
            if (outcome.ExitCode == 0)
            {
                File.Delete(output);        // a byte that says nothing, such as a date
                continue;
            }
            refused++;
            Assert.StartsWith($"error: {part}", outcome.Error, StringComparison.Ordinal);
            Assert.False(File.Exists(output));
        }
        Assert.InRange(refused, 50, 70);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{'format': 1}")]
    [InlineData("{'a': 1, 'a': 2}")]
    [InlineData("{'format': 'sparsecode-part-1'}")]
    [InlineData("{'format': 'sparsecode-part-2'}")]
    [InlineData("{'format': 'sparsecode-part-1', 'kind': 'codes', 'shard': 1e99, 'shards': 1}")]
    [InlineData("{~, 'kind': 'codes', 'job': {}, 'facts': {}}")]
    [InlineData("{~, 'kind': 'codes', 'job': {}, 'facts': {'rows': 0, 'columns': 3, 'sparse': 0, 'numbers': {'\\ud800': 1}}}")]
    [InlineData("{~, 'kind': 'codes', 'job': {'a': 1}, 'facts': {}}")]
    [InlineData("{~, 'kind': 'codes', 'job': {}, 'facts': {'rows': -1, 'columns': 3, 'sparse': 0}}")]
    [InlineData("{~, 'kind': 'codes', 'job': {}, 'facts': {'rows': 1, 'columns': 3000000000, 'sparse': 0}}")]
    [InlineData("{~, 'kind': 'statistics', 'job': {}, 'facts': {'nodes': [[1]]}}")]
    [InlineData("{~, 'kind': 'pictures', 'job': {}, 'facts': {'table': 1, 'files': []}}")]
    public void Nonsense_in_a_part_is_refused_in_one_line(string json)
    {
        string part = Part(0, 1);
        string full = json.Replace("~", "'format': 'sparsecode-part-1', 'shard': 0, 'shards': 1, 'content': ''").Replace('\'', '"');
        Write(part, npz => npz.Add<byte>("part", Encoding.UTF8.GetBytes(full)));

        RefuseDamaged(part, _output);
    }

    [Fact]
    public void What_is_no_part_is_refused()
    {
        string part = Part(0, 1);
        Write(part, npz => npz.AddNumber("other", 1));
        CommandLine.Refuse($"{part}: is no part; expected what sparsecode writes with --shard.", "merge", "-o", _output);

        Write(part, npz => npz.AddText("part", "{}"));
        CommandLine.Refuse(
            $"{part}(part): is () of type '<U2'; expected at most (67108864,) of '|u1'.", "merge", "-o", _output);

        string info = "{'format': 'sparsecode-part-1', 'kind': 'poems', 'shard': 3, 'shards': 2, 'job': {}, 'content': '', 'facts': {}}"
            .Replace('\'', '"');
        Write(part, npz => npz.Add<byte>("part", Encoding.UTF8.GetBytes(info)));
        CommandLine.Refuse($"{part}: says that it is part 3/2; expected a part from 0 to n − 1 of n.", "merge", "-o", _output);

        Write(part, npz => npz.Add<byte>("part", Encoding.UTF8.GetBytes(info.Replace(": 3,", ": 0,").Replace(": 2,", ": 1,"))));
        CommandLine.Refuse($"{part}: holds 'poems', which this version cannot merge.", "merge", "-o", _output);
    }

    private static void RefuseDamaged(string part, string output)
    {
        Outcome outcome = CommandLine.Run("merge", "-o", output, "-q");
        Assert.StartsWith($"error: {part}", outcome.Error, StringComparison.Ordinal);
        Assert.Single(outcome.ErrorLines);
        Assert.Equal(1, outcome.ExitCode);
        Assert.False(File.Exists(output));
    }

    private static void Write(string path, Action<NpzOutput> members) => AtomicFile.Write(path, stream =>
    {
        using var npz = new NpzOutput(stream);
        members(npz);
    });

    private void Encode(params string[] shards)
    {
        foreach (string shard in shards)
            CommandLine.Succeed("encode", _folder.File("d.npy"), _folder.File("x.npy"), "-o", _output, "--shard", shard);
    }

    private string Part(int index, int count) => FormattableString.Invariant($"{_output}.{index}-of-{count}.part.npz");
}
