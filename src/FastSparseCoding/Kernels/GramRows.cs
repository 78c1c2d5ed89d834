using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>Correlations of a residual through the Gram matrix.</summary>
internal static unsafe class GramRows
{
    /// <summary>c = b − Σ_s z_s·G_{atoms[s]}, over slots; a slot with z_s = 0 costs nothing. b, c [m], G [m×m].</summary>
    public static void Correlations(ReadOnlySpan<float> b, ReadOnlyMatrixView gram, ReadOnlySpan<int> atoms, ReadOnlySpan<float> z, Span<float> c)
    {
        Throw.IfLengthNot(z.Length, atoms.Length, nameof(z));
        Throw.IfLengthNot(c.Length, b.Length, nameof(c));
        Throw.IfShapeNot(gram.Rows, gram.Columns, b.Length, b.Length, nameof(gram));
        fixed (float* pb = b, pg = gram.Values, pz = z, pc = c)
        fixed (int* pa = atoms)
        {
            var kernel = new Kernel { B = pb, Gram = pg, Atoms = pa, Z = pz, Slots = atoms.Length, C = pc, Length = b.Length };
            Simd.Run(ref kernel);
        }
    }

    private struct Kernel : ISimdKernel
    {
        public float* B;
        public float* Gram;
        public int* Atoms;
        public float* Z;
        public int Slots;
        public float* C;
        public int Length;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            int j = 0;
            for (; j <= Length - 4 * TS.Count; j += 4 * TS.Count)
            {
                TV a0 = TS.Load(B + j), a1 = TS.Load(B + j + TS.Count), a2 = TS.Load(B + j + 2 * TS.Count), a3 = TS.Load(B + j + 3 * TS.Count);
                for (int s = 0; s < Slots; s++)
                {
                    if (Z[s] == 0)
                        continue;
                    TV z = TS.Broadcast(-Z[s]);
                    float* g = Gram + (nint)Atoms[s] * Length + j;
                    a0 = TS.MultiplyAdd(z, TS.Load(g), a0);
                    a1 = TS.MultiplyAdd(z, TS.Load(g + TS.Count), a1);
                    a2 = TS.MultiplyAdd(z, TS.Load(g + 2 * TS.Count), a2);
                    a3 = TS.MultiplyAdd(z, TS.Load(g + 3 * TS.Count), a3);
                }
                TS.Store(C + j, a0);
                TS.Store(C + j + TS.Count, a1);
                TS.Store(C + j + 2 * TS.Count, a2);
                TS.Store(C + j + 3 * TS.Count, a3);
            }
            for (; j < Length; j += TS.Count)
            {
                int count = Math.Min(TS.Count, Length - j);
                TV a = TS.LoadFirst(B + j, count);
                for (int s = 0; s < Slots; s++)
                    if (Z[s] != 0)
                        a = TS.MultiplyAdd(TS.Broadcast(-Z[s]), TS.LoadFirst(Gram + (nint)Atoms[s] * Length + j, count), a);
                TS.StoreFirst(C + j, count, a);
            }
        }
    }
}
