using System.Diagnostics;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>Long work stops when asked, leaves no half-written file, and goes on to the same bits.</summary>
public sealed class InterruptTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Nothing_is_written_by_work_that_was_stopped_at_once()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        foreach (string[] command in new string[][]
        {
            ["learn", workspace.Images, "-o", _folder.File("a.safetensors")],
            ["train", workspace.Dictionary, workspace.Images, "-o", _folder.File("b.safetensors")],
            ["encode", workspace.Dictionary, workspace.Signals, "-o", _folder.File("c.npy")],
            ["evaluate", workspace.Encoder, workspace.Signals],
        })
        {
            Outcome outcome = Run(stop.Token, command);
            Assert.Equal((130, "interrupted"), (outcome.ExitCode, outcome.ErrorLines[^1]));
            Assert.Equal("", outcome.Out);
        }
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void An_interrupted_training_goes_on_to_the_same_bits()
    {
        string straight = _folder.File("straight.safetensors"), broken = _folder.File("broken.safetensors");
        string[] train = ["train", workspace.Dictionary, workspace.Images, "--encoder", "lista", "--depth", "2", "--samples", "60000",
            "--evaluations", "50"];

        Succeed([.. train, "-o", straight]);
        Outcome stopped = StopAtCheckpoint(broken, train);
        Succeed([.. train, "-o", broken, "--resume"]);

        Assert.Equal(130, stopped.ExitCode);
        Assert.Equal([$"'{broken}.checkpoint' holds the state; --resume goes on from it.", "interrupted"], stopped.ErrorLines[^2..]);
        Assert.Equal(File.ReadAllBytes(straight), File.ReadAllBytes(broken));
        Assert.Equal(["broken.safetensors", "straight.safetensors"], _folder.Names);
    }

    [Fact]
    public void A_training_that_goes_on_from_another_kind_of_machine_says_so()
    {
        string output = _folder.File("out.safetensors"), checkpoint = output + ".checkpoint";
        string[] train = ["train", workspace.Dictionary, workspace.Images, "--samples", "60000", "--evaluations", "50", "-o", output];
        RunUntilExists(checkpoint, train);
        CheckpointFile.Save(checkpoint, CheckpointFile.LoadTraining(checkpoint) with { FusedMultiplyAdd = !Machine.FusedMultiplyAdd });

        Outcome outcome = Succeed([.. train, "--resume"]);

        (string there, string here) = Machine.FusedMultiplyAdd ? ("twice", "once") : ("once", "twice");
        Assert.Contains(
            $"warning: '{checkpoint}' is from a machine that rounds a·b + c {there}, this one rounds it {here}: the result will differ "
            + "from that machine's in its last digits.", outcome.ErrorLines);
    }

    [Fact]
    public void A_training_that_diverged_is_no_success_and_writes_nothing()
    {
        string output = _folder.File("out.safetensors");

        Outcome outcome = Run("train", workspace.Dictionary, workspace.Images, "--samples", "20000", "--learning-rate", "1", "-o", output,
            "--quiet");

        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Out));
        Assert.Matches(
            @"^error: nothing was as good as the untrained encoder, whose held-out error is [0-9.]+, and nothing was written; lower --learning-rate or train on more --samples\.$", outcome.ErrorLines[^1]);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void Steps_that_were_left_out_are_told()
    {
        // A signal so large that its code is not certified, alone in its step.
        string output = _folder.File("out.safetensors"), signals = _folder.File("x.npy");
        Matrix x = Npy.ReadMatrix(workspace.Signals);
        foreach (ref float value in x.Row(3))
            value *= 1e19f;
        Npy.Write(signals, x);

        Outcome outcome = Run("train", workspace.Dictionary, signals, "--samples", "4000", "--batch", "1", "--learning-rate", "1e-4", "-o",
            output, "--quiet");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Contains(outcome.ErrorLines,
            line => line.StartsWith("warning: ", StringComparison.Ordinal)
            && line.EndsWith(" steps had no finite gradient or no certified code and were left out; a lower --learning-rate helps.",
            StringComparison.Ordinal));
    }

    [Fact]
    public void An_interrupted_learning_goes_on_to_the_same_bits()
    {
        string straight = _folder.File("straight.safetensors"), broken = _folder.File("broken.safetensors");
        string[] learn = ["learn", workspace.Images, "--patch", "6", "--atoms", "12", "--samples", "300000", "--batch", "100"];

        Succeed([.. learn, "-o", straight]);
        Outcome stopped = StopAtCheckpoint(broken, learn);
        Succeed([.. learn, "-o", broken, "--resume"]);

        Assert.Equal(130, stopped.ExitCode);
        Assert.Equal(File.ReadAllBytes(straight), File.ReadAllBytes(broken));
        Assert.Equal(["broken.safetensors", "straight.safetensors"], _folder.Names);
    }

    [Fact]
    public void A_checkpoint_of_other_options_is_refused_and_kept()
    {
        string output = _folder.File("out.safetensors");
        string[] train = ["train", workspace.Dictionary, workspace.Images, "--samples", "60000", "--evaluations", "50"];
        StopAtCheckpoint(output, train);

        Outcome outcome = Run([.. train, "--depth", "2", "-o", output, "--resume"]);

        const string Help = "Give the options that it was made with, or leave --resume away to begin anew.";
        Assert.Equal(
            (1, $"error: --resume: '{output}.checkpoint' cannot be gone on from: it is of a training with depth 3; it must be of one "
            + $"with depth 2. {Help}"), (outcome.ExitCode, Assert.Single(outcome.ErrorLines)));
        Refuse($"--resume: '{output}.checkpoint' cannot be gone on from: it is of a training with seed 1; it must be of one with seed 2. "
            + $"{Help}", [.. train, "--seed", "2", "-o", output, "--resume"]);
        Assert.Equal(["out.safetensors.checkpoint"], _folder.Names);
    }

    [Fact]
    public void A_checkpoint_of_other_images_or_preprocessing_is_refused_and_kept()
    {
        string output = _folder.File("out.safetensors");
        string[] learn = ["learn", workspace.Images, "--patch", "6", "--atoms", "12", "--samples", "300000", "--batch", "100"];
        StopAtCheckpoint(output, learn);

        string message =
            $"--resume: '{output}.checkpoint' was made with other images, signals, preprocessing or start; give the same, or leave "
            + "--resume away to begin anew.";
        Refuse(message, [.. learn, "--normalize", "zero-mean", "-o", output, "--resume"]);
        Refuse(message, [.. learn, "--start", workspace.Dictionary, "-o", output, "--resume"]);
        Refuse(message, ["learn", Path.Combine(workspace.Images, "00.png"), .. learn[2..], "-o", output, "--resume"]);
        Assert.Equal(["out.safetensors.checkpoint"], _folder.Names);
    }

    [Fact]
    public void A_signal_stops_the_process_cleanly()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "Signals are sent with kill.");
        string output = _folder.File("out.safetensors");
        // Where the tests run with interrupts ignored (nohup, or in the background of a script), the process would ignore them too: SIGTERM
        // is not.
        using Process process = Process.Start(
            new ProcessStartInfo("dotnet",
            [OutputTests.ToolPath, "train", workspace.Dictionary, workspace.Images, "--samples", "1000000000", "--evaluations", "10000",
            "--depth", "1", "-o", output])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            })!;

        WaitFor(() => File.Exists(output + ".checkpoint") || process.HasExited);
        using (Process kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            kill.WaitForExit();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.EndsWith("interrupted\n", error, StringComparison.Ordinal);
        Assert.Equal(130, process.ExitCode);
        Assert.Equal(["out.safetensors.checkpoint"], _folder.Names);
    }

    /// <summary>Stops a command as soon as it has left a checkpoint.</summary>
    private static Outcome StopAtCheckpoint(string output, string[] command)
        => RunUntilExists(output + ".checkpoint", [.. command, "-o", output]);

    private static void WaitFor(Func<bool> condition)
    {
        while (!condition())
            Thread.Sleep(5);
    }
}
