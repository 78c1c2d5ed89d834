using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>
/// The inverse M of the Gram matrix of a changing set of atoms, in slots: atoms enter free slots and leave them, and every change is a rank-one
/// update that streams over rows. A product with M has no chain of dependent steps as a triangular solve has, which is what makes it fast for
/// supports of tens of atoms. Rows and columns of free slots are zero.
/// </summary>
internal sealed unsafe class SupportInverse
{
    /// <summary>
    /// Smallest squared distance of a new unit-norm atom from the span of the others. Below it the inverse would lose more than half of
    /// float32's digits.
    /// </summary>
    private const float SmallestPivot = 1e-4f;

    private readonly float[] _inverse;
    private readonly float[] _column;
    private readonly int _stride;

    /// <summary>Allocates slots for up to <paramref name="capacity"/> atoms.</summary>
    public SupportInverse(int capacity)
    {
        Capacity = capacity;
        _stride = PaddedLength(capacity);
        _inverse = AlignedMemory.Allocate(capacity * _stride);
        _column = AlignedMemory.Allocate(_stride);
    }

    /// <summary>Number of slots.</summary>
    public int Capacity { get; }

    /// <summary>A length that whole vectors of every width divide: vectors over slots are allocated with it.</summary>
    public static int PaddedLength(int slots) => (slots + 15) / 16 * 16;

    /// <summary>Frees all slots below <paramref name="slots"/>.</summary>
    public void Clear(int slots)
    {
        float* m = AlignedMemory.Start(_inverse);
        for (int i = 0; i < slots; i++)
            new Span<float>(m + i * _stride, PaddedLength(slots)).Clear();
    }

    /// <summary>
    /// Lets a unit-norm atom into a free slot; false, and nothing changed, when it is too close to the span of the others.
    /// </summary>
    /// <param name="slot">A free slot.</param>
    /// <param name="gram">Products of the new atom with the atom of every slot below <paramref name="slots"/>; zero at free slots, padded.</param>
    /// <param name="slots">Slots in use, the new one included.</param>
    public bool TryInsert(int slot, float* gram, int slots)
    {
        var product = new Product { Inverse = AlignedMemory.Start(_inverse), Stride = _stride, Vector = gram, Result = AlignedMemory.Start(_column), Slots = slots };
        Simd.Run(ref product);                                      // u = Mg
        float pivot = 1 - product.Dot;                              // s = 1 − gᵀu
        if (!(pivot >= SmallestPivot))
            return false;
        product.Result[slot] = -1;
        RankOne(product.Result, 1 / pivot, slots);                  // M ← M + [u; −1][u; −1]ᵀ/s
        return true;
    }

    /// <summary>Frees the slot of an atom.</summary>
    public void Remove(int slot, int slots)
    {
        float* row = AlignedMemory.Start(_inverse) + slot * _stride;
        float* column = AlignedMemory.Start(_column);
        float pivot = row[slot];
        new ReadOnlySpan<float>(row, PaddedLength(slots)).CopyTo(new Span<float>(column, PaddedLength(slots)));
        RankOne(column, -1 / pivot, slots);                         // M ← M − M_i M_iᵀ/M_ii
        float* m = AlignedMemory.Start(_inverse);
        new Span<float>(row, PaddedLength(slots)).Clear();
        for (int i = 0; i < slots; i++)
            m[i * _stride + slot] = 0;                              // exactly zero, whatever the rounding
    }

    /// <summary>result = M·v, both padded.</summary>
    public void Multiply(float* v, float* result, int slots)
    {
        var product = new Product { Inverse = AlignedMemory.Start(_inverse), Stride = _stride, Vector = v, Result = result, Slots = slots };
        Simd.Run(ref product);
    }

    private void RankOne(float* column, float scale, int slots)
    {
        var update = new Update { Inverse = AlignedMemory.Start(_inverse), Stride = _stride, Column = column, Scale = scale, Slots = slots };
        Simd.Run(ref update);
    }

    /// <summary>Result = M·v as a sum of rows, M being symmetric, and Dot = vᵀMv.</summary>
    private struct Product : ISimdKernel
    {
        public float* Inverse;
        public nint Stride;
        public float* Vector;
        public float* Result;
        public int Slots;
        public float Dot;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            TV dot = default;
            int j = 0;
            for (; j + TS.Count < Slots; j += 2 * TS.Count)
            {
                // Two vectors of the result, each in two chains, to hide the latency of the additions.
                TV a = default, b = default, c = default, d = default;
                float* m = Inverse + j;
                int i = 0;
                for (; i < Slots - 1; i += 2, m += 2 * Stride)
                {
                    TV v0 = TS.Broadcast(Vector[i]), v1 = TS.Broadcast(Vector[i + 1]);
                    a = TS.MultiplyAdd(v0, TS.Load(m), a);
                    b = TS.MultiplyAdd(v0, TS.Load(m + TS.Count), b);
                    c = TS.MultiplyAdd(v1, TS.Load(m + Stride), c);
                    d = TS.MultiplyAdd(v1, TS.Load(m + Stride + TS.Count), d);
                }
                if (i < Slots)
                {
                    TV v0 = TS.Broadcast(Vector[i]);
                    a = TS.MultiplyAdd(v0, TS.Load(m), a);
                    b = TS.MultiplyAdd(v0, TS.Load(m + TS.Count), b);
                }
                a = TS.Add(a, c);
                b = TS.Add(b, d);
                TS.Store(Result + j, a);
                TS.Store(Result + j + TS.Count, b);
                dot = TS.MultiplyAdd(a, TS.Load(Vector + j), TS.MultiplyAdd(b, TS.Load(Vector + j + TS.Count), dot));
            }
            if (j < Slots)
            {
                TV a = default, c = default;
                float* m = Inverse + j;
                int i = 0;
                for (; i < Slots - 1; i += 2, m += 2 * Stride)
                {
                    a = TS.MultiplyAdd(TS.Broadcast(Vector[i]), TS.Load(m), a);
                    c = TS.MultiplyAdd(TS.Broadcast(Vector[i + 1]), TS.Load(m + Stride), c);
                }
                if (i < Slots)
                    a = TS.MultiplyAdd(TS.Broadcast(Vector[i]), TS.Load(m), a);
                a = TS.Add(a, c);
                TS.Store(Result + j, a);
                dot = TS.MultiplyAdd(a, TS.Load(Vector + j), dot);
            }
            Dot = TS.Sum(dot);
        }
    }

    /// <summary>M += Scale·ccᵀ.</summary>
    private struct Update : ISimdKernel
    {
        public float* Inverse;
        public nint Stride;
        public float* Column;
        public float Scale;
        public int Slots;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            for (int j = 0; j < Slots; j += 2 * TS.Count)
            {
                bool two = j + TS.Count < Slots;
                TV c0 = TS.Load(Column + j), c1 = two ? TS.Load(Column + j + TS.Count) : default;
                float* m = Inverse + j;
                for (int i = 0; i < Slots; i++, m += Stride)
                {
                    TV s = TS.Broadcast(Scale * Column[i]);
                    TS.Store(m, TS.MultiplyAdd(s, c0, TS.Load(m)));
                    if (two)
                        TS.Store(m + TS.Count, TS.MultiplyAdd(s, c1, TS.Load(m + TS.Count)));
                }
            }
        }
    }
}
