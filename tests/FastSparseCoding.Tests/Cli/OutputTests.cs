using System.Diagnostics;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>Outputs appear whole or not at all, and an existing one is never replaced by a broken one.</summary>
public sealed class OutputTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_place_that_cannot_be_written_is_refused_before_the_work()
    {
        string nowhere = _folder.File("no/out.safetensors"), folder = Directory.CreateDirectory(_folder.File("folder")).FullName;

        Refuse($"{nowhere}: cannot be written: the folder '{_folder.File("no")}' does not exist.", "learn", workspace.Images, "--samples",
            "1000000000", "-o", nowhere);
        Refuse($"{nowhere}: cannot be written: the folder '{_folder.File("no")}' does not exist.", "train", workspace.Dictionary,
            workspace.Images, "--samples", "1000000000", "-o", nowhere);
        Refuse($"{folder}: cannot be written: it is a folder; a file name is expected.", "learn", workspace.Images, "--samples",
            "1000000000", "-o", folder);
        Refuse($"{folder}: cannot be written: it is a folder; a file name is expected.", "encode", workspace.Dictionary, workspace.Signals,
            "-o", folder);
    }

    [Fact]
    public void A_reproduction_into_a_file_is_refused()
    {
        string file = _folder.Write("file", [1]);

        Outcome outcome = Run("reproduce", "--quick", "--out", file, "--quiet");

        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith($"error: {file}: the folder cannot be created: ", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        Assert.Equal([1], File.ReadAllBytes(file));
    }

    [Fact]
    public void A_damaged_model_is_refused_and_the_output_stays_as_it_was()
    {
        byte[] model = File.ReadAllBytes(workspace.Encoder);
        string output = _folder.Write("codes.npy", [1, 2, 3]);
        byte[] flipped = [.. model];
        flipped[^5] ^= 0x10;

        foreach (byte[] damaged in new[] { model[..^1], model[..(model.Length / 2)], model[..7], [], flipped })
        {
            string path = _folder.Write("damaged.safetensors", damaged);
            Outcome outcome = Run("encode", path, workspace.Signals, "-o", output);

            Assert.Equal(1, outcome.ExitCode);
            Assert.StartsWith($"error: {path}: ", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
            Assert.Equal([1, 2, 3], File.ReadAllBytes(output));
        }
    }

    [Fact]
    public void A_bad_value_far_into_the_input_leaves_the_output_as_it_was()
    {
        var x = new Matrix(20_000, 36);
        x.Row(19_999)[35] = float.NaN;
        string path = _folder.File("late.npy"), output = _folder.Write("codes.npz", [1, 2, 3]);
        Npy.Write(path, x);

        Refuse($"{path}: holds NaN at row 19999, column 35; every value must be finite.", "encode", workspace.Dictionary, path, "-o",
            output);

        Assert.Equal([1, 2, 3], File.ReadAllBytes(output));
        Assert.Equal(["codes.npz", "late.npy"], _folder.Names);
    }

    [Fact]
    public void A_disk_without_room_leaves_nothing_half_written()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The size of files is limited through a shell of Linux.");
        string output = _folder.Write("codes.npy", [1, 2, 3]);

        // 64 blocks of 512 or 1024 bytes, where the codes take 240,000 bytes; the runtime's own memory file must not count.
        var start = new ProcessStartInfo(
            "/bin/sh", ["-c", "trap '' XFSZ; ulimit -f 64; exec dotnet \"$@\"", "sh", ToolPath, "encode", workspace.Dictionary,
            workspace.Images, "--samples", "5000", "-o", output])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            Environment = { ["DOTNET_EnableWriteXorExecute"] = "0" },
        };
        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.Contains($"error: {output}: cannot be written: ", error, StringComparison.Ordinal);
        Assert.Equal(1, process.ExitCode);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(output));
        Assert.Equal(["codes.npy"], _folder.Names);
    }

    /// <summary>The tool, as built beside the tests.</summary>
    internal static string ToolPath => Path.Combine(AppContext.BaseDirectory, "sparsecode.dll");
}
