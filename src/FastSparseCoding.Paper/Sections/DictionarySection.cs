using FastSparseCoding.Imaging;

namespace FastSparseCoding.Paper;

/// <summary>The dictionaries and their exact codes.</summary>
internal static class DictionarySection
{
    private const string Id = "dictionary";

    public static Section Write(IReadOnlyList<ExperimentResult> results, int patchSize)
    {
        var table = new ResultTable("atoms", "L", "mean non-zeros", "mean ‖Z*‖²", "certified", "µs per exact code");
        foreach (ExperimentResult r in results)
            table.Add(r.Atoms, (double)r.Dictionary.Lipschitz, r.NonZeros, r.CodeEnergy, r.Certified, r.ExactMicroseconds);
        return new Section(
            Id, "Dictionaries and exact codes", [],
            [
                new Paragraph(
                    "Learned with Mairal's online method from patches of the training pictures, once for all seeds. Exact codes come "
                    + "from the active-set method; certified is the part whose relative duality gap is at most 1e-5. L is the largest "
                    + "eigenvalue of the Gram matrix, with a margin."),
                new TableBlock("The dictionaries, on the test patches.", table),
                .. results.Select(r => new Picture(
                    $"atoms-{r.Atoms}.png", PngFile.Encode(AtomMosaic.Render(r.Dictionary.Atoms, patchSize)), $"The {r.Atoms} atoms.")),
            ],
            [.. results.SelectMany(Numbers)]);
    }

    private static IEnumerable<Number> Numbers(ExperimentResult result)
    {
        Number Of(string quantity, double value) => new(Id, result.Atoms, "active set", 0, double.NaN, quantity, value);
        return [Of("code_energy", result.CodeEnergy), Of("non_zeros", result.NonZeros), Of("certified", result.Certified),
            Of("microseconds_per_signal", result.ExactMicroseconds)];
    }
}
