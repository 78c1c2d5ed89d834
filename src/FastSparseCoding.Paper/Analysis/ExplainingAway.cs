using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;

namespace FastSparseCoding.Paper;

/// <summary>
/// Explaining away (Gregor and LeCun 2010, section 1): an atom that the plain shrinkage encoder activates because it resembles the signal
/// falls silent once another atom accounts for what it saw. Codes of the same signals at growing depth are held against the optimal ones;
/// an activation is wrong where the optimal coefficient is zero, and right where it is not.
/// </summary>
/// <remarks>
/// Within one LISTA, B = xW_eᵀ and θ are the same at every depth: only what arrives through S can silence an atom that is active at depth
/// 0. The atom k that explains an atom j away is the one that accounts for most of what j saw: the largest sign(Z_j(0))·G_jk·Z*_k.
/// </remarks>
/// <param name="Depths">What is active at depths 0 to T.</param>
/// <param name="Correlation"> Mean |G_jk| of the atoms j that are wrongly active at depth 0 and silent at the last one, with the atom k
/// that explains each; 0 when there is none. </param>
/// <param name="RightCorrelation">The same mean over the right activations at depth 0, for comparison: with the other atom that explains
/// most of each.</param>
/// <param name="Example">The clearest case, or null when there is none.</param>
internal sealed record ExplainingAway(
    IReadOnlyList<DepthActivity> Depths, double Correlation, double RightCorrelation, ExplainedAtom? Example)
{
    /// <summary>Follows the layers of a LISTA.</summary>
    /// <param name="lista">The encoder, of depth T.</param>
    /// <param name="dictionary">Dictionary D [m×n] of the optimal codes.</param>
    /// <param name="x">Signals [N×n], N at least 1.</param>
    /// <param name="exact">Optimal codes [N×m].</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="cancellation">Stops between blocks of rows.</param>
    /// <returns>The measures at depths 0 to T.</returns>
    /// <exception cref="ArgumentException">A shape is wrong.</exception>
    public static ExplainingAway Measure(
        ListaEncoder lista, AtomDictionary dictionary, Matrix x, Matrix exact, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(lista);
        return Measure(dictionary, exact,
            [.. Enumerable.Range(0, lista.Depth + 1).Select(t => lista.Truncate(t).Encode(x, threads, cancellation))]);
    }

    /// <summary>Follows codes of the same signals by any encoders of growing depth.</summary>
    /// <param name="dictionary">Dictionary D [m×n] of the optimal codes.</param>
    /// <param name="exact">Optimal codes [N×m], N at least 1.</param>
    /// <param name="codes">Codes [N×m] at every depth, those of depth 0 first.</param>
    /// <returns>The measures at every depth.</returns>
    /// <exception cref="ArgumentException">A shape is wrong, or there are no codes.</exception>
    public static ExplainingAway Measure(AtomDictionary dictionary, Matrix exact, IReadOnlyList<Matrix> codes)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentNullException.ThrowIfNull(exact);
        ArgumentNullException.ThrowIfNull(codes);
        Throw.IfBelow(exact.Rows, 1, "exact.Rows");
        Throw.IfColumnsNot(exact.Columns, dictionary.AtomCount, nameof(exact));
        Throw.IfBelow(codes.Count, 1, "codes.Count");
        foreach (Matrix z in codes)
            Throw.IfShapeNot(z.Rows, z.Columns, exact.Rows, exact.Columns, nameof(codes));
        DepthActivity[] depths = [.. codes.Select(z => DepthActivity.Measure(codes[0], z, exact))];
        Explanation[] all = [.. Explanation.FindAll(dictionary, exact, codes[0])];
        Explanation[] silenced = [.. all.Where(a => exact[a.Signal, a.Atom] == 0 && codes[^1][a.Signal, a.Atom] == 0)];
        double right = MeanCorrelation(all.Where(a => exact[a.Signal, a.Atom] != 0));
        return new ExplainingAway(depths, MeanCorrelation(silenced), right, Clearest(silenced, codes, exact));
    }

    private static double MeanCorrelation(IEnumerable<Explanation> atoms)
        => atoms.Select(a => (double)Math.Abs(a.Correlation)).DefaultIfEmpty().Average();

    /// <summary>The largest product |Z_j(0)·G_jk| of those whose explaining atom is active at the last depth; the first of
    /// equals.</summary>
    private static ExplainedAtom? Clearest(Explanation[] silenced, IReadOnlyList<Matrix> codes, Matrix exact)
    {
        Explanation[] clear = [.. silenced.Where(a => codes[^1][a.Signal, a.ExplainingAtom] != 0)];
        if (clear.Length == 0)
            return null;
        Explanation best = clear.MaxBy(a => Math.Abs(codes[0][a.Signal, a.Atom] * a.Correlation));
        return new ExplainedAtom(
            best.Signal, best.Atom, best.ExplainingAtom, best.Correlation, [.. codes.Select(z => z[best.Signal, best.Atom])],
            [.. codes.Select(z => z[best.Signal, best.ExplainingAtom])], exact[best.Signal, best.ExplainingAtom]);
    }
}

/// <summary>An atom j that is wrongly active at depth 0 and silent at the last one, and the atom k that explains it away.</summary>
/// <param name="Signal">Row of the signal.</param>
/// <param name="Atom">Atom j.</param>
/// <param name="ExplainingAtom">Atom k.</param>
/// <param name="Correlation">G_jk, from −1 to 1.</param>
/// <param name="Activations">Z_j at every depth; the optimal coefficient is 0.</param>
/// <param name="ExplainingActivations">Z_k at every depth.</param>
/// <param name="ExplainingOptimum">The optimal coefficient Z*_k.</param>
internal sealed record ExplainedAtom(
    int Signal, int Atom, int ExplainingAtom, double Correlation, IReadOnlyList<float> Activations,
    IReadOnlyList<float> ExplainingActivations, float ExplainingOptimum);

/// <summary>An atom j that is active at depth 0, and the other atom k of the optimal code that accounts for most of what it saw.</summary>
internal readonly record struct Explanation(int Signal, int Atom, int ExplainingAtom, float Correlation)
{
    /// <summary>Every activation at depth 0 of which another atom explains a part.</summary>
    internal static IEnumerable<Explanation> FindAll(AtomDictionary dictionary, Matrix exact, Matrix first)
    {
        for (int i = 0; i < exact.Rows; i++)
            for (int j = 0; j < exact.Columns; j++)
                if (first[i, j] != 0 && Explaining(dictionary.Gram.Row(j), MathF.Sign(first[i, j]), exact.Row(i), j) is >= 0 and int k)
                    yield return new Explanation(i, j, k, dictionary.Gram.Row(j)[k]);
    }

    /// <summary>k = argmax over k ≠ j of sign·G_jk·Z*_k, or −1 when none is above 0.</summary>
    private static int Explaining(ReadOnlySpan<float> correlations, float sign, ReadOnlySpan<float> optimal, int atom)
    {
        int best = -1;
        float most = 0;
        for (int k = 0; k < optimal.Length; k++)
        {
            float explained = sign * correlations[k] * optimal[k];
            if (k == atom || explained <= most)
                continue;
            (best, most) = (k, explained);
        }
        return best;
    }
}

/// <summary>What is active at a depth, against depth 0 and the optimal codes. An activation is wrong where the optimal coefficient is
/// zero.</summary>
/// <param name="Suppressed">Of the wrong activations at depth 0, the part that is zero at this depth; 1 when there is none.</param>
/// <param name="Kept">Of the right activations at depth 0, the part that is not zero at this depth; 1 when there is none.</param>
/// <param name="WrongActivations">Wrong activations at this depth, whether or not active at depth 0; mean for a signal.</param>
/// <param name="WrongEnergy">Of the sum of Z² over all coefficients and signals, the part in wrong activations; 0 when all are
/// zero.</param>
/// <param name="CodeError">‖Z − Z*‖² summed over coefficients, averaged over signals.</param>
internal sealed record DepthActivity(double Suppressed, double Kept, double WrongActivations, double WrongEnergy, double CodeError)
{
    internal static DepthActivity Measure(Matrix first, Matrix z, Matrix exact)
    {
        long wrongFirst = 0, suppressed = 0, rightFirst = 0, kept = 0, wrong = 0;
        double energy = 0, wrongEnergy = 0;
        for (int i = 0; i < exact.Rows; i++)
        {
            ReadOnlySpan<float> z0 = first.Row(i), zt = z.Row(i), optimal = exact.Row(i);
            for (int j = 0; j < optimal.Length; j++)
            {
                bool before = z0[j] != 0, now = zt[j] != 0;
                double square = (double)zt[j] * zt[j];
                energy += square;
                if (optimal[j] != 0)
                {
                    rightFirst += before ? 1 : 0;
                    kept += before && now ? 1 : 0;
                    continue;
                }
                wrongFirst += before ? 1 : 0;
                suppressed += before && !now ? 1 : 0;
                wrong += now ? 1 : 0;
                wrongEnergy += square;
            }
        }
        return new DepthActivity(
            Part(suppressed, wrongFirst), Part(kept, rightFirst), (double)wrong / exact.Rows, energy > 0 ? wrongEnergy / energy : 0,
            CodeEvaluator.CodeError(z, exact));
    }

    private static double Part(long some, long all) => all > 0 ? (double)some / all : 1;
}
