using System.Runtime.CompilerServices;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// Orthogonal matching pursuit of one signal in float32 (<see cref="PursuitState"/>), whose code is then refined in double, so that it is
/// that of least squares to float32's rounding, and whose error is worked out in double from the code as returned. It gives up where
/// float32 might choose another atom.
/// </summary>
internal sealed class FloatPursuit
{
    /// <summary>Most atoms chosen in float32; the memory of more would be in no cache.</summary>
    private const int MostAtoms = 256;

    /// <summary>Squared distance of an atom from the span of those chosen, below which float32 knows too little of it.</summary>
    private const double SmallestPivot = 1e-3;

    /// <summary>Part of ‖x‖² that is left, below which the rounding of the correlations, of the order of 10⁻⁷‖x‖, is no longer small beside
    /// them.</summary>
    private const double SmallestPart = 1.0 / (1 << 14);

    /// <summary>Part of ‖x‖² that ‖r‖² may be wrong by.</summary>
    private const double RoundingOfNorm = 2e-5;

    /// <summary>A step of refinement that is at most this part of the code leaves an error of the order of its square.</summary>
    private const double LargestRefinement = 3e-5;

    /// <summary>‖x‖² for which no value on the way leaves float32's range.</summary>
    private const double SmallestSquares = 1e-20, LargestSquares = 1e20;

    private readonly AtomDictionary _dictionary;
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

    /// <summary>Their values, where codes must not be negative; valid until the next row.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(0, _state.Count);

    /// <summary>Solves a row; false when it gave up.</summary>
    /// <param name="x">The signal [n], 0 where it is not known.</param>
    /// <param name="b">Its products with the atoms as they are seen [m].</param>
    /// <param name="atoms">The atoms as they are seen.</param>
    /// <param name="z">Receives the code [m].</param>
    /// <param name="error">The error that ends the search; below 0 for none.</param>
    /// <param name="row">How it ended.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TrySolve(ReadOnlySpan<float> x, ReadOnlySpan<float> b, PursuitAtoms atoms, Span<float> z, double error, out OmpRow row)
    {
        PreciseRows.Widen(x, _x);
        row = default;
        if (TryPursue(b, atoms, PreciseRows.Dot(_x, _x), error))
            return TryFinish(atoms, z, error, out row);
        Scale(_values.AsSpan(0, _state.Count), atoms);
        return false;
    }

    /// <summary>Chooses atoms until there are as many as allowed or ‖r‖² seems to be small enough.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryPursue(ReadOnlySpan<float> b, PursuitAtoms atoms, double squares, double error)
    {
        double left = squares, enough = error > 0 ? error * error + RoundingOfNorm * squares : error;
        int k = _state.Begin(b, _nonNegative);
        if (!(squares >= SmallestSquares && squares <= LargestSquares))
            return false;
        while (left > enough && _state.Count < _capacity)
        {
            double pivot = _state.Project(k), before = left;                        // 1 − Σ l²
            if (pivot < SmallestPivot || left < SmallestPart * squares || _state.Atoms.Contains(k)
                || (_nonNegative && _state.Correlation(k) <= 0))
                return false;
            (AlignedRows rows, int row) = atoms.RowOfS(k);
            k = _state.Append(k, rows, row, pivot, _nonNegative);                   // α ← α − γ·p
            left -= _state.LastStep * _state.LastStep;                              // ‖r‖² ← ‖r‖² − γ²
            if (!_nonNegative)
                continue;
            StayPositive(ref k, ref left);
            if (!(left < before - RoundingOfNorm * squares))
                return false;                                                       // hardly a step: float32 might go in circles
        }
        return true;
    }

    /// <summary>
    /// Least squares with z ≥ 0 as Lawson and Hanson (1974) have it: on the way from the code before the last atom to the one with it,
    /// atoms whose coefficient reaches zero leave, until all are positive.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void StayPositive(ref int next, ref double left)
    {
        _values[_state.Count - 1] = 0;
        while (true)
        {
            Span<double> values = _values.AsSpan(0, _state.Count), solution = _change.AsSpan(0, _state.Count);
            _state.LeastSquares(solution);                                          // y = L⁻ᵀγ
            int leaving = PositivePart.FirstToLeave(values, solution, out double step);
            if (leaving < 0)
            {
                solution.CopyTo(values);
                return;
            }
            PositivePart.Move(values, solution, step, leaving);                     // z ← z + step·(y − z)
            for (int s = values.Length - 1; s >= 0; s--)
            {
                if (values[s] > 0)
                    continue;
                next = _state.RemoveAt(s, _nonNegative, out double squares);
                left += squares;
                _values.AsSpan(s + 1, _state.Count - s).CopyTo(_values.AsSpan(s));
            }
        }
    }

    /// <summary>Refines the code, rounds it and works out its error; whether that is settled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryFinish(PursuitAtoms atoms, Span<float> z, double error, out OmpRow row)
    {
        ReadOnlySpan<int> support = _state.Atoms;
        Span<double> values = _values.AsSpan(0, support.Length), change = _change.AsSpan(0, support.Length);
        _state.LeastSquares(values);                                                // z = L⁻ᵀγ
        Scale(values, atoms);
        FormResidual(values, atoms);                                                // r = x − zD
        PreciseRows.Dots(_dictionary.Rows, support, _r, change);
        Scale(change, atoms);
        _state.Solve(change);                                                       // (LLᵀ)⁻¹ D_S r
        Scale(change, atoms);
        bool settled = TryRefine(values, change);
        z.Clear();
        for (int s = 0; s < values.Length; s++)
            values[s] = z[support[s]] = (float)values[s];
        FormResidual(values, atoms);
        double norm = Math.Sqrt(PreciseRows.Dot(_r, _r));
        row = new OmpRow(norm <= error ? OmpStatus.ErrorReached : _atLimit, support.Length, norm);
        return settled && (norm <= error || support.Length == _maxAtoms);
    }

    /// <summary>Adds a step to the code; whether another would change nothing in float32, and no value is negative that must not
    /// be.</summary>
    private bool TryRefine(Span<double> values, ReadOnlySpan<double> change)
    {
        double largest = 0, largestChange = 0;
        bool allowed = true;
        for (int s = 0; s < values.Length; s++)
        {
            values[s] += change[s];
            largest = Math.Max(largest, Math.Abs(values[s]));
            largestChange = Math.Max(largestChange, Math.Abs(change[s]));
            allowed &= !_nonNegative || values[s] > 0;
        }
        return allowed && largestChange <= LargestRefinement * largest;
    }

    private void FormResidual(ReadOnlySpan<double> values, PursuitAtoms atoms)
    {
        PreciseRows.Residual(_x, _dictionary.Rows, _state.Atoms, values, _r);
        atoms.Restrict(_r);
    }

    /// <summary>Coefficients of atoms of unit norm to those of the dictionary's atoms, or products with these to products with
    /// those.</summary>
    private void Scale(Span<double> values, PursuitAtoms atoms)
    {
        for (int s = 0; s < values.Length; s++)
            values[s] *= atoms.InverseNorm(_state.Atoms[s]);
    }
}
