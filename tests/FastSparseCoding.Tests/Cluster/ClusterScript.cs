using System.Diagnostics;
using FastSparseCoding.Tests.Cli;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Cluster;

/// <summary>Runs the scripts of samples/cluster as they are.</summary>
internal static class ClusterScript
{
    /// <summary>Where they lie.</summary>
    public static string Folder { get; } = Path.Combine(Repository.Root, "samples", "cluster");

    /// <summary>Runs a script in a folder, with the tool of these tests unless the variables name another; programs that lie in the folder
    /// are found first.</summary>
    public static Outcome Run(string script, TempFolder folder, params (string Name, string Value)[] variables)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The scripts are for bash.");
        var start = new ProcessStartInfo("bash", [Path.Combine(Folder, script)])
        {
            UseShellExecute = false,
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{folder.Path}:{start.Environment["PATH"]}";
        start.Environment["SPARSECODE"] = Program(folder, "sparsecode", $"exec dotnet '{OutputTests.ToolPath}' \"$@\"");
        foreach ((string name, string value) in variables)
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Outcome(process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    /// <summary>Runs what must end with 0.</summary>
    public static Outcome Succeed(string script, TempFolder folder, params (string Name, string Value)[] variables)
    {
        Outcome outcome = Run(script, folder, variables);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return outcome;
    }

    /// <summary>Puts a program of a few lines of bash into a folder.</summary>
    public static string Program(TempFolder folder, string name, string lines)
    {
        string path = folder.Write(name, System.Text.Encoding.UTF8.GetBytes($"#!/usr/bin/env bash\n{lines}\n"));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
