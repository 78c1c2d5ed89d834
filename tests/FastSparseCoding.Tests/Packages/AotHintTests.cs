using System.Diagnostics;
using System.IO.Compression;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Packages;

/// <summary>Whoever publishes a native program with the package is told of the vector instructions, once, unless it is settled.</summary>
public sealed class AotHintTests
{
    private static readonly string Library = Path.Combine(Repository.Root, "src", "FastSparseCoding");

    [Theory]
    [InlineData(1, "-p:PublishAot=true", "-p:RuntimeIdentifier=linux-x64")]
    [InlineData(1, "-p:PublishAot=true")]
    [InlineData(0)]
    [InlineData(0, "-p:PublishAot=true", "-p:IlcInstructionSet=native")]
    [InlineData(0, "-p:PublishAot=true", "-p:FastSparseCodingAotHint=false")]
    [InlineData(0, "-p:PublishAot=true", "-p:RuntimeIdentifier=linux-arm64")]
    public void The_hint_comes_with_native_programs_of_no_chosen_instructions(int times, params string[] properties)
    {
        using var folder = new TempFolder();
        string project = folder.File("app.proj");
        File.WriteAllText(project, $"""
            <Project>
              <Import Project="{Library}/buildTransitive/FastSparseCoding.targets" />
              <Target Name="PrepareForPublish" />
              <Target Name="Publish" DependsOnTargets="PrepareForPublish" />
            </Project>
            """);

        string output = DotNet(["msbuild", project, "-t:Publish", "-nologo", .. properties]);

        Assert.Equal(times, output.Split("FSC0001").Length - 1);
        Assert.Equal(times, output.Split("set IlcInstructionSet to 'native'").Length - 1);
    }

    [Fact]
    public void The_package_holds_it()
    {
        using var folder = new TempFolder();
        DotNet(["pack", Library, "-c", "Release", "--no-build", "-o", folder.Path]);
        using ZipArchive package = ZipFile.OpenRead(Directory.GetFiles(folder.Path, "FastSparseCoding.*.nupkg").Single());

        Assert.Contains("buildTransitive/FastSparseCoding.targets", package.Entries.Select(e => e.FullName));
    }

    private static string DotNet(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            Environment = { ["MSBUILDDISABLENODEREUSE"] = "1" },
        };
        start.Environment.Remove("DOTNET_EnableHWIntrinsic");
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        return output;
    }
}
