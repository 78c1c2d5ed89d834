using FastSparseCoding.Kernels;

namespace FastSparseCoding;

/// <summary>What this process computes with. It decides how fast, and <see cref="FusedMultiplyAdd"/> alone decides the last digits of
/// results. Safe to call from several threads at once.</summary>
public static class Machine
{
    /// <summary>Bits of the vectors that all kernels are run with: 512, 256 or 128, or 32 where the runtime has no vector instructions or
    /// was told to use none.</summary>
    public static int VectorBits => 32 * SimdProbe.Run().Lanes;

    /// <summary>Whether a·b + c is rounded once. All machines that do give the same bits, whatever the width of their vectors.</summary>
    public static bool FusedMultiplyAdd => SimdProbe.Run().RoundsOnce;

    /// <summary>The name that the processor gives itself; null where the runtime cannot ask it (other than x64, or without vector
    /// instructions).</summary>
    public static string? ProcessorName => SimdProbe.ProcessorName();
}
