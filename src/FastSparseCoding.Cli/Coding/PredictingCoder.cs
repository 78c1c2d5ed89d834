using FastSparseCoding.Cli.Output;
using FastSparseCoding.Encoders;

namespace FastSparseCoding.Cli.Coding;

/// <summary>Codes as an encoder predicts them.</summary>
internal sealed class PredictingCoder(TrainableEncoder encoder) : ICoder
{
    public string Method => encoder.Kind;

    /// <summary>Codes may be infinite: the command says of which signal of which file.</summary>
    public Matrix Encode(Matrix x, Matrix? mask, CommandContext context) => encoder.EncodeRows(x, context.Threads, context.Cancellation);

    public string? Warning(long rows) => null;

    public void Tell(Result result, long rows)
    {
        // A prediction has no certificate, and no error of its own.
    }
}
