using System.Text;
using System.Text.RegularExpressions;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Samples;

/// <summary>The script in the guide to the library runs, on the library as it is instead of the package.</summary>
public sealed partial class FSharpTests
{
    private const string Package = "#r \"nuget: FastSparseCoding\"";

    [Fact]
    public void The_script_of_the_guide_runs()
    {
        using var folder = new TempFolder();
        string script = Script().Match(File.ReadAllText(Path.Combine(Repository.Root, "docs", "library.md")).ReplaceLineEndings("\n"))
            .Groups["script"].Value;
        Assert.Contains(Package, script, StringComparison.Ordinal);
        string library = string.Join('\n', ((string[])["FastSparseCoding", "MathNet.Numerics", "System.Numerics.Tensors"])
            .Select(name => $"#r @\"{Path.Combine(AppContext.BaseDirectory, name)}.dll\""));
        File.WriteAllText(folder.File("guide.fsx"), new StringBuilder(script).Replace(Package, library).Append("""
            let used = Seq.filter ((<>) 0f) >> Seq.length
            printfn $"{codes.Rows} codes of {codes.Columns} values, {used code} of one"
            """).ToString());

        Assert.Matches(@"^2000 codes of 32 values, [1-9]\d? of one\n$", SampleRun.Ended(SampleRun.Dotnet(folder.Path, "fsi", "guide.fsx")));
    }

    [GeneratedRegex("```fsharp\n(?<script>.*?)```", RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Script();
}
