using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>
/// The state of coordinate descent (Gregor and LeCun 2010, Algorithm 2) at a code given as slots of atoms: B = xDᵀ + zS with S = I − G. Off the
/// support it is the correlation of the residual; on the support z_k is added to that.
/// </summary>
internal static unsafe class CodState
{
    /// <summary>B = b + Σ_s z_s·S_{atoms[s]}, for b = xDᵀ. b, B [m], S [m×m].</summary>
    public static void Compute(ReadOnlySpan<float> b, AlignedRows s, ReadOnlySpan<int> atoms, ReadOnlySpan<float> z, Span<float> state)
    {
        Throw.IfLengthNot(state.Length, b.Length, nameof(state));
        fixed (float* result = state)
        {
            var kernel = new Kernel { State = result };
            Run(ref kernel, b, s, atoms, z, 1);
        }
    }

    /// <summary>
    /// Lists h_bounds(B)_k and k wherever |B_k| exceeds its bound, for the same B, k ascending; an infinite bound is never exceeded. The values z_s
    /// stand <paramref name="step"/> floats apart. The lists need room for m + <see cref="Violations.Slack"/> entries.
    /// </summary>
    /// <returns>How many there are.</returns>
    public static int ListViolations(
        ReadOnlySpan<float> b, AlignedRows s, ReadOnlySpan<int> atoms, ReadOnlySpan<float> z, int step, ReadOnlySpan<float> bounds, Span<float> excess, Span<int> indices)
    {
        Throw.IfLengthNot(bounds.Length, b.Length, nameof(bounds));
        Throw.IfBelow(excess.Length, b.Length + Violations.Slack, "excess.Length");
        Throw.IfBelow(indices.Length, b.Length + Violations.Slack, "indices.Length");
        fixed (float* pe = excess, pb = bounds)
        fixed (int* pi = indices)
        {
            var kernel = new Kernel { Bounds = pb, Excess = pe, Indices = pi };
            Run(ref kernel, b, s, atoms, z, step);
            return kernel.Count;
        }
    }

    private static void Run(ref Kernel kernel, ReadOnlySpan<float> b, AlignedRows s, ReadOnlySpan<int> atoms, ReadOnlySpan<float> z, int step)
    {
        Throw.IfLengthNot(z.Length, atoms.IsEmpty ? 0 : (atoms.Length - 1) * step + 1, nameof(z));
        Throw.IfShapeNot(s.Rows, s.Columns, b.Length, b.Length, nameof(s));
        fixed (float* pb = b, pz = z)
        fixed (int* pa = atoms)
        {
            kernel.B = pb;
            kernel.S = s.Data;
            kernel.Stride = s.Stride;
            kernel.Atoms = pa;
            kernel.Z = pz;
            kernel.Step = step;
            kernel.Slots = atoms.Length;
            kernel.Length = b.Length;
            Simd.Run(ref kernel);
            GC.KeepAlive(s);
        }
    }

    private struct Kernel : ISimdKernel
    {
        /// <summary>Vectors of B that stay in registers while all slots go by: enough for their chains of multiply-adds to hide each other's latency.</summary>
        private const int MostVectors = 8;

        public float* B;
        public float* S;
        public nint Stride;
        public int* Atoms;
        public float* Z;
        public nint Step;
        public int Slots;
        public int Length;

        /// <summary>Receives B; or null, and what exceeds the bounds is listed.</summary>
        public float* State;
        public float* Bounds;
        public float* Excess;
        public int* Indices;
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
            TV c0 = Start<TS, TV, TVectors>(0, j, lanes), c1 = Start<TS, TV, TVectors>(1, j, lanes), c2 = Start<TS, TV, TVectors>(2, j, lanes), c3 = Start<TS, TV, TVectors>(3, j, lanes);
            TV c4 = Start<TS, TV, TVectors>(4, j, lanes), c5 = Start<TS, TV, TVectors>(5, j, lanes), c6 = Start<TS, TV, TVectors>(6, j, lanes), c7 = Start<TS, TV, TVectors>(7, j, lanes);
            float* rows = S + j, z = Z;
            int* atoms = Atoms;
            nint stride = Stride, step = Step;
            for (nint slot = 0; slot < Slots; slot++, z += step)
            {
                TV v = TS.Broadcast(*z);
                float* s = rows + atoms[slot] * stride;
                c0 = Add<TS, TV, TVectors>(0, v, s, c0);
                c1 = Add<TS, TV, TVectors>(1, v, s, c1);
                c2 = Add<TS, TV, TVectors>(2, v, s, c2);
                c3 = Add<TS, TV, TVectors>(3, v, s, c3);
                c4 = Add<TS, TV, TVectors>(4, v, s, c4);
                c5 = Add<TS, TV, TVectors>(5, v, s, c5);
                c6 = Add<TS, TV, TVectors>(6, v, s, c6);
                c7 = Add<TS, TV, TVectors>(7, v, s, c7);
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
        private readonly TV Start<TS, TV, TVectors>(int vector, int j, int lanes)
            where TS : struct, ISimd<TV>
            where TV : unmanaged
            where TVectors : struct, IConstant
        {
            if (vector >= TVectors.Value)
                return default;
            float* p = B + j + vector * TS.Count;
            return vector == TVectors.Value - 1 ? TS.LoadFirst(p, lanes) : TS.Load(p);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TV Add<TS, TV, TVectors>(int vector, TV z, float* s, TV c)
            where TS : struct, ISimd<TV>
            where TV : unmanaged
            where TVectors : struct, IConstant
            => vector < TVectors.Value ? TS.MultiplyAdd(z, TS.Load(s + vector * TS.Count), c) : default;

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
            if (State == null)
                Count += Violations.ListVector<TS, TV>(c, last ? TS.LoadFirst(Bounds + at, lanes) : TS.Load(Bounds + at), at, Excess + Count, Indices + Count);
            else if (last)
                TS.StoreFirst(State + at, lanes, c);
            else
                TS.Store(State + at, c);
        }
    }
}
