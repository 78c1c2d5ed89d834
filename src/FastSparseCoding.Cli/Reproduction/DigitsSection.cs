using System.Globalization;
using System.Text;
using FastSparseCoding.Imaging;

namespace FastSparseCoding.Cli.Reproduction;

/// <summary>The experiment on digits as a part of the page.</summary>
internal static class DigitsSection
{
    /// <summary>Atoms shown of a large dictionary.</summary>
    private const int ShownAtoms = 100;

    public static string Write(DigitsResult result)
    {
        DigitsPlan plan = result.Plan;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"<h2>Digits</h2>\n<section><p>Whole digits of MNIST (n = {result.Dictionary.SignalSize}) are coded with a dictionary of {plan.Atoms} atoms, and a linear softmax classifier reads the codes. ");
        text.Append("Encoders are trained to predict the optimal codes; the last rows go on from there and train encoder and classifier together, the classifier's loss going back through the encoder.</p>\n");
        text.Append(Headline(result));
        text.Append($"<div class=\"scroll\">{Html.Table(result.Summary())}</div>\n");
        text.Append(CultureInfo.InvariantCulture, $"<p class=\"note\">Test error: part of the test digits classified wrongly by a classifier trained on such codes; mean of {plan.Seeds} trainings, and the lowest and the highest. ");
        text.Append("The next column leaves the classifier as it was trained on optimal codes and gives it the others instead. Multiply-adds are those of the code. ");
        text.Append(CultureInfo.InvariantCulture, $"Settings: {Html.Encode(plan.Settings)}; Adam, {DigitsPlan.ListaRate} at first for LISTA; {result.Certified:P1} of the optimal codes are certified by a relative duality gap of 1e-5.</p></section>\n");
        text.Append(Html.Figure(Atoms(result.Dictionary), string.Create(CultureInfo.InvariantCulture, $"The first {Math.Min(ShownAtoms, plan.Atoms)} of the {plan.Atoms} atoms learned from digits.")));
        return text.ToString();
    }

    private static string Headline(DigitsResult result)
    {
        var text = new StringBuilder();
        foreach (Candidate candidate in DigitsPlan.EndToEnd)
        {
            double predicted = Error(result.Method(candidate.Kind, candidate.Depth)), trained = Error(result.Method($"end-to-end-{candidate.Kind}", candidate.Depth));
            text.Append(CultureInfo.InvariantCulture, $"<p class=\"headline\">Trained through the classifier, {Html.Encode(candidate.Name)} errs on <b>{trained:F2} %</b> of the test digits instead of {predicted:F2} %, at the same work; raw pixels on {Error(result.Method("raw")):F2} %, optimal codes on {Error(result.Method("exact")):F2} %.</p>\n");
        }
        return text.ToString();
    }

    private static double Error(DigitsMethod method) => method.Runs.Average(r => 100 * r.TestError);

    private static string Atoms(AtomDictionary dictionary)
    {
        int side = (int)Math.Round(Math.Sqrt(dictionary.SignalSize)), shown = Math.Min(ShownAtoms, dictionary.AtomCount);
        byte[] png = PngFile.Encode(AtomMosaic.Render(new ReadOnlyMatrixView(dictionary.Atoms.Values[..(shown * dictionary.SignalSize)], shown, dictionary.SignalSize), side));
        return $"<img class=\"atoms\" alt=\"Atoms as gray pictures: strokes and parts of digits\" src=\"data:image/png;base64,{Convert.ToBase64String(png)}\">";
    }
}
