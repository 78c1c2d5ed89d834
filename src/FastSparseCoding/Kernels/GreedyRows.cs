using System.Numerics;
using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>
/// Greedy coordinate descent (Gregor and LeCun 2010, Algorithm 2) on many rows, some of them in turn: while the search for one's largest
/// change waits for its last instructions, the next one's begins. Rows are worked on in aligned copies.
/// </summary>
internal static unsafe class GreedyRows
{
    private const int Interleaved = 4;

    /// <summary>
    /// For every row, from its code z and b times its scale: b ← b + zS, then repeats z_k = h_θ(b)_k with k = argmax_j |h_θ(b)_j − z_j|, b
    /// ← b + e·S_k, until the largest change is at most <paramref name="smallest"/>, or <paramref name="most"/> times. A scale c solves for
    /// the threshold θ/c: the code is c times that of θ/c.
    /// </summary>
    /// <param name="b">xDᵀ [N×m].</param>
    /// <param name="scales">Scales of the rows [N].</param>
    /// <param name="s">S = I − G [m×m].</param>
    /// <param name="theta">θ [m].</param>
    /// <param name="floor">0, or −∞ for codes that must not be negative.</param>
    /// <param name="smallest">Change at which a row ends.</param>
    /// <param name="most">Most updates of a row.</param>
    /// <param name="z">Codes [N×m].</param>
    public static void Descend(
        ReadOnlyMatrixView b, ReadOnlySpan<float> scales, AlignedRows s, ReadOnlySpan<float> theta, float floor, float smallest, int most,
        MatrixView z)
    {
        if (floor == 0)
            Descend<Two>(b, scales, s, theta, smallest, most, z);
        else
            Descend<One>(b, scales, s, theta, smallest, most, z);
    }

    private static void Descend<TSides>(
        ReadOnlyMatrixView b, ReadOnlySpan<float> scales, AlignedRows s, ReadOnlySpan<float> theta, float smallest, int most, MatrixView z)
        where TSides : struct, IConstant
    {
        Throw.IfShapeNot(z.Rows, z.Columns, b.Rows, b.Columns, nameof(z));
        Throw.IfShapeNot(s.Rows, s.Columns, b.Columns, b.Columns, nameof(s));
        Throw.IfLengthNot(scales.Length, b.Rows, nameof(scales));
        Throw.IfLengthNot(theta.Length, b.Columns, nameof(theta));
        fixed (float* pb = b.Values, pz = z.Values, pc = scales)
        {
            var kernel = new DescentKernel<TSides>
            {
                B = pb,
                Scales = pc,
                S = s.Data,
                Stride = s.Stride,
                Z = pz,
                Rows = b.Rows,
                Length = b.Columns,
                Smallest = smallest,
                Most = most,
                Scratch = Scratch.Rent(ScratchLength(s.Stride))
            };
            SetThresholds(theta, kernel.Scratch, s.Stride);
            Simd.Run(ref kernel);
            GC.KeepAlive(s);
        }
    }

    /// <summary>
    /// From z = 0, for every row of B and the given number of times: z̄ = h_θ(B), k = argmax_j |z̄_j − z_j|, e = z̄_k − z_k, B ← B +
    /// e·S_{:,k}, z_k = z̄_k.
    /// </summary>
    /// <param name="b">B [N×m].</param>
    /// <param name="sTransposed">Sᵀ [m×m], whose rows are S's columns.</param>
    /// <param name="theta">θ [m].</param>
    /// <param name="updates">How many times.</param>
    /// <param name="tape">Receives the updates of every row [N×updates], or is empty.</param>
    /// <param name="floor">0, or −∞ for codes that must not be negative.</param>
    public static void Update(
        MatrixView b, AlignedRows sTransposed, ReadOnlySpan<float> theta, int updates, Span<GreedyUpdate> tape, float floor = 0)
    {
        if (floor == 0)
            Update<Two>(b, sTransposed, theta, updates, tape);
        else
            Update<One>(b, sTransposed, theta, updates, tape);
    }

    private static void Update<TSides>(
        MatrixView b, AlignedRows sTransposed, ReadOnlySpan<float> theta, int updates, Span<GreedyUpdate> tape)
        where TSides : struct, IConstant
    {
        Throw.IfShapeNot(sTransposed.Rows, sTransposed.Columns, b.Columns, b.Columns, nameof(sTransposed));
        Throw.IfLengthNot(theta.Length, b.Columns, nameof(theta));
        if (!tape.IsEmpty)
            Throw.IfLengthNot(tape.Length, b.Rows * updates, nameof(tape));
        fixed (float* pb = b.Values)
        fixed (GreedyUpdate* pu = tape)
        {
            var kernel = new UpdateKernel<TSides>
            {
                B = pb,
                S = sTransposed.Data,
                Stride = sTransposed.Stride,
                Rows = b.Rows,
                Length = b.Columns,
                Updates = updates,
                Tape = pu,
                Scratch = Scratch.Rent(ScratchLength(sTransposed.Stride))
            };
            SetThresholds(theta, kernel.Scratch, sTransposed.Stride);
            Simd.Run(ref kernel);
            GC.KeepAlive(sTransposed);
        }
    }

    private static void SetThresholds(ReadOnlySpan<float> theta, float* scratch, int stride)
    {
        theta.CopyTo(new Span<float>(scratch, theta.Length));
        // a threshold below zero left there would make a change of nothing
        new Span<float>(scratch + theta.Length, stride - theta.Length).Clear();
    }

    /// <summary>Room for θ, and for B and z of the rows in turn.</summary>
    private static int ScratchLength(int stride) => (1 + 2 * Interleaved) * stride;

    private struct UpdateKernel<TSides> : ISimdKernel
        where TSides : struct, IConstant
    {
        public float* B;
        public float* S;
        public int Stride;
        public int Rows;
        public int Length;
        public int Updates;
        public GreedyUpdate* Tape;
        public float* Scratch;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            GreedyPlace* places = stackalloc GreedyPlace[Interleaved];
            for (int r = 0; r < Interleaved; r++)
                places[r] = new GreedyPlace(Scratch + (1 + 2 * r) * Stride, Stride);
            for (int first = 0; first < Rows; first += Interleaved)
            {
                int count = Math.Min(Interleaved, Rows - first);
                for (int r = 0; r < count; r++)
                    places[r].Begin(first + r, B + (nint)(first + r) * Length, Length, Stride, S);
                for (int t = 0; t < Updates; t++)
                {
                    for (int r = 0; r < count; r++)
                    {
                        int k = places[r].Next<TS, TV, TSides>(Scratch, Stride, out float e);
                        if (Tape is not null)
                            Tape[(nint)(first + r) * Updates + t] = new GreedyUpdate(k, places[r].B[k], e);
                        places[r].Change(k, e, S, Stride);
                    }
                }
                for (int r = 0; r < count; r++)
                    Finish<TS, TV>(ref places[r]);
            }
        }

        /// <summary>Applies the last update on the way back to the caller's row.</summary>
        private readonly void Finish<TS, TV>(ref GreedyPlace place)
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            TV e = TS.Broadcast(place.LastChange);
            float* b = B + (nint)place.Row * Length;
            for (int j = 0; j < Length; j += TS.Count)
                TS.StoreFirst(b + j, Math.Min(TS.Count, Length - j), TS.MultiplyAdd(e, TS.Load(place.LastRow + j), TS.Load(place.B + j)));
        }
    }

    private struct DescentKernel<TSides> : ISimdKernel
        where TSides : struct, IConstant
    {
        public float* B;
        public float* S;
        public int Stride;
        public float* Z;
        public int Rows;
        public int Length;
        public float* Scales;
        public float Smallest;
        public int Most;
        public float* Scratch;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            GreedyPlace* places = stackalloc GreedyPlace[Interleaved];
            int next = 0, active = 0;
            for (int p = 0; p < Interleaved; p++)
            {
                places[active] = new GreedyPlace(Scratch + (1 + 2 * p) * Stride, Stride);
                if (TryTake<TS, TV>(ref next, ref places[active]))
                    active++;
            }
            while (active > 0)
            {
                for (int p = 0; p < active; p++)
                {
                    ref GreedyPlace place = ref places[p];
                    int k = place.Next<TS, TV, TSides>(Scratch, Stride, out float change);
                    if (Math.Abs(change) > Smallest && place.Updates++ < Most)
                    {
                        place.Change(k, change, S, Stride);
                        continue;
                    }
                    new ReadOnlySpan<float>(place.Z, Length).CopyTo(new Span<float>(Z + (nint)place.Row * Length, Length));
                    if (TryTake<TS, TV>(ref next, ref place))
                        continue;
                    // The last place fills the gap; its buffers go with it.
                    (place, places[active - 1]) = (places[active - 1], place);
                    active--;
                    p--;
                }
            }
        }

        private readonly bool TryTake<TS, TV>(ref int next, ref GreedyPlace place)
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            if (next == Rows)
                return false;
            place.Begin(next, B + (nint)next * Length, Length, Stride, S);
            if (Scales[next] != 1)
                System.Numerics.Tensors.TensorPrimitives.Multiply(
                    new ReadOnlySpan<float>(place.B, Length), Scales[next], new Span<float>(place.B, Length));
            place.Start<TS, TV>(Z + (nint)next * Length, Length, S, Stride);
            next++;
            return true;
        }
    }
}

/// <summary>One greedy update: the coefficient k, B_k before it, and the change e.</summary>
internal readonly record struct GreedyUpdate(int Index, float Before, float Change);
