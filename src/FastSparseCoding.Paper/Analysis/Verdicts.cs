namespace FastSparseCoding.Paper;

/// <summary>What became of a claim.</summary>
internal enum Verdict
{
    Reproduced,
    Partly,
    Not,
}

/// <summary>A verdict and the rule, in words, that it was reached by.</summary>
internal sealed record Judgement(Verdict Verdict, string Rule)
{
    /// <summary>The verdict as it stands on the page.</summary>
    public string Word => Verdict switch
    {
        Verdict.Reproduced => "reproduced",
        Verdict.Partly => "partly",
        _ => "not reproduced",
    };
}

/// <summary>
/// The rules by which claims are judged: numbers in, a verdict out. A number has one value for every seed, and what must hold must hold
/// for each of them.
/// </summary>
internal static class Verdicts
{
    /// <summary>Of the paper's number, the part that must be reached, because patches and dictionaries are not the paper's; of the work
    /// from zero, the part that a start may need to count as saving some.</summary>
    private const double Share = 0.8;

    /// <summary>Section 4.1 of the paper: about so many iterations of FISTA for one layer of LISTA.</summary>
    private const double AboutIterations = 20;

    /// <summary>The abstract: a tenth of the work.</summary>
    private const double AboutFactor = 10;

    /// <summary>Products by a matrix of LISTA with T = 1: W_e and S.</summary>
    private const double ProductsOfOneLayer = 2;

    /// <summary>Iterations of FISTA that one layer of LISTA is worth.</summary>
    /// <param name="iterations">A value for every seed.</param>
    /// <param name="paper">The paper's number; null for a size that it does not have.</param>
    public static Judgement Iterations(IReadOnlyList<double> iterations, double? paper) => Of(
        iterations.All(k => k >= Share * (paper ?? AboutIterations)), iterations.All(k => k > ProductsOfOneLayer),
        "One layer of LISTA: reproduced when it is worth at least 80 % of the paper's iterations (of its \"about 20\" for a size that the "
        + "paper does not have), partly when it is worth more than the two products that it costs.");

    /// <summary>Errors at growing depth.</summary>
    /// <param name="errors">For every seed the errors at T = 1, 3, 7.</param>
    /// <param name="paper">The paper's at the same depths, on its data; null for a size that it does not have.</param>
    public static Judgement Depth(IReadOnlyList<double[]> errors, double[]? paper) => Of(
        errors.All(e => e[1] < e[0] && e[2] < e[1] && e[0] / e[2] >= (paper is null ? 1 : Share * paper[0] / paper[2])),
        errors.All(e => e[2] < e[0]),
        "Error and depth: reproduced when the error falls from T = 1 to 3 and from 3 to 7, in all by at least 80 % of the paper's factor "
        + "(2.9 for 100 atoms, 1.5 for 400; of errors on other data only factors compare), partly when T = 7 is at least better than "
        + "T = 1.");

    /// <summary>Feed-forward encoders against one layer of LISTA.</summary>
    /// <param name="baselines">For every baseline its error with every seed.</param>
    /// <param name="lista">LISTA's.</param>
    public static Judgement Baselines(IReadOnlyList<IReadOnlyList<double>> baselines, IReadOnlyList<double> lista) => Of(
        baselines.All(b => AllBelow(lista, b)), baselines.Any(b => AllBelow(lista, b)),
        "Feed-forward encoders: reproduced when LISTA with T = 1 has a smaller error than all three, partly when than some.");

    /// <summary>CoD's updates over LCoD's for the same error.</summary>
    /// <param name="factors">For every seed, at 10 updates.</param>
    public static Judgement Updates(IReadOnlyList<double> factors) => Of(
        factors.All(f => f >= Share * AboutFactor), factors.All(f => f > 1),
        "LCoD against CoD: reproduced when the factor at 10 updates, the middle one, is at least 8, which is 80 % of the paper's 10; partly "
        + "when it is above 1. The paper does not say at how many updates.");

    /// <summary>Iterations of an exact method from a prediction and from zero.</summary>
    /// <param name="warm">From the prediction, for every seed.</param>
    /// <param name="predictions">What the prediction costs, in such iterations.</param>
    /// <param name="cold">From zero.</param>
    public static Judgement WarmStart(IReadOnlyList<double> warm, double predictions, double cold) => Of(
        warm.All(k => k + predictions <= Share * cold), warm.All(k => k < cold),
        "A start from a prediction: reproduced when it takes at most 80 % of the iterations from zero with the prediction's own counted "
        + "too (T + 1 products of LISTA, updates of LCoD), partly when it takes fewer than from zero without them.");

    /// <summary>Parts of the wrong activations that fall silent, and of the right ones that stay.</summary>
    /// <param name="parts">For every seed.</param>
    public static Judgement ExplainingAway(IReadOnlyList<(double Suppressed, double Kept)> parts) => Of(
        parts.All(p => p.Suppressed > 0.5 && p.Kept > 0.5), parts.All(p => p.Suppressed > 1 - p.Kept),
        "Explaining away: reproduced when more than half of the wrong activations fall silent and more than half of the right ones stay, "
        + "partly when of the wrong ones a larger part falls silent than of the right ones.");

    /// <summary>Test errors of classifiers on codes of digits.</summary>
    /// <param name="predicted">On predicted codes, for every seed.</param>
    /// <param name="raw">On pixels.</param>
    /// <param name="stopped">On codes of CoD stopped after as many updates.</param>
    public static Judgement Recognition(IReadOnlyList<double> predicted, IReadOnlyList<double> raw, IReadOnlyList<double> stopped) => Of(
        AllBelow(predicted, raw) && AllBelow(predicted, stopped), AllBelow(predicted, raw) || AllBelow(predicted, stopped),
        "Recognition: reproduced when a classifier errs less often on LCoD's codes than on raw pixels and than on those of CoD after as "
        + "many updates, partly when less often than on one of them.");

    /// <summary>Test errors of an encoder trained through the classifier, and of the predictor of optimal codes.</summary>
    /// <param name="through">Through the classifier, for every seed.</param>
    /// <param name="predictor">The predictor.</param>
    public static Judgement EndToEnd(IReadOnlyList<double> through, IReadOnlyList<double> predictor) => Of(
        AllBelow(through, predictor), through.Average() < predictor.Average(),
        "Training through the classifier: reproduced when it errs less often than the predictor of optimal codes, partly when only on "
        + "average over the seeds.");

    private static bool AllBelow(IReadOnlyList<double> some, IReadOnlyList<double> others) => some.Zip(others).All(p => p.First < p.Second);

    // A comparison with what is not a number does not hold, so that it never counts as reproduced.
    private static Judgement Of(bool reproduced, bool partly, string rule)
        => new(reproduced ? Verdict.Reproduced : partly ? Verdict.Partly : Verdict.Not, rule);
}
