using System.Diagnostics;
using System.Globalization;
using System.Text;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Cli;

/// <summary>The process ends when it is told to, whatever it waits for, and no result depends on who reads the messages.</summary>
public sealed class EndingTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Work_that_does_not_come_back_is_ended()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "Signals are sent with kill.");
        string names = _folder.File("many.safetensors");
        var writer = new SafeTensorsWriter();
        for (int i = 0; i < 20_000; i++)
            writer.Add<float>(i.ToString(CultureInfo.InvariantCulture), [0], []);
        AtomicFile.Write(names, writer.WriteTo);

        // Nobody reads standard output, so that the process waits in a write as soon as the pipe is full.
        using Process process = Start("info", names);
        Assert.NotEqual(-1, process.StandardOutput.Read());
        Send("-TERM", process);

        Assert.Equal((130, "interrupted\n"), End(process));
    }

    [Fact]
    public void A_second_signal_ends_the_process_and_leaves_nothing_half_written()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "Signals are sent with kill.");
        string signals = _folder.File("signals.npy");
        Npy.Write(signals, RandomData.Normal(100_000, 36, seed: 5));

        using Process process = Start(
            "encode", workspace.Dictionary, signals, "--solver", "ista", "--lambda", "1e-3", "--tolerance", "1e-7", "-o",
            _folder.File("codes.npz"));
        while (!_folder.Names.Any(n => n.StartsWith(".partial", StringComparison.Ordinal)))
            Thread.Sleep(5);
        Send("-TERM", process);
        Send("-TERM", process);

        Assert.Equal((130, "interrupted\n"), End(process));
        Assert.Equal(["signals.npy"], _folder.Names);
    }

    [Theory]
    [InlineData("2>&-")]
    [InlineData("2>/dev/full")]
    [InlineData("2>&- <&-")]
    public void A_closed_or_full_standard_error_loses_no_result(string redirection)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Redirected by a shell of Linux.");
        string output = _folder.File("codes.npy"), expected = _folder.File("expected.npy");
        CommandLine.Succeed("encode", workspace.Dictionary, workspace.Signals, "-o", expected);

        Assert.Equal((0, ""), Shell($"\"$@\" {redirection}", "encode", workspace.Dictionary, workspace.Signals, "-o", output));
        Assert.Equal(File.ReadAllBytes(expected), File.ReadAllBytes(output));
        Assert.Equal((1, ""), Shell($"\"$@\" {redirection}", "encode", _folder.File("none"), workspace.Signals, "-o", output));
        Assert.Equal((2, ""), Shell($"\"$@\" {redirection}", "encode"));
    }

    [Theory]
    [InlineData(">/dev/full", "No space left on device")]
    [InlineData(">&-", "Access to the path is denied.")]
    public void A_result_that_cannot_be_printed_is_a_failure(string redirection, string problem)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Redirected by a shell of Linux.");
        Assert.Equal((1, $"error: the result cannot be written to standard output: {problem}\n"),
            Shell($"\"$@\" {redirection}", "info", workspace.Signals));
    }

    [Fact]
    public void A_file_beyond_the_limit_of_the_account_is_a_failure_to_write()
    {
        string signals = _folder.File("signals.npy"), output = _folder.File("codes.npy");
        Npy.Write(signals, RandomData.Normal(2000, 36, seed: 5));

        // The runtime itself maps a file beyond any such limit unless it is told not to.
        (int code, string error) =
            Shell("ulimit -f 64; DOTNET_EnableWriteXorExecute=0 exec \"$@\"", "encode", workspace.Dictionary, signals, "-o", output);

        Assert.Equal((1, $"error: {output}: cannot be written: the file is larger than the file system or the account's limit allows.\n"),
            (code, error));
        Assert.Equal(["signals.npy"], _folder.Names);
    }

    [Fact]
    public void Only_failures_to_write_are_dropped()
    {
        using var text = new StringWriter();
        using var open = new ForgivingWriter(text);
        open.Write('a');
        open.Write("b");
        open.Write(['c', 'd'], 0, 2);
        open.WriteLine("e");
        open.Flush();
        Assert.Equal($"abcde{Environment.NewLine}", text.ToString());
        Assert.Equal(Encoding.Unicode.WebName, open.Encoding.WebName);

        var stream = new MemoryStream();
        var closed = new StreamWriter(stream) { AutoFlush = true };
        stream.Dispose();
        using var forgiving = new ForgivingWriter(closed);
        Assert.ThrowsAny<Exception>(() => closed.Write("lost"));
        forgiving.Write("lost");
        Assert.Throws<ArgumentException>(() => open.Write(['a'], 0, 7));
    }

    private static Process Start(params string[] arguments)
        => Process.Start(new ProcessStartInfo(
            "dotnet", [OutputTests.ToolPath, .. arguments, "-q"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true
        })!;

    private static void Send(string signal, Process process)
    {
        using Process kill = Process.Start("kill", [signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for a process that must end; one that does not is killed, and its code is that of the killing.</summary>
    private static (int Code, string Error) End(Process process)
    {
        if (!process.WaitForExit(TimeSpan.FromMinutes(1)))
            process.Kill();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }

    private static (int Code, string Error) Shell(string line, params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo("/bin/sh",
            ["-c", line, "sh", "dotnet", OutputTests.ToolPath, .. arguments, "--quiet"])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
                RedirectStandardOutput = true
            })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }
}
