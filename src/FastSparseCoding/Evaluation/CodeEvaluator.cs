using FastSparseCoding.Kernels;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Evaluation;

/// <summary>How close codes are to the optimal ones. Immutable and safe to share between threads.</summary>
/// <param name="CodeError">‖Z − Z*‖² summed over coefficients, averaged over signals: the paper's measure.</param>
/// <param name="RelativeCodeError">The same, divided by the mean ‖Z*‖².</param>
/// <param name="RelativeObjectiveGap">Mean of (E − E*)/E* over the signals with E* above 0.</param>
/// <param name="SupportPrecision">Of all predicted non-zeros, the part that is non-zero in the optimal codes; 1 when there is none.</param>
/// <param name="SupportRecall">Of all optimal non-zeros, the part that was predicted; 1 when there is none.</param>
/// <param name="SupportF1">Harmonic mean of precision and recall.</param>
/// <param name="MeanNonZeros">Mean number of non-zeros of the codes.</param>
public sealed record CodeQuality(
    double CodeError, double RelativeCodeError, double RelativeObjectiveGap, double SupportPrecision, double SupportRecall,
    double SupportF1, double MeanNonZeros);

/// <summary>Compares codes with the optimal ones. Safe to call from several threads at once.</summary>
public static class CodeEvaluator
{
    /// <summary>‖Z − Z*‖² summed over coefficients, averaged over signals.</summary>
    /// <param name="z">Codes [N×m], N at least 1.</param>
    /// <param name="exact">Optimal codes [N×m].</param>
    /// <returns>The error.</returns>
    /// <exception cref="ArgumentException">A shape is wrong.</exception>
    public static double CodeError(Matrix z, Matrix exact)
    {
        ArgumentNullException.ThrowIfNull(z);
        ArgumentNullException.ThrowIfNull(exact);
        Throw.IfBelow(exact.Rows, 1, "exact.Rows");
        Throw.IfShapeNot(z.Rows, z.Columns, exact.Rows, exact.Columns, nameof(z));
        return Reduction.SquaredDistance(z.Values, exact.Values) / z.Rows;
    }

    /// <summary>‖Z*‖² summed over coefficients, averaged over signals.</summary>
    internal static double MeanSquare(Matrix exact) => Reduction.Dot(exact.Values, exact.Values) / exact.Rows;

    /// <summary>An error divided by the mean ‖Z*‖²; where all optimal codes are zero, 0 for no error and infinity for any.</summary>
    internal static double Relative(double error, double scale) => scale > 0 ? error / scale : error > 0 ? double.PositiveInfinity : 0;

    /// <summary>All measures at once.</summary>
    /// <param name="x">Signals [N×n], N at least 1.</param>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="penalty">What the codes pay for not being zero; a number λ stands for λ‖z‖₁.</param>
    /// <param name="z">Codes [N×m].</param>
    /// <param name="exact">Optimal codes [N×m].</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <returns>The measures.</returns>
    /// <exception cref="ArgumentException">A shape is wrong.</exception>
    /// <example><code>
    /// Matrix exact = new ActiveSetSolver(dictionary, lambda: 0.5f).Encode(x);
    /// CodeQuality quality = CodeEvaluator.Compare(x, dictionary, 0.5f, encoder.Encode(x), exact);
    /// Console.WriteLine($"support F1 {quality.SupportF1:F2}");
    /// </code></example>
    public static CodeQuality Compare(Matrix x, AtomDictionary dictionary, Penalty penalty, Matrix z, Matrix exact, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        double error = CodeError(z, exact);
        double scale = MeanSquare(exact);
        double[] energies = LassoObjective.Energies(x, dictionary, z, penalty, threads),
            optimal = LassoObjective.Energies(x, dictionary, exact, penalty, threads);
        double gap = 0;
        int counted = 0;
        for (int i = 0; i < energies.Length; i++)
        {
            if (optimal[i] <= 0)
                continue;
            gap += (energies[i] - optimal[i]) / optimal[i];
            counted++;
        }
        (long both, long predicted, long actual) = CountSupports(z.Values, exact.Values);
        double precision = predicted > 0 ? (double)both / predicted : 1, recall = actual > 0 ? (double)both / actual : 1;
        double f1 = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
        return new CodeQuality(error, Relative(error, scale), counted > 0 ? gap / counted : 0, precision, recall, f1,
            (double)predicted / z.Rows);
    }

    private static (long Both, long Predicted, long Actual) CountSupports(ReadOnlySpan<float> z, ReadOnlySpan<float> exact)
    {
        long both = 0, predicted = 0, actual = 0;
        for (int i = 0; i < z.Length; i++)
        {
            bool p = z[i] != 0, a = exact[i] != 0;
            predicted += p ? 1 : 0;
            actual += a ? 1 : 0;
            both += p && a ? 1 : 0;
        }
        return (both, predicted, actual);
    }
}
