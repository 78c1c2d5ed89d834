using System.Diagnostics;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Samples;

/// <summary>Builds and runs a sample as any application is built and run.</summary>
internal static class SampleRun
{
    /// <summary>What the sample printed, with \n at the ends of lines; it must end with 0.</summary>
    /// <param name="name">Name of the sample.</param>
    /// <param name="folder">Where it runs, or null for a folder that is deleted afterwards.</param>
    public static string Output(string name, TempFolder? folder = null)
    {
        using TempFolder? own = folder is null ? new TempFolder() : null;
        var start = new ProcessStartInfo("dotnet", ["run", "-c", "Release", "--project", Path.Combine(Repository.Root, "samples", name)])
        {
            UseShellExecute = false,
            WorkingDirectory = (folder ?? own!).Path,
            RedirectStandardOutput = true,
            Environment = { ["MSBUILDDISABLENODEREUSE"] = "1", ["UseSharedCompilation"] = "false" },
        };
        // The compiler need not be as slow as the tests when those run without vector instructions.
        start.Environment.Remove("DOTNET_EnableHWIntrinsic");
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        return output.ReplaceLineEndings("\n");
    }
}
