using System.Text.RegularExpressions;
using FastSparseCoding.Imaging;
using FastSparseCoding.Paper;
using FastSparseCoding.Tests.Imaging;
using FastSparseCoding.Tests.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Paper;

/// <summary>The experiment on digits, on small pictures of bars.</summary>
public sealed class DigitsExperimentTests : IDisposable
{
    private static readonly DigitsPlan Plan = DigitsPlan.Small
        with
    { Atoms = 24, LearningSamples = 800, EncoderSamples = 2000, EndToEndEpochs = 10, Seeds = 2 };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_way_to_code_is_measured_for_every_seed_and_shown()
    {
        DigitsResult result = Run("run", CancellationToken.None, threads: 2);

        Assert.Equal(
            ["raw pixels", "optimal codes", "CoD 1 updates", "CoD 5 updates", "CoD 10 updates", "CoD 20 updates", "CoD 50 updates",
                "LCoD 1 update", "LCoD 5 updates", "LCoD 10 updates", "LCoD 20 updates", "LCoD 50 updates",
                "shrinkage (LISTA T=0)", "LISTA T=1", "LISTA T=3", "LISTA T=1, end to end", "LCoD 10 updates, end to end"],
            result.Methods.Select(m => m.Name));
        Assert.All(result.Methods, m => Assert.Equal(2, m.Runs.Count));
        // a guess is wrong in three of four cases
        Assert.All(result.Methods.SelectMany(m => m.Runs), r => Assert.InRange(r.TestError, 0, 0.75));
        Assert.True(Error("exact") < 0.8 * Error("raw"), $"{Error("exact")}, {Error("raw")}");
        Assert.True(Error("end-to-end-lista", 1) < Error("lista", 1), $"{Error("end-to-end-lista", 1)}, {Error("lista", 1)}");
        Assert.True(CodeError("cod", 50) < 0.1 * CodeError("cod", 1), $"{CodeError("cod", 50)}, {CodeError("cod", 1)}");
        Assert.True(CodeError("lista", 1) < CodeError("shrink", 0), $"{CodeError("lista", 1)}, {CodeError("shrink", 0)}");
        Assert.Equal(1, result.Certified);
        Section section = DigitsSection.Write(result);
        string page = ReportPage.Write([section], [("command", "")]), csv = Tables.Numbers([section]).ToCsv();
        Assert.All(result.Methods,
            m => Assert.Matches(
                $"<tr><td>{Regex.Escape(m.Name)}</td><td class=\"number\"[^>]*>"
                    + $"{System.Net.WebUtility.HtmlEncode(m.TestErrorPercent.ToString())}</td>", page));
        Assert.Equal(3, section.Claims.Count);
        Assert.All(section.Claims, claim => Assert.Contains($"{claim.Judgement.Word}</td></tr>", page, StringComparison.Ordinal));
        Assert.Contains("data:image/png;base64,", page, StringComparison.Ordinal);
        Assert.Equal(result.Methods.Count * 2, csv.Split('\n').Count(l => l.Contains("\"test_error\"", StringComparison.Ordinal)));

        double Error(string kind, int depth = 0) => result.Method(kind, depth).Runs.Average(r => r.TestError);
        double CodeError(string kind, int depth) => result.Method(kind, depth).Runs.Average(r => r.CodeError);
    }

    [Fact]
    public void A_run_that_was_stopped_goes_on_to_the_same_bits_on_another_number_of_threads()
    {
        string straight = Numbers(Run("straight", CancellationToken.None, threads: 1));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var board = new StoppingBoard("digits: LISTA T=1 end to end, seed 1", stop);

        Assert.ThrowsAny<OperationCanceledException>(() => Run("broken", stop.Token, threads: 2, board));
        int made = Directory.GetFiles(_folder.File("broken")).Length;
        string resumed = Numbers(Run("broken", CancellationToken.None, threads: 2));

        string[] files = [.. Directory.GetFiles(_folder.File("straight")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
        Assert.InRange(made, 5, files.Length - 5);
        Assert.Equal(straight, resumed);
        Assert.Equal(files, Directory.GetFiles(_folder.File("broken")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.All(files, f => Assert.Equal(
            File.ReadAllBytes(Path.Combine(_folder.File("straight"), f)), File.ReadAllBytes(Path.Combine(_folder.File("broken"), f))));
    }

    [Fact]
    public void Another_run_in_the_folder_discards_what_is_of_the_old_settings()
    {
        RunFolder.Open(_folder.File("run"), "old");
        File.WriteAllText(Path.Combine(_folder.File("run"), "digits-lista-1-1.safetensors"), "stale");

        Assert.Equal(
            $"{_folder.File("run")}: holds a reproduction with other settings ('old' there, 'new' here); --overwrite deletes it, --out "
            + "names another folder.", Assert.Throws<InvalidDataException>(() => RunFolder.Open(_folder.File("run"), "new")).Message);
        Assert.Equal(2, Directory.GetFiles(_folder.File("run")).Length);
        RunFolder.Open(_folder.File("run"), "new", overwrite: true);

        Assert.Equal(["settings.txt"], Directory.GetFiles(_folder.File("run")).Select(f => Path.GetFileName(f)));
    }

    [Fact]
    public void Digits_are_added_and_stay()
    {
        string settings = "images: 3\nseed: 1\n", path = _folder.File("run"), stored = Path.Combine(path, "settings.txt");
        Assert.Null(RunFolder.Open(path, settings).Digits);

        Assert.Equal("mnist; pixels 1", RunFolder.Open(path, settings, "mnist; pixels 1").Digits);
        Assert.Equal($"{settings}digits: mnist; pixels 1\n", File.ReadAllText(stored));
        Assert.Equal("mnist; pixels 1", RunFolder.Open(path, settings).Digits);
        Assert.Equal($"{settings}digits: mnist; pixels 1\n", File.ReadAllText(stored));
        Assert.Contains("('digits: mnist; pixels 1' there, 'digits: mnist; pixels 2' here)",
            Assert.Throws<InvalidDataException>(() => RunFolder.Open(path, settings, "mnist; pixels 2")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        string path = Path.Combine(_folder.File("file"), "run");
        File.WriteAllText(_folder.File("file"), "");

        Assert.StartsWith($"{path}: the folder cannot be created: ",
            Assert.Throws<IOException>(() => RunFolder.Open(path, "settings")).Message, StringComparison.Ordinal);
    }

    private static string Numbers(DigitsResult result) => Tables.Numbers([DigitsSection.Write(result)]).ToCsv();

    private DigitsResult Run(string name, CancellationToken cancellation, int threads, IProgressBoard? board = null)
    {
        (LabelledImages train, LabelledImages test) = LabelledImages.ReadFolder(DigitFiles.Write(_folder.File("digits")));
        RunFolder folder = RunFolder.Open(_folder.File(name), Plan.Settings);
        return DigitsExperiment.Run(folder, Plan, train, test, new RunContext(Seed: 1, threads, cancellation), board ?? NoProgress.Board);
    }

    /// <summary>Stops the run when a piece of it begins: a watcher of files comes late where all threads are busy.</summary>
    private sealed class StoppingBoard(string at, CancellationTokenSource stop) : IProgressBoard
    {
        public IProgressPiece Start(string title)
        {
            if (title == at)
                stop.Cancel();
            return NoProgress.Board;
        }
    }
}
