using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>
/// Small symmetric positive definite systems Ax = b, one in every lane of the vectors, factored and solved side by side: A = LDLᵀ without a
/// square root. A lane's result does not depend on the other lanes, nor on how far the systems are padded.
/// </summary>
internal sealed unsafe class LaneSystems
{
    /// <summary>Rows factored together, so that one load serves several products.</summary>
    private const int RowBlock = LaneFactorKernel.RowBlock;

    private readonly float[][] _memory;     // keeps what the pointers point to alive
    private readonly float* _matrix;        // A, rows of the lower triangle, lane by lane
    private readonly float* _factor;        // L likewise, without its diagonal of ones
    private readonly float* _inverses;      // 1/D
    private readonly float* _vector;        // b, then x
    private readonly float* _scratch;       // L·D of the rows being factored

    /// <summary>Allocates systems of up to <paramref name="capacity"/> unknowns, a multiple of <see cref="Padded"/>'s. All matrices are the
    /// identity.</summary>
    public LaneSystems(int capacity)
    {
        Capacity = capacity;
        int triangle = capacity * (capacity + 1) / 2;
        _memory = [.. new[] { triangle, triangle, capacity, capacity, RowBlock * capacity }.Select(
            length => AlignedMemory.Allocate(length * Lanes))];
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
    public static int Lanes => Simd.Lanes;

    /// <summary>A size that all systems are padded to.</summary>
    public static int Padded(int size) => (size + RowBlock - 1) / RowBlock * RowBlock;

    /// <summary>Sets A's row of an unknown in one lane up to its diagonal, of A = I − S: a_j = −s_{atoms[j]}, and 1 − s on the
    /// diagonal.</summary>
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
            *a = 1 - row[of[unknown]];
        }
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

    /// <summary>Sets the right side in one lane, x_i = b_{atoms[i]} − t·θ_{atoms[i]}·signs_i, and zero beyond up to the padded
    /// size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void SetRight(int lane, ReadOnlySpan<float> b, float t, ReadOnlySpan<float> theta, ReadOnlySpan<int> atoms,
        ReadOnlySpan<float> signs, int padded)
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

    /// <summary>Reads x in one lane; counts the values without the sign they should have, and sums magnitudes: NaN or infinite where a
    /// value is not finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public (int Wrong, float Magnitudes) GetSolution(int lane, ReadOnlySpan<float> signs, Span<float> x)
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
                sum += Math.Abs(value);
                wrong += value * ps[i] > 0 ? 0 : 1;
            }
        }
        return (wrong, sum);
    }

    /// <summary>Factors all systems of the padded size; returns one bit for every lane with a pivot below <paramref name="smallestPivot"/>,
    /// whose solution means nothing.</summary>
    public uint Factor(int padded, float smallestPivot)
    {
        var kernel = new LaneFactorKernel
        {
            A = _matrix,
            L = _factor,
            Inverses = _inverses,
            Scratch = _scratch,
            Size = padded,
            SmallestPivot = smallestPivot
        };
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
