using System.Diagnostics;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Samples;

/// <summary>Tests that build in the tree: one after the other, since two builds may not write the same files.</summary>
[CollectionDefinition(nameof(BuildsInTheTree))]
public sealed class BuildsInTheTree;

/// <summary>Builds and runs a sample as any application is built and run.</summary>
internal static class SampleRun
{
    /// <summary>What the sample printed, with \n at the ends of lines; it must end with 0.</summary>
    /// <param name="name">Name of the sample: its folder, or its file when it is one.</param>
    /// <param name="folder">Where it runs, or null for a folder that is deleted afterwards.</param>
    public static string Output(string name, TempFolder? folder = null)
    {
        using TempFolder? own = folder is null ? new TempFolder() : null;
        return Ended(Start(name, (folder ?? own!).Path));
    }

    /// <summary>What a process printed, with \n at the ends of lines; it must end with 0.</summary>
    public static string Ended(Process started)
    {
        using Process process = started;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        return output.ReplaceLineEndings("\n");
    }

    /// <summary>Starts a sample; its output is the caller's to read.</summary>
    /// <param name="name">Name of the sample: its folder, or its file when it is one.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="arguments">What it is told.</param>
    public static Process Start(string name, string folder, params string[] arguments)
    {
        string path = Path.Combine(Repository.Root, "samples", name);
        string[] what = Directory.Exists(path) ? ["--project", path] : [path];
        return Dotnet(folder, ["run", "-c", "Release", .. what, "--", .. arguments]);
    }

    /// <summary>Starts the SDK; its output is the caller's to read.</summary>
    /// <param name="folder">Where it runs.</param>
    /// <param name="arguments">What it is told.</param>
    public static Process Dotnet(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            Environment = { ["MSBUILDDISABLENODEREUSE"] = "1", ["UseSharedCompilation"] = "false" },
        };
        // The compiler need not be as slow as the tests when those run without vector instructions.
        start.Environment.Remove("DOTNET_EnableHWIntrinsic");
        return Process.Start(start)!;
    }
}
