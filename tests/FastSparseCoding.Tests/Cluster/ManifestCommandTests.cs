using System.Diagnostics;
using System.Text;
using FastSparseCoding.Tests.Cli;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Cluster;

/// <summary>kubectl itself runs the guide's commands and sends the manifests, to a stand-in for a cluster's server.</summary>
public sealed class ManifestCommandTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_guides_commands_run_as_printed()
    {
        string[] commands = [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "clusters.md"))
            .Where(line => line.StartsWith("kubectl ", StringComparison.Ordinal))];
        Assert.Equal(3, commands.Length);
        ManifestPods.Prepare(_folder.Path);
        using var server = new ManifestServer(job => ManifestPods.Run(job, _folder.Path));

        Outcome outcome = Run(server, string.Join('\n', commands));

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(
            ["persistentvolumeclaim/sparsecode-data created", "job.batch/encode created", "job.batch/encode condition met",
                "job.batch/merge created"],
            outcome.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        server.WaitForPods();
        ManifestPods.AssertBytesOfOneRun(_folder.Path);
    }

    [Fact]
    public void A_manifest_with_a_misspelt_field_is_refused()
    {
        string text = File.ReadAllText(Path.Combine(ClusterScript.Folder, "merge-job.yaml"));
        _folder.Write("merge-job.yaml", Encoding.UTF8.GetBytes(text.Replace("backoffLimit:", "backofLimit:", StringComparison.Ordinal)));
        using var server = new ManifestServer(_ => Assert.Fail("No Job was to be started."));

        Outcome outcome = Run(server, $"kubectl apply -f '{_folder.File("merge-job.yaml")}'");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("backofLimit", outcome.Error, StringComparison.Ordinal);
        server.WaitForPods();
    }

    /// <summary>Runs commands beside the manifests.</summary>
    private Outcome Run(ManifestServer server, string commands)
    {
        bool isHere = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, "kubectl")));
        Assert.SkipUnless(isHere, "No kubectl here: install kubernetes-client to run this test.");
        var start = new ProcessStartInfo("bash", ["-euc", commands])
        {
            UseShellExecute = false,
            WorkingDirectory = ClusterScript.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["HOME"] = _folder.Path,
                ["KUBECONFIG"] = _folder.Write("kubeconfig", Encoding.UTF8.GetBytes(server.Configuration)),
            },
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            server.WaitForPods();
            Assert.Fail($"kubectl has not ended: {error.GetAwaiter().GetResult()}");
        }
        return new Outcome(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }
}
