namespace FastSparseCoding.Kernels;

/// <summary>
/// The state of coordinate descent (Gregor and LeCun 2010, Algorithm 2) at a code given as slots of atoms: B = xDᵀ + zS with S = I − G. Off the
/// support it is the correlation of the residual; on the support z_k is added to that.
/// </summary>
internal static unsafe class CodState
{
    /// <summary>B = b + Σ_s z_s·S_{atoms[s]}, for b = xDᵀ. b, B [m], S [m×m].</summary>
    public static void Compute(ReadOnlySpan<float> b, AlignedRows s, ReadOnlySpan<int> atoms, ReadOnlySpan<float> z, Span<float> state)
    {
        Throw.IfLengthNot(state.Length, b.Length, nameof(state));
        fixed (float* result = state)
        {
            var kernel = new RowSum { C = result };
            Run(ref kernel, b, s, atoms, z, 1);
        }
    }

    /// <summary>
    /// Lists h_bounds(B)_k and k wherever |B_k| exceeds its bound, for the same B, k ascending; an infinite bound is never exceeded. The values z_s
    /// stand <paramref name="step"/> floats apart. The lists need room for m + <see cref="Violations.Slack"/> entries.
    /// </summary>
    /// <returns>How many there are.</returns>
    public static int ListViolations(
        ReadOnlySpan<float> b, AlignedRows s, ReadOnlySpan<int> atoms, ReadOnlySpan<float> z, int step, ReadOnlySpan<float> bounds, Span<float> excess, Span<int> indices)
    {
        Throw.IfLengthNot(bounds.Length, b.Length, nameof(bounds));
        Throw.IfBelow(excess.Length, b.Length + Violations.Slack, "excess.Length");
        Throw.IfBelow(indices.Length, b.Length + Violations.Slack, "indices.Length");
        fixed (float* pe = excess, pb = bounds)
        fixed (int* pi = indices)
        {
            var kernel = new RowSum { Bounds = pb, Excess = pe, Exceeding = pi };
            Run(ref kernel, b, s, atoms, z, step);
            return kernel.Count;
        }
    }

    private static void Run(ref RowSum kernel, ReadOnlySpan<float> b, AlignedRows s, ReadOnlySpan<int> atoms, ReadOnlySpan<float> z, int step)
    {
        Throw.IfLengthNot(z.Length, atoms.IsEmpty ? 0 : (atoms.Length - 1) * step + 1, nameof(z));
        Throw.IfShapeNot(s.Rows, s.Columns, b.Length, b.Length, nameof(s));
        fixed (float* pb = b, pz = z)
        fixed (int* pa = atoms)
        {
            kernel.Start = pb;
            kernel.Length = b.Length;
            kernel.W = s.Data;
            kernel.Stride = s.Stride;
            kernel.Indices = pa;
            kernel.Z = pz;
            kernel.Step = step;
            kernel.Rows = atoms.Length;
            Simd.Run(ref kernel);
            GC.KeepAlive(s);
        }
    }
}
