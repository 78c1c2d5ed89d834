using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace FastSparseCoding.Benchmarks.Versus;

/// <summary>What the workloads in numbered cells have in common.</summary>
internal static class Cell
{
    /// <summary>The signals of n values.</summary>
    public static string Signals(string folder, int size) => Path.Combine(folder, $"X_{size}.npy");

    /// <summary>A fingerprint of codes.</summary>
    public static string Hash(Matrix z) => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(z.Values)))[..16];
}
