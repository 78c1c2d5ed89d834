using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>
/// The state of coordinate descent (Gregor and LeCun 2010, Algorithm 2) at a code given as a list of atoms: B = xDᵀ + zS with S = I − G.
/// Off the support it is the correlation of the residual; on the support z_k is added to that.
/// </summary>
internal static unsafe class CodState
{
    /// <summary>
    /// Lists what is left of B_k beyond its bound less a margin, and k, as <see cref="Violations.List"/> does, for B = b + Σ_s
    /// z_s·S_{atoms[s]}. The lists need room for m + <see cref="Violations.Slack"/> entries.
    /// </summary>
    /// <param name="b">xDᵀ [m].</param>
    /// <param name="s">S [m×m].</param>
    /// <param name="atoms">The support.</param>
    /// <param name="z">The code on it.</param>
    /// <param name="bounds">Bounds [m].</param>
    /// <param name="margin">What the bounds are lowered by.</param>
    /// <param name="floor">0, or −∞.</param>
    /// <param name="excess">Receives what is left of B_k.</param>
    /// <param name="indices">Receives k.</param>
    /// <returns>How many there are.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int ListViolations(
        ReadOnlySpan<float> b, AlignedRows s, ReadOnlySpan<int> atoms, ReadOnlySpan<float> z, ReadOnlySpan<float> bounds, float margin,
        float floor, Span<float> excess, Span<int> indices)
    {
        Throw.IfLengthNot(z.Length, atoms.Length, nameof(z));
        Throw.IfShapeNot(s.Rows, s.Columns, b.Length, b.Length, nameof(s));
        Throw.IfLengthNot(bounds.Length, b.Length, nameof(bounds));
        Throw.IfBelow(excess.Length, b.Length + Violations.Slack, "excess.Length");
        Throw.IfBelow(indices.Length, b.Length + Violations.Slack, "indices.Length");
        fixed (float* pb = b, pz = z, pe = excess, pl = bounds)
        fixed (int* pa = atoms, pi = indices)
        {
            var kernel = new RowSum
            {
                Start = pb,
                Length = b.Length,
                W = s.Data,
                Stride = s.Stride,
                Indices = pa,
                Z = pz,
                Rows = atoms.Length,
                Bounds = pl,
                Margin = margin,
                Floor = floor,
                Excess = pe,
                Exceeding = pi
            };
            Simd.Run(ref kernel);
            GC.KeepAlive(s);
            return kernel.Count;
        }
    }
}
