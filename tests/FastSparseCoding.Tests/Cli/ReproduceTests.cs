using System.Globalization;
using System.Xml.Linq;
using FastSparseCoding.Imaging;
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
        "lcod-12-10", "lcod-12-20", "lcod-12-5", "lcod-12-50", "lista-12-1", "lista-12-3", "lista-12-7", "shrink-12", "tanh-12", "tanh2-12",
    ];

    private readonly TempFolder _folder = new();

    private string Out => _folder.File("out");

    private string[] Command => ["reproduce", "--quick", "--images", workspace.Images, "--patch", "6", "--atoms", "12", "--samples", "2000", "--out", Out];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Everything_is_made_and_says_the_same()
    {
        Outcome outcome = Succeed(Command);

        string[] expected =
        [
            "atoms-12.png", "cod-lcod-12.svg", "dictionary-12.safetensors", "fista-lista-12.svg", .. Encoders.Select(e => $"{e}.safetensors"), "numbers.csv", "report.html", "settings.txt",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), Directory.EnumerateFiles(Out).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.Contains(Path.Combine(Out, "report.html"), outcome.Out, StringComparison.Ordinal);
        Dictionary<string, double> errors = Errors();
        foreach ((string name, double error) in errors)
        {
            string line = outcome.Out.Split('\n').First(l => l.StartsWith(name, StringComparison.Ordinal));
            Assert.Contains(error.ToString("G4", CultureInfo.InvariantCulture), line, StringComparison.Ordinal);
            Assert.Contains($"<td>{error.ToString("G4", CultureInfo.InvariantCulture)}</td>", File.ReadAllText(Path.Combine(Out, "report.html")), StringComparison.Ordinal);
        }
        Assert.True(errors["LISTA T=3"] < errors["LISTA T=1"] && errors["LISTA T=1"] < errors["shrinkage (LISTA T=0)"]);
        Assert.True(errors["LCoD 20 updates"] < errors["LCoD 5 updates"]);
        Assert.True(errors["double tanh"] < errors["tanh"]);
        CheckThatPlotsAreDrawingsAndThePageNeedsNoOtherFile();
        CheckThatOtherSettingsBeginAnewAndTouchNoFileOfTheUsers();
    }

    [Fact]
    public void A_run_that_was_killed_goes_on_to_the_same_bits()
    {
        Succeed([.. Command[..^1], _folder.File("straight")]);
        StopWhenExists(Path.Combine(Out, "lcod-12-50.safetensors.checkpoint"));
        byte[] dictionary = File.ReadAllBytes(Path.Combine(Out, "dictionary-12.safetensors"));

        Outcome resumed = Succeed(Command);

        Assert.DoesNotContain("dictionary of 12 atoms", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(dictionary, File.ReadAllBytes(Path.Combine(Out, "dictionary-12.safetensors")));
        foreach (string encoder in Encoders)
            Assert.Equal(File.ReadAllBytes(Path.Combine(_folder.File("straight"), $"{encoder}.safetensors")), File.ReadAllBytes(Path.Combine(Out, $"{encoder}.safetensors")));
        Assert.DoesNotContain(Directory.EnumerateFiles(Out), f => f.EndsWith(".checkpoint", StringComparison.Ordinal));
    }

    private void CheckThatPlotsAreDrawingsAndThePageNeedsNoOtherFile()
    {
        string page = File.ReadAllText(Path.Combine(Out, "report.html"));

        foreach (string plot in new[] { "fista-lista-12.svg", "cod-lcod-12.svg" })
        {
            XElement svg = XDocument.Load(Path.Combine(Out, plot)).Root!;
            Assert.Equal("svg", svg.Name.LocalName);
            Assert.True(svg.Descendants().Count(e => e.Name.LocalName == "polyline") >= 2);
        }
        Assert.Equal(2, page.Split("<svg ").Length - 1);
        Assert.Contains("data:image/png;base64,", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=\"http", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<link", page, StringComparison.Ordinal);
        GrayImage mosaic = ImageFile.Load(Path.Combine(Out, "atoms-12.png"));
        Assert.True(mosaic.Width > 4 * 6);
    }

    private void CheckThatOtherSettingsBeginAnewAndTouchNoFileOfTheUsers()
    {
        string mine = Path.Combine(Out, "mine.safetensors");
        File.Copy(workspace.Encoder, mine);
        byte[] before = File.ReadAllBytes(Path.Combine(Out, "lista-12-1.safetensors"));

        Outcome other = Succeed([.. Command, "--seed", "2"]);

        Assert.Contains("dictionary of 12 atoms: 20,000 of 20,000", other.Error, StringComparison.Ordinal);
        Assert.NotEqual(before, File.ReadAllBytes(Path.Combine(Out, "lista-12-1.safetensors")));
        Assert.Equal(File.ReadAllBytes(workspace.Encoder), File.ReadAllBytes(mine));
    }

    private void StopWhenExists(string path) => Assert.Equal(130, RunUntilExists(path, Command).ExitCode);

    /// <summary>Error of every encoder, from the table of all numbers.</summary>
    private Dictionary<string, double> Errors()
        => File.ReadLines(Path.Combine(Out, "numbers.csv")).Select(l => l.Split(','))
            .Where(f => f[1].Trim('"') is "lista" or "lcod" or "shrink" or "tanh" or "tanh2")
            .ToDictionary(f => f[0].Trim('"'), f => double.Parse(f[4], CultureInfo.InvariantCulture));
}
