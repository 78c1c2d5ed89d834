using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Xml.Linq;
using FastSparseCoding.Imaging;
using FastSparseCoding.Mpi;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests;

/// <summary>What the doc comments promise: examples that compile, and a word on threads at every public type.</summary>
public sealed class DocumentationTests
{
    /// <summary>What the examples take as given.</summary>
    private const string Given = """
        static void ExampleNumber(ISparseEncoder encoder, AtomDictionary dictionary, Matrix x, float[] signal, byte[] labels)
        {
        Code
        }
        """;

    private static readonly Assembly[] Libraries = [typeof(Matrix).Assembly, typeof(GrayImage).Assembly, typeof(MpiRanks).Assembly];

    private static readonly Type[] Types = [.. Libraries.SelectMany(library => library.GetExportedTypes())];

    private static readonly Dictionary<string, XElement> Members = Libraries
        .SelectMany(library => XDocument.Load(Path.ChangeExtension(library.Location, ".xml")).Descendants("member"))
        .ToDictionary(m => m.Attribute("name")!.Value, StringComparer.Ordinal);

    [Fact]
    public void Every_public_type_says_what_threads_may_do_with_it()
    {
        Type[] types = [.. Types.Where(t => !t.IsEnum && !t.IsAssignableTo(typeof(Delegate)))];

        Assert.InRange(types.Length, 100, 1000);
        Assert.Contains(typeof(MpiRanks), types);
        Assert.Empty(types.Where(t => !SaysThread(Members[$"T:{t.FullName}"])).Select(t => t.FullName));
    }

    [Fact]
    public void The_examples_compile()
    {
        string[] examples = [.. Members.Values.SelectMany(m => m.Elements("example")).Select(e => e.Element("code")!.Value)];
        Assert.InRange(examples.Length, 30, 1000);
        Assert.Contains(examples, example => example.Contains("MpiRanks.Start()", StringComparison.Ordinal));
        using var folder = new TempFolder();
        var program = new StringBuilder("""
            using System.Numerics.Tensors;
            using FastSparseCoding; using FastSparseCoding.Encoders; using FastSparseCoding.Evaluation; using FastSparseCoding.Imaging;
            using FastSparseCoding.Learning; using FastSparseCoding.Mpi; using FastSparseCoding.Solvers; using FastSparseCoding.Storage;
            using FastSparseCoding.Training;

            """);
        for (int i = 0; i < examples.Length; i++)
            program.AppendLine(Given.Replace("Number", $"{i}", StringComparison.Ordinal)
                .Replace("Code", examples[i], StringComparison.Ordinal));
        File.WriteAllText(folder.File("Program.cs"), program.ToString());
        File.WriteAllText(folder.File("Examples.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Exe</OutputType>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
              </PropertyGroup>
              <ItemGroup>
                <Reference Include="{AppContext.BaseDirectory}FastSparseCoding*.dll;{AppContext.BaseDirectory}MathNet.Numerics.dll" />
                <Reference Include="{AppContext.BaseDirectory}System.Numerics.Tensors.dll" />
              </ItemGroup>
            </Project>
            """);

        Assert.DoesNotContain(" error ", Build(folder.Path), StringComparison.Ordinal);
        Assert.Contains("Examples.dll", Directory.GetFiles(folder.Path, "*.dll", SearchOption.AllDirectories).Select(Path.GetFileName));
    }

    [Fact]
    public void The_guide_to_clusters_has_the_example_of_ranks()
    {
        string[] example = Lines(Members[$"T:{typeof(MpiRanks).FullName}"].Element("example")!.Element("code")!.Value);

        string[] guide = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "clusters.md"));
        Assert.Equal(example, Lines(string.Join('\n', guide.SkipWhile(l => l != "```csharp").Skip(1).TakeWhile(l => l != "```"))));
    }

    private static string[] Lines(string code) => code.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static bool SaysThread(XElement member)
        => member.Elements().Where(e => e.Name.LocalName is "summary" or "remarks")
            .Any(e => e.Value.Contains("thread", StringComparison.OrdinalIgnoreCase));

    private static string Build(string folder)
    {
        var start = new ProcessStartInfo("dotnet", ["build", "-nologo", "-v:quiet"])
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            Environment = { ["MSBUILDDISABLENODEREUSE"] = "1", ["UseSharedCompilation"] = "false" },
        };
        start.Environment.Remove("DOTNET_EnableHWIntrinsic");
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
