using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FastSparseCoding.Kernels;

/// <summary>
/// Sums over rows of a float32 matrix carried in double precision: residuals and correlations, what certificates and the last steps of an
/// exact solver are made of. Vectors of double are filled up with zeros to <see cref="Padded"/> values. Every sum has a fixed order
/// whatever the width of the hardware's vectors: 512 bits are written, and narrower hardware takes them in parts.
/// </summary>
internal static unsafe class PreciseRows
{
    /// <summary>Values converted at a time; rows are aligned and padded to as many.</summary>
    private const int Step = 16;

    /// <summary>A length filled up as all vectors of double here are.</summary>
    public static int Padded(int length) => AlignedRows.Padded(length);

    /// <summary>wide = x, filled up with zeros. x [n], wide [n padded].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(ReadOnlySpan<float> x, Span<double> wide)
    {
        Throw.IfLengthNot(wide.Length, Padded(x.Length), nameof(wide));
        fixed (float* px = x)
        fixed (double* pw = wide)
        {
            int i = 0;
            for (; i <= x.Length - Step; i += Step)
            {
                (Vector512<double> low, Vector512<double> high) = Vector512.Widen(Vector512.Load(px + i));
                low.Store(pw + i);
                high.Store(pw + i + 8);
            }
            for (; i < wide.Length; i++)
                pw[i] = i < x.Length ? px[i] : 0;
        }
    }

    /// <summary>r = r ⊙ mask. r [n padded], mask [n].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Mask(Span<double> r, ReadOnlySpan<float> mask)
    {
        Throw.IfLengthNot(r.Length, Padded(mask.Length), nameof(r));
        for (int i = 0; i < mask.Length; i++)
            r[i] *= mask[i];
    }

    /// <summary>rounded = r, each value to the nearest float32. r [n padded], rounded [n].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Round(ReadOnlySpan<double> r, Span<float> rounded)
    {
        Throw.IfLengthNot(r.Length, Padded(rounded.Length), nameof(r));
        fixed (double* pr = r)
        fixed (float* po = rounded)
        {
            int i = 0;
            for (; i <= rounded.Length - Step; i += Step)
                Vector512.Narrow(Vector512.Load(pr + i), Vector512.Load(pr + i + 8)).Store(po + i);
            for (; i < rounded.Length; i++)
                po[i] = (float)pr[i];
        }
    }

    /// <summary>‖x‖², xᵀr and ‖r‖². x, r [n padded].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (double XX, double XR, double RR) Moments(ReadOnlySpan<double> x, ReadOnlySpan<double> r)
    {
        Throw.IfLengthNot(r.Length, x.Length, nameof(r));
        fixed (double* px = x, pr = r)
        {
            Vector512<double> xx = default, xr = default, rr = default;
            for (int i = 0; i < x.Length; i += Vector512<double>.Count)
            {
                Vector512<double> a = Vector512.Load(px + i), b = Vector512.Load(pr + i);
                xx = Vector512.MultiplyAddEstimate(a, a, xx);
                xr = Vector512.MultiplyAddEstimate(a, b, xr);
                rr = Vector512.MultiplyAddEstimate(b, b, rr);
            }
            return (Sum(xx), Sum(xr), Sum(rr));
        }
    }

    /// <summary>r = x − Σ_s z_s·D_{atoms[s]}, s ascending. x, r [n padded], z [atoms], D [m×n].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Residual(ReadOnlySpan<double> x, AlignedRows d, ReadOnlySpan<int> atoms, ReadOnlySpan<double> z, Span<double> r)
    {
        Throw.IfLengthNot(x.Length, d.Stride, nameof(x));
        Throw.IfLengthNot(r.Length, d.Stride, nameof(r));
        Throw.IfLengthNot(z.Length, atoms.Length, nameof(z));
        fixed (double* px = x, pz = z, pr = r)
        fixed (int* pa = atoms)
        {
            int i = 0;
            for (; i <= d.Stride - 2 * Step; i += 2 * Step)
                ResidualOfTwo(px + i, d.Data + i, d.Stride, pa, pz, atoms.Length, pr + i);
            if (i < d.Stride)
                ResidualOfOne(px + i, d.Data + i, d.Stride, pa, pz, atoms.Length, pr + i);
            GC.KeepAlive(d);
        }
    }

    /// <summary>products_s = D_{atoms[s]}·r. D [m×n], r [n padded], products [atoms].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Dots(AlignedRows d, ReadOnlySpan<int> atoms, ReadOnlySpan<double> r, Span<double> products)
    {
        Throw.IfLengthNot(r.Length, d.Stride, nameof(r));
        Throw.IfLengthNot(products.Length, atoms.Length, nameof(products));
        fixed (double* pr = r, pp = products)
        fixed (int* pa = atoms)
        {
            for (int s = 0; s < atoms.Length; s++)
                pp[s] = Dot(d.Data + (nint)pa[s] * d.Stride, pr, d.Stride);
            GC.KeepAlive(d);
        }
    }

    /// <summary>D_k·r. D [m×n], r [n padded].</summary>
    public static double Dot(AlignedRows d, int k, ReadOnlySpan<double> r)
    {
        Throw.IfLengthNot(r.Length, d.Stride, nameof(r));
        fixed (double* pr = r)
        {
            double product = Dot(d.Data + (nint)k * d.Stride, pr, d.Stride);
            GC.KeepAlive(d);
            return product;
        }
    }

    /// <summary>Σ a_i·b_i of vectors of the same length, a multiple of 8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        Throw.IfLengthNot(b.Length, a.Length, nameof(b));
        fixed (double* pa = a, pb = b)
        {
            Vector512<double> sum = default;
            for (int i = 0; i < a.Length; i += Vector512<double>.Count)
                sum = Vector512.MultiplyAddEstimate(Vector512.Load(pa + i), Vector512.Load(pb + i), sum);
            return Sum(sum);
        }
    }

    /// <summary>The sum of a vector's lanes, halves added to halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector512<double> v)
    {
        Vector256<double> four = v.GetLower() + v.GetUpper();
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return two[0] + two[1];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ResidualOfTwo(double* x, float* d, nint stride, int* atoms, double* z, int count, double* r)
    {
        Vector512<double> r0 = Vector512.Load(x), r1 = Vector512.Load(x + 8), r2 = Vector512.Load(x + 16), r3 = Vector512.Load(x + 24);
        for (int s = 0; s < count; s++)
        {
            float* row = d + atoms[s] * stride;
            Vector512<double> minus = Vector512.Create(-z[s]);
            (Vector512<double> d0, Vector512<double> d1) = Vector512.Widen(Vector512.Load(row));
            (Vector512<double> d2, Vector512<double> d3) = Vector512.Widen(Vector512.Load(row + Step));
            r0 = Vector512.MultiplyAddEstimate(minus, d0, r0);
            r1 = Vector512.MultiplyAddEstimate(minus, d1, r1);
            r2 = Vector512.MultiplyAddEstimate(minus, d2, r2);
            r3 = Vector512.MultiplyAddEstimate(minus, d3, r3);
        }
        r0.Store(r);
        r1.Store(r + 8);
        r2.Store(r + 16);
        r3.Store(r + 24);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ResidualOfOne(double* x, float* d, nint stride, int* atoms, double* z, int count, double* r)
    {
        Vector512<double> r0 = Vector512.Load(x), r1 = Vector512.Load(x + 8);
        for (int s = 0; s < count; s++)
        {
            (Vector512<double> d0, Vector512<double> d1) = Vector512.Widen(Vector512.Load(d + atoms[s] * stride));
            Vector512<double> minus = Vector512.Create(-z[s]);
            r0 = Vector512.MultiplyAddEstimate(minus, d0, r0);
            r1 = Vector512.MultiplyAddEstimate(minus, d1, r1);
        }
        r0.Store(r);
        r1.Store(r + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Dot(float* d, double* r, int length)
    {
        Vector512<double> low = default, high = default;
        for (int i = 0; i < length; i += Step)
        {
            (Vector512<double> d0, Vector512<double> d1) = Vector512.Widen(Vector512.Load(d + i));
            low = Vector512.MultiplyAddEstimate(d0, Vector512.Load(r + i), low);
            high = Vector512.MultiplyAddEstimate(d1, Vector512.Load(r + i + 8), high);
        }
        return Sum(low + high);
    }
}
