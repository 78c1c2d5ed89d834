using FastSparseCoding.Cli.Sharding;
using FastSparseCoding.Encoders;

namespace FastSparseCoding.Cli.Coding;

/// <summary>Codes as an encoder predicts them.</summary>
internal sealed class PredictingCoder(TrainableEncoder encoder) : ICoder
{
    public string Method => encoder.Kind;

    public ICodeFacts Facts => CodeFacts.None;

    /// <summary>Codes may be infinite: the command says of which signal of which file.</summary>
    public Matrix Encode(Matrix x, Matrix? mask, CommandContext context) => encoder.EncodeRows(x, context.Threads, context.Cancellation);

    public void Describe(Job job) => job.Add("sparsity penalty", encoder.Penalty.Settings).Add("encoder", EncoderIdentity.Of(encoder));
}
