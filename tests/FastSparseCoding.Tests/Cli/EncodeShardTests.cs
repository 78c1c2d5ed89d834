using System.Text.Json.Nodes;
using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Imaging;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Cli;

/// <summary>Parts of an encoding, merged, are the bytes of one run.</summary>
public sealed class EncodeShardTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private const int Rows = 4500;      // five blocks

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(".npz")]
    [InlineData(".npy")]
    [InlineData(".safetensors")]
    [InlineData(".csv")]
    public void Any_number_of_parts_makes_the_same_bytes(string ending)
    {
        (string signals, string atoms) = Arrays();
        string whole = _folder.File("whole" + ending);
        CommandLine.Succeed("encode", atoms, signals, "-o", whole);

        foreach (int count in new[] { 1, 2, 3, 8 })
        {
            string joined = _folder.File($"joined-{count}{ending}");
            Parts(count, joined, "encode", atoms, signals);
            CommandLine.Succeed("merge", "-o", joined);
            Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(joined));
        }
    }

    [Theory]
    [InlineData("--lambda 0.1max")]
    [InlineData("--max-atoms 3 --error 0.5")]
    [InlineData("--non-negative --ridge 0.1 --solver cd")]
    [InlineData("--mask")]
    [InlineData("--warm-start")]
    [InlineData("encoder")]
    public void Every_way_to_encode_can_be_parted(string way)
    {
        string[] command = EncodeWays.Prepare(way, 2500, workspace, _folder);

        JsonNode whole = Json(CommandLine.Succeed([.. command, "-o", _folder.File("whole.npz"), "--json"]));
        Parts(3, _folder.File("joined.npz"), command);
        JsonNode joined = Json(CommandLine.Succeed("merge", "-o", _folder.File("joined.npz"), "--json"));

        Assert.Equal(File.ReadAllBytes(_folder.File("whole.npz")), File.ReadAllBytes(_folder.File("joined.npz")));
        EncodeWays.RequireSameFacts(whole, joined);
        Assert.Equal(3, (int)joined["parts"]!);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(20)]        // more than pictures
    public void Pictures_on_a_grid_with_signals_and_places(int count)
    {
        string[] outputs = [_folder.File("z.npz"), _folder.File("x.npy"), _folder.File("places.npz")];
        CommandLine.Succeed("encode", workspace.Dictionary, workspace.Images, "--stride", "4", "-o", _folder.File("whole.npz"),
            "--signals", _folder.File("whole.npy"), "--places", _folder.File("whole-places.npz"));

        Parts(count, outputs[0], "encode", workspace.Dictionary, workspace.Images, "--stride", "4", "--signals", outputs[1], "--places",
            outputs[2]);
        foreach (string output in outputs)
            CommandLine.Succeed("merge", "-o", output);

        Assert.Equal(File.ReadAllBytes(_folder.File("whole.npz")), File.ReadAllBytes(outputs[0]));
        Assert.Equal(File.ReadAllBytes(_folder.File("whole.npy")), File.ReadAllBytes(outputs[1]));
        Assert.Equal(File.ReadAllBytes(_folder.File("whole-places.npz")), File.ReadAllBytes(outputs[2]));
    }

    [Theory]
    [InlineData("random")]
    [InlineData("digits")]
    public void Patches_at_random_places_and_pictures_taken_whole(string input)
    {
        DigitFiles.Write(_folder.File("mnist"));
        string digits = Directory.EnumerateFiles(_folder.File("mnist"), "train-images*").First(), atoms = _folder.File("atoms.npy");
        int side = LabelledImages.ReadSquare(digits).Side;
        Npy.Write(atoms, RandomData.Dictionary(10, side * side, seed: 1).Atoms);
        string[] command = input == "random" ? ["encode", workspace.Dictionary, workspace.Images, "--samples", "3000"]
            : ["encode", atoms, digits];
        CommandLine.Succeed([.. command, "-o", _folder.File("whole.npy")]);

        Parts(2, _folder.File("joined.npy"), command);
        CommandLine.Succeed("merge", "-o", _folder.File("joined.npy"));

        Assert.Equal(File.ReadAllBytes(_folder.File("whole.npy")), File.ReadAllBytes(_folder.File("joined.npy")));
    }

    /// <summary>Random patches may be of any picture: every part leaves out the same ones.</summary>
    [Fact]
    public void A_picture_that_every_part_leaves_out_is_told_and_counted_once()
    {
        string images = _folder.File("images");
        Directory.CreateDirectory(images);
        string photograph = Directory.EnumerateFiles(workspace.Images).Order(StringComparer.Ordinal).First();
        File.Copy(photograph, Path.Combine(images, Path.GetFileName(photograph)));
        File.WriteAllBytes(Path.Combine(images, "bad.png"), [1, 2, 3]);

        Parts(2, _folder.File("z.npz"), "encode", workspace.Dictionary, images, "--samples", "3000", "--skip-bad");
        Outcome merged = CommandLine.Succeed("merge", "-o", _folder.File("z.npz"), "--json", "-q");

        Assert.StartsWith($"warning: {Path.Combine(images, "bad.png")}: ", Assert.Single(merged.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(1, (int)Json(merged)["skipped_files"]!);
    }

    [Fact]
    public void A_part_reads_its_own_rows_only()
    {
        (string signals, string atoms) = Arrays(x => x[3000, 2] = float.NaN);       // in the third block

        CommandLine.Succeed("encode", atoms, signals, "-o", _folder.File("z.npy"), "--shard", "0/2");
        CommandLine.Refuse($"{signals}: holds NaN at row 3000, column 2; every value must be finite.",
            "encode", atoms, signals, "-o", _folder.File("z.npy"), "--shard", "1/2");
        Assert.Equal(["d.npy", "x.npy", "z.npy.0-of-2.part.npz"], _folder.Names);
    }

    [Fact]
    public void A_part_reads_its_own_pictures_only_and_may_leave_all_of_them_out()
    {
        string images = _folder.File("images");
        Directory.CreateDirectory(images);
        foreach (string path in Directory.EnumerateFiles(workspace.Images).Order(StringComparer.Ordinal).Take(3))
            File.Copy(path, Path.Combine(images, Path.GetFileName(path)));
        File.WriteAllBytes(Path.Combine(images, "02.png"), [1, 2, 3]);
        string[] command = ["encode", workspace.Dictionary, images, "-o", _folder.File("z.npz")];

        CommandLine.Succeed([.. command, "--shard", "0/3"]);
        Assert.Equal(1, CommandLine.Run([.. command, "--shard", "2/3", "-q"]).ExitCode);

        File.Delete(_folder.File("z.npz.0-of-3.part.npz"));
        Parts(3, _folder.File("z.npz"), [.. command[..^2], "--skip-bad"]);
        Outcome merged = CommandLine.Succeed("merge", "-o", _folder.File("z.npz"), "--json", "-q");
        Assert.StartsWith($"warning: {Path.Combine(images, "02.png")}: ", Assert.Single(merged.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(1, (int)Json(merged)["skipped_files"]!);
        CommandLine.Succeed("encode", workspace.Dictionary, images, "-o", _folder.File("whole.npz"), "--skip-bad");
        Assert.Equal(File.ReadAllBytes(_folder.File("whole.npz")), File.ReadAllBytes(_folder.File("z.npz")));
    }

    [Fact]
    public void A_finished_part_is_skipped_and_one_of_another_job_refused()
    {
        (string signals, string atoms) = Arrays();
        string[] command = ["encode", atoms, signals, "-o", _folder.File("z.npz"), "--shard", "1/3"];
        string part = _folder.File("z.npz.1-of-3.part.npz");
        CommandLine.Succeed(command);
        DateTime written = File.GetLastWriteTimeUtc(part);

        Outcome again = CommandLine.Succeed([.. command, "-q", "--json"]);
        Assert.Equal($"{part}: is done already; it stays as it is.\n", again.Error);
        Assert.True((bool)Json(again)["skipped"]!);
        Assert.Equal(written, File.GetLastWriteTimeUtc(part));

        CommandLine.Refuse(
            $"{part}: is of another job: its sparsity penalty is 'lambda 0.5'; expected 'lambda 0.25'. Move it away, or give another "
            + "--output.",
            [.. command, "--lambda", "0.25"]);
    }

    [Fact]
    public void A_part_of_pictures_that_have_changed_since_is_refused()
    {
        string images = _folder.File("images"), picture = Path.Combine(images, "a.pgm"), part = _folder.File("z.npz.0-of-1.part.npz");
        Directory.CreateDirectory(images);
        byte[] bytes = [.. "P5 20 20 255\n"u8, .. Enumerable.Range(0, 400).Select(i => (byte)(i * 37))];
        File.WriteAllBytes(picture, bytes);
        string[] command = ["encode", workspace.Dictionary, images, "-o", _folder.File("z.npz"), "--shard", "0/1", "-q"];
        CommandLine.Succeed(command);
        bytes[100] ^= 255;
        File.WriteAllBytes(picture, bytes);

        Outcome outcome = CommandLine.Run(command);

        Assert.StartsWith($"error: {part}: is of another job: what it was made from is '", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(1, outcome.ExitCode);
    }

    [Fact]
    public void A_part_that_was_stopped_leaves_nothing()
    {
        (string signals, string atoms) = Arrays();
        Outcome outcome = CommandLine.Run(new CancellationToken(canceled: true), "encode", atoms, signals, "-o", _folder.File("z.npz"),
            "--signals", _folder.File("s.npy"), "--shard", "1/3");

        Assert.Equal(130, outcome.ExitCode);
        Assert.Equal(["d.npy", "x.npy"], _folder.Names);
    }

    private (string Signals, string Atoms) Arrays(Action<Matrix>? change = null)
    {
        (string signals, string atoms) = (_folder.File("x.npy"), _folder.File("d.npy"));
        Matrix x = RandomData.Normal(Rows, 6, seed: 1);
        change?.Invoke(x);
        Npy.Write(signals, x);
        Npy.Write(atoms, RandomData.Dictionary(9, 6, seed: 2).Atoms);
        return (signals, atoms);
    }

    /// <summary>All parts, the last one first.</summary>
    private static void Parts(int count, string output, params string[] command)
    {
        for (int i = count - 1; i >= 0; i--)
            CommandLine.Succeed([.. command, "-o", output, "--shard", $"{i}/{count}"]);
    }

    private static JsonNode Json(Outcome outcome) => JsonNode.Parse(outcome.Out)!;
}
