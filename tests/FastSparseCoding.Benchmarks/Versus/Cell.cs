using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Benchmarks.Versus;

/// <summary>What the workloads in numbered cells have in common.</summary>
internal static class Cell
{
    /// <summary>The signals of n values.</summary>
    public static string Signals(string folder, int size) => Path.Combine(folder, $"X_{size}.npy");

    /// <summary>A fingerprint of codes.</summary>
    public static string Hash(Matrix z) => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(z.Values)))[..16];

    /// <summary>Bits of the vectors that the kernels compute with.</summary>
    public static int Width()
    {
        var probe = new WidthProbe();
        Simd.Run(ref probe);
        return probe.Bits;
    }

    private struct WidthProbe : ISimdKernel
    {
        public int Bits { get; private set; }

        public void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
            => Bits = 32 * TS.Count;
    }
}
