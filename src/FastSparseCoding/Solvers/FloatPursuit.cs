using System.Runtime.CompilerServices;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// Orthogonal matching pursuit of one signal in float32 (<see cref="PursuitState"/>), whose code is then refined in double, so that it is that of least
/// squares to float32's rounding, and whose error is worked out in double from the code as returned. It gives up where float32 might choose another atom.
/// </summary>
internal sealed class FloatPursuit
{
    /// <summary>With more atoms than this the Gram matrix would take more memory than it saves time.</summary>
    public const int MostAtomsOfGram = 4096;

    /// <summary>Most atoms chosen in float32; the memory of more would be in no cache.</summary>
    private const int MostAtoms = 256;

    /// <summary>Squared distance of an atom from the span of those chosen, below which float32 knows too little of it.</summary>
    private const double SmallestPivot = 1e-3;

    /// <summary>Part of ‖x‖² that is left, below which the rounding of the correlations, of the order of 10⁻⁷‖x‖, is no longer small beside them.</summary>
    private const double SmallestPart = 1.0 / (1 << 14);

    /// <summary>Part of ‖x‖² that ‖r‖² may be wrong by.</summary>
    private const double RoundingOfNorm = 2e-5;

    /// <summary>A step of refinement that is at most this part of the code leaves an error of the order of its square.</summary>
    private const double LargestRefinement = 3e-5;

    /// <summary>‖x‖² for which no value on the way leaves float32's range.</summary>
    private const double SmallestSquares = 1e-20, LargestSquares = 1e20;

    private readonly AtomDictionary _dictionary;
    private readonly AlignedRows _s;
    private readonly PursuitState _state;
    private readonly bool _nonNegative;
    private readonly int _maxAtoms;
    private readonly int _capacity;
    private readonly OmpStatus _atLimit;    // how a row ends that has as many atoms as allowed
    private readonly double[] _x;           // the signal, widened [n]
    private readonly double[] _r;           // r = x − zD [n]
    private readonly double[] _values;      // the code on the chosen atoms [k]
    private readonly double[] _change;      // a step of refinement [k]

    public FloatPursuit(AtomDictionary dictionary, OmpOptions options)
    {
        _dictionary = dictionary;
        _s = dictionary.IdentityMinusGram;
        _nonNegative = options.NonNegative;
        _maxAtoms = options.MaxAtoms ?? Math.Min(dictionary.SignalSize, dictionary.AtomCount);
        _atLimit = options.MaxAtoms is null ? OmpStatus.Dependent : OmpStatus.AtomLimit;
        _capacity = Math.Min(_maxAtoms, MostAtoms);
        _state = new PursuitState(dictionary.AtomCount, _capacity);
        (_x, _r) = (new double[PreciseRows.Padded(dictionary.SignalSize)], new double[PreciseRows.Padded(dictionary.SignalSize)]);
        (_values, _change) = (new double[_capacity], new double[_capacity]);
    }

    /// <summary>The atoms chosen before it gave up.</summary>
    public ReadOnlySpan<int> Atoms => _state.Atoms;

    /// <summary>Their values, where codes must not be negative.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(0, _state.Count);

    /// <summary>Solves a row from its signal x [n] and b = xDᵀ [m]; false when it gave up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TrySolve(ReadOnlySpan<float> x, ReadOnlySpan<float> b, Span<float> z, double error, out OmpRow row)
    {
        PreciseRows.Widen(x, _x);
        double squares = PreciseRows.Dot(_x, _x);
        row = default;
        return TryPursue(b, squares, error) && TryFinish(z, error, out row);
    }

    /// <summary>Chooses atoms until there are as many as allowed or ‖r‖² seems to be small enough.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryPursue(ReadOnlySpan<float> b, double squares, double error)
    {
        double left = squares, enough = error > 0 ? error * error + RoundingOfNorm * squares : error;
        int k = _state.Begin(b, _nonNegative);
        if (!(squares >= SmallestSquares && squares <= LargestSquares))
            return false;
        while (left > enough && _state.Count < _capacity)
        {
            double pivot = _state.Project(k);                                       // 1 − Σ l²
            if (pivot < SmallestPivot || left < SmallestPart * squares || _state.Atoms.Contains(k) || (_nonNegative && _state.Correlation(k) <= 0))
                return false;
            k = _state.Append(k, _s, pivot, _nonNegative);                   // α ← α − γ·p
            left -= _state.LastStep * _state.LastStep;                              // ‖r‖² ← ‖r‖² − γ²
            if (_nonNegative && !TryStayPositive())
                return false;
        }
        return true;
    }

    /// <summary>Whether no coefficient becomes negative with the last atom; without it, and with the values from before it, where one does.</summary>
    private bool TryStayPositive()
    {
        Span<double> values = _change.AsSpan(0, _state.Count);
        _state.LeastSquares(values);
        foreach (double value in values)
            if (!(value > 0))
            {
                _values[_state.Count - 1] = 0;
                return false;
            }
        values.CopyTo(_values);
        return true;
    }

    /// <summary>Refines the code, rounds it and works out its error; whether that is settled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryFinish(Span<float> z, double error, out OmpRow row)
    {
        ReadOnlySpan<int> atoms = _state.Atoms;
        Span<double> values = _values.AsSpan(0, atoms.Length), change = _change.AsSpan(0, atoms.Length);
        _state.LeastSquares(values);                                                // z = L⁻ᵀγ
        PreciseRows.Residual(_x, _dictionary.Rows, atoms, values, _r);              // r = x − zD
        PreciseRows.Dots(_dictionary.Rows, atoms, _r, change);
        _state.Solve(change);                                                       // (LLᵀ)⁻¹ D_S r
        double largest = 0, largestChange = 0;
        bool settled = true;
        for (int s = 0; s < values.Length; s++)
        {
            values[s] += change[s];
            largest = Math.Max(largest, Math.Abs(values[s]));
            largestChange = Math.Max(largestChange, Math.Abs(change[s]));
            settled &= !_nonNegative || values[s] > 0;
        }
        settled &= largestChange <= LargestRefinement * largest;
        z.Clear();
        for (int s = 0; s < values.Length; s++)
            values[s] = z[atoms[s]] = (float)values[s];
        PreciseRows.Residual(_x, _dictionary.Rows, atoms, values, _r);
        double norm = Math.Sqrt(PreciseRows.Dot(_r, _r));
        row = new OmpRow(norm <= error ? OmpStatus.ErrorReached : _atLimit, atoms.Length, norm);
        return settled && (norm <= error || atoms.Length == _maxAtoms);
    }
}
