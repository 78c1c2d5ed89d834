using System.Text.RegularExpressions;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests;

/// <summary>Rules that hold for the source text as a whole.</summary>
public sealed partial class ArchitectureTests
{
    private const int MostLines = 300, MostColumns = 140;

    /// <summary>What each part may name besides itself and the root types.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Kernels"] = [],
        ["Solvers"] = ["Kernels"],
        ["Encoders"] = ["Kernels"],
        ["Training"] = ["Kernels", "Solvers", "Encoders", "Learning", "Evaluation"],
        ["Learning"] = ["Kernels", "Solvers", "Encoders", "Training", "Evaluation"],
        ["Evaluation"] = ["Kernels", "Solvers", "Encoders", "Training", "Learning"],
        ["Storage"] = ["Kernels", "Solvers", "Encoders", "Training", "Learning", "Evaluation"],
        ["Imaging"] = ["Solvers", "Encoders", "Training", "Learning", "Evaluation", "Storage"],
        ["Paper"] = ["Solvers", "Encoders", "Training", "Learning", "Evaluation", "Storage", "Imaging"],
        ["Mpi"] = [],
        ["Cli"] = ["Solvers", "Encoders", "Training", "Learning", "Evaluation", "Storage", "Imaging", "Paper", "Mpi"],
    };

    [Fact]
    public void No_source_file_is_longer_than_300_lines()
    {
        string[] files = [.. Files("src"), .. Files("tests"), .. Files("samples")];
        Assert.True(files.Length >= 100, $"only {files.Length} source files were found");

        Assert.Empty(files.Select(f => (File: f, Lines: File.ReadLines(f).Count())).Where(f => f.Lines > MostLines)
            .Select(f => $"{Relative(f.File)}: {f.Lines} lines"));
    }

    /// <summary>But for lines that are one text and what closes behind it: a message in one piece can be found.</summary>
    [Fact]
    public void No_line_of_code_is_longer_than_140_columns()
    {
        string[] files = [.. Files("src"), .. Files("tests"), .. Files("samples")];

        Assert.Empty(files.SelectMany(f => CodeLines(f).Where(l => l.Text.Length > MostColumns && !OneText().IsMatch(l.Text))
            .Select(l => $"{Relative(f)}({l.Number}): {l.Text.Length} columns")));
    }

    [Fact]
    public void Only_Throw_throws_in_the_library()
    {
        string[] libraries = ["src/FastSparseCoding", "src/FastSparseCoding.Imaging", "src/FastSparseCoding.Paper"];
        string[] throwing = [.. libraries.SelectMany(Files).Where(f => ThrowNew().IsMatch(Code(f))).Select(Relative)];

        Assert.Equal(["src/FastSparseCoding/Throw.cs"], throwing);
    }

    [Fact]
    public void Only_streams_of_blocks_are_asynchronous()
        => Assert.Equal(["src/FastSparseCoding/SparseEncoderExtensions.Async.cs"],
            Files("src").Where(f => Async().IsMatch(Code(f))).Select(Relative));

    [Fact]
    public void Only_the_command_line_knows_a_console()
    {
        string[] files = [.. Files("src/FastSparseCoding"), .. Files("src/FastSparseCoding.Imaging"),
            .. Files("src/FastSparseCoding.Paper"), .. Files("src/FastSparseCoding.Mpi")];

        Assert.Empty(files.Where(f => ConsoleUse().IsMatch(Code(f))).Select(Relative));
        Assert.Contains(Files("src/FastSparseCoding.Cli"), f => ConsoleUse().IsMatch(Code(f)));
    }

    [Fact]
    public void No_part_names_one_to_its_right()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var violations = new List<string>();
        foreach (string file in Files("src"))
        {
            string part = PartOf(file);
            seen.Add(part);
            // The root types may use kernels inside, and nothing else.
            string[] allowed = part.Length == 0 ? ["Kernels"] : Allowed[part];
            violations.AddRange(NamedParts(Code(file)).Where(n => n != part && !allowed.Contains(n, StringComparer.Ordinal))
                .Select(n => $"{Relative(file)} names {n}"));
        }

        Assert.Superset(new HashSet<string>(
            ["", "Kernels", "Solvers", "Encoders", "Training", "Learning", "Evaluation", "Storage", "Imaging", "Paper", "Mpi", "Cli"],
            StringComparer.Ordinal), seen);
        Assert.Empty(violations);
    }

    [Theory]
    [InlineData("using FastSparseCoding.Solvers;", "Solvers")]
    [InlineData("using Curve = FastSparseCoding.Evaluation.PredictionCurve;", "Evaluation")]
    [InlineData("return Kernels.Reduction.Dot(a, b);", "Kernels")]
    [InlineData("var s = new Storage.AtomicFile();", "Storage")]
    [InlineData("namespace FastSparseCoding.Learning;", "Learning")]
    [InlineData("string Training(int n) => this.Encoders.Name + options.Solvers;", null)]
    [InlineData("/// <summary>Used by FastSparseCoding.Cli.</summary>", null)]
    public void A_reference_to_a_part_is_recognised(string line, string? part)
        => Assert.Equal(part is null ? [] : [part], NamedParts(WithoutComments(line)));

    [Fact]
    public void Files_lie_where_their_namespace_says()
    {
        string[] misplaced = [.. Files("src")
            .Where(f => Namespace().Match(Code(f)) is { Success: true } declared && declared.Groups["part"].Value != PartOf(f))
            .Select(Relative)];

        Assert.Empty(misplaced);
    }

    /// <summary>The folder under the library, or the name of the other project; empty for root types.</summary>
    private static string PartOf(string file)
    {
        string[] path = Relative(file).Split('/');
        if (path[1] != "FastSparseCoding")
            return path[1]["FastSparseCoding.".Length..];
        return path.Length > 3 ? path[2] : "";
    }

    private static IEnumerable<string> NamedParts(string code)
        => Reference().Matches(code).Select(m => m.Groups["part"].Value).Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> Files(string folder)
    {
        string path = Path.Combine(Repository.Root, folder);
        return !Directory.Exists(path) ? [] : Directory.EnumerateFiles(path, "*.cs", SearchOption.AllDirectories)
            .Where(f => !Relative(f).Split('/').Any(p => p is "obj" or "bin")).Order(StringComparer.Ordinal);
    }

    /// <summary>The lines of a file but for those within raw strings of several lines.</summary>
    private static IEnumerable<(int Number, string Text)> CodeLines(string file)
    {
        int number = 0;
        bool raw = false;
        foreach (string line in File.ReadLines(file))
        {
            number++;
            bool opensOrCloses = line.Split("\"\"\"").Length % 2 == 0;
            if (!raw && !opensOrCloses)
                yield return (number, line);
            raw ^= opensOrCloses;
        }
    }

    private static string Code(string file) => WithoutComments(File.ReadAllText(file));

    private static string WithoutComments(string text) => Comment().Replace(text, "");

    private static string Relative(string file) => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/');

    [GeneratedRegex("""^\s*([\w.]+\()?(\+ |=> )?[$@]*".*"[^"]*$""", RegexOptions.ExplicitCapture)]
    private static partial Regex OneText();

    [GeneratedRegex(@"\bthrow\s+new\b", RegexOptions.ExplicitCapture)]
    private static partial Regex ThrowNew();

    [GeneratedRegex(@"\bConsole\.|\bSpectre\.|\bSystem\.CommandLine\b", RegexOptions.ExplicitCapture)]
    private static partial Regex ConsoleUse();

    [GeneratedRegex(@"\b(async|await)\b", RegexOptions.ExplicitCapture)]
    private static partial Regex Async();

    [GeneratedRegex(
        @"(FastSparseCoding\.|(?<![\w.]))(?<part>Kernels|Solvers|Encoders|Training|Learning|Evaluation|Storage|Imaging|Paper|Mpi|Cli)(?=[.;])",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Reference();

    [GeneratedRegex(@"^namespace FastSparseCoding(\.(?<part>\w+))?;", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"//.*$", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Comment();
}
