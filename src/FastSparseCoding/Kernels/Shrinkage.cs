using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastSparseCoding.Kernels;

/// <summary>
/// The soft threshold h_θ(v) = sign(v)·max(|v| − θ, 0) and its derivative. θ ≥ 0 is the caller's to keep. NaN stays NaN. A result may be
/// its own input; partly overlapping spans are not allowed. A floor of −∞ makes the threshold one-sided, max(v − θ, 0), for codes that must
/// not be negative: the lower end of the dead zone is floor − θ, so that both cost the same and no kernel branches. The derivative is the
/// same.
/// </summary>
internal static unsafe class Shrinkage
{
    /// <summary>result = h_θ(v), one threshold for all. May run in place.</summary>
    public static void SoftThreshold(ReadOnlySpan<float> v, float theta, Span<float> result, float floor = 0)
    {
        Throw.IfLengthNot(result.Length, v.Length, nameof(result));
        fixed (float* pv = v, pr = result)
        {
            var kernel = new ScalarThreshold { V = pv, Theta = theta, Floor = floor, Result = pr, Length = v.Length };
            Simd.Run(ref kernel);
        }
    }

    /// <summary>result = h_θ(v), a threshold per coefficient. May run in place.</summary>
    public static void SoftThreshold(ReadOnlySpan<float> v, ReadOnlySpan<float> theta, Span<float> result, float floor = 0)
    {
        Throw.IfLengthNot(theta.Length, v.Length, nameof(theta));
        Throw.IfLengthNot(result.Length, v.Length, nameof(result));
        fixed (float* pv = v, pt = theta, pr = result)
        {
            var kernel = new VectorThreshold { V = pv, Theta = pt, Floor = floor, Result = pr, Length = v.Length };
            Simd.Run(ref kernel);
        }
    }

    /// <summary>result = h_θ(v) for every row, a threshold per column. May run in place.</summary>
    public static void SoftThreshold(ReadOnlyMatrixView v, ReadOnlySpan<float> theta, MatrixView result, float floor = 0)
    {
        Throw.IfShapeNot(result.Rows, result.Columns, v.Rows, v.Columns, nameof(result));
        for (int i = 0; i < v.Rows; i++)
            SoftThreshold(v.Row(i), theta, result.Row(i), floor);
    }

    /// <summary>The hard threshold: result = v where |v| &gt; θ, else 0; NaN becomes 0. May run in place.</summary>
    public static void HardThreshold(ReadOnlySpan<float> v, float theta, Span<float> result)
    {
        Throw.IfLengthNot(result.Length, v.Length, nameof(result));
        fixed (float* pv = v, pr = result)
        {
            var kernel = new Hard { V = pv, Theta = theta, Result = pr, Length = v.Length };
            Simd.Run(ref kernel);
        }
    }

    /// <summary>Backward of Z = h_θ(C) with respect to C, dC = [Z ≠ 0] ⊙ dZ, and what it adds to a sum, if there is one: dB += dC. dC may
    /// be dZ.</summary>
    public static void SoftThresholdBackward(ReadOnlyMatrixView z, ReadOnlyMatrixView dz, MatrixView dc, [Optional] MatrixView db)
    {
        Throw.IfShapeNot(dz.Rows, dz.Columns, z.Rows, z.Columns, nameof(dz));
        Throw.IfShapeNot(dc.Rows, dc.Columns, z.Rows, z.Columns, nameof(dc));
        if (!db.Values.IsEmpty)
            Throw.IfShapeNot(db.Rows, db.Columns, z.Rows, z.Columns, nameof(db));
        fixed (float* pz = z.Values, pdz = dz.Values, pdc = dc.Values, pdb = db.Values)
        {
            var kernel = new Backward { Z = pz, Dz = pdz, Dc = pdc, Db = pdb, Length = z.Values.Length };
            Simd.Run(ref kernel);
        }
    }

    /// <summary>Backward of Z = h_θ(C) with respect to θ: dθ −= Σ sign(Z) ⊙ dC over the rows, for the thresholds of columns
    /// <paramref name="first"/> and on.</summary>
    public static void ThresholdBackward(ReadOnlyMatrixView z, ReadOnlyMatrixView dc, int first, Span<float> dTheta)
    {
        Throw.IfShapeNot(dc.Rows, dc.Columns, z.Rows, z.Columns, nameof(dc));
        Throw.IfOutside(first, 0, z.Columns - dTheta.Length);
        fixed (float* pz = z.Values, pdc = dc.Values, pdt = dTheta)
        {
            var kernel = new Thresholds
            {
                Z = pz + first,
                Dc = pdc + first,
                Rows = z.Rows,
                Stride = z.Columns,
                Columns = dTheta.Length,
                DTheta = pdt
            };
            Simd.Run(ref kernel);
        }
    }

    /// <summary>h_θ of one vector, as v − clamp(v, floor − θ, θ): exactly zero inside the threshold, one rounding outside.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TV SoftThreshold<TS, TV>(TV v, TV theta, TV floor)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
        => TS.Subtract(v, TS.Min(TS.Max(v, TS.Subtract(floor, theta)), theta));

    /// <summary>The same with a threshold of one side or two known to the compiler, for the loop where the one addition shows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TV SoftThreshold<TS, TV, TSides>(TV v, TV theta)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
        where TSides : struct,
        IConstant => TS.Subtract(v, TS.Min(TSides.Value == Two.Value ? TS.Max(v, TS.Negate(theta)) : v, theta));

    private struct ScalarThreshold : ISimdKernel
    {
        public float* V;
        public float Theta;
        public float Floor;
        public float* Result;
        public int Length;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            TV theta = TS.Broadcast(Theta), floor = TS.Broadcast(Floor);
            int j = 0;
            for (; j <= Length - TS.Count; j += TS.Count)
                TS.Store(Result + j, SoftThreshold<TS, TV>(TS.Load(V + j), theta, floor));
            if (j < Length)
                TS.StoreFirst(Result + j, Length - j, SoftThreshold<TS, TV>(TS.LoadFirst(V + j, Length - j), theta, floor));
        }
    }

    private struct Hard : ISimdKernel
    {
        public float* V;
        public float Theta;
        public float* Result;
        public int Length;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            TV theta = TS.Broadcast(Theta);
            int j = 0;
            for (; j <= Length - TS.Count; j += TS.Count)
                TS.Store(Result + j, Kept<TS, TV>(TS.Load(V + j), theta));
            if (j < Length)
                TS.StoreFirst(Result + j, Length - j, Kept<TS, TV>(TS.LoadFirst(V + j, Length - j), theta));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TV Kept<TS, TV>(TV v, TV theta)
            where TS : struct, ISimd<TV>
            where TV : unmanaged
            => TS.Select(TS.GreaterThan(TS.Abs(v), theta), v, default);
    }

    private struct VectorThreshold : ISimdKernel
    {
        public float* V;
        public float* Theta;
        public float Floor;
        public float* Result;
        public int Length;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            TV floor = TS.Broadcast(Floor);
            int j = 0;
            for (; j <= Length - TS.Count; j += TS.Count)
                TS.Store(Result + j, SoftThreshold<TS, TV>(TS.Load(V + j), TS.Load(Theta + j), floor));
            int rest = Length - j;
            if (rest > 0)
                TS.StoreFirst(Result + j, rest, SoftThreshold<TS, TV>(TS.LoadFirst(V + j, rest), TS.LoadFirst(Theta + j, rest), floor));
        }
    }

    private struct Backward : ISimdKernel
    {
        public float* Z;
        public float* Dz;
        public float* Dc;
        public float* Db;
        public int Length;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            int j = 0;
            for (; j <= Length - TS.Count; j += TS.Count)
            {
                TV dc = Masked<TS, TV>(TS.Load(Z + j), TS.Load(Dz + j));
                TS.Store(Dc + j, dc);
                if (Db != null)
                    TS.Store(Db + j, TS.Add(TS.Load(Db + j), dc));
            }
            int rest = Length - j;
            if (rest > 0)
            {
                TV dc = Masked<TS, TV>(TS.LoadFirst(Z + j, rest), TS.LoadFirst(Dz + j, rest));
                TS.StoreFirst(Dc + j, rest, dc);
                if (Db != null)
                    TS.StoreFirst(Db + j, rest, TS.Add(TS.LoadFirst(Db + j, rest), dc));
            }
        }

        /// <summary>[z ≠ 0]·dz.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TV Masked<TS, TV>(TV z, TV dz)
            where TS : struct, ISimd<TV>
            where TV : unmanaged
            => TS.Select(TS.Equal(z, default), default, dz);
    }

    /// <summary>A few columns at a time, so that their sums stay in registers.</summary>
    private struct Thresholds : ISimdKernel
    {
        public float* Z;
        public float* Dc;
        public int Rows;
        public nint Stride;
        public int Columns;
        public float* DTheta;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            int j = 0;
            for (; j <= Columns - 4 * TS.Count; j += 4 * TS.Count)
            {
                TV s0 = TS.Load(DTheta + j), s1 = TS.Load(DTheta + j + TS.Count), s2 = TS.Load(DTheta + j + 2 * TS.Count),
                    s3 = TS.Load(DTheta + j + 3 * TS.Count);
                float* z = Z + j, dc = Dc + j;
                for (int i = 0; i < Rows; i++, z += Stride, dc += Stride)
                {
                    s0 = Step<TS, TV>(TS.Load(z), TS.Load(dc), s0);
                    s1 = Step<TS, TV>(TS.Load(z + TS.Count), TS.Load(dc + TS.Count), s1);
                    s2 = Step<TS, TV>(TS.Load(z + 2 * TS.Count), TS.Load(dc + 2 * TS.Count), s2);
                    s3 = Step<TS, TV>(TS.Load(z + 3 * TS.Count), TS.Load(dc + 3 * TS.Count), s3);
                }
                TS.Store(DTheta + j, s0);
                TS.Store(DTheta + j + TS.Count, s1);
                TS.Store(DTheta + j + 2 * TS.Count, s2);
                TS.Store(DTheta + j + 3 * TS.Count, s3);
            }
            for (; j < Columns; j += TS.Count)
            {
                int lanes = Math.Min(TS.Count, Columns - j);
                TV sum = TS.LoadFirst(DTheta + j, lanes);
                for (nint i = 0; i < Rows; i++)
                    sum = Step<TS, TV>(TS.LoadFirst(Z + i * Stride + j, lanes), TS.LoadFirst(Dc + i * Stride + j, lanes), sum);
                TS.StoreFirst(DTheta + j, lanes, sum);
            }
        }

        /// <summary>dθ − sign(z)·dc.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TV Step<TS, TV>(TV z, TV dc, TV dTheta)
            where TS : struct, ISimd<TV>
            where TV : unmanaged
            => TS.Subtract(dTheta, TS.Select(TS.GreaterThan(default, z), TS.Negate(dc), dc));
    }
}
