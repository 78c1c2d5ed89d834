using FastSparseCoding.Evaluation;

namespace FastSparseCoding.Paper;

/// <summary>What was measured, as rows of numbers.csv.</summary>
internal static class Measured
{
    /// <summary>Every point of a curve.</summary>
    public static IEnumerable<Number> Curve(string experiment, ExperimentResult result, PredictionCurve curve)
        => curve.Iterations.Zip(curve.CodeErrors,
            (k, error) => new Number(experiment, result.Atoms, curve.Method, 0, k, "code_error", error));

    /// <summary>Every measure of an encoder with every seed.</summary>
    public static IEnumerable<Number> Method(string experiment, ExperimentResult result, SeededResult method)
    {
        Number Of(int seed, string quantity, double value)
            => new(experiment, result.Atoms, method.Candidate.Name, seed, method.Candidate.Depth, quantity, value);
        foreach ((int index, MethodResult m) in method.Seeds.Index())
        {
            CodeQuality q = m.Quality;
            int seed = index + 1;
            yield return Of(seed, "code_error", q.CodeError);
            yield return Of(seed, "relative_code_error", q.RelativeCodeError);
            yield return Of(seed, "relative_objective_gap", q.RelativeObjectiveGap);
            yield return Of(seed, "support_precision", q.SupportPrecision);
            yield return Of(seed, "support_recall", q.SupportRecall);
            yield return Of(seed, "support_f1", q.SupportF1);
            yield return Of(seed, "non_zeros", q.MeanNonZeros);
            yield return Of(seed, "fista_iterations", m.FistaIterations);
            yield return Of(seed, "cod_updates", m.CodUpdates);
        }
        yield return Of(0, "multiply_adds", method.MultiplyAdds);
        yield return Of(1, "microseconds_per_signal", method.Microseconds);
    }
}
