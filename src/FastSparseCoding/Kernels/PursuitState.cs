using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>
/// What orthogonal matching pursuit knows of one signal in float32. Of every chosen atom k_t it keeps p_t = q_tDᵀ, the correlations of all atoms with q_t, the
/// part of d_{k_t} orthogonal to the atoms before it, of unit norm: p_t = (G_{k_t} − Σ_s l_ts·p_s)/l_tt, where l_ts = p_s[k_t] and l_tt² = 1 − Σ_s l_ts² are
/// the row of the Gram matrix' Cholesky factor that the atom adds. Taking the signal's part along q_t away then is one step, α ← α − γ_t·p_t, with γ_t = α[k_t]/l_tt.
/// </summary>
internal sealed unsafe class PursuitState
{
    private readonly float[] _memory;       // keeps what the pointers point to alive
    private readonly float* _alpha;         // α = rDᵀ [m padded]
    private readonly float* _p;             // p_t, row after row [k×m padded]
    private readonly float* _sum;           // −(G_k − Σ l·p), but for its k-th value [m padded]
    private readonly int _stride;
    private readonly int[] _atoms;          // k_t
    private readonly int[] _order;          // 0, 1, 2, …
    private readonly float[] _row;          // l_ts, s < t, of the atom last projected
    private readonly double[] _factor;      // L, row after row, zero right of the diagonal
    private readonly double[] _gamma;       // γ_t
    private readonly int _factorStride;
    private readonly int _length;

    /// <summary>Allocates for m atoms, of which up to <paramref name="capacity"/> are chosen.</summary>
    public PursuitState(int atomCount, int capacity)
    {
        _length = AlignedRows.Padded(atomCount);
        _stride = _length + AlignedRows.Padded(1);      // rows of a power of two would compete for the same places of the cache
        _factorStride = PreciseFactor.Padded(capacity);
        _memory = AlignedMemory.Allocate(checked((capacity + 2) * _stride));
        _alpha = AlignedMemory.Start(_memory);
        _sum = _alpha + _stride;
        _p = _sum + _stride;
        _atoms = new int[capacity];
        _order = [.. Enumerable.Range(0, capacity)];
        _row = new float[capacity];
        _factor = new double[_factorStride * _factorStride];
        _gamma = new double[_factorStride];
    }

    /// <summary>Number of atoms chosen.</summary>
    public int Count { get; private set; }

    /// <summary>The atoms chosen, in the order they came.</summary>
    public ReadOnlySpan<int> Atoms => _atoms.AsSpan(0, Count);

    /// <summary>γ_t of the last atom: by its square ‖r‖² became less.</summary>
    public double LastStep => _gamma[Count - 1];

    /// <summary>Takes the correlations of a signal, b = xDᵀ [m], and no atom yet; returns the atom of the largest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Begin(ReadOnlySpan<float> b, bool nonNegative)
    {
        Count = 0;
        b.CopyTo(new Span<float>(_alpha, b.Length));
        return Step(_p, 0, 0, nonNegative);     // nothing is taken away
    }

    /// <summary>α_k, the correlation of an atom with the residual.</summary>
    public float Correlation(int k) => _alpha[k];

    /// <summary>l_tt² of an atom to be chosen next: its squared distance from the span of those chosen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double Project(int k)
    {
        double squares = 0;
        float* p = _p + k;
        double[] factor = _factor;
        int start = Count * _factorStride;
        for (int s = 0; s < Count; s++, p += _stride)
        {
            float value = *p;
            _row[s] = value;
            factor[start + s] = value;
            squares += (double)value * value;
        }
        return 1 - squares;
    }

    /// <summary>Chooses the atom last projected; returns the atom of the largest correlation with the residual then.</summary>
    /// <param name="k">The atom.</param>
    /// <param name="s">Row k of S = I − G [m], its k-th value 0.</param>
    /// <param name="pivot">l_tt².</param>
    /// <param name="nonNegative">Whether the largest positive correlation is asked for.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Append(int k, ReadOnlySpan<float> s, double pivot, bool nonNegative)
    {
        double diagonal = Math.Sqrt(pivot), gamma = _alpha[k] / diagonal;
        float inverse = (float)(-1 / diagonal);
        fixed (float* ps = s, pl = _row)
        fixed (int* order = _order)
        {
            var sum = new RowSum { Start = ps, Length = s.Length, W = _p, Stride = _stride, Indices = order, Z = pl, Rows = Count, C = _sum };
            Simd.Run(ref sum);                                                  // −(G_k − Σ l·p)
        }
        _sum[k] = -(float)pivot;
        float* p = _p + Count * _stride;
        int next = Step(p, inverse, (float)gamma, nonNegative);
        int at = Count * _factorStride + Count;
        _factor[at] = diagonal;
        _gamma[Count] = gamma;
        _atoms[Count++] = k;
        return next;
    }

    /// <summary>z ← L⁻ᵀγ: the code of least squares on the chosen atoms, as float32 has it.</summary>
    public void LeastSquares(Span<double> z)
    {
        _gamma.AsSpan(0, Count).CopyTo(z);
        SolveTransposed(z);
    }

    /// <summary>v ← (LLᵀ)⁻¹v.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Solve(Span<double> v)
    {
        for (int t = 0; t < Count; t++)
        {
            double sum = v[t];
            ReadOnlySpan<double> row = _factor.AsSpan(t * _factorStride, t + 1);
            for (int s = 0; s < t; s++)
                sum -= row[s] * v[s];
            v[t] = sum / row[t];
        }
        SolveTransposed(v);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SolveTransposed(Span<double> v)
    {
        for (int t = Count - 1; t >= 0; t--)
        {
            ReadOnlySpan<double> row = _factor.AsSpan(t * _factorStride, t + 1);
            double value = v[t] /= row[t];
            for (int s = 0; s < row.Length - 1; s++)
                v[s] -= row[s] * value;
        }
    }

    /// <summary>p = inverse·sum, α ← α − γ·p, and the atom of the largest α then.</summary>
    private int Step(float* p, float inverse, float gamma, bool nonNegative)
        => nonNegative ? Step<One>(p, inverse, gamma) : Step<Two>(p, inverse, gamma);

    private int Step<TSides>(float* p, float inverse, float gamma)
        where TSides : struct, IConstant
    {
        var kernel = new StepKernel<TSides> { Alpha = _alpha, Sum = _sum, P = p, Length = _length, Inverse = inverse, Gamma = gamma };
        Simd.Run(ref kernel);
        return kernel.Next;
    }

    private struct StepKernel<TSides> : ISimdKernel
        where TSides : struct, IConstant
    {
        public float* Alpha;
        public float* Sum;
        public float* P;
        public int Length;
        public float Inverse;
        public float Gamma;
        public int Next;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            var found = new LargestLanes<TS, TV>();
            TV inverse = TS.Broadcast(Inverse), minus = TS.Broadcast(-Gamma);
            for (int j = 0; j < Length; j += TS.Count)
            {
                TV p = TS.Multiply(inverse, TS.Load(Sum + j));
                TV alpha = TS.MultiplyAdd(minus, p, TS.Load(Alpha + j));
                TS.Store(P + j, p);
                TS.Store(Alpha + j, alpha);
                found.Add(TSides.Value == Two.Value ? alpha : TS.Max(alpha, default));
            }
            Next = found.First(out _);
        }
    }
}
