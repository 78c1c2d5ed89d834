using System.Diagnostics;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Samples;

/// <summary>Builds and runs a sample as any application is built and run.</summary>
internal static class SampleRun
{
    /// <summary>What the sample printed, with \n at the ends of lines; it must end with 0.</summary>
    /// <param name="name">Name of the sample: its folder, or its file when it is one.</param>
    /// <param name="folder">Where it runs, or null for a folder that is deleted afterwards.</param>
    public static string Output(string name, TempFolder? folder = null)
    {
        using TempFolder? own = folder is null ? new TempFolder() : null;
        using Process process = Start(name, (folder ?? own!).Path);
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
        var start = new ProcessStartInfo("dotnet", ["run", "-c", "Release", .. what, "--", .. arguments])
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
