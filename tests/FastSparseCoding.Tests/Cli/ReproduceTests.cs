using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FastSparseCoding.Imaging;
using FastSparseCoding.Learning;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>The main job, in small.</summary>
public sealed class ReproduceTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private static readonly string[] Encoders =
    [
        .. new[] { 1, 2, 5, 10, 20, 50, 100, 200 }.Select(updates => $"lcod-12-{updates}"),
        .. new[] { 1, 2, 3, 5, 7 }.Select(depth => $"lista-12-{depth}"),
        .. from kind in (string[])["lista-coupled", "lista-layers"] from depth in (int[])[1, 3, 7] select $"{kind}-12-{depth}", "shrink-12",
        .. new[] { 1, 3, 7 }.Select(depth => $"slista-12-{depth}"), "tanh-12", "tanh2-12",
    ];

    private static readonly string[] Plots =
    [
        "cod-lcod-12.svg", "explaining-away-12.svg", "fista-lista-12.svg", "robustness-gap-12.svg", "robustness-lambda-12.svg",
        "robustness-noise-12.svg", "warm-start-lcod-12.svg", "warm-start-lista-12.svg",
    ];

    private static readonly string[] Pictures =
        ["atoms-12.png", "explaining-away-12-away.png", "explaining-away-12-explaining.png", "explaining-away-12-patch.png"];

    private readonly TempFolder _folder = new();

    private string Out => _folder.File("out");

    private string[] Command
        => ["reproduce", "--quick", "--images", workspace.Images, "--patch", "6", "--atoms", "12", "--samples", "2000", "--out", Out];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Everything_is_made_and_says_the_same()
    {
        Outcome outcome = Succeed(Command);

        string[] expected = ["dictionary-12.safetensors", .. Encoders.Select(e => $"{e}-s1.safetensors"), "numbers.csv", .. Pictures,
            .. Plots, "report.html", "report.md",
            "results.json", "settings.txt"];
        Assert.Equal(expected.Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(Out).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.Contains(Path.Combine(Out, "report.html"), outcome.Out, StringComparison.Ordinal);
        Assert.Contains("everything: 100 %\n", outcome.Error, StringComparison.Ordinal);
        Dictionary<string, double> errors = Errors(seed: 1);
        Assert.Equal(Encoders.Length, errors.Count);
        string page = File.ReadAllText(Path.Combine(Out, "report.html")), text = File.ReadAllText(Path.Combine(Out, "report.md"));
        foreach ((string name, double error) in errors)
        {
            string shown = error.ToString("G4", CultureInfo.InvariantCulture);
            Assert.Contains(shown, outcome.Out.Split('\n').First(l => l.StartsWith(name, StringComparison.Ordinal)),
                StringComparison.Ordinal);
            Assert.Matches($"<tr><td>{Regex.Escape(name)}</td><td class=\"number\"[^>]*>{Regex.Escape(shown)}</td>", page);
            Assert.Contains($"| {name} | {shown} |", text, StringComparison.Ordinal);
        }
        Assert.True(errors["LISTA T=3"] < errors["LISTA T=1"] && errors["LISTA T=7"] < errors["LISTA T=3"]);
        Assert.True(errors["LCoD 20 updates"] < errors["LCoD 5 updates"]);
        Assert.True(errors["double tanh"] < errors["tanh"]);
        CheckThatPlotsAreDrawingsAndThePageNeedsNoOtherFile();
        CheckThatAFinishedRunOnlyWritesThePageAnew(outcome);
        CheckThatOtherSettingsBeginAnewAndTouchNoFileOfTheUsers();
    }

    [Fact]
    public void A_checkpoint_of_other_settings_is_named()
    {
        RunUntilExists(Path.Combine(Out, "settings.txt"), Command);
        string dictionary = Path.Combine(Out, "dictionary-12.safetensors"), checkpoint = dictionary + ".checkpoint";
        File.Delete(dictionary);
        CheckpointFile.Save(checkpoint,
            new LearnerState("other", 0, 0, 0, 0, new Matrix(12, 36), new Matrix(12, 12), new Matrix(12, 36), new float[12],
            new float[36]));

        Outcome outcome = Run(Command);

        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith($"error: {checkpoint}: cannot be gone on from: it is of ", outcome.ErrorLines[^1], StringComparison.Ordinal);
        Assert.EndsWith(" Delete it, and what it was to become is begun anew.", outcome.ErrorLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Seeds_differ_share_the_dictionary_and_are_shown_with_their_range()
    {
        Succeed(Command);
        byte[] first = File.ReadAllBytes(Path.Combine(Out, "lista-12-3-s1.safetensors")),
            dictionary = File.ReadAllBytes(Path.Combine(Out, "dictionary-12.safetensors"));

        Outcome outcome = Succeed([.. Command, "--seeds", "3"]);

        Assert.DoesNotContain("seed 1:", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(first, File.ReadAllBytes(Path.Combine(Out, "lista-12-3-s1.safetensors")));
        Assert.Equal(dictionary, File.ReadAllBytes(Path.Combine(Out, "dictionary-12.safetensors")));
        double[] errors = [.. Enumerable.Range(1, 3).Select(seed => Errors(seed)["LISTA T=3"])];
        Assert.Equal(3, errors.Distinct().Count());
        double mean = errors.Average(), half = (errors.Max() - errors.Min()) / 2;
        int decimals = 3 - (int)Math.Floor(Math.Log10(mean));
        string shown =
            $"{mean.ToString($"F{decimals}", CultureInfo.InvariantCulture)} ± {half.ToString($"F{decimals}", CultureInfo.InvariantCulture)}";
        Assert.Contains($"| LISTA T=3 | {shown} |", File.ReadAllText(Path.Combine(Out, "report.md")), StringComparison.Ordinal);
        Assert.Contains("mean &#177; half of the range", File.ReadAllText(Path.Combine(Out, "report.html")), StringComparison.Ordinal);
        CheckThatFewerSizesAndSeedsLoseNothing();
    }

    private void CheckThatFewerSizesAndSeedsLoseNothing()
    {
        string[] three = Untimed(Out), other = [.. Command.Select(word => word == "12" ? "8" : word)];
        Outcome both = Succeed(other);
        byte[] results = File.ReadAllBytes(Path.Combine(Out, "results.json")),
            numbers = File.ReadAllBytes(Path.Combine(Out, "numbers.csv"));
        Assert.Subset(Untimed(Out).ToHashSet(StringComparer.Ordinal), three.ToHashSet(StringComparer.Ordinal));
        Assert.True(File.Exists(Path.Combine(Out, "lista-8-3-s3.safetensors")));

        foreach (string[] fewer in (string[][])[Command, other, [.. Command, "--seeds", "2"]])
        {
            Outcome again = Succeed(fewer);
            Assert.Equal(results, File.ReadAllBytes(Path.Combine(Out, "results.json")));
            Assert.Equal(numbers, File.ReadAllBytes(Path.Combine(Out, "numbers.csv")));
            Assert.Equal(Table(both), Table(again));
        }
    }

    [Fact]
    public void Files_of_its_names_in_a_folder_of_others_are_refused()
    {
        Directory.CreateDirectory(Out);
        string mine = Path.Combine(Out, "report.html"), other = Path.Combine(Out, "report.txt");
        File.WriteAllText(mine, "mine");
        File.WriteAllText(other, "other");

        Refuse($"{Out}: holds report.html but no settings of a reproduction; --overwrite deletes it, --out names another folder.", Command);
        Assert.Equal("mine", File.ReadAllText(mine));
        Assert.Equal([mine, other], Directory.EnumerateFileSystemEntries(Out).Order(StringComparer.Ordinal));

        Outcome stopped = RunUntilExists(Path.Combine(Out, "settings.txt"), [.. Command, "--overwrite"]);
        Assert.NotEqual(0, stopped.ExitCode);
        Assert.False(File.Exists(mine));
        Assert.Equal("other", File.ReadAllText(other));
    }

    /// <summary>Two real kills of a process, in the first and in the last of what it trains.</summary>
    [Fact]
    public void A_run_that_was_killed_goes_on_to_the_same_bits()
    {
        string[] command = [.. Command[..^4], "--samples", "8000", "--seeds", "2", "--quiet", "--out"];
        Succeed([.. command, _folder.File("straight")]);

        KillWhenExists("lista-12-7-s1.safetensors.checkpoint", [.. command, Out]);
        Assert.False(File.Exists(Path.Combine(Out, "report.html")));
        byte[] dictionary = File.ReadAllBytes(Path.Combine(Out, "dictionary-12.safetensors"));
        KillWhenExists("lcod-12-200-s2.safetensors", [.. command, Out]);
        Assert.False(File.Exists(Path.Combine(Out, "report.html")));
        File.WriteAllText(Path.Combine(Out, ".partial-0123.tmp"), "what a kill in the middle of writing leaves");
        Succeed([.. command, Out]);

        Assert.Equal(dictionary, File.ReadAllBytes(Path.Combine(Out, "dictionary-12.safetensors")));
        string[] names = [.. Directory.EnumerateFiles(_folder.File("straight")).Select(f => Path.GetFileName(f))
            .Order(StringComparer.Ordinal)];
        Assert.Equal(names, Directory.EnumerateFiles(Out).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        foreach (string name in names.Where(n => n is not ("numbers.csv" or "report.html" or "report.md" or "results.json")))
            Assert.Equal(File.ReadAllBytes(Path.Combine(_folder.File("straight"), name)), File.ReadAllBytes(Path.Combine(Out, name)));
        Assert.Equal(Untimed(_folder.File("straight")), Untimed(Out));
    }

    private void CheckThatAFinishedRunOnlyWritesThePageAnew(Outcome first)
    {
        string[] written = ["report.html", "report.md", "numbers.csv", .. Plots, .. Pictures];
        Dictionary<string, byte[]> before = written.ToDictionary(f => f, f => File.ReadAllBytes(Path.Combine(Out, f)));
        DateTime models = File.GetLastWriteTimeUtc(Path.Combine(Out, "lista-12-3-s1.safetensors"));
        foreach (string file in written)
            File.Delete(Path.Combine(Out, file));

        Outcome again = Succeed(Command);

        // Times too: nothing was measured again.
        Assert.All(written, f => Assert.Equal(before[f], File.ReadAllBytes(Path.Combine(Out, f))));
        Assert.Equal(models, File.GetLastWriteTimeUtc(Path.Combine(Out, "lista-12-3-s1.safetensors")));
        Assert.Equal("", again.Error);
        Assert.Equal(Table(first), Table(again));
    }

    private static string[] Table(Outcome outcome)
        => [.. outcome.Out.Split('\n').TakeWhile(l => !l.StartsWith("scale", StringComparison.Ordinal))];

    private void CheckThatPlotsAreDrawingsAndThePageNeedsNoOtherFile()
    {
        string page = File.ReadAllText(Path.Combine(Out, "report.html"));

        foreach (string plot in Plots)
        {
            XElement svg = XDocument.Load(Path.Combine(Out, plot)).Root!;
            Assert.Equal("svg", svg.Name.LocalName);
            Assert.True(svg.Descendants().Count(e => e.Name.LocalName == "polyline") >= 2);
        }
        Assert.Equal(Plots.Length, page.Split("<svg ").Length - 1);
        Assert.Contains("data:image/png;base64,", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=\"http", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<link", page, StringComparison.Ordinal);
        GrayImage mosaic = ImageFile.Load(Path.Combine(Out, "atoms-12.png"));
        Assert.True(mosaic.Width > 4 * 6);
    }

    private void CheckThatOtherSettingsBeginAnewAndTouchNoFileOfTheUsers()
    {
        string mine = Path.Combine(Out, "lista-mine.safetensors");
        File.Copy(workspace.Encoder, mine);
        byte[] before = File.ReadAllBytes(Path.Combine(Out, "lista-12-1-s1.safetensors"));

        Outcome refused = Run([.. Command, "--seed", "2"]);
        Assert.Equal(
            $"error: {Out}: holds a reproduction with other settings ('seed: 1' there, 'seed: 2' here); --overwrite deletes it, --out "
            + "names another folder.", refused.ErrorLines[^1]);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(Out, "lista-12-1-s1.safetensors")));
        Outcome other = Succeed([.. Command, "--seed", "2", "--overwrite"]);

        Assert.Contains("dictionary of 12 atoms: 20,000 of 20,000", other.Error, StringComparison.Ordinal);
        Assert.NotEqual(before, File.ReadAllBytes(Path.Combine(Out, "lista-12-1-s1.safetensors")));
        Assert.Equal(File.ReadAllBytes(workspace.Encoder), File.ReadAllBytes(mine));
    }

    private void KillWhenExists(string name, string[] command)
    {
        using Process process = Process.Start(
            new ProcessStartInfo("dotnet", [OutputTests.ToolPath, .. command]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        while (!File.Exists(Path.Combine(Out, name)) && !process.HasExited)
            Thread.Sleep(1);
        process.Kill();
        process.WaitForExit();
        Assert.NotEqual(0, process.ExitCode);
    }

    /// <summary>Lines of the table of all numbers, without times.</summary>
    private static string[] Untimed(string folder)
    {
        string[] lines = File.ReadAllLines(Path.Combine(folder, "numbers.csv")),
        untimed = [.. lines.Where(l => !l.Contains("microseconds", StringComparison.Ordinal))];
        Assert.InRange(untimed.Length, lines.Length / 2, lines.Length - 1);
        return untimed;
    }

    /// <summary>Error of every encoder, from the table of all numbers.</summary>
    private Dictionary<string, double> Errors(int seed)
        => File.ReadLines(Path.Combine(Out, "numbers.csv")).Skip(1).Select(l => l.Split(',').Select(f => f.Trim('"')).ToArray())
            .Where(f => f[3] == seed.ToString(CultureInfo.InvariantCulture) && f[5] == "code_error")
            .DistinctBy(f => f[2]).ToDictionary(f => f[2], f => double.Parse(f[6], CultureInfo.InvariantCulture));
}
