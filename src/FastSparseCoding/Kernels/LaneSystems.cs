using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>
/// Small symmetric positive definite systems Ax = b, one in every lane of the vectors, factored and solved side by side: A = LDLᵀ without a square
/// root. A lane's result does not depend on the other lanes, nor on how far the systems are padded.
/// </summary>
internal sealed unsafe class LaneSystems
{
    /// <summary>Rows factored together, so that one load serves several products.</summary>
    private const int RowBlock = 4;

    private readonly float[][] _memory;     // keeps what the pointers point to alive
    private readonly float* _matrix;        // A, rows of the lower triangle, lane by lane
    private readonly float* _factor;        // L likewise, without its diagonal of ones
    private readonly float* _inverses;      // 1/D
    private readonly float* _vector;        // b, then x
    private readonly float* _scratch;       // L·D of the rows being factored

    /// <summary>Allocates systems of up to <paramref name="capacity"/> unknowns, a multiple of <see cref="Padded"/>'s. All matrices are the identity.</summary>
    public LaneSystems(int capacity)
    {
        Capacity = capacity;
        int triangle = capacity * (capacity + 1) / 2;
        _memory = [.. new[] { triangle, triangle, capacity, capacity, RowBlock * capacity }.Select(length => AlignedMemory.Allocate(length * Lanes))];
        _matrix = AlignedMemory.Start(_memory[0]);
        _factor = AlignedMemory.Start(_memory[1]);
        _inverses = AlignedMemory.Start(_memory[2]);
        _vector = AlignedMemory.Start(_memory[3]);
        _scratch = AlignedMemory.Start(_memory[4]);
        for (int i = 0; i < capacity; i++)
            new Span<float>(_matrix + Row(i) + i * Lanes, Lanes).Fill(1);
    }

    /// <summary>Most unknowns.</summary>
    public int Capacity { get; }

    /// <summary>Number of systems.</summary>
    public static int Lanes { get; } = CountLanes();

    /// <summary>A size that all systems are padded to.</summary>
    public static int Padded(int size) => (size + RowBlock - 1) / RowBlock * RowBlock;

    /// <summary>Sets A's row of an unknown in one lane up to its diagonal, which is 1: a_j = −s_{atoms[j]}.</summary>
    /// <param name="lane">Number of the lane.</param>
    /// <param name="unknown">Number of the unknown.</param>
    /// <param name="s">The row of S of its atom [m].</param>
    /// <param name="atoms">The atoms of all unknowns.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void SetRow(int lane, int unknown, ReadOnlySpan<float> s, ReadOnlySpan<int> atoms)
    {
        Throw.IfNotIndex(unknown, Math.Min(Capacity, atoms.Length));
        float* a = _matrix + Row(unknown) + lane;
        int lanes = Lanes;
        fixed (float* row = s)
        fixed (int* of = atoms)
        {
            for (int j = 0; j < unknown; j++, a += lanes)
                *a = -row[of[j]];
        }
        *a = 1;
    }

    /// <summary>Sets A's column of an unknown in one lane below its diagonal, but for the rows to be skipped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void SetColumn(int lane, int unknown, ReadOnlySpan<float> s, ReadOnlySpan<int> atoms, ReadOnlySpan<bool> skipped)
    {
        Throw.IfAbove(atoms.Length, Math.Min(Capacity, skipped.Length));
        int lanes = Lanes;
        float* a = _matrix + Row(unknown + 1) + unknown * lanes + lane;
        fixed (float* row = s)
        fixed (int* of = atoms)
        fixed (bool* skip = skipped)
        {
            for (int i = unknown + 1; i < atoms.Length; a += ++i * lanes)
                if (!skip[i])
                    *a = -row[of[i]];
        }
    }

    /// <summary>Makes an unknown of one lane independent of those before it, with 1 on A's diagonal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void SetIdentity(int lane, int unknown)
    {
        Throw.IfNotIndex(unknown, Capacity);
        float* a = _matrix + Row(unknown) + lane;
        int lanes = Lanes;
        for (int j = 0; j < unknown; j++, a += lanes)
            *a = 0;
        *a = 1;
    }

    /// <summary>Sets the right side in one lane, x_i = b_{atoms[i]} − t·θ_{atoms[i]}·signs_i, and zero beyond up to the padded size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void SetRight(int lane, ReadOnlySpan<float> b, float t, ReadOnlySpan<float> theta, ReadOnlySpan<int> atoms, ReadOnlySpan<float> signs, int padded)
    {
        Throw.IfAbove(padded, Capacity);
        Throw.IfLengthNot(signs.Length, atoms.Length, nameof(signs));
        float* x = _vector + lane;
        int lanes = Lanes, i = 0;
        fixed (float* pb = b, pt = theta, ps = signs)
        fixed (int* pa = atoms)
        {
            for (; i < atoms.Length; i++, x += lanes)
                *x = pb[pa[i]] - t * pt[pa[i]] * ps[i];
        }
        for (; i < padded; i++, x += lanes)
            *x = 0;
    }

    /// <summary>Reads x in one lane and counts the values without the sign they should have; −1 where a value is not finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int GetSolution(int lane, ReadOnlySpan<float> signs, Span<float> x)
    {
        Throw.IfAbove(x.Length, Capacity);
        Throw.IfLengthNot(signs.Length, x.Length, nameof(signs));
        float* from = _vector + lane;
        int lanes = Lanes, wrong = 0;
        float sum = 0;
        fixed (float* px = x, ps = signs)
        {
            for (int i = 0; i < x.Length; i++, from += lanes)
            {
                float value = px[i] = *from;
                sum += 0 * value;
                wrong += value * ps[i] > 0 ? 0 : 1;
            }
        }
        return sum == 0 ? wrong : -1;
    }

    /// <summary>Factors all systems of the padded size; returns one bit for every lane with a pivot below <paramref name="smallestPivot"/>, whose solution means nothing.</summary>
    public uint Factor(int padded, float smallestPivot)
    {
        var kernel = new FactorKernel { A = _matrix, L = _factor, Inverses = _inverses, Scratch = _scratch, Size = padded, SmallestPivot = smallestPivot };
        Simd.Run(ref kernel);
        return kernel.Failed;
    }

    /// <summary>x ← A⁻¹b in place, in all lanes.</summary>
    public void Solve(int padded)
    {
        var kernel = new SolveKernel { L = _factor, Inverses = _inverses, X = _vector, Size = padded };
        Simd.Run(ref kernel);
    }

    /// <summary>Floats from the start of A to its row i.</summary>
    private static int Row(int i) => i * (i + 1) / 2 * Lanes;

    private static int CountLanes()
    {
        var kernel = default(CountKernel);
        Simd.Run(ref kernel);
        return kernel.Lanes;
    }

    private struct CountKernel : ISimdKernel
    {
        public int Lanes;

        public void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
            => Lanes = TS.Count;
    }

    private struct FactorKernel : ISimdKernel
    {
        public float* A;
        public float* L;
        public float* Inverses;
        public float* Scratch;
        public int Size;
        public float SmallestPivot;
        public uint Failed;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            uint passed = uint.MaxValue;
            for (int i = 0; i < Size; i += RowBlock)
            {
                Before<TS, TV>(i);
                passed &= Diagonal<TS, TV>(i);
            }
            Failed = ~passed & (uint)((1UL << TS.Count) - 1);
        }

        /// <summary>u_rj = a_rj − Σ_{p&lt;j} u_rp·l_jp for four rows r from i on and all columns j before i, two at a time; u = l·d.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Before<TS, TV>(int i)
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            int w = TS.Count, length = Size * w;
            float* u0 = Scratch, u1 = u0 + length, u2 = u1 + length, u3 = u2 + length;
            float* a0 = A + i * (i + 1) / 2 * w, a1 = a0 + (i + 1) * w, a2 = a1 + (i + 2) * w, a3 = a2 + (i + 3) * w;
            float* l0 = L, l1 = L + w;
            for (int j = 0; j < i * w; j += 2 * w)
            {
                TV s00 = TS.Load(a0 + j), s10 = TS.Load(a1 + j), s20 = TS.Load(a2 + j), s30 = TS.Load(a3 + j);
                TV s01 = TS.Load(a0 + j + w), s11 = TS.Load(a1 + j + w), s21 = TS.Load(a2 + j + w), s31 = TS.Load(a3 + j + w);
                for (int p = 0; p < j; p += w)
                {
                    TV v0 = TS.Negate(TS.Load(l0 + p)), v1 = TS.Negate(TS.Load(l1 + p)), u = TS.Load(u0 + p);
                    s00 = TS.MultiplyAdd(u, v0, s00);
                    s01 = TS.MultiplyAdd(u, v1, s01);
                    u = TS.Load(u1 + p);
                    s10 = TS.MultiplyAdd(u, v0, s10);
                    s11 = TS.MultiplyAdd(u, v1, s11);
                    u = TS.Load(u2 + p);
                    s20 = TS.MultiplyAdd(u, v0, s20);
                    s21 = TS.MultiplyAdd(u, v1, s21);
                    u = TS.Load(u3 + p);
                    s30 = TS.MultiplyAdd(u, v0, s30);
                    s31 = TS.MultiplyAdd(u, v1, s31);
                }
                TV last = TS.Negate(TS.Load(l1 + j));
                TS.Store(u0 + j, s00);
                TS.Store(u1 + j, s10);
                TS.Store(u2 + j, s20);
                TS.Store(u3 + j, s30);
                TS.Store(u0 + j + w, TS.MultiplyAdd(s00, last, s01));
                TS.Store(u1 + j + w, TS.MultiplyAdd(s10, last, s11));
                TS.Store(u2 + j + w, TS.MultiplyAdd(s20, last, s21));
                TS.Store(u3 + j + w, TS.MultiplyAdd(s30, last, s31));
                l0 = l1 + j + 2 * w;
                l1 = l0 + j + 3 * w;
            }
        }

        /// <summary>l = u/d before column i, and the 4×4 block on the diagonal; returns one bit for every lane whose pivots are large enough.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly uint Diagonal<TS, TV>(int i)
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            int w = TS.Count, length = Size * w, end = i * w;
            int row0 = i * (i + 1) / 2 * w, row1 = row0 + (i + 1) * w, row2 = row1 + (i + 2) * w, row3 = row2 + (i + 3) * w;
            float* u0 = Scratch, u1 = u0 + length, u2 = u1 + length, u3 = u2 + length;
            float* l0 = L + row0, l1 = L + row1, l2 = L + row2, l3 = L + row3;
            TV d0 = TS.Load(A + row0 + end), d1 = TS.Load(A + row1 + end + w), d2 = TS.Load(A + row2 + end + 2 * w), d3 = TS.Load(A + row3 + end + 3 * w);
            TV s10 = TS.Load(A + row1 + end), s20 = TS.Load(A + row2 + end), s30 = TS.Load(A + row3 + end);
            TV s21 = TS.Load(A + row2 + end + w), s31 = TS.Load(A + row3 + end + w), s32 = TS.Load(A + row3 + end + 2 * w);
            for (int p = 0; p < end; p += w)
            {
                TV inverse = TS.Load(Inverses + p), v0 = TS.Load(u0 + p), v1 = TS.Load(u1 + p), v2 = TS.Load(u2 + p), v3 = TS.Load(u3 + p);
                TV m0 = TS.Multiply(v0, inverse), m1 = TS.Multiply(v1, inverse), m2 = TS.Multiply(v2, inverse), m3 = TS.Multiply(v3, inverse);
                TS.Store(l0 + p, m0);
                TS.Store(l1 + p, m1);
                TS.Store(l2 + p, m2);
                TS.Store(l3 + p, m3);
                m0 = TS.Negate(m0);
                m1 = TS.Negate(m1);
                m2 = TS.Negate(m2);
                d0 = TS.MultiplyAdd(v0, m0, d0);
                s10 = TS.MultiplyAdd(v1, m0, s10);
                s20 = TS.MultiplyAdd(v2, m0, s20);
                s30 = TS.MultiplyAdd(v3, m0, s30);
                d1 = TS.MultiplyAdd(v1, m1, d1);
                s21 = TS.MultiplyAdd(v2, m1, s21);
                s31 = TS.MultiplyAdd(v3, m1, s31);
                d2 = TS.MultiplyAdd(v2, m2, d2);
                s32 = TS.MultiplyAdd(v3, m2, s32);
                d3 = TS.MultiplyAdd(v3, TS.Negate(m3), d3);
            }
            TV one = TS.Broadcast(1), smallest = TS.Broadcast(SmallestPivot);
            TV i0 = TS.Divide(one, d0), l10 = TS.Multiply(s10, i0), l20 = TS.Multiply(s20, i0), l30 = TS.Multiply(s30, i0);
            d1 = TS.Subtract(d1, TS.Multiply(s10, l10));
            s21 = TS.Subtract(s21, TS.Multiply(s20, l10));
            s31 = TS.Subtract(s31, TS.Multiply(s30, l10));
            TV i1 = TS.Divide(one, d1), l21 = TS.Multiply(s21, i1), l31 = TS.Multiply(s31, i1);
            d2 = TS.Subtract(TS.Subtract(d2, TS.Multiply(s20, l20)), TS.Multiply(s21, l21));
            s32 = TS.Subtract(TS.Subtract(s32, TS.Multiply(s30, l20)), TS.Multiply(s31, l21));
            TV i2 = TS.Divide(one, d2), l32 = TS.Multiply(s32, i2);
            d3 = TS.Subtract(TS.Subtract(TS.Subtract(d3, TS.Multiply(s30, l30)), TS.Multiply(s31, l31)), TS.Multiply(s32, l32));
            TS.Store(l1 + end, l10);
            TS.Store(l2 + end, l20);
            TS.Store(l2 + end + w, l21);
            TS.Store(l3 + end, l30);
            TS.Store(l3 + end + w, l31);
            TS.Store(l3 + end + 2 * w, l32);
            TS.Store(Inverses + end, i0);
            TS.Store(Inverses + end + w, i1);
            TS.Store(Inverses + end + 2 * w, i2);
            TS.Store(Inverses + end + 3 * w, TS.Divide(one, d3));
            return TS.Bits(TS.GreaterThan(d0, smallest)) & TS.Bits(TS.GreaterThan(d1, smallest)) & TS.Bits(TS.GreaterThan(d2, smallest)) & TS.Bits(TS.GreaterThan(d3, smallest));
        }
    }

    private struct SolveKernel : ISimdKernel
    {
        public float* L;
        public float* Inverses;
        public float* X;
        public int Size;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            int w = TS.Count;
            float* l = L;
            for (int i = 0; i < Size; i++, l += i * w)
            {
                TV s = TS.Negate(TS.Load(X + i * w)), t = default;
                int p = 0;
                for (; p < (i - 1) * w; p += 2 * w)
                {
                    s = TS.MultiplyAdd(TS.Load(l + p), TS.Load(X + p), s);          // Ly = b
                    t = TS.MultiplyAdd(TS.Load(l + p + w), TS.Load(X + p + w), t);
                }
                if (p < i * w)
                    s = TS.MultiplyAdd(TS.Load(l + p), TS.Load(X + p), s);
                TS.Store(X + i * w, TS.Negate(TS.Add(s, t)));
            }
            for (int i = 0; i < Size * w; i += w)
                TS.Store(X + i, TS.Multiply(TS.Load(X + i), TS.Load(Inverses + i)));
            for (int i = Size - 1; i > 0; i--)
            {
                l = L + i * (i + 1) / 2 * w;
                TV x = TS.Negate(TS.Load(X + i * w));
                for (int p = 0; p < i * w; p += w)
                    TS.Store(X + p, TS.MultiplyAdd(x, TS.Load(l + p), TS.Load(X + p)));     // Lᵀx = D⁻¹y
            }
        }
    }
}
