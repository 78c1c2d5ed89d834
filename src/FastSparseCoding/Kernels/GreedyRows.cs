using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>Greedy coordinate descent (Gregor and LeCun 2010, Algorithm 2) from zero to a rough code, for many rows.</summary>
internal static unsafe class GreedyRows
{
    /// <summary>Rows worked on in turn: while the search for one's largest change waits for its last instructions, the next one's begins.</summary>
    private const int Interleaved = 4;

    /// <summary>
    /// For every row of z that is all zero: repeats z_k = h_λ(b)_k with k = argmax_j |h_λ(b)_j − z_j|, b ← b + e·S_k, until the largest change is at
    /// most <paramref name="smallest"/>, or <paramref name="most"/> times. Rows that hold a code are left alone.
    /// </summary>
    /// <param name="b">xDᵀ [N×m].</param>
    /// <param name="s">S = I − G [m×m].</param>
    /// <param name="threshold">λ, m times.</param>
    /// <param name="smallest">Change at which a row ends.</param>
    /// <param name="most">Most updates of a row.</param>
    /// <param name="z">Codes [N×m].</param>
    public static void Descend(ReadOnlyMatrixView b, ReadOnlyMatrixView s, ReadOnlySpan<float> threshold, float smallest, int most, MatrixView z)
    {
        Throw.IfShapeNot(z.Rows, z.Columns, b.Rows, b.Columns, nameof(z));
        Throw.IfShapeNot(s.Rows, s.Columns, b.Columns, b.Columns, nameof(s));
        Throw.IfLengthNot(threshold.Length, b.Columns, nameof(threshold));
        fixed (float* pb = b.Values, ps = s.Values, pt = threshold, pz = z.Values)
        {
            var kernel = new Kernel { B = pb, S = ps, Threshold = pt, Z = pz, Rows = b.Rows, Length = b.Columns, Smallest = smallest, Most = most, Running = Scratch.Rent(Interleaved * ((b.Columns + 15) / 16 * 16)) };
            Simd.Run(ref kernel);
        }
    }

    /// <summary>
    /// From z = 0, for every row of B and the given number of times: z̄ = h_θ(B), k = argmax_j |z̄_j − z_j|, e = z̄_k − z_k, B ← B + e·S_{:,k}, z_k = z̄_k.
    /// </summary>
    /// <param name="b">B [N×m].</param>
    /// <param name="sTransposed">Sᵀ [m×m], whose rows are S's columns.</param>
    /// <param name="theta">θ [m].</param>
    /// <param name="updates">How many times.</param>
    /// <param name="tape">Receives the updates of every row [N×updates], or is empty.</param>
    public static void Update(MatrixView b, ReadOnlyMatrixView sTransposed, ReadOnlySpan<float> theta, int updates, Span<GreedyUpdate> tape)
    {
        Throw.IfShapeNot(sTransposed.Rows, sTransposed.Columns, b.Columns, b.Columns, nameof(sTransposed));
        Throw.IfLengthNot(theta.Length, b.Columns, nameof(theta));
        if (!tape.IsEmpty)
            Throw.IfLengthNot(tape.Length, b.Rows * updates, nameof(tape));
        int stride = (b.Columns + 15) / 16 * 16;
        fixed (float* pb = b.Values, ps = sTransposed.Values, pt = theta)
        fixed (GreedyUpdate* pu = tape)
        {
            var kernel = new UpdateKernel { B = pb, S = ps, Theta = pt, Z = Scratch.Rent(Interleaved * stride), Stride = stride, Rows = b.Rows, Length = b.Columns, Updates = updates, Tape = pu };
            Simd.Run(ref kernel);
        }
    }

    /// <summary>b += z·row.</summary>
    private static void MultiplyAdd<TS, TV>(float z, float* row, float* b, int length)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
    {
        TV v = TS.Broadcast(z);
        int j = 0;
        for (; j <= length - TS.Count; j += TS.Count)
            TS.Store(b + j, TS.MultiplyAdd(v, TS.Load(row + j), TS.Load(b + j)));
        if (j < length)
            TS.StoreFirst(b + j, length - j, TS.MultiplyAdd(v, TS.LoadFirst(row + j, length - j), TS.LoadFirst(b + j, length - j)));
    }

    private struct UpdateKernel : ISimdKernel
    {
        public float* B;
        public float* S;
        public float* Theta;
        public float* Z;
        public int Stride;
        public int Rows;
        public int Length;
        public int Updates;
        public GreedyUpdate* Tape;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            GreedyUpdate* last = stackalloc GreedyUpdate[Interleaved];
            for (int first = 0; first < Rows; first += Interleaved)
            {
                int count = Math.Min(Interleaved, Rows - first);
                new Span<float>(Z, count * Stride).Clear();
                new Span<GreedyUpdate>(last, count).Clear();
                for (int t = 0; t < Updates; t++)
                {
                    for (int r = 0; r < count; r++)
                    {
                        float* b = B + (nint)(first + r) * Length, z = Z + r * Stride;
                        int k = GreedyStep.Pass<TS, TV>(b, z, Theta, S + (nint)last[r].Index * Length, last[r].Change, Length, out float e);
                        last[r] = new GreedyUpdate(k, b[k], e);
                        z[k] += e;
                        if (Tape is not null)
                            Tape[(nint)(first + r) * Updates + t] = last[r];
                    }
                }
                for (int r = 0; r < count; r++)
                    MultiplyAdd<TS, TV>(last[r].Change, S + (nint)last[r].Index * Length, B + (nint)(first + r) * Length, Length);
            }
        }
    }

    /// <summary>A row being worked on.</summary>
    private struct Place
    {
        public float* B;
        public float* Z;
        public float* LastRow;
        public float LastChange;
        public int Updates;
    }

    private struct Kernel : ISimdKernel
    {
        public float* B;
        public float* S;
        public float* Threshold;
        public float* Z;
        public int Rows;
        public int Length;
        public float Smallest;
        public int Most;
        public float* Running;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            Place* places = stackalloc Place[Interleaved];
            int next = 0, active = 0;
            for (int p = 0; p < Interleaved; p++)
            {
                places[active].B = Running + active * ((Length + 15) / 16 * 16);
                if (TryTake(ref next, ref places[active]))
                    active++;
            }
            while (active > 0)
            {
                for (int p = 0; p < active; p++)
                {
                    ref Place place = ref places[p];
                    int k = GreedyStep.Pass<TS, TV>(place.B, place.Z, Threshold, place.LastRow, place.LastChange, Length, out float change);
                    if (Math.Abs(change) > Smallest && place.Updates++ < Most)
                    {
                        place.Z[k] += change;
                        place.LastChange = change;
                        place.LastRow = S + (nint)k * Length;
                    }
                    else if (!TryTake(ref next, ref place))
                    {
                        // The last place fills the gap; its buffer goes with it.
                        Place done = place;
                        place = places[--active];
                        places[active] = done;
                        p--;
                    }
                }
            }
        }

        private readonly bool TryTake(ref int next, ref Place place)
        {
            for (; next < Rows; next++)
            {
                float* z = Z + (nint)next * Length;
                if (new ReadOnlySpan<float>(z, Length).IndexOfAnyExcept(0f) >= 0)
                    continue;
                new ReadOnlySpan<float>(B + (nint)next * Length, Length).CopyTo(new Span<float>(place.B, Length));
                place.Z = z;
                place.LastChange = 0;
                place.Updates = 0;
                next++;
                return true;
            }
            return false;
        }
    }
}

/// <summary>One greedy update: the coefficient k, B_k before it, and the change e.</summary>
internal readonly record struct GreedyUpdate(int Index, float Before, float Change);
