using System.Numerics;
using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>A row being worked on: aligned copies of B and z, and the last update, not yet applied to B.</summary>
internal unsafe struct GreedyPlace
{
    public float* B;
    public float* Z;
    public int Row;
    public int Updates;
    public float* LastRow;
    public float LastChange;

    public GreedyPlace(float* scratch, int stride)
    {
        B = scratch;
        Z = scratch + stride;
    }

    /// <summary>Takes row number <paramref name="row"/>, of which b is given, from z = 0.</summary>
    public void Begin(int row, float* b, int length, int stride, float* anyRow)
    {
        new ReadOnlySpan<float>(b, length).CopyTo(new Span<float>(B, length));
        new Span<float>(B + length, stride - length).Clear();
        new Span<float>(Z, stride).Clear();
        Row = row;
        Updates = 0;
        LastRow = anyRow;
        LastChange = 0;
    }

    /// <summary>Goes over to a code, z, with B ← B + zS; a vector of the code that is all zero is passed over as one.</summary>
    public readonly void Start<TS, TV>(float* start, int length, float* s, int stride)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
    {
        new ReadOnlySpan<float>(start, length).CopyTo(new Span<float>(Z, length));
        for (int first = 0; first < stride; first += TS.Count)
        {
            uint lanes = ~TS.Bits(TS.Equal(TS.Load(Z + first), default)) & (uint)((1UL << TS.Count) - 1);
            for (; lanes != 0; lanes &= lanes - 1)
            {
                int k = first + BitOperations.TrailingZeroCount(lanes);
                TV value = TS.Broadcast(Z[k]);
                float* row = s + (nint)k * stride;
                for (int j = 0; j < stride; j += TS.Count)
                    TS.Store(B + j, TS.MultiplyAdd(value, TS.Load(row + j), TS.Load(B + j)));
            }
        }
    }

    /// <summary>B ← B + e·S_k for the last update, then k = argmax |h_θ(B) − z| and its change.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int Next<TS, TV, TSides>(float* theta, int stride, out float change)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
        where TSides : struct,
        IConstant => GreedyStep.Pass<TS, TV, TSides>(B, Z, theta, LastRow, LastChange, stride, out change);

    /// <summary>z_k ← z_k + e.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Change(int k, float e, float* s, int stride)
    {
        Z[k] += e;
        LastRow = s + (nint)k * stride;
        LastChange = e;
    }
}
