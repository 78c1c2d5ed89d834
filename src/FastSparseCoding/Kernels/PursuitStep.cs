using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>
/// One step of orthogonal matching pursuit in one pass over all atoms: p = −(S_k + Σ_s l_s·p_s)/l, α ← α − γ·p, and the atom of the largest
/// |α|, or of the largest α above zero where one side counts, the lowest such on ties. A strip of vectors after the other, one chain of
/// multiply-adds for every element.
/// </summary>
internal unsafe struct PursuitStep<TSides> : ISimdKernel
    where TSides : struct, IConstant
{
    /// <summary>Vectors that stay in registers while all earlier p go by, as in <see cref="RowSum"/>.</summary>
    private const int MostVectors = 8;

    /// <summary>Row k of S = I − G [m padded].</summary>
    public float* Start;

    /// <summary>p_s of the atoms before, row after row, and their factors l_s.</summary>
    public float* Earlier;
    public nint Stride;
    public float* Factors;
    public int Rows;

    /// <summary>Receives p [m padded].</summary>
    public float* P;

    /// <summary>α [m padded].</summary>
    public float* Alpha;

    /// <summary>−1/l, and −γ.</summary>
    public float Inverse;
    public float MinusGamma;

    /// <summary>m, filled up to whole vectors.</summary>
    public int Length;

    /// <summary>Receives the atom.</summary>
    public int Next;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TS, TV>()
        where TS : struct, ISimd<TV>
        where TV : unmanaged
    {
        int vectors = Length / TS.Count, strips = (vectors + MostVectors - 1) / MostVectors;
        var largest = new LargestLanes<TS, TV>();
        for (int strip = 0, first = 0; strip < strips; strip++)
        {
            int end = (int)((long)vectors * (strip + 1) / strips);      // strips of like width
            LargestLanes<TS, TV> found = Strip<TS, TV>(first * TS.Count, end - first);
            largest.AddLater(found);
            first = end;
        }
        Next = largest.First(out _);
    }

    private readonly LargestLanes<TS, TV> Strip<TS, TV>(int j, int vectors)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
        => vectors switch
        {
            1 => Strip<TS, TV, One>(j),
            2 => Strip<TS, TV, Two>(j),
            3 => Strip<TS, TV, Three>(j),
            4 => Strip<TS, TV, Four>(j),
            5 => Strip<TS, TV, Five>(j),
            6 => Strip<TS, TV, Six>(j),
            7 => Strip<TS, TV, Seven>(j),
            _ => Strip<TS, TV, Eight>(j),
        };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly LargestLanes<TS, TV> Strip<TS, TV, TVectors>(int j)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
        where TVectors : struct, IConstant
    {
        float* start = Start + j, row = Earlier + j, factors = Factors;
        TV p0 = RowSum.Load<TS, TV, TVectors>(0, start), p1 = RowSum.Load<TS, TV, TVectors>(1, start), p2 = RowSum.Load<TS, TV,
            TVectors>(2, start), p3 = RowSum.Load<TS, TV, TVectors>(3, start);
        TV p4 = RowSum.Load<TS, TV, TVectors>(4, start), p5 = RowSum.Load<TS, TV, TVectors>(5, start), p6 = RowSum.Load<TS, TV,
            TVectors>(6, start), p7 = RowSum.Load<TS, TV, TVectors>(7, start);
        nint stride = Stride, rows = Rows;
        for (nint s = 0; s < rows; s++, row += stride)
        {
            TV factor = TS.Broadcast(factors[s]);
            p0 = RowSum.Add<TS, TV, TVectors>(0, factor, row, p0);
            p1 = RowSum.Add<TS, TV, TVectors>(1, factor, row, p1);
            p2 = RowSum.Add<TS, TV, TVectors>(2, factor, row, p2);
            p3 = RowSum.Add<TS, TV, TVectors>(3, factor, row, p3);
            p4 = RowSum.Add<TS, TV, TVectors>(4, factor, row, p4);
            p5 = RowSum.Add<TS, TV, TVectors>(5, factor, row, p5);
            p6 = RowSum.Add<TS, TV, TVectors>(6, factor, row, p6);
            p7 = RowSum.Add<TS, TV, TVectors>(7, factor, row, p7);
        }
        LargestLanes<TS, TV> f0 = Finish<TS, TV, TVectors>(0, p0, j), f1 = Finish<TS, TV, TVectors>(1, p1, j), f2 = Finish<TS, TV,
            TVectors>(2, p2, j), f3 = Finish<TS, TV, TVectors>(3, p3, j);
        LargestLanes<TS, TV> f4 = Finish<TS, TV, TVectors>(4, p4, j), f5 = Finish<TS, TV, TVectors>(5, p5, j), f6 = Finish<TS, TV,
            TVectors>(6, p6, j), f7 = Finish<TS, TV, TVectors>(7, p7, j);
        f0.AddLater(f1);
        f2.AddLater(f3);
        f4.AddLater(f5);
        f6.AddLater(f7);
        f0.AddLater(f2);
        f4.AddLater(f6);
        f0.AddLater(f4);
        return f0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly LargestLanes<TS, TV> Finish<TS, TV, TVectors>(int vector, TV sum, int j)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
        where TVectors : struct, IConstant
    {
        if (vector >= TVectors.Value)
            return default;
        int at = j + vector * TS.Count;
        TV p = TS.Multiply(TS.Broadcast(Inverse), sum);
        TV alpha = TS.MultiplyAdd(TS.Broadcast(MinusGamma), p, TS.Load(Alpha + at));
        TS.Store(P + at, p);
        TS.Store(Alpha + at, alpha);
        return new LargestLanes<TS, TV>(TSides.Value == Two.Value ? alpha : TS.Max(alpha, default), at);
    }
}
