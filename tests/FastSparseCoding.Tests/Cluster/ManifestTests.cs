using System.Globalization;
using System.Text.Json;
using FastSparseCoding.Cli;
using FastSparseCoding.Tests.Storage;
using k8s.Models;
using Xunit;

namespace FastSparseCoding.Tests.Cluster;

/// <summary>The manifests are of Kubernetes's schema, agree with themselves, and their pods do what one run does.</summary>
public sealed class ManifestTests : IDisposable
{
    private const string Shards = "indexed-job.yaml", Merge = "merge-job.yaml";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void They_are_of_the_schema()
    {
        Assert.Equal([Shards, Merge], Directory.EnumerateFiles(ClusterScript.Folder, "*.yaml").Select(Path.GetFileName)
            .Order(StringComparer.Ordinal));
        Assert.Equal([typeof(V1PersistentVolumeClaim), typeof(V1Job)], Read(Shards).Select(o => o.GetType()));
        Assert.Equal([typeof(V1Job)], Read(Merge).Select(o => o.GetType()));
    }

    [Theory]
    [InlineData("completions: 8", "completion: 8")]
    [InlineData("backoffLimitPerIndex", "backoffLimitPerindex")]
    [InlineData("restartPolicy: Never", "restartpolicy: Never")]
    [InlineData("args: [", "arguments: [")]
    [InlineData("claimName", "claim")]
    [InlineData("parallelism: 8", "parallelism: eight")]
    [InlineData("parallelism: 8", "parallelism: \"8\"")]
    [InlineData("\"8\", --quiet", "8, --quiet")]
    [InlineData("values: [1, 2]", "values: one")]
    [InlineData("accessModes: [ReadWriteMany]", "accessModes: ReadWriteMany")]
    public void A_misspelt_field_or_a_value_of_another_type_is_refused(string right, string wrong)
    {
        string text = Text(Shards);
        Assert.Contains(right, text, StringComparison.Ordinal);

        Assert.Throws<JsonException>(() => Manifest.Read(text.Replace(right, wrong, StringComparison.Ordinal)));
    }

    /// <summary>What the schema says in words: which values there are, and which fields go together.</summary>
    [Fact]
    public void Every_shard_is_a_completion_that_is_tried_again_where_that_can_help()
    {
        V1JobSpec job = Job(Shards).Spec;
        string[] args = [.. Container(Shards).Args];

        Assert.Equal("Indexed", job.CompletionMode);
        Assert.Equal(job.Completions, int.Parse(args[Array.IndexOf(args, "--shards") + 1], CultureInfo.InvariantCulture));
        Assert.Equal(job.Completions, job.Parallelism);
        Assert.InRange(job.BackoffLimitPerIndex!.Value, 1, 6);
        Assert.Equal("Never", job.Template.Spec.RestartPolicy);     // which backoffLimitPerIndex and podFailurePolicy ask for
        Assert.Equal("Never", Job(Merge).Spec.Template.Spec.RestartPolicy);
        Assert.Equal(["Ignore", "FailJob"], job.PodFailurePolicy.Rules.Select(rule => rule.Action));
        Assert.Equal("DisruptionTarget", Assert.Single(job.PodFailurePolicy.Rules[0].OnPodConditions).Type);
        V1PodFailurePolicyOnExitCodesRequirement codes = job.PodFailurePolicy.Rules[1].OnExitCodes;
        Assert.Equal((Container(Shards).Name, "In"), (codes.ContainerName, codes.OperatorProperty));
        Assert.Equal([ExitCode.BadInput, ExitCode.BadUsage], codes.Values);
    }

    [Theory]
    [InlineData(Shards)]
    [InlineData(Merge)]
    public void Its_container_has_an_image_resources_and_the_volume(string manifest)
    {
        V1PodSpec pod = Job(manifest).Spec.Template.Spec;
        V1Container container = Container(manifest);
        V1VolumeMount mount = Assert.Single(container.VolumeMounts);
        V1Volume volume = Assert.Single(pod.Volumes);

        Assert.Equal("sparsecode:latest", container.Image);
        Assert.Equal(1654, pod.SecurityContext.FsGroup);
        Assert.Equal((ManifestPods.Volume, volume.Name), (mount.MountPath, mount.Name));
        Assert.Equal(Assert.Single(Read(Shards).OfType<V1PersistentVolumeClaim>()).Metadata.Name, volume.PersistentVolumeClaim.ClaimName);
        foreach (IDictionary<string, ResourceQuantity> resources in new[] { container.Resources.Requests, container.Resources.Limits })
        {
            Assert.InRange(resources["cpu"].ToDecimal(), 1, 64);
            Assert.InRange(resources["memory"].ToDecimal(), 1 << 28, 1L << 36);
        }
    }

    [Fact]
    public void Its_pods_and_the_merge_write_what_one_run_writes()
    {
        ManifestPods.Prepare(_folder.Path);

        ManifestPods.Run(Job(Shards), _folder.Path);
        ManifestPods.Run(Job(Merge), _folder.Path);

        ManifestPods.AssertBytesOfOneRun(_folder.Path);
    }

    private static V1Container Container(string manifest) => Assert.Single(Job(manifest).Spec.Template.Spec.Containers);

    private static V1Job Job(string manifest) => Assert.Single(Read(manifest).OfType<V1Job>());

    private static IReadOnlyList<object> Read(string manifest) => Manifest.Read(Text(manifest));

    private static string Text(string manifest) => File.ReadAllText(Path.Combine(ClusterScript.Folder, manifest));
}
