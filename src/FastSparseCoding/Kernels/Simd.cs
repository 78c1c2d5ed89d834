using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FastSparseCoding.Kernels;

/// <summary>
/// The vector instructions a kernel is written in, so that it is written once and compiled for every width. Comparisons give all-bits-set
/// or zero lanes, which only <see cref="Select"/> reads.
/// </summary>
/// <typeparam name="TV">A vector of <see cref="Count"/> float32 lanes; a plain float at the narrowest.</typeparam>
internal unsafe interface ISimd<TV>
    where TV : unmanaged
{
    /// <summary>Number of lanes.</summary>
    static abstract int Count { get; }

    /// <summary>Vectors in a panel of packed weights: as many accumulators a row of a register tile as the registers allow.</summary>
    static abstract int PanelVectors { get; }

    /// <summary>The integers 0, 1, 2, … in lane order, as bit patterns.</summary>
    static abstract TV Indices { get; }

    static abstract TV Broadcast(float value);

    static abstract TV Load(float* p);

    /// <summary>The first <paramref name="count"/> lanes from memory, the rest zero; nothing beyond them is touched.</summary>
    static abstract TV LoadFirst(float* p, int count);

    static abstract void Store(float* p, TV v);

    /// <summary>Stores the first <paramref name="count"/> lanes; nothing beyond them is touched.</summary>
    static abstract void StoreFirst(float* p, int count, TV v);

    static abstract TV Add(TV a, TV b);

    static abstract TV Subtract(TV a, TV b);

    /// <summary>a·b + c, rounded once where the hardware has a fused multiply-add and twice elsewhere, alike in every kernel.</summary>
    static abstract TV MultiplyAdd(TV a, TV b, TV c);

    static abstract TV Multiply(TV a, TV b);

    static abstract TV Divide(TV a, TV b);

    static abstract TV Sqrt(TV a);

    /// <summary>Lanes that are integers as bit patterns, each plus n.</summary>
    static abstract TV AddInteger(TV integers, int n);

    /// <summary>The larger; b when either is NaN.</summary>
    static abstract TV Max(TV a, TV b);

    /// <summary>The smaller; b when either is NaN.</summary>
    static abstract TV Min(TV a, TV b);

    static abstract TV Abs(TV a);

    static abstract TV Negate(TV a);

    static abstract TV GreaterThan(TV a, TV b);

    static abstract TV Equal(TV a, TV b);

    /// <summary>Lane by lane, a where the mask is set and b elsewhere.</summary>
    static abstract TV Select(TV mask, TV a, TV b);

    /// <summary>One bit a lane, lane 0 lowest.</summary>
    static abstract uint Bits(TV mask);

    /// <summary>
    /// Writes the lanes that are not zero, and their numbers counted from <paramref name="first"/>, one after the other; up to
    /// <see cref="Count"/> places are overwritten.
    /// </summary>
    /// <returns>How many lanes are not zero.</returns>
    static abstract int StoreNonZeros(TV v, int first, float* values, int* indices);

    /// <summary>Sum of the lanes.</summary>
    static abstract float Sum(TV a);

    /// <summary>Largest lane.</summary>
    static abstract float MaxLane(TV a);
}

/// <summary>A kernel over its arguments, compiled once for every vector width.</summary>
internal interface ISimdKernel
{
    void Run<TS, TV>()
        where TS : struct, ISimd<TV>
        where TV : unmanaged;
}

/// <summary>The one place that decides the vector width.</summary>
internal static class Simd
{
    /// <summary>Most lanes that kernels are run with; 0 for as many as there are. Without an initial value, so that no kernel waits for
    /// one.</summary>
    private static int _most;

    /// <summary>Lanes of float32 in the vectors that kernels are run with.</summary>
    public static int Lanes
    {
        get
        {
            var kernel = default(CountKernel);
            Run(ref kernel);
            return kernel.Lanes;
        }
    }

    /// <summary>Runs a kernel at the widest vectors this machine computes with.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TKernel>(ref TKernel kernel)
        where TKernel : struct, ISimdKernel
    {
        if (_most == 0)
            RunAtMost(int.MaxValue, ref kernel);
        else
            RunNarrowed(ref kernel);
    }

    /// <summary>The ladder; the compiler leaves one of its steps where <paramref name="most"/> is known to it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunAtMost<TKernel>(int most, ref TKernel kernel)
        where TKernel : struct, ISimdKernel
    {
        if (Vector512.IsHardwareAccelerated && most >= Simd512.Count)
            kernel.Run<Simd512, Vector512<float>>();
        else if (Vector256.IsHardwareAccelerated && most >= Simd256.Count)
            kernel.Run<Simd256, Vector256<float>>();
        else if (Vector128.IsHardwareAccelerated && most >= Simd128.Count)
            kernel.Run<Simd128, Vector128<float>>();
        else
            kernel.Run<SimdScalar, float>();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RunNarrowed<TKernel>(ref TKernel kernel)
        where TKernel : struct,
        ISimdKernel => RunAtMost(_most, ref kernel);

    /// <summary>
    /// Runs some work with narrower vectors: for tests, while nothing else uses a kernel. What was packed or allocated at one width is of
    /// no use at another.
    /// </summary>
    /// <param name="most">Most lanes: 16, 8, 4 or 1.</param>
    /// <param name="work">The work.</param>
    internal static void RunNarrow(int most, Action work)
    {
        Throw.IfOutside(most, 1, Simd512.Count);
        _most = most;
        try
        {
            work();
        }
        finally
        {
            _most = 0;
        }
    }

    private struct CountKernel : ISimdKernel
    {
        public int Lanes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
            => Lanes = TS.Count;
    }
}
