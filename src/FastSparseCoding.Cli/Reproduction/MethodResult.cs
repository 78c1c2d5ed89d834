using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;

namespace FastSparseCoding.Cli.Reproduction;

/// <summary>What an encoder is worth on signals whose exact codes are known.</summary>
/// <param name="Encoder">The encoder.</param>
/// <param name="Quality">How close its codes come.</param>
/// <param name="FistaIterations">Iterations of FISTA that reach the same error; infinite beyond the curve.</param>
/// <param name="CodUpdates">Updates of greedy coordinate descent that reach the same error; infinite beyond the curve.</param>
/// <param name="Microseconds">Time for a signal in large batches on one thread.</param>
internal sealed record MethodResult(TrainableEncoder Encoder, CodeQuality Quality, double FistaIterations, double CodUpdates, double Microseconds)
{
    public static MethodResult Measure(TrainableEncoder encoder, AtomDictionary dictionary, Matrix x, Matrix codes, ExactCurves curves, CommandContext context)
    {
        Matrix z = encoder.Encode(x, context.Threads, context.Cancellation);
        CodeQuality quality = CodeEvaluator.Compare(x, dictionary, encoder.Lambda, z, codes);
        double fista = IterationsFor(curves.Fista, quality.CodeError), cod = IterationsFor(curves.Cod, quality.CodeError);
        return new MethodResult(encoder, quality, fista, cod, Timing.MicrosecondsPerSignal(encoder, x));
    }

    // Codes without any error (of signals that are all zero, say) are beyond the end of every curve.
    private static double IterationsFor(PredictionCurve curve, double error) => error > 0 ? curve.IterationsFor(error) : double.PositiveInfinity;
}
