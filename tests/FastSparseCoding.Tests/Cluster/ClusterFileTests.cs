using System.Text.RegularExpressions;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Cluster;

/// <summary>What samples/cluster says of itself and of the sources is so. tests/image.sh builds the image and runs it.</summary>
public sealed partial class ClusterFileTests
{
    private static readonly string[] Dockerfile = File.ReadAllLines(Path.Combine(ClusterScript.Folder, "Dockerfile"));

    [Fact]
    public void Every_file_is_told_of()
    {
        string readme = File.ReadAllText(Path.Combine(ClusterScript.Folder, "README.md"));
        string[] files = [.. Directory.EnumerateFiles(ClusterScript.Folder).Select(path => Path.GetFileName(path)!)
            .Where(name => name is not ("README.md" or "Dockerfile.dockerignore"))];

        Assert.InRange(files.Length, 9, 20);
        Assert.All(files, name => Assert.Contains($"]({name})", readme, StringComparison.Ordinal));
    }

    /// <summary>So do the commands that scripts and manifests print at their top.</summary>
    [Fact]
    public void Every_script_names_only_scripts_that_exist_and_stops_at_an_error()
    {
        string[] scripts = [.. Directory.EnumerateFiles(ClusterScript.Folder).Where(p => Path.GetExtension(p) is ".sh" or ".sbatch")];

        Assert.InRange(scripts.Length, 6, 20);
        Assert.All(scripts, script =>
        {
            string text = File.ReadAllText(script);
            Assert.StartsWith("#!/usr/bin/env bash\n# ", text, StringComparison.Ordinal);
            Assert.Contains("\nset -euo pipefail\n", text, StringComparison.Ordinal);
        });
        Assert.All(Directory.EnumerateFiles(ClusterScript.Folder).SelectMany(path => Scripts().Matches(File.ReadAllText(path))),
            named => Assert.True(File.Exists(Path.Combine(ClusterScript.Folder, named.Value)), named.Value));
    }

    /// <summary>Those are carried out by tests/slurm.sh, tests/image.sh and the tests beside this one; the tool's own and those of mpirun
    /// by ReadmeTests.</summary>
    [Fact]
    public void The_guide_has_the_commands_of_the_files()
    {
        string files = string.Join('\n', Directory.EnumerateFiles(ClusterScript.Folder).Select(File.ReadAllText));
        string[] commands = [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "clusters.md"))
            .Where(line => GuideCommand().IsMatch(line))];

        Assert.Equal(11, commands.Length);
        Assert.All(commands, command => Assert.Contains(command, files, StringComparison.Ordinal));
    }

    [Fact]
    public void The_image_is_given_all_that_building_reads()
    {
        string[] copied = [.. Dockerfile.TakeWhile(line => line != "FROM ${RUNTIME}")
            .Where(line => line.StartsWith("COPY ", StringComparison.Ordinal)).SelectMany(line => line.Split(' ')[1..^1])];
        string[] embedded = [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .SelectMany(project => Outside().Matches(File.ReadAllText(project)).Select(m => m.Groups["path"].Value))];

        Assert.Subset(copied.ToHashSet(StringComparer.Ordinal), new HashSet<string>(embedded, StringComparer.Ordinal)
        {
            "src", ".editorconfig", "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json",
        });
        Assert.NotEmpty(embedded);
        Assert.All(copied, path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));
    }

    [Fact]
    public void The_image_is_of_the_framework_that_the_sources_are_for()
    {
        string framework = Regex.Match(File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props")),
            "<TargetFramework>net(?<version>[0-9.]+)<", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["version"].Value;

        Assert.Equal(
            [$"ARG SDK=mcr.microsoft.com/dotnet/sdk:{framework}", $"ARG RUNTIME=mcr.microsoft.com/dotnet/runtime:{framework}"],
            Dockerfile.Where(line => line.StartsWith("ARG ", StringComparison.Ordinal)));
        Assert.Equal(["FROM ${SDK} AS build", "FROM ${RUNTIME}"],
            Dockerfile.Where(line => line.StartsWith("FROM ", StringComparison.Ordinal)));
        Assert.Contains("ENTRYPOINT [\"/opt/sparsecode/sparsecode\"]", Dockerfile);
    }

    [GeneratedRegex("^(export|array=|sbatch|ROUNDS=|docker|kubectl) ?", RegexOptions.ExplicitCapture)]
    private static partial Regex GuideCommand();

    [GeneratedRegex(@"(?<![/a-z-])[a-z][a-z-]*\.(sh|sbatch|yaml)\b", RegexOptions.ExplicitCapture)]
    private static partial Regex Scripts();

    [GeneratedRegex("Include=\"\\.\\./\\.\\./(?<path>[^\"]+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Outside();
}
