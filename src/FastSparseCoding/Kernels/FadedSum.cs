using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>
/// c ← βc + Σ_s z_s·w_s: the statistics of dictionary learning fade and take in another batch, a row at a time. Every element is one chain
/// of multiply-adds in the order of s.
/// </summary>
internal static unsafe class FadedSum
{
    /// <summary>c ← βc + Σ_s z_s·W_{rows[s]}. z [rows], W [N×p], c [p].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float beta, ReadOnlySpan<float> z, ReadOnlyMatrixView w, ReadOnlySpan<int> rows, Span<float> c)
    {
        Throw.IfLengthNot(z.Length, rows.Length, nameof(z));
        Throw.IfLengthNot(c.Length, w.Columns, nameof(c));
        foreach (int row in rows)
            Throw.IfNotIndex(row, w.Rows, nameof(rows));
        fixed (float* pz = z, pw = w.Values, pc = c)
        fixed (int* pi = rows)
        {
            var kernel = new Kernel { Beta = beta, Z = pz, W = pw, Rows = pi, Terms = rows.Length, C = pc, Length = c.Length };
            Simd.Run(ref kernel);
        }
    }

    /// <summary>c ← βc + Σ_i z_ik·z_i over the signals i that use atom k: a row of the statistics A = Σ zᵀz [m×m]; the codes are
    /// turned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddCodes(float beta, CodeLists codes, int k, Span<float> c)
    {
        if (codes.Dense is { } z)
        {
            Add(beta, codes.FactorsOf(k), z, codes.SignalsOf(k), c);
            return;
        }
        TensorPrimitives.Multiply(c, beta, c);
        ReadOnlySpan<int> signals = codes.SignalsOf(k);
        ReadOnlySpan<float> factors = codes.FactorsOf(k);
        fixed (float* pc = c)
        {
            for (int s = 0; s < signals.Length; s++)
                AddSparse(factors[s], codes.ValuesOf(signals[s]), codes.AtomsOf(signals[s]), pc);
        }
    }

    /// <summary>The same bits as of the dense row: terms that are zero add nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddSparse(float z, ReadOnlySpan<float> values, ReadOnlySpan<int> columns, float* c)
    {
        fixed (float* pv = values)
        fixed (int* pj = columns)
        {
            for (int j = 0; j < columns.Length; j++)
                c[pj[j]] = SimdScalar.MultiplyAdd(z, pv[j], c[pj[j]]);
        }
    }

    private struct Kernel : ISimdKernel
    {
        public float Beta;
        public float* Z;
        public float* W;
        public int* Rows;
        public int Terms;
        public float* C;
        public int Length;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            int j = 0;
            for (; j <= Length - 4 * TS.Count; j += 4 * TS.Count)
                Strip<TS, TV>(j);
            for (; j < Length; j += TS.Count)
                Vector<TS, TV>(j, Math.Min(TS.Count, Length - j));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Strip<TS, TV>(int j)
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            TV beta = TS.Broadcast(Beta);
            float* c = C + j, w = W + j;
            TV c0 = TS.Multiply(beta, TS.Load(c)), c1 = TS.Multiply(beta, TS.Load(c + TS.Count));
            TV c2 = TS.Multiply(beta, TS.Load(c + 2 * TS.Count)), c3 = TS.Multiply(beta, TS.Load(c + 3 * TS.Count));
            for (int s = 0; s < Terms; s++)
            {
                TV z = TS.Broadcast(Z[s]);
                float* row = w + (nint)Rows[s] * Length;
                c0 = TS.MultiplyAdd(z, TS.Load(row), c0);
                c1 = TS.MultiplyAdd(z, TS.Load(row + TS.Count), c1);
                c2 = TS.MultiplyAdd(z, TS.Load(row + 2 * TS.Count), c2);
                c3 = TS.MultiplyAdd(z, TS.Load(row + 3 * TS.Count), c3);
            }
            TS.Store(c, c0);
            TS.Store(c + TS.Count, c1);
            TS.Store(c + 2 * TS.Count, c2);
            TS.Store(c + 3 * TS.Count, c3);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Vector<TS, TV>(int j, int lanes)
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            TV c = TS.Multiply(TS.Broadcast(Beta), TS.LoadFirst(C + j, lanes));
            for (int s = 0; s < Terms; s++)
                c = TS.MultiplyAdd(TS.Broadcast(Z[s]), TS.LoadFirst(W + (nint)Rows[s] * Length + j, lanes), c);
            TS.StoreFirst(C + j, lanes, c);
        }
    }
}
