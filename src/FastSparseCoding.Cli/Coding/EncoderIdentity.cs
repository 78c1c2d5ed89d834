using System.Runtime.InteropServices;
using FastSparseCoding.Encoders;
using FastSparseCoding.Imaging;

namespace FastSparseCoding.Cli.Coding;

/// <summary>A text that tells an encoder from any other.</summary>
internal static class EncoderIdentity
{
    public static string Of(TrainableEncoder encoder)
        => FormattableString.Invariant(
            $"{encoder.Kind}, depth {encoder.Depth}, {Fingerprint.Of(MemoryMarshal.AsBytes(encoder.Parameters.Values).ToArray())}");
}
