using FastSparseCoding.Cli.Output;
using FastSparseCoding.Evaluation;

namespace FastSparseCoding.Cli.Reproduction;

/// <summary>The numbers of a reproduction as tables.</summary>
internal static class Tables
{
    /// <summary>A row for every trained encoder, after one for the exact solver: what a person reads.</summary>
    public static ResultTable Summary(IReadOnlyList<ExperimentResult> results)
    {
        var table = new ResultTable("method", "atoms", "error", "relative error", "objective gap", "support F1", "FISTA iterations", "CoD updates", "multiply-adds", "µs per signal");
        foreach (ExperimentResult result in results)
        {
            int atoms = result.Dictionary.AtomCount;
            table.Add("exact (active set)", atoms, 0.0, 0.0, 0.0, 1.0, double.NaN, double.NaN, double.NaN, result.ExactMicroseconds);
            foreach ((Candidate candidate, MethodResult m) in result.Methods)
            {
                table.Add(
                    candidate.Name, atoms, m.Quality.CodeError, m.Quality.RelativeCodeError, m.Quality.RelativeObjectiveGap, m.Quality.SupportF1,
                    m.FistaIterations, m.CodUpdates, m.Encoder.MultiplyAdds, m.Microseconds);
            }
        }
        return table;
    }

    /// <summary>Every number, one row for each method and amount of work. What was not measured is empty.</summary>
    public static ResultTable All(IReadOnlyList<ExperimentResult> results)
    {
        var table = new ResultTable(
            "method", "kind", "atoms", "iterations", "code_error", "relative_code_error", "relative_objective_gap", "support_precision", "support_recall", "support_f1", "non_zeros",
            "fista_iterations", "cod_updates", "multiply_adds", "microseconds_per_signal");
        foreach (ExperimentResult result in results)
        {
            int atoms = result.Dictionary.AtomCount, size = result.Dictionary.SignalSize;
            table.Add(
                "active set", "exact", atoms, double.NaN, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, result.NonZeros, double.NaN, double.NaN, double.NaN, result.ExactMicroseconds);
            foreach ((Candidate candidate, MethodResult m) in result.Methods)
            {
                CodeQuality q = m.Quality;
                table.Add(
                    candidate.Name, candidate.Kind, atoms, candidate.Depth, q.CodeError, q.RelativeCodeError, q.RelativeObjectiveGap, q.SupportPrecision, q.SupportRecall, q.SupportF1, q.MeanNonZeros,
                    m.FistaIterations, m.CodUpdates, m.Encoder.MultiplyAdds, m.Microseconds);
            }
            AddCurve(table, result.Curves.Ista, "ista", result, k => WorkCount.Gradient(size, atoms, k));
            AddCurve(table, result.Curves.Fista, "fista", result, k => WorkCount.Gradient(size, atoms, k));
            AddCurve(table, result.Curves.Cod, "cod", result, k => WorkCount.CoordinateDescent(size, atoms, k));
        }
        return table;
    }

    private static void AddCurve(ResultTable table, PredictionCurve curve, string kind, ExperimentResult result, Func<double, double> work)
    {
        foreach ((int k, double error) in curve.Iterations.Zip(curve.CodeErrors))
        {
            table.Add(
                curve.Method, kind, result.Dictionary.AtomCount, k, error, error / result.CodeEnergy,
                double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, work(k), double.NaN);
        }
    }
}
