using System.Globalization;
using System.Numerics.Tensors;
using System.Reflection;
using System.Runtime.InteropServices;
using FastSparseCoding.Imaging;

namespace FastSparseCoding.Paper;

/// <summary>What a reproduction gave, besides its files.</summary>
/// <param name="Summary">A row for every encoder.</param>
/// <param name="Uncertified">How many codes were not certified, stage by stage.</param>
internal sealed record ReproductionResult(ResultTable Summary, IReadOnlyList<(string Signals, long Count, long Total)> Uncertified);

/// <summary>A whole reproduction: every experiment, then the files that show what came out.</summary>
internal sealed class Reproducer(Plan plan, PictureInput pictures, DigitsInput? digits, RunContext context)
{
    private const string MainFile = "results.json", DigitsFile = "results-digits.json";

    private Plan _plan = plan;

    /// <summary>Runs in a folder, or goes on there, and writes the report. What was measured already is not measured again.</summary>
    /// <param name="output">The folder.</param>
    /// <param name="overwrite">Whether what a run with other settings left there may be deleted.</param>
    /// <param name="command">The command line to tell on the page.</param>
    /// <param name="board">Is told how far it is.</param>
    public ReproductionResult Run(string output, bool overwrite, string command, IProgressBoard board)
    {
        (string Name, string Value)[] settings = Settings();
        string common = string.Concat(settings.Select(s => $"{s.Name}: {s.Value}\n"));
        RunFolder folder = RunFolder.Open(output, common, digits?.Description, overwrite);
        _plan = _plan.With(StoredResults.SettingsOf(folder[MainFile]), common);
        string mainSettings = _plan.AddTo(common), digitsSettings = common + folder.Digits;
        StoredResults? main = StoredResults.Find(folder[MainFile], mainSettings),
            ofDigits = folder.Digits is null ? null : StoredResults.Find(folder[DigitsFile], digitsSettings);
        var overall = new OverallProgress(board, new Dictionary<string, double>(
        [
            .. main is null ? WorkPlan.OfPatches(folder, _plan) : [],
            .. ofDigits is null && digits is not null ? WorkPlan.OfDigits(folder, digits.Plan) : [],
        ]));
        main ??= Store(folder, MainFile, mainSettings, Measure(folder, overall));
        if (digits is not null)
            ofDigits ??= Store(folder, DigitsFile, digitsSettings, (new ResultTable(), [DigitsSection.Write(
                DigitsExperiment.Run(folder, digits.Plan, digits.Train, digits.Test, context, overall))]));
        overall.Complete();
        Section[] sections = [.. main.Sections.SkipLast(1), .. ofDigits?.Sections ?? [], main.Sections[^1]];
        WriteReport(folder, sections,
            [.. settings, .. ofDigits is null ? [] : new[] { ("digits", folder.Digits!) }, ("seeds", SeedsText()), .. NotCertified(folder),
                ("machine", main.Machine), ("command", command)]);
        return new ReproductionResult(main.Summary, folder.Uncertified.Entries);
    }

    private static StoredResults Store(
        RunFolder folder, string name, string settings, (ResultTable Summary, Section[] Sections) measured)
    {
        var results = new StoredResults(settings, Machine(), measured.Summary, measured.Sections);
        folder.WriteBytes(name, results.ToBytes());
        return results;
    }

    private (ResultTable Summary, Section[] Sections) Measure(RunFolder folder, IProgressBoard board)
    {
        var data = new TrainingData(pictures.Images, pictures.Preprocessing, _plan.TestSignals, context.Seed);
        ExperimentResult[] results = [.. _plan.Atoms.Select(atoms => new Experiment(folder, _plan, atoms, data, context).Run(board))];
        return (Tables.Summary(results), [.. Sections(results, folder, board)]);
    }

    private static IEnumerable<(string Name, string Value)> NotCertified(RunFolder folder)
    {
        IReadOnlyList<(string Signals, long Count, long Total)> entries = folder.Uncertified.Entries;
        if (entries.Count > 0)
            yield return ("not certified",
                string.Join("; ", entries.Select(e => FormattableString.Invariant($"{e.Count:N0} of {e.Total:N0} {e.Signals}"))));
    }

    private IEnumerable<Section> Sections(ExperimentResult[] results, RunFolder folder, IProgressBoard board)
    {
        yield return Figure3Section.Write(results);
        yield return Table1Section.Write(results);
        yield return Figure4Section.Write(results);
        yield return WarmStartSection.Write(results, board, context);
        yield return ExplainingAwaySection.Write(results, pictures.Preprocessing.PatchSize, context);
        yield return RobustnessSection.Write(results, OtherSignals(results[0].Sample.X), folder.Uncertified, board, context);
        yield return DictionarySection.Write(results, pictures.Preprocessing.PatchSize);
    }

    /// <summary>Signals of other kinds than those learned from, of the same size and scale.</summary>
    private (string Name, Matrix X)[] OtherSignals(Matrix sample)
    {
        double deviation = Math.Sqrt(TensorPrimitives.SumOfSquares<float>(sample.Values) / sample.Values.Length);
        (string, Matrix) noise = ("white noise", Robustness.AddNoise(new Matrix(sample.Rows, sample.Columns), deviation, context.Seed));
        if (pictures.IsGenerated)
            return [noise];
        IReadOnlyList<GrayImage> generated = DeadLeaves.GenerateMany(Plan.GeneratedImages, Plan.GeneratedSize, context.Seed);
        return [("generated pictures", Patches.Sample(generated, pictures.Preprocessing, sample.Rows, context.Seed)), noise];
    }

    // All that decides the bits of the models: a folder made with the same settings is gone on with.
    private (string Name, string Value)[] Settings()
    {
        return
        [
            ("images", pictures.Description), ("patches", pictures.PatchDescription), ("samples", _plan.Samples),
            ("sparsity weight λ", Plan.Lambda.ToString(CultureInfo.InvariantCulture)),
            ("seed", context.Seed.ToString(CultureInfo.InvariantCulture)), ("version", Version()),
        ];
    }

    private static void WriteReport(RunFolder folder, Section[] sections, IReadOnlyList<(string, string)> settings)
    {
        foreach (Picture picture in sections.SelectMany(s => s.Blocks).SelectMany(b => b.Pictures))
            folder.WriteBytes(picture.FileName, picture.Content);
        folder.WriteText("numbers.csv", Tables.Numbers(sections).ToCsv());
        folder.WriteText("report.md", ReportText.Write(sections, settings));
        folder.WriteText("report.html", ReportPage.Write(sections, settings));
    }

    private string SeedsText()
        => _plan.Seeds == 1 ? "1"
            : $"{_plan.Seeds}, each of other training patches, with one dictionary for all; numbers are the mean ± half of the range, "
            + "(largest − smallest)/2";

    private static string Machine()
        => $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors, "
        + $"{RuntimeInformation.FrameworkDescription}";

    private static string Version()
        => typeof(Reproducer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
            ?? "unknown";
}
