using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Imaging;

namespace FastSparseCoding.Paper;

/// <summary>Codes at growing depth, for every seed: the layers of one LISTA, or encoders trained for each depth on its own.</summary>
internal sealed record ExplainingAwayRun(string Name, IReadOnlyList<int> Depths, IReadOnlyList<ExplainingAway> Seeds)
{
    /// <summary>A measure of the place-th depth.</summary>
    public Spread Of(int place, Func<DepthActivity, double> value) => Spread.Of(Seeds.Select(s => value(s.Depths[place])));
}

/// <summary>An atom active in the plain shrinkage encoder, silenced by LISTA when another explains the input: an example and the
/// average.</summary>
internal static class ExplainingAwaySection
{
    private const string Id = "explaining-away";

    private static readonly int[] FollowedDepths = [7, 3];

    public static Section Write(IReadOnlyList<ExperimentResult> results, int patchSize, RunContext context)
    {
        var measured = results.Select(r => (Result: r, Runs: Measure(r, context))).ToArray();
        return new Section(
            Id, "Explaining away", [.. measured.Select(m => Claim(m.Result, m.Runs[0]))],
            [
                new Paragraph(
                    "An atom that resembles the patch responds at depth 0; once another atom accounts for what it saw, it falls silent. "
                    + "The patch's part B = W_e x and the thresholds are the same at every layer of a LISTA: only what arrives through S "
                    + "can silence an atom. An activation is wrong where the optimal coefficient is zero."),
                .. measured.SelectMany(m => Blocks(m.Result, m.Runs, patchSize)),
            ],
            [.. measured.SelectMany(m => m.Runs.SelectMany(run => Numbers(m.Result, run)))]);
    }

    private static ExplainingAwayRun[] Measure(ExperimentResult result, RunContext context)
    {
        ExplainingAway Layers(TrainableEncoder lista)
            => ExplainingAway.Measure(
                (ListaEncoder)lista, result.Dictionary, result.Test, result.Codes, context.Threads, context.Cancellation);
        IEnumerable<ExplainingAwayRun> layers = FollowedDepths.Select(depth => result.Method("lista", depth))
            .Select(m => new ExplainingAwayRun(
            $"layers of {m.Candidate.Name}", [.. Enumerable.Range(0, m.Candidate.Depth + 1)], [.. m.Seeds.Select(s => Layers(s.Encoder))]));
        SeededResult[] byDepth = [.. result.Lista];
        ExplainingAway Depths(int seed)
            => ExplainingAway.Measure(
                result.Dictionary, result.Codes,
                [.. byDepth.Select(m => m.Seeds[seed].Encoder.Encode(result.Test, context.Threads, context.Cancellation))]);
        return [.. layers, new ExplainingAwayRun(
            "trained for each depth", [.. byDepth.Select(m => m.Candidate.Depth)],
            [.. Enumerable.Range(0, result.SeedCount).Select(Depths)])];
    }

    private static Claim Claim(ExperimentResult result, ExplainingAwayRun run) => new(
        $"Atoms that others explain are suppressed: of those wrongly active at depth 0, the part that {run.Name} silence",
        $"{result.Atoms} atoms", "claimed; no number",
        $"{run.Of(run.Depths.Count - 1, a => 100 * a.Suppressed)} %, keeping {run.Of(run.Depths.Count - 1, a => 100 * a.Kept)} % of the "
            + "right ones",
        Verdicts.ExplainingAway([.. run.Seeds.Select(s => (s.Depths[^1].Suppressed, s.Depths[^1].Kept))]));

    private static IEnumerable<Block> Blocks(ExperimentResult result, ExplainingAwayRun[] runs, int patchSize)
    {
        yield return new Heading($"{result.Atoms} atoms");
        if (runs[0].Seeds[0].Example is { } example)
        {
            yield return Atoms(result, example, patchSize);
            yield return AnalysisPlots.Activations(
                example, $"explaining-away-{result.Atoms}.svg",
                $"The two atoms' coefficients by layer of LISTA T={runs[0].Depths[^1]}, seed 1.");
        }
        yield return new Paragraph(
            $"The silenced atoms correlate {Spread.Of(runs[0].Seeds.Select(s => s.Correlation))} on average with the atom of the optimal "
                + "code that explains most of what they saw; for rightly active atoms that figure is "
                + $"{Spread.Of(runs[0].Seeds.Select(s => s.RightCorrelation))}.");
        var table = new ResultTable("codes", "depth", "suppressed", "kept", "wrong activations", "wrong energy", "error");
        foreach (ExplainingAwayRun run in runs)
            for (int place = 0; place < run.Depths.Count; place++)
                table.Add(
                    run.Name, run.Depths[place], run.Of(place, a => a.Suppressed), run.Of(place, a => a.Kept),
                    run.Of(place, a => a.WrongActivations), run.Of(place, a => a.WrongEnergy), run.Of(place, a => a.CodeError));
        yield return new TableBlock(
            "Suppressed and kept are parts of the atoms active at depth 0, wrong and right ones; then the number of wrong activations of "
            + "a patch, and their part of the sum of Z².", table);
    }

    // Atoms are shown with the sign they are used with, so that what looks alike is alike.
    private static PictureRow Atoms(ExperimentResult result, ExplainedAtom example, int patchSize)
    {
        Picture Of(string name, ReadOnlySpan<float> values, float sign, string caption)
            => new($"explaining-away-{result.Atoms}-{name}.png", Draw(values, sign, patchSize), caption);
        return new PictureRow(
            [
                Of("patch", result.Test.Row(example.Signal), 1, "the patch"),
                Of("away", result.Dictionary.Atoms.Row(example.Atom), example.Activations[0], $"atom {example.Atom}, explained away"),
                Of("explaining", result.Dictionary.Atoms.Row(example.ExplainingAtom), example.ExplainingOptimum,
                    $"atom {example.ExplainingAtom}, which explains it"),
            ],
            $"Test patch {example.Signal}: both atoms respond at depth 0; their correlation is "
                + $"{ValueText.Of(Math.Abs(example.Correlation))}. By depth {example.Activations.Count - 1} atom {example.Atom} is "
                + "silent, as in the optimal code. Chosen as the largest product of a wrong activation at depth 0 and that correlation.");
    }

    private static byte[] Draw(ReadOnlySpan<float> values, float sign, int patchSize)
    {
        var signed = new float[values.Length];
        for (int i = 0; i < signed.Length; i++)
            signed[i] = sign < 0 ? -values[i] : values[i];
        return PngFile.Encode(AtomMosaic.Render(ReadOnlyMatrixView.OfRow(signed), patchSize));
    }

    private static IEnumerable<Number> Numbers(ExperimentResult result, ExplainingAwayRun run)
    {
        foreach ((int seed, ExplainingAway measured) in run.Seeds.Index())
            foreach ((int depth, DepthActivity a) in run.Depths.Zip(measured.Depths))
            {
                Number Of(string quantity, double value) => new(Id, result.Atoms, run.Name, seed + 1, depth, quantity, value);
                yield return Of("suppressed", a.Suppressed);
                yield return Of("kept", a.Kept);
                yield return Of("wrong_activations", a.WrongActivations);
                yield return Of("wrong_energy", a.WrongEnergy);
                yield return Of("code_error_by_depth", a.CodeError);
            }
    }
}
