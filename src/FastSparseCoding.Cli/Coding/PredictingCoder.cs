using FastSparseCoding.Cli.Output;
using FastSparseCoding.Encoders;

namespace FastSparseCoding.Cli.Coding;

/// <summary>Codes as an encoder predicts them.</summary>
internal sealed class PredictingCoder(TrainableEncoder encoder) : ICoder
{
    public string Method => encoder.Kind;

    public Matrix Encode(Matrix x, Matrix? mask, CommandContext context) => encoder.Encode(x, context.Threads, context.Cancellation);

    public string? Warning(long rows) => null;

    public void Tell(Result result, long rows)
    {
        // A prediction has no certificate, and no error of its own.
    }
}
