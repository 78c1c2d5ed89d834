using System.Globalization;
using System.Text;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Imaging;

namespace FastSparseCoding.Cli.Reproduction;

/// <summary>Codes at growing depth: the layers of one LISTA, or encoders trained for each depth on its own.</summary>
internal sealed record ExplainingAwayRun(string Name, IReadOnlyList<int> Depths, ExplainingAway Measured);

/// <summary>Explaining away with one dictionary.</summary>
/// <param name="Dictionary">The dictionary.</param>
/// <param name="Test">The signals.</param>
/// <param name="Runs">The layers of every LISTA, the deepest first; then the encoders trained for each depth.</param>
internal sealed record ExplainingAwayResult(AtomDictionary Dictionary, Matrix Test, IReadOnlyList<ExplainingAwayRun> Runs);

/// <summary>An atom active in the plain shrinkage encoder, silenced by LISTA when another explains the input: an example and the average.</summary>
internal static class ExplainingAwaySection
{
    /// <summary>Follows the layers of every LISTA among the encoders, and those of shrinkage and LISTA that were trained for each depth.</summary>
    public static ExplainingAwayResult Measure(AtomDictionary dictionary, IReadOnlyList<TrainableEncoder> encoders, Matrix test, Matrix codes, CommandContext context)
    {
        ListaEncoder[] listas = [.. encoders.OfType<ListaEncoder>().Where(e => e.Depth > 0).OrderByDescending(e => e.Depth)];
        List<ExplainingAwayRun> runs = [.. listas.Select(lista => new ExplainingAwayRun(
            $"layers of LISTA T={lista.Depth}", [.. Enumerable.Range(0, lista.Depth + 1)], ExplainingAway.Measure(lista, dictionary, test, codes, context.Threads, context.Cancellation)))];
        if (listas.Length > 0 && encoders.FirstOrDefault(e => e is ShrinkEncoder or ListaEncoder { Depth: 0 }) is { } shrink)
        {
            TrainableEncoder[] byDepth = [shrink, .. listas.Reverse()];
            Matrix[] predicted = [.. byDepth.Select(e => e.Encode(test, context.Threads, context.Cancellation))];
            runs.Add(new ExplainingAwayRun("trained for each depth", [.. byDepth.Select(e => e.Depth)], ExplainingAway.Measure(dictionary, codes, predicted)));
        }
        return new ExplainingAwayResult(dictionary, test, runs);
    }

    /// <summary>A row for every depth.</summary>
    public static ResultTable Table(ExplainingAwayResult result)
    {
        var table = new ResultTable("codes", "atoms", "depth", "suppressed", "kept", "wrong activations", "wrong energy", "error");
        foreach (ExplainingAwayRun run in result.Runs)
            foreach ((int depth, DepthActivity a) in run.Depths.Zip(run.Measured.Depths))
                table.Add(run.Name, result.Dictionary.AtomCount, depth, a.Suppressed, a.Kept, a.WrongActivations, a.WrongEnergy, a.CodeError);
        return table;
    }

    /// <summary>The example as pictures, and the averages.</summary>
    /// <param name="result">What was measured.</param>
    /// <param name="patchSize">Side of a patch in pixels.</param>
    public static string Html(ExplainingAwayResult result, int patchSize)
    {
        if (result.Runs.Count == 0)
            return "";
        ExplainingAwayRun run = result.Runs[0];
        DepthActivity last = run.Measured.Depths[^1];
        int m = result.Dictionary.AtomCount;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"<section><h3>Explaining away, {m} atoms</h3>\n<p>Of the atoms that are active at depth 0 and zero in the optimal code, the {run.Name} silence <b>{100 * last.Suppressed:F0}%</b>, ");
        text.Append(CultureInfo.InvariantCulture, $"and keep <b>{100 * last.Kept:F0}%</b> of those that are active in both. The silenced atoms correlate {run.Measured.Correlation:F2} on average with the atom of the optimal code that explains most of what they saw; ");
        text.Append(CultureInfo.InvariantCulture, $"for rightly active atoms that figure is {run.Measured.RightCorrelation:F2}. The signal's part B and the thresholds are the same at every layer: only what arrives through S can silence an atom.</p></section>\n");
        if (run.Measured.Example is { } example)
            text.Append(Example(result, example, patchSize));
        text.Append(CultureInfo.InvariantCulture, $"<section><div class=\"scroll\">{Reproduction.Html.Table(Table(result))}</div>\n<p class=\"note\">Suppressed and kept count the atoms active at depth 0. Wrong is an activation whose optimal coefficient is zero: ");
        text.Append("their number for a patch, and their part of the sum of Z². Means over all test patches.</p></section>\n");
        return text.ToString();
    }

    private static string Example(ExplainingAwayResult result, ExplainedAtom example, int patchSize)
    {
        // Atoms are shown with the sign they are used with, so that what looks alike is alike.
        string patch = Picture(result.Test.Row(example.Signal), 1, patchSize, "the patch");
        string away = Picture(result.Dictionary.Atoms.Row(example.Atom), example.Activations[0], patchSize, $"atom {example.Atom}, explained away");
        string explaining = Picture(result.Dictionary.Atoms.Row(example.ExplainingAtom), example.ExplainingOptimum, patchSize, $"atom {example.ExplainingAtom}, which explains it");
        string caption = string.Create(
            CultureInfo.InvariantCulture,
            $"Test patch {example.Signal}: both atoms respond at depth 0; their correlation is {Math.Abs(example.Correlation):F2}. By depth {example.Activations.Count - 1} atom {example.Atom} is silent, as in the optimal code. Chosen as the largest product of a wrong activation at depth 0 and that correlation.");
        string row = "<div style=\"display:flex;flex-wrap:wrap;gap:1.2rem;align-items:flex-end\">";
        return Reproduction.Html.Figure($"{row}{patch}{away}{explaining}</div>{AnalysisPlots.Activations(example)}", caption);
    }

    private static string Picture(ReadOnlySpan<float> values, float sign, int patchSize, string name)
    {
        var signed = new float[values.Length];
        for (int i = 0; i < signed.Length; i++)
            signed[i] = sign < 0 ? -values[i] : values[i];
        string png = Convert.ToBase64String(PngFile.Encode(AtomMosaic.Render(ReadOnlyMatrixView.OfRow(signed), patchSize)));
        return $"<div><img alt=\"{Reproduction.Html.Encode(name)}\" style=\"width:8.5rem;image-rendering:pixelated;display:block\" src=\"data:image/png;base64,{png}\"><span class=\"note\">{Reproduction.Html.Encode(name)}</span></div>";
    }
}
