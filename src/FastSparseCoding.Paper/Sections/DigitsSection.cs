using System.Globalization;
using FastSparseCoding.Imaging;

namespace FastSparseCoding.Paper;

/// <summary>The experiment on digits: codes for recognition, and encoders trained through the classifier.</summary>
internal static class DigitsSection
{
    private const string Id = "digits";

    /// <summary>Atoms shown of a large dictionary.</summary>
    private const int ShownAtoms = 100;

    public static Section Write(DigitsResult result) => new(
        Id, "Digits: recognition and end-to-end training (MNIST)",
        [Recognition(result), .. DigitsPlan.EndToEnd.Select(c => EndToEnd(result, c))],
        [
            new Paragraph(string.Create(CultureInfo.InvariantCulture,
                $"Whole digits (n = {result.Dictionary.SignalSize}) are coded with a dictionary of {result.Dictionary.AtomCount} atoms, "
                + $"and a linear softmax classifier reads the codes. Encoders are trained to predict the optimal codes; the last rows "
                + $"go on from there and train encoder and classifier together, the classifier's loss going back through the encoder.")),
            new TableBlock(
                "Test error: the part of the test digits classified wrongly by a classifier trained on such codes. The next column "
                + "leaves the classifier as it was trained on optimal codes and gives it the others instead. Multiply-adds are those of "
                + "the code.", result.Summary()),
            new Paragraph(string.Create(
                CultureInfo.InvariantCulture,
                $"Setting: {result.Plan.Settings}; {result.Certified:P1} of the optimal codes are certified by a relative duality gap of "
                + $"1e-5.")),
            new Picture("digits-atoms.png", Atoms(result.Dictionary),
                string.Create(CultureInfo.InvariantCulture,
                $"The first {Math.Min(ShownAtoms, result.Dictionary.AtomCount)} of the {result.Dictionary.AtomCount} atoms learned from "
                + $"digits.")),
        ],
        [.. result.Methods.SelectMany(m => Numbers(result, m))]);

    private static Claim Recognition(DigitsResult result) => new(
        "Predicted codes serve recognition: test error of raw pixels / optimal codes / LCoD with 10 updates / CoD with 10", "digits",
        "shown; cells not certain",
        $"{string.Join(" / ", new[] { result.Method("raw"), result.Method("exact"), result.Method("lcod", 10), result.Method("cod", 10) }.Select(m => m.TestErrorPercent))} %",
        Verdicts.Recognition(result.Method("lcod", 10).Errors, result.Method("raw").Errors, result.Method("cod", 10).Errors));

    private static Claim EndToEnd(DigitsResult result, Candidate candidate) => new(
        $"{candidate.Name} trained through the classifier against the predictor of optimal codes, equal work", "digits",
        "possible; no number",
        $"{result.Method($"end-to-end-{candidate.Kind}", candidate.Depth).TestErrorPercent} % against "
            + $"{result.Method(candidate.Kind, candidate.Depth).TestErrorPercent} %",
        Verdicts.EndToEnd(
            result.Method($"end-to-end-{candidate.Kind}", candidate.Depth).Errors, result.Method(candidate.Kind, candidate.Depth).Errors));

    private static IEnumerable<Number> Numbers(DigitsResult result, DigitsMethod method)
    {
        Number Of(int seed, string quantity, double value)
            => new(Id, result.Dictionary.AtomCount, method.Name, seed, method.Depth, quantity, value);
        foreach ((int index, DigitsRun run) in method.Runs.Index())
        {
            yield return Of(index + 1, "test_error", run.TestError);
            yield return Of(index + 1, "test_error_with_classifier_of_optimal_codes", run.OptimalClassifierError);
            yield return Of(index + 1, "relative_code_error", run.CodeError);
            yield return Of(index + 1, "non_zeros", run.NonZeros);
        }
        yield return Of(0, "multiply_adds", method.MultiplyAdds);
    }

    private static byte[] Atoms(AtomDictionary dictionary)
    {
        int side = (int)Math.Round(Math.Sqrt(dictionary.SignalSize)), shown = Math.Min(ShownAtoms, dictionary.AtomCount);
        return PngFile.Encode(AtomMosaic.Render(
            new ReadOnlyMatrixView(dictionary.Atoms.Values[..(shown * dictionary.SignalSize)], shown, dictionary.SignalSize), side));
    }
}
