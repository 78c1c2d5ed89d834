using System.Numerics;
using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>One step of greedy coordinate descent (Gregor and LeCun 2010, Algorithm 2), fused into one pass over B.</summary>
internal static unsafe class GreedyStep
{
    /// <summary>
    /// First applies the previous step's update b += e·row (skipped when <paramref name="e"/> is 0), then finds k = argmax_j |h_θ(b)_j −
    /// z_j|, the lowest such index on ties, and returns it with the change h_θ(b)_k − z_k. b, z, θ and row have length m. A NaN is never
    /// chosen.
    /// </summary>
    public static (int Index, float Change) Next(
        Span<float> b, ReadOnlySpan<float> z, ReadOnlySpan<float> theta, ReadOnlySpan<float> row, float e, float floor = 0)
    {
        Throw.IfLengthNot(z.Length, b.Length, nameof(z));
        Throw.IfLengthNot(theta.Length, b.Length, nameof(theta));
        if (e != 0)
            Throw.IfLengthNot(row.Length, b.Length, nameof(row));
        fixed (float* pb = b, pz = z, pt = theta, pr = row)
        {
            float* rows = e == 0 ? pt : pr;     // 0·θ adds nothing
            return floor == 0 ? Next<Two>(pb, pz, pt, rows, e, b.Length) : Next<One>(pb, pz, pt, rows, e, b.Length);
        }
    }

    /// <summary>The pass itself: k, with the change in <paramref name="change"/>. The row must be finite even where e is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Pass<TS, TV, TSides>(float* b, float* z, float* theta, float* row, float e, int length, out float change)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
        where TSides : struct, IConstant
    {
        var found = new LargestLanes<TS, TV>();
        TV ve = TS.Broadcast(e);
        int j = 0;
        for (; j <= length - TS.Count; j += TS.Count)
        {
            TV v = TS.MultiplyAdd(ve, TS.Load(row + j), TS.Load(b + j));        // b += e·row
            TS.Store(b + j, v);
            found.Add(TS.Subtract(Shrinkage.SoftThreshold<TS, TV, TSides>(v, TS.Load(theta + j)), TS.Load(z + j)));     // h_θ(b) − z
        }
        int rest = length - j;
        if (rest > 0)
        {
            TV v = TS.MultiplyAdd(ve, TS.LoadFirst(row + j, rest), TS.LoadFirst(b + j, rest));
            TS.StoreFirst(b + j, rest, v);
            found.Add(TS.Subtract(Shrinkage.SoftThreshold<TS, TV, TSides>(v, TS.LoadFirst(theta + j, rest)), TS.LoadFirst(z + j, rest)));
        }
        int k = found.First(out float largest);
        // Without a branch on the sign, which nothing predicts: a wrong guess would undo what was begun on the next row.
        float shrunk = b[k] - float.MinNative(TSides.Value == Two.Value ? float.MaxNative(b[k], -theta[k]) : b[k], theta[k]);
        change = largest > 0 ? shrunk - z[k] : 0;
        return k;
    }

    private static (int Index, float Change) Next<TSides>(float* b, float* z, float* theta, float* row, float e, int length)
        where TSides : struct, IConstant
    {
        var kernel = new Kernel<TSides> { B = b, Z = z, Theta = theta, Row = row, E = e, Length = length };
        Simd.Run(ref kernel);
        return (kernel.Index, kernel.Change);
    }

    private struct Kernel<TSides> : ISimdKernel
        where TSides : struct, IConstant
    {
        public float* B;
        public float* Z;
        public float* Theta;
        public float* Row;
        public float E;
        public int Length;
        public int Index;
        public float Change;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
            => Index = Pass<TS, TV, TSides>(B, Z, Theta, Row, E, Length, out Change);
    }
}
