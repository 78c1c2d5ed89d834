using System.Diagnostics;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>Standard input and output as real processes have them: no file is written that nobody named, and what is closed is
/// told.</summary>
public sealed class StandardStreamTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("encode \"$D\" - -o \"$Z\" <&-")]
    [InlineData("encode \"$D\" - -o - <&- | cat")]
    [InlineData("reconstruct - \"$D\" -o \"$Z\" <&-")]
    public void Closed_standard_input_is_told_and_not_waited_for(string command)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Redirected by a shell of Linux.");
        (int code, string error, _) = Shell($"set -o pipefail; sparsecode {command}");
        Assert.Equal((1, "error: standard input is closed; nothing can be read from it.\n"), (code, error));
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void Closed_standard_output_is_told()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Redirected by a shell of Linux.");
        (int code, string error, _) = Shell("sparsecode encode \"$D\" \"$X\" -o - >&-");
        Assert.Equal((1, "error: standard output is closed; nothing can be written to it.\n"), (code, error));
    }

    [Fact]
    public void Arrays_pass_through_pipes_and_redirections_without_a_file_of_their_own()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Redirected by a shell of Linux.");
        string temporary = _folder.File("no folder for temporary files"), z = _folder.File("z.npy");
        Succeed("encode", workspace.Dictionary, workspace.Signals, "-o", _folder.File("expected.npy"));

        foreach (string line in new[] { "cat \"$X\" | sparsecode encode \"$D\" - -o - > \"$Z\"",
            "sparsecode encode \"$D\" - -o - < \"$X\" > \"$Z\"" })
        {
            (int code, string error, _) = Shell($"export TMPDIR='{temporary}'; {line}");
            Assert.True(code == 0, error);
            Assert.Equal(File.ReadAllBytes(_folder.File("expected.npy")), File.ReadAllBytes(z));
            File.Delete(z);
        }
        Assert.False(Directory.Exists(temporary));
    }

    [Theory]
    [InlineData("/dev/stdout")]
    [InlineData("/dev/null")]
    public void Devices_are_no_outputs(string device)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Devices of Linux.");
        string message = $"{device}: is a device; expected a file, or - where the command writes to standard output.";
        Refuse(message, "encode", workspace.Dictionary, workspace.Signals, "-o", device);
        Refuse(message, "learn", workspace.Images, "-o", device);
        Refuse(message, "path", workspace.Dictionary, workspace.Signals, "-o", device);
    }

    [Fact]
    public void More_than_memory_is_to_hold_is_refused_on_both_ends()
    {
        using var held = new HeldBytes(150);
        string problem = Assert.Throws<IOException>(() =>
        {
            using RowsWriter writer = RowsWriter.Create(new FileTarget(held, "standard output"), 36, "");
            writer.AppendRows(new Matrix(1, 36));
            writer.Complete();
        }).Message;
        Assert.Equal("standard output: cannot be written: 150 bytes are held in memory at most; give the name of a file.", problem);

        using var input = new MemoryStream(new byte[100]);
        input.Position = 1;             // as of a pipe, which is not read in place
        Assert.Equal("standard input: has more than 50 bytes; a stream that is read whole has 50 at most.",
            Assert.Throws<InvalidDataException>(() => InputFile.OfStream(input, "standard input", 50)).Message);
    }

    private (int Code, string Error, string Output) Shell(string line)
    {
        string all = $"D='{workspace.Dictionary}'; X='{workspace.Signals}'; Z='{_folder.File("z.npy")}'; "
            + $"sparsecode() {{ dotnet '{OutputTests.ToolPath}' \"$@\" --quiet; }}; {line}";
        using Process process = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", all])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        if (!process.WaitForExit(TimeSpan.FromMinutes(1)))
            process.Kill(entireProcessTree: true);
        return (process.ExitCode, process.StandardError.ReadToEnd(), output.Result);
    }
}
