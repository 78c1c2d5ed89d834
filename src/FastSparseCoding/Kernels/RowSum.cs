using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>
/// A sum of a few rows of a matrix on top of a start: C = start + Σ_s z_s·W_{indices[s]}, one chain of multiply-adds for every element, a
/// strip of vectors after the other; stored, shrunk and stored, or searched for what exceeds bounds.
/// </summary>
internal unsafe struct RowSum : ISimdKernel
{
    /// <summary>Vectors of C that stay in registers while all rows go by: enough for their chains of multiply-adds to hide each other's
    /// latency.</summary>
    private const int MostVectors = 8;

    /// <summary>Where the sums start.</summary>
    public float* Start;
    public int Length;

    /// <summary>W, its rows aligned and padded.</summary>
    public float* W;
    public nint Stride;

    /// <summary>Which rows, and their factors.</summary>
    public int* Indices;
    public float* Z;
    public int Rows;

    /// <summary>Receives C; or null, and what exceeds the bounds is listed.</summary>
    public float* C;

    /// <summary>Thresholds that shrink C on its way to memory, or null.</summary>
    public float* Theta;

    /// <summary>0, or −∞ for one-sided shrinkage and bounds: see <see cref="Shrinkage"/>.</summary>
    public float Floor;

    /// <summary>The bounds, what they are lowered by, and the lists of what exceeds them.</summary>
    public float* Bounds;
    public float Margin;
    public float* Excess;
    public int* Exceeding;
    public int Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TS, TV>()
        where TS : struct, ISimd<TV>
        where TV : unmanaged
    {
        int vectors = (Length + TS.Count - 1) / TS.Count, strips = (vectors + MostVectors - 1) / MostVectors;
        for (int strip = 0, first = 0; strip < strips; strip++)
        {
            int end = (int)((long)vectors * (strip + 1) / strips);      // strips of like width
            Strip<TS, TV>(first * TS.Count, end - first);
            first = end;
        }
    }

    private void Strip<TS, TV>(int j, int vectors)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
    {
        switch (vectors)
        {
            case 1: Strip<TS, TV, One>(j); break;
            case 2: Strip<TS, TV, Two>(j); break;
            case 3: Strip<TS, TV, Three>(j); break;
            case 4: Strip<TS, TV, Four>(j); break;
            case 5: Strip<TS, TV, Five>(j); break;
            case 6: Strip<TS, TV, Six>(j); break;
            case 7: Strip<TS, TV, Seven>(j); break;
            default: Strip<TS, TV, Eight>(j); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Strip<TS, TV, TVectors>(int j)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
        where TVectors : struct, IConstant
    {
        int lanes = Math.Min(TS.Count, Length - j - (TVectors.Value - 1) * TS.Count);       // of the last vector
        TV c0 = First<TS, TV, TVectors>(0, j, lanes), c1 = First<TS, TV, TVectors>(1, j, lanes), c2 = First<TS, TV, TVectors>(2, j, lanes),
            c3 = First<TS, TV, TVectors>(3, j, lanes);
        TV c4 = First<TS, TV, TVectors>(4, j, lanes), c5 = First<TS, TV, TVectors>(5, j, lanes), c6 = First<TS, TV, TVectors>(6, j, lanes),
            c7 = First<TS, TV, TVectors>(7, j, lanes);
        float* w = W + j, z = Z;
        int* indices = Indices;
        nint stride = Stride;
        for (nint s = 0; s < Rows; s++)
        {
            TV v = TS.Broadcast(z[s]);
            float* row = w + indices[s] * stride;
            c0 = Add<TS, TV, TVectors>(0, v, row, c0);
            c1 = Add<TS, TV, TVectors>(1, v, row, c1);
            c2 = Add<TS, TV, TVectors>(2, v, row, c2);
            c3 = Add<TS, TV, TVectors>(3, v, row, c3);
            c4 = Add<TS, TV, TVectors>(4, v, row, c4);
            c5 = Add<TS, TV, TVectors>(5, v, row, c5);
            c6 = Add<TS, TV, TVectors>(6, v, row, c6);
            c7 = Add<TS, TV, TVectors>(7, v, row, c7);
        }
        Finish<TS, TV, TVectors>(0, c0, j, lanes);
        Finish<TS, TV, TVectors>(1, c1, j, lanes);
        Finish<TS, TV, TVectors>(2, c2, j, lanes);
        Finish<TS, TV, TVectors>(3, c3, j, lanes);
        Finish<TS, TV, TVectors>(4, c4, j, lanes);
        Finish<TS, TV, TVectors>(5, c5, j, lanes);
        Finish<TS, TV, TVectors>(6, c6, j, lanes);
        Finish<TS, TV, TVectors>(7, c7, j, lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TV First<TS, TV, TVectors>(int vector, int j, int lanes)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
        where TVectors : struct, IConstant
    {
        if (vector >= TVectors.Value)
            return default;
        float* p = Start + j + vector * TS.Count;
        return vector == TVectors.Value - 1 ? TS.LoadFirst(p, lanes) : TS.Load(p);
    }

    /// <summary>The vector of a row of a strip, if the strip is that wide.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Load<TS, TV, TVectors>(int vector, float* row)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
        where TVectors : struct,
        IConstant => vector < TVectors.Value ? TS.Load(row + vector * TS.Count) : default;

    /// <summary>c + z·row of a vector of a strip, if the strip is that wide.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Add<TS, TV, TVectors>(int vector, TV z, float* row, TV c)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
        where TVectors : struct,
        IConstant => vector < TVectors.Value ? TS.MultiplyAdd(z, TS.Load(row + vector * TS.Count), c) : default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Finish<TS, TV, TVectors>(int vector, TV c, int j, int lanes)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
        where TVectors : struct, IConstant
    {
        if (vector >= TVectors.Value)
            return;
        int at = j + vector * TS.Count;
        bool last = vector == TVectors.Value - 1;
        if (C == null)
        {
            TV bounds = TS.Subtract(last ? TS.LoadFirst(Bounds + at, lanes) : TS.Load(Bounds + at), TS.Broadcast(Margin));
            if (last)
                bounds = TS.Max(bounds, default);       // beyond the end there is none, and nothing to exceed it
            Count += Violations.ListVector<TS, TV>(c, bounds, TS.Broadcast(Floor), at, Excess + Count, Exceeding + Count);
            return;
        }
        if (Theta != null)
            c = Shrinkage.SoftThreshold<TS, TV>(c, last ? TS.LoadFirst(Theta + at, lanes) : TS.Load(Theta + at), TS.Broadcast(Floor));
        if (last)
            TS.StoreFirst(C + at, lanes, c);
        else
            TS.Store(C + at, c);
    }
}
