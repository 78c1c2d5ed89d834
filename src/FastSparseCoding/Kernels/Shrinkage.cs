using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>
/// The soft threshold h_θ(v) = sign(v)·max(|v| − θ, 0) and its derivative. θ ≥ 0 is the caller's to keep. NaN stays NaN. A result may be its own
/// input; partly overlapping spans are not allowed. A floor of −∞ makes the threshold one-sided, max(v − θ, 0), for codes that must not be negative:
/// the lower end of the dead zone is floor − θ, so that both cost the same and no kernel branches. The derivative is the same.
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

    /// <summary>Backward of Z = h_θ(C) for every row: dC = [Z ≠ 0] ⊙ dZ, dθ −= Σ sign(Z) ⊙ dC. dC may be dZ.</summary>
    public static void SoftThresholdBackward(ReadOnlyMatrixView z, ReadOnlyMatrixView dz, MatrixView dc, Span<float> dTheta)
    {
        Throw.IfShapeNot(dz.Rows, dz.Columns, z.Rows, z.Columns, nameof(dz));
        Throw.IfShapeNot(dc.Rows, dc.Columns, z.Rows, z.Columns, nameof(dc));
        for (int i = 0; i < z.Rows; i++)
            SoftThresholdBackward(z.Row(i), dz.Row(i), dc.Row(i), dTheta);
    }

    /// <summary>Backward of z = h_θ(c): dc = [z ≠ 0]·dz, dθ −= sign(z)·dc. dc may be dz.</summary>
    public static void SoftThresholdBackward(ReadOnlySpan<float> z, ReadOnlySpan<float> dz, Span<float> dc, Span<float> dTheta)
    {
        Throw.IfLengthNot(dz.Length, z.Length, nameof(dz));
        Throw.IfLengthNot(dc.Length, z.Length, nameof(dc));
        Throw.IfLengthNot(dTheta.Length, z.Length, nameof(dTheta));
        fixed (float* pz = z, pdz = dz, pdc = dc, pdt = dTheta)
        {
            var kernel = new Backward { Z = pz, Dz = pdz, Dc = pdc, DTheta = pdt, Length = z.Length };
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
        where TSides : struct, IConstant
        => TS.Subtract(v, TS.Min(TSides.Value == Two.Value ? TS.Max(v, TS.Negate(theta)) : v, theta));

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
        public float* DTheta;
        public int Length;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            int j = 0;
            for (; j <= Length - TS.Count; j += TS.Count)
            {
                (TV dc, TV dTheta) = Step<TS, TV>(TS.Load(Z + j), TS.Load(Dz + j), TS.Load(DTheta + j));
                TS.Store(Dc + j, dc);
                TS.Store(DTheta + j, dTheta);
            }
            int rest = Length - j;
            if (rest > 0)
            {
                (TV dc, TV dTheta) = Step<TS, TV>(TS.LoadFirst(Z + j, rest), TS.LoadFirst(Dz + j, rest), TS.LoadFirst(DTheta + j, rest));
                TS.StoreFirst(Dc + j, rest, dc);
                TS.StoreFirst(DTheta + j, rest, dTheta);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static (TV Dc, TV DTheta) Step<TS, TV>(TV z, TV dz, TV dTheta)
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            TV dc = TS.Select(TS.Equal(z, default), default, dz);                    // dc = [z ≠ 0]·dz
            TV signed = TS.Select(TS.GreaterThan(default, z), TS.Negate(dc), dc);       // sign(z)·dc
            return (dc, TS.Subtract(dTheta, signed));                                   // dθ −= sign(z)·dc
        }
    }
}
