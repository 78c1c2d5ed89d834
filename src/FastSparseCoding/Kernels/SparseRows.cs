using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>Products with codes of few non-zeros, as sums of contiguous rows.</summary>
internal static unsafe class SparseRows
{
    /// <summary>c += Σ_j z_j·W_j over the non-zeros of z. z [m], W [m×p], c [p].</summary>
    public static void AddWeightedRows(ReadOnlySpan<float> z, ReadOnlyMatrixView w, Span<float> c)
    {
        for (int j = 0; j < z.Length; j++)
            if (z[j] != 0)
                TensorPrimitives.MultiplyAdd(w.Row(j), z[j], c, c);
    }

    /// <summary>
    /// c = h_θ(b + zW): a layer of LISTA for one signal. The rows of W are read whole, where a batch reads panel by panel; the bits are the
    /// same. z [k], W [k×m], b, θ, c [m]; c may be z.
    /// </summary>
    public static void MultiplyAddShrink(
        ReadOnlySpan<float> z, AlignedRows w, ReadOnlySpan<float> b, ReadOnlySpan<float> theta, Span<float> c, float floor = 0)
    {
        Throw.IfLengthNot(z.Length, w.Rows, nameof(z));
        Throw.IfLengthNot(b.Length, w.Columns, nameof(b));
        Throw.IfLengthNot(theta.Length, w.Columns, nameof(theta));
        Throw.IfLengthNot(c.Length, w.Columns, nameof(c));
        NonZeros list = NonZeros.In(Scratch.Rent(NonZeros.ScratchLength(1, z.Length)), 1, z.Length);
        fixed (float* pz = z, pb = b, pt = theta, pc = c)
        {
            list.TryList(pz, z.Length, 1, z.Length, z.Length);
            var kernel = new RowSum
            {
                Start = pb,
                Length = b.Length,
                W = w.Data,
                Stride = w.Stride,
                Indices = list.Columns,
                Z = list.Values,
                Rows = list.RowStarts[1],
                C = pc,
                Theta = pt,
                Floor = floor
            };
            Simd.Run(ref kernel);
            GC.KeepAlive(w);
        }
    }

    /// <summary>r = x − Σ_s z_s·D_{atoms[s]}. x, r [n], z [atoms], D [m×n].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Residual(ReadOnlySpan<float> x, AlignedRows d, ReadOnlySpan<int> atoms, ReadOnlySpan<float> z, Span<float> r)
    {
        Throw.IfLengthNot(x.Length, d.Columns, nameof(x));
        Throw.IfLengthNot(r.Length, d.Columns, nameof(r));
        Throw.IfLengthNot(z.Length, atoms.Length, nameof(z));
        float* minus = Scratch.Rent(z.Length);
        for (int s = 0; s < z.Length; s++)
            minus[s] = -z[s];
        fixed (float* px = x, pr = r)
        fixed (int* pa = atoms)
        {
            var kernel = new RowSum
            {
                Start = px,
                Length = x.Length,
                W = d.Data,
                Stride = d.Stride,
                Indices = pa,
                Z = minus,
                Rows = atoms.Length,
                C = pr
            };
            Simd.Run(ref kernel);
            GC.KeepAlive(d);
        }
    }

    /// <summary>c += Σ_s z_s·W_{indices[s]}. z [indices], W [k×m], c [m].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddRows(ReadOnlySpan<float> z, AlignedRows w, ReadOnlySpan<int> indices, Span<float> c)
    {
        Throw.IfLengthNot(z.Length, indices.Length, nameof(z));
        Throw.IfLengthNot(c.Length, w.Columns, nameof(c));
        fixed (float* pz = z, pc = c)
        fixed (int* pi = indices)
        {
            var kernel = new RowSum
            {
                Start = pc,
                Length = c.Length,
                W = w.Data,
                Stride = w.Stride,
                Indices = pi,
                Z = pz,
                Rows = indices.Length,
                C = pc
            };
            Simd.Run(ref kernel);
            GC.KeepAlive(w);
        }
    }

    /// <summary>W_j += z_j·c for the non-zeros of z: the rank-one update of a gradient. z [m], c [p], W [m×p].</summary>
    public static void AddOuterProduct(ReadOnlySpan<float> z, ReadOnlySpan<float> c, MatrixView w)
    {
        for (int j = 0; j < z.Length; j++)
            if (z[j] != 0)
                TensorPrimitives.MultiplyAdd(c, z[j], w.Row(j), w.Row(j));
    }
}
