using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>
/// What orthogonal matching pursuit knows of one signal in float32. Of every chosen atom k_t it keeps p_t = q_tDᵀ, the correlations of all
/// atoms with q_t, the part of d_{k_t} orthogonal to the atoms before it, of unit norm: p_t = (G_{k_t} − Σ_s l_ts·p_s)/l_tt, where l_ts =
/// p_s[k_t] and l_tt² = 1 − Σ_s l_ts² are the row of the Gram matrix' Cholesky factor that the atom adds. Taking the signal's part along
/// q_t away then is one step, α ← α − γ_t·p_t, with γ_t = α[k_t]/l_tt.
/// </summary>
internal sealed unsafe class PursuitState
{
    private readonly float[] _memory;       // keeps what the pointers point to alive
    private readonly float* _alpha;         // α = rDᵀ [m padded]
    private readonly float* _p;             // p_t, row after row [k×m padded]
    private readonly int _stride;
    private readonly int[] _atoms;          // k_t
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
        _memory = AlignedMemory.Allocate(checked((capacity + 1) * _stride));
        _alpha = AlignedMemory.Start(_memory);
        _p = _alpha + _stride;
        _atoms = new int[capacity];
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
        return Step(_alpha, _p, 0, 0, nonNegative);     // nothing is taken away
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
    /// <param name="s">Rows of S = I − G [m], its diagonal 0.</param>
    /// <param name="row">Which of them is the atom's.</param>
    /// <param name="pivot">l_tt².</param>
    /// <param name="nonNegative">Whether the largest positive correlation is asked for.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Append(int k, AlignedRows s, int row, double pivot, bool nonNegative)
    {
        double diagonal = Math.Sqrt(pivot), gamma = _alpha[k] / diagonal;
        float inverse = (float)(-1 / diagonal);
        // S has no diagonal: −γ·Σl²/l is what the step will take away from α_k, which it then leaves at zero but for rounding.
        _alpha[k] = (float)(gamma * (pivot - 1) / diagonal);
        float* p = _p + Count * _stride;
        int next = Step(s.Data + (nint)row * s.Stride, p, inverse, (float)-gamma, nonNegative);
        (p[k], _alpha[k]) = ((float)diagonal, 0);
        _factor[Count * _factorStride + Count] = diagonal;
        _gamma[Count] = gamma;
        _atoms[Count++] = k;
        GC.KeepAlive(s);
        return next;
    }

    /// <summary>
    /// Takes out the atom in a slot; those behind move up. Givens rotations make L triangular again (Golub and Van Loan 2013, 6.5), and
    /// turn the p and γ with it; what the signal has along the direction that is left over returns to the residual. Returns the atom of the
    /// largest correlation then.
    /// </summary>
    /// <param name="slot">The slot.</param>
    /// <param name="nonNegative">Whether the largest positive correlation is asked for.</param>
    /// <param name="squares">Receives by how much ‖r‖² became more.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int RemoveAt(int slot, bool nonNegative, out double squares)
    {
        int last = --Count;
        for (int t = slot; t < last; t++)
        {
            _atoms[t] = _atoms[t + 1];
            _factor.AsSpan((t + 1) * _factorStride, t + 2).CopyTo(_factor.AsSpan(t * _factorStride));
        }
        for (int t = slot; t < last; t++)
            Rotate(t, last);
        double gamma = _gamma[last];
        squares = gamma * gamma;
        float* p = _p + last * _stride;
        Count = 0;                                                              // no earlier p is to be taken away from this one
        int next = Step(p, p, 1, (float)gamma, nonNegative);                    // α ← α + γ·p
        Count = last;
        return next;
    }

    /// <summary>Turns directions t and t + 1 so that atom t has nothing of the second.</summary>
    private void Rotate(int t, int count)
    {
        double a = _factor[t * _factorStride + t], b = _factor[t * _factorStride + t + 1], length = Math.Sqrt(a * a + b * b),
            cosine = a / length, sine = b / length;
        for (int i = t; i < count; i++)
        {
            ref double first = ref _factor[i * _factorStride + t], second = ref _factor[i * _factorStride + t + 1];
            (first, second) = (cosine * first + sine * second, cosine * second - sine * first);
        }
        (_gamma[t], _gamma[t + 1]) = (cosine * _gamma[t] + sine * _gamma[t + 1], cosine * _gamma[t + 1] - sine * _gamma[t]);
        var kernel = new RotateKernel
        {
            First = _p + t * _stride,
            Second = _p + (t + 1) * _stride,
            Length = _length,
            Cosine = (float)cosine,
            Sine = (float)sine
        };
        Simd.Run(ref kernel);
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

    private int Step(float* start, float* p, float inverse, float minusGamma, bool nonNegative)
    {
        fixed (float* factors = _row)
            return nonNegative ? Step<One>(start, p, inverse, minusGamma, factors) : Step<Two>(start, p, inverse, minusGamma, factors);
    }

    private int Step<TSides>(float* start, float* p, float inverse, float minusGamma, float* factors)
        where TSides : struct, IConstant
    {
        var kernel = new PursuitStep<TSides>
        {
            Start = start,
            Earlier = _p,
            Stride = _stride,
            Factors = factors,
            Rows = Count,
            P = p,
            Alpha = _alpha,
            Inverse = inverse,
            MinusGamma = minusGamma,
            Length = _length
        };
        Simd.Run(ref kernel);
        return kernel.Next;
    }

    private struct RotateKernel : ISimdKernel
    {
        public float* First;
        public float* Second;
        public int Length;
        public float Cosine;
        public float Sine;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            TV cosine = TS.Broadcast(Cosine), sine = TS.Broadcast(Sine), minus = TS.Broadcast(-Sine);
            for (int j = 0; j < Length; j += TS.Count)
            {
                TV first = TS.Load(First + j), second = TS.Load(Second + j);
                TS.Store(First + j, TS.MultiplyAdd(cosine, first, TS.Multiply(sine, second)));
                TS.Store(Second + j, TS.MultiplyAdd(cosine, second, TS.Multiply(minus, first)));
            }
        }
    }
}
