
namespace FastSparseCoding.Paper;

/// <summary>What one way to code digits gave.</summary>
/// <param name="Name">Name in tables.</param>
/// <param name="Kind">raw, exact, cod, lcod, lista, shrink; "end-to-end-" before the last three when trained through the
/// classifier.</param>
/// <param name="Depth">Updates, or T.</param>
/// <param name="MultiplyAdds">Of a code, without the classifier; NaN for exact codes.</param>
/// <param name="Runs">One for every seed.</param>
internal sealed record DigitsMethod(string Name, string Kind, int Depth, double MultiplyAdds, IReadOnlyList<DigitsRun> Runs)
{
    /// <summary>Part of the test digits classified wrongly, with every seed.</summary>
    public IReadOnlyList<double> Errors => [.. Runs.Select(r => r.TestError)];

    public Spread TestErrorPercent => Of(r => 100 * r.TestError);

    public Spread Of(Func<DigitsRun, double> value) => Spread.Of(Runs.Select(value));
}

/// <summary>One seed's numbers.</summary>
/// <param name="TestError">Part of the test digits classified wrongly, by a classifier trained on such codes.</param>
/// <param name="OptimalClassifierError">The same by the classifier that was trained on optimal codes; NaN where codes are no predictions of
/// those.</param>
/// <param name="CodeError">‖Z − Z*‖² over ‖Z*‖² on the test digits; NaN likewise.</param>
/// <param name="NonZeros">Mean number of non-zeros of a test digit's code.</param>
internal sealed record DigitsRun(double TestError, double OptimalClassifierError, double CodeError, double NonZeros);

/// <summary>What the experiment on digits gave.</summary>
/// <param name="Plan">Its scale.</param>
/// <param name="Dictionary">The dictionary learned from digits.</param>
/// <param name="Certified">Part of the optimal codes that their duality gap certifies.</param>
/// <param name="Methods">All ways to code, raw pixels and optimal codes first.</param>
internal sealed record DigitsResult(DigitsPlan Plan, AtomDictionary Dictionary, double Certified, IReadOnlyList<DigitsMethod> Methods)
{
    /// <summary>The method of a kind and depth.</summary>
    public DigitsMethod Method(string kind, int depth = 0) => Methods.Single(m => m.Kind == kind && m.Depth == depth);

    /// <summary>A row for every way to code: what a person reads. Errors in per cent.</summary>
    public ResultTable Summary()
    {
        var table = new ResultTable(
            "codes", "test error %", "with the classifier of optimal codes %", "relative code error", "non-zeros", "multiply-adds");
        foreach (DigitsMethod m in Methods)
            table.Add(m.Name, m.TestErrorPercent, m.Of(r => 100 * r.OptimalClassifierError), m.Of(r => r.CodeError), m.Of(r => r.NonZeros),
                m.MultiplyAdds);
        return table;
    }
}
