using System.Globalization;
using FastSparseCoding.Cli;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Cli;
using FastSparseCoding.Tests.Support;
using k8s.Models;
using Xunit;

namespace FastSparseCoding.Tests.Cluster;

/// <summary>Does in this process what the pods of a Job do, one after the other, with a folder in the place of the volume.</summary>
internal static class ManifestPods
{
    /// <summary>Where the manifests mount it.</summary>
    public const string Volume = "/data";

    /// <summary>What the manifests' volume is to hold, and what one run makes of it.</summary>
    public static void Prepare(string folder)
    {
        Npy.Write(Path.Combine(folder, "signals.npy"), RandomData.Normal(3000, 16, seed: 1));
        ModelFile.Save(Path.Combine(folder, "dictionary.safetensors"), RandomData.Dictionary(24, 16, seed: 2), 0.3f, null);
        CommandLine.Succeed("encode", Path.Combine(folder, "dictionary.safetensors"), Path.Combine(folder, "signals.npy"),
            "-o", Path.Combine(folder, "plain.npz"));
    }

    public static void AssertBytesOfOneRun(string folder)
        => Assert.Equal(File.ReadAllBytes(Path.Combine(folder, "plain.npz")), File.ReadAllBytes(Path.Combine(folder, "codes.npz")));

    /// <summary>All pods of a Job, each with the number that an Indexed one gives it.</summary>
    public static void Run(V1Job job, string folder)
    {
        if (job.Spec.CompletionMode != "Indexed")
            Run(job, folder, null);
        else
        {
            for (int pod = 0; pod < job.Spec.Completions; pod++)
                Run(job, folder, pod.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void Run(V1Job job, string folder, string? index)
    {
        using var error = new StringWriter();
        var terminal = new Terminal(TextWriter.Null, error, IsInteractive: false)
        {
            Variable = name => name == "JOB_COMPLETION_INDEX" ? index : null,
        };
        string[] args = [.. Assert.Single(job.Spec.Template.Spec.Containers).Args
            .Select(arg => arg.Replace(Volume, folder, StringComparison.Ordinal))];
        Assert.True(App.Run(args, terminal, CancellationToken.None) == ExitCode.Done, error.ToString());
    }
}
