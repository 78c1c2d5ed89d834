using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;

namespace FastSparseCoding.Paper;

/// <summary>What an encoder is worth on signals whose exact codes are known.</summary>
/// <param name="Encoder">The encoder.</param>
/// <param name="Quality">How close its codes come.</param>
/// <param name="FistaIterations">Iterations of FISTA that reach the same error; infinite beyond the curve.</param>
/// <param name="CodUpdates">Updates of greedy coordinate descent that reach the same error; infinite beyond the curve.</param>
internal sealed record MethodResult(TrainableEncoder Encoder, CodeQuality Quality, double FistaIterations, double CodUpdates)
{
    public static MethodResult Measure(
        TrainableEncoder encoder, AtomDictionary dictionary, Matrix x, Matrix codes, ExactCurves curves, RunContext context)
    {
        Matrix z = encoder.EncodeRows(x, context.Threads, context.Cancellation);
        CodeQuality quality = CodeEvaluator.Compare(x, dictionary, encoder.Penalty, z, codes, context.Threads);
        return new MethodResult(
            encoder, quality, IterationsFor(curves.Fista, quality.CodeError), IterationsFor(curves.Cod, quality.CodeError));
    }

    // Codes without any error (of signals that are all zero, say) are beyond the end of every curve.
    private static double IterationsFor(PredictionCurve curve, double error)
        => error > 0 ? curve.IterationsFor(error) : double.PositiveInfinity;
}

/// <summary>The same encoder trained once for every seed.</summary>
/// <param name="Candidate">Which.</param>
/// <param name="Seeds">What each training gave.</param>
/// <param name="Microseconds">Time for a signal in large batches on one thread; of the first seed, since the weights hardly matter to
/// it.</param>
internal sealed record SeededResult(Candidate Candidate, IReadOnlyList<MethodResult> Seeds, double Microseconds)
{
    public long MultiplyAdds => Seeds[0].Encoder.MultiplyAdds;

    /// <summary>‖Z − Z*‖² with every seed.</summary>
    public IReadOnlyList<double> Errors => [.. Seeds.Select(m => m.Quality.CodeError)];

    public Spread CodeError => Of(m => m.Quality.CodeError);

    public Spread RelativeCodeError => Of(m => m.Quality.RelativeCodeError);

    public Spread RelativeObjectiveGap => Of(m => m.Quality.RelativeObjectiveGap);

    public Spread SupportF1 => Of(m => m.Quality.SupportF1);

    public Spread FistaIterations => Of(m => m.FistaIterations);

    public Spread CodUpdates => Of(m => m.CodUpdates);

    /// <summary>How many times fewer coordinate updates than CoD for the same error.</summary>
    public Spread UpdatesSaved => Of(m => m.CodUpdates / Candidate.Depth);

    private Spread Of(Func<MethodResult, double> value) => Spread.Of(Seeds.Select(value));
}
