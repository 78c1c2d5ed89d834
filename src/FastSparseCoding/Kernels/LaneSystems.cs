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

    private readonly float[] _matrix;       // A, rows of the lower triangle, lane by lane
    private readonly float[] _factor;       // L likewise, without its diagonal of ones
    private readonly float[] _inverses;     // 1/D
    private readonly float[] _vector;       // b, then x
    private readonly int[] _sizes = new int[Lanes];     // unknowns of every lane; beyond them A is the identity
    private readonly float[] _scratch;      // L·D of the rows being factored

    /// <summary>Allocates systems of up to <paramref name="capacity"/> unknowns, a multiple of 4.</summary>
    public LaneSystems(int capacity)
    {
        Capacity = capacity;
        int triangle = capacity * (capacity + 1) / 2;
        _matrix = AlignedMemory.Allocate(triangle * Lanes);
        _factor = AlignedMemory.Allocate(triangle * Lanes);
        _inverses = AlignedMemory.Allocate(capacity * Lanes);
        _vector = AlignedMemory.Allocate(capacity * Lanes);
        _scratch = AlignedMemory.Allocate(RowBlock * capacity * Lanes);
        for (int lane = 0; lane < Lanes; lane++)
            SetIdentity(lane, 0, capacity);
    }

    /// <summary>Most unknowns.</summary>
    public int Capacity { get; }

    /// <summary>Number of systems.</summary>
    public static int Lanes { get; } = CountLanes();

    /// <summary>A size that all systems are padded to.</summary>
    public static int Padded(int size) => (size + RowBlock - 1) / RowBlock * RowBlock;

    /// <summary>
    /// Sets A of a lane to the Gram matrix of some atoms, and to the identity beyond. Rows below <paramref name="unchanged"/> are known to be so already.
    /// </summary>
    public void SetMatrix(int lane, ReadOnlySpan<int> atoms, ReadOnlyMatrixView gram, int unchanged)
    {
        int lanes = Lanes;
        float* a = AlignedMemory.Start(_matrix) + Row(unchanged) + lane;
        fixed (float* g = gram.Values)
        fixed (int* k = atoms)
        {
            for (int i = unchanged; i < atoms.Length; i++)
            {
                float* row = g + (nint)k[i] * gram.Columns;
                for (int j = 0; j <= i; j++, a += lanes)
                    *a = row[k[j]];
            }
        }
        SetIdentity(lane, atoms.Length, _sizes[lane]);
        _sizes[lane] = atoms.Length;
    }

    /// <summary>Sets b of a lane to b_S − λs on some atoms, and to zero from there to the padded size.</summary>
    public void SetVector(int lane, ReadOnlySpan<float> b, ReadOnlySpan<int> atoms, ReadOnlySpan<float> signs, float lambda, int padded)
    {
        float* x = AlignedMemory.Start(_vector) + lane;
        int lanes = Lanes, i = 0;
        for (; i < atoms.Length; i++, x += lanes)
            *x = b[atoms[i]] - lambda * signs[i];
        for (; i < padded; i++, x += lanes)
            *x = 0;
    }

    /// <summary>Unknown or right-hand side number i of a lane.</summary>
    public ref float this[int i, int lane] => ref AlignedMemory.Start(_vector)[i * Lanes + lane];

    /// <summary>Factors all systems of the padded size; returns one bit for every lane with a pivot below <paramref name="smallestPivot"/>, whose solution means nothing.</summary>
    public uint Factor(int padded, float smallestPivot)
    {
        var kernel = new FactorKernel { A = AlignedMemory.Start(_matrix), L = AlignedMemory.Start(_factor), Inverses = AlignedMemory.Start(_inverses), Scratch = AlignedMemory.Start(_scratch), Size = padded, SmallestPivot = smallestPivot };
        Simd.Run(ref kernel);
        return kernel.Failed;
    }

    /// <summary>x ← A⁻¹b in place, in all lanes.</summary>
    public void Solve(int padded)
    {
        var kernel = new SolveKernel { L = AlignedMemory.Start(_factor), Inverses = AlignedMemory.Start(_inverses), X = AlignedMemory.Start(_vector), Size = padded };
        Simd.Run(ref kernel);
    }

    private void SetIdentity(int lane, int from, int to)
    {
        int lanes = Lanes;
        float* a = AlignedMemory.Start(_matrix) + Row(from) + lane;
        for (int i = from; i < to; i++, a += lanes)
        {
            for (int j = 0; j < i; j++, a += lanes)
                *a = 0;
            *a = 1;
        }
    }

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
            TV smallest = TS.Broadcast(SmallestPivot);
            uint passed = uint.MaxValue;
            int w = TS.Count, length = Size * w;
            float* u0 = Scratch, u1 = u0 + length, u2 = u1 + length, u3 = u2 + length;
            for (int i = 0; i < Size; i += RowBlock)
            {
                float* a0 = A + i * (i + 1) / 2 * w, a1 = a0 + (i + 1) * w, a2 = a1 + (i + 2) * w, a3 = a2 + (i + 3) * w;
                float* l = L;
                for (int j = 0; j < i; j++)
                {
                    // −u_rj = Σ_{p<j} u_rp·l_jp − a_rj for the four rows r at once, with u = l·d
                    TV s0 = TS.Negate(TS.Load(a0 + j * w)), s1 = TS.Negate(TS.Load(a1 + j * w)), s2 = TS.Negate(TS.Load(a2 + j * w)), s3 = TS.Negate(TS.Load(a3 + j * w));
                    for (int p = 0; p < j * w; p += w)
                    {
                        TV v = TS.Load(l + p);
                        s0 = TS.MultiplyAdd(TS.Load(u0 + p), v, s0);
                        s1 = TS.MultiplyAdd(TS.Load(u1 + p), v, s1);
                        s2 = TS.MultiplyAdd(TS.Load(u2 + p), v, s2);
                        s3 = TS.MultiplyAdd(TS.Load(u3 + p), v, s3);
                    }
                    TS.Store(u0 + j * w, TS.Negate(s0));
                    TS.Store(u1 + j * w, TS.Negate(s1));
                    TS.Store(u2 + j * w, TS.Negate(s2));
                    TS.Store(u3 + j * w, TS.Negate(s3));
                    l += (j + 1) * w;
                }
                for (int r = 0; r < RowBlock; r++)
                {
                    float* a = A + (i + r) * (i + r + 1) / 2 * w, u = Scratch + r * length, row = L + (i + r) * (i + r + 1) / 2 * w;
                    for (int j = i; j < i + r; j++)
                    {
                        float* lj = L + j * (j + 1) / 2 * w;
                        TV s = TS.Negate(TS.Load(a + j * w));
                        for (int p = 0; p < j * w; p += w)
                            s = TS.MultiplyAdd(TS.Load(u + p), TS.Load(lj + p), s);
                        TS.Store(u + j * w, TS.Negate(s));
                    }
                    TV d = TS.Negate(TS.Load(a + (i + r) * w));
                    for (int p = 0; p < (i + r) * w; p += w)
                    {
                        TV v = TS.Load(u + p), scaled = TS.Multiply(v, TS.Load(Inverses + p));
                        TS.Store(row + p, scaled);                                  // l = u/d
                        d = TS.MultiplyAdd(v, scaled, d);
                    }
                    d = TS.Negate(d);                                               // d = a − Σ u·l
                    passed &= TS.Bits(TS.GreaterThan(d, smallest));
                    TS.Store(Inverses + (i + r) * w, TS.Divide(TS.Broadcast(1), d));
                }
            }
            Failed = ~passed & (uint)((1UL << w) - 1);
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
