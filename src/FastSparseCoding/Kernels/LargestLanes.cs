using System.Numerics;
using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>Search for the largest magnitude and its index, a vector at a time; a NaN is passed over.</summary>
internal unsafe struct LargestLanes<TS, TV>
    where TS : struct, ISimd<TV>
    where TV : unmanaged
{
    private TV _magnitude;
    private TV _index;
    private TV _next;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LargestLanes()
    {
        _magnitude = default;
        _index = default;
        _next = TS.Indices;
    }

    /// <summary>Has looked at one vector, whose first index is given.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LargestLanes(TV v, int first)
    {
        _magnitude = TS.Max(TS.Abs(v), default);        // 0 in place of a NaN
        _index = TS.AddInteger(TS.Indices, first);
    }

    /// <summary>Adds what another search found at higher indices.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddLater(LargestLanes<TS, TV> later)
    {
        TV larger = TS.GreaterThan(later._magnitude, _magnitude);
        _magnitude = TS.Select(larger, later._magnitude, _magnitude);
        _index = TS.Select(larger, later._index, _index);
    }

    /// <summary>Looks at the next vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(TV v)
    {
        TV magnitude = TS.Abs(v);
        TV larger = TS.GreaterThan(magnitude, _magnitude);
        _magnitude = TS.Select(larger, magnitude, _magnitude);     // Max would let a NaN through on some processors
        _index = TS.Select(larger, _next, _index);
        _next = TS.AddInteger(_next, TS.Count);
    }

    /// <summary>The lowest index of the largest magnitude, which is returned with it; index 0 and magnitude 0 when all were zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int First(out float magnitude)
    {
        TV indices = _index;
        var index = (int*)&indices;
        magnitude = TS.MaxLane(_magnitude);
        uint lanes = TS.Bits(TS.Equal(_magnitude, TS.Broadcast(magnitude)));
        int lane = BitOperations.TrailingZeroCount(lanes);
        for (lanes &= lanes - 1; lanes != 0; lanes &= lanes - 1)
        {
            int other = BitOperations.TrailingZeroCount(lanes);
            if (index[other] < index[lane])
                lane = other;
        }
        return index[lane];
    }
}
