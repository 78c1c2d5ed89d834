using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// The active set of <see cref="ActiveSetSolver"/> in double precision, for the few rows that float32 leaves uncertified: nearly dependent atoms,
/// or as many non-zeros as the signal has values. An atom that the support spans is exchanged for one of the support, as in the simplex method.
/// </summary>
internal sealed class PreciseActiveSet(AtomDictionary dictionary, float lambda)
{
    /// <summary>Squared distance of an atom from the span of the support below which it counts as spanned.</summary>
    private const double SmallestPivot = 1e-9;

    /// <summary>A correlation above λ by less than this fraction is not a violation; the rounding of the code to float32 leaves as much.</summary>
    private const double ViolationTolerance = 1e-7;

    private readonly double[] _signal = new double[dictionary.SignalSize];          // x
    private readonly double[] _residual = new double[dictionary.SignalSize];        // r = x − zD
    private readonly int[] _atoms = new int[Capacity(dictionary)];                  // the support S
    private readonly double[] _values = new double[Capacity(dictionary)];           // z_S
    private readonly double[] _signs = new double[Capacity(dictionary)];            // s
    private readonly double[] _right = new double[Capacity(dictionary)];            // c_S − λs, or the entering atom's products g
    private readonly double[] _direction = new double[Capacity(dictionary)];        // M times that
    private readonly bool[] _active = new bool[dictionary.AtomCount];
    private readonly PreciseInverse _inverse = new(Capacity(dictionary));

    private int Count => _inverse.Count;

    /// <summary>Improves z until it is optimal to double precision, or the changes of the support run out; returns how many it took.</summary>
    public int Solve(ReadOnlySpan<float> x, Span<float> z, AtomTable atoms, int limit)
    {
        TensorPrimitives.ConvertTruncating(x, _signal);
        Begin(z, atoms);
        int changes = 0;
        for (bool refined = false; changes < limit;)
        {
            Correlate(atoms);
            if (!StepWithSignsHeld(atoms))
            {
                changes++;
                continue;
            }
            Correlate(atoms);
            (int worst, double correlation) = WorstViolation(atoms);
            if (worst < 0 && refined)
                break;
            if (worst >= 0 && !TryEnter(worst, correlation, atoms))
                break;
            changes += worst >= 0 ? 1 : 0;
            refined = worst < 0;
        }
        z.Clear();
        for (int i = 0; i < Count; i++)
            _values[i] = z[_atoms[i]] = (float)_values[i];
        return changes;
    }

    /// <summary>gap/E of the code that <see cref="Solve"/> wrote, as rounded; see <see cref="LassoObjective.DualityGap"/>.</summary>
    public double RelativeGap(AtomTable atoms)
    {
        Correlate(atoms);
        double largest = 0;
        for (int k = 0; k < _active.Length; k++)
            largest = Math.Max(largest, Math.Abs(TensorPrimitives.Dot(atoms.Row(k), _residual)));
        double scale = largest <= lambda ? 1 : lambda / largest, rr = TensorPrimitives.SumOfSquares(_residual);
        double energy = 0.5 * rr + lambda * TensorPrimitives.SumOfMagnitudes<double>(_values.AsSpan(0, Count));
        double dual = scale * TensorPrimitives.Dot(_signal, _residual) - 0.5 * scale * scale * rr;
        return energy == 0 ? 0 : Math.Max(0, energy - dual) / energy;
    }

    private static int Capacity(AtomDictionary dictionary) => Math.Min(dictionary.AtomCount, dictionary.SignalSize);

    private void Begin(ReadOnlySpan<float> z, AtomTable atoms)
    {
        _inverse.Clear();
        Array.Clear(_active);
        for (int k = 0; k < z.Length; k++)
            if (z[k] != 0 && Pivot(k, atoms) >= SmallestPivot && Count < _atoms.Length)
                Append(k, z[k] > 0 ? 1 : -1, z[k], Pivot(k, atoms));
    }

    /// <summary>r = x − zD.</summary>
    private void Correlate(AtomTable atoms)
    {
        _signal.CopyTo(_residual, 0);
        for (int i = 0; i < Count; i++)
            TensorPrimitives.MultiplyAdd(atoms.Row(_atoms[i]), -_values[i], _residual, _residual);
    }

    /// <summary>z_S ← z_S + M(c_S − λs), the minimiser with the signs held; or only as far as the first sign change, where that atom leaves.</summary>
    private bool StepWithSignsHeld(AtomTable atoms)
    {
        for (int i = 0; i < Count; i++)
            _right[i] = TensorPrimitives.Dot(atoms.Row(_atoms[i]), _residual) - lambda * _signs[i];
        _inverse.Multiply(_right, _direction);
        int leaving = FirstSignChange(1, out double step);
        if (leaving >= 0 && step >= 1)
            leaving = -1;
        Move(leaving < 0 ? 1 : step);
        if (leaving >= 0)
            Leave(leaving);
        return leaving < 0;
    }

    /// <summary>
    /// Lets an atom in. As long as the support spans it, moving along u = Mg changes no reconstruction but lowers ‖z‖₁, until a coefficient is
    /// zero and leaves. False when rounding leaves none to give way.
    /// </summary>
    private bool TryEnter(int atom, double correlation, AtomTable atoms)
    {
        double sign = Math.Sign(correlation), value = 0;
        for (; ; )
        {
            double pivot = Pivot(atom, atoms);
            if (pivot >= SmallestPivot && Count < _atoms.Length)
            {
                Append(atom, sign, sign * value, pivot);
                return true;
            }
            int leaving = FirstSignChange(-sign, out double step);
            if (leaving < 0)
                return false;
            Move(-sign * step);                     // z_S ← z_S − step·sign·u while the atom's own value grows by step
            value += step;
            Leave(leaving);
        }
    }

    /// <summary>‖d‖² − gᵀMg, the squared distance of an atom from the span of the support, with u = Mg left behind as the direction.</summary>
    private double Pivot(int atom, AtomTable atoms)
    {
        for (int i = 0; i < Count; i++)
            _right[i] = TensorPrimitives.Dot(atoms.Row(_atoms[i]), atoms.Row(atom));
        _inverse.Multiply(_right, _direction);
        return TensorPrimitives.SumOfSquares(atoms.Row(atom)) - TensorPrimitives.Dot(_right.AsSpan(0, Count), _direction.AsSpan(0, Count));
    }

    private void Append(int atom, double sign, double value, double pivot)
    {
        int at = Count;
        _inverse.Append(_direction, pivot);
        (_atoms[at], _signs[at], _values[at]) = (atom, sign, value);
        _active[atom] = true;
    }

    private void Leave(int i)
    {
        _active[_atoms[i]] = false;
        _inverse.RemoveAt(i);
        (_atoms[i], _signs[i], _values[i]) = (_atoms[Count], _signs[Count], _values[Count]);
    }

    private void Move(double step) => TensorPrimitives.MultiplyAdd(_direction.AsSpan(0, Count), step, _values.AsSpan(0, Count), _values.AsSpan(0, Count));

    /// <summary>The coefficient that reaches zero first along ±direction, and how far along; −1 when none ever does.</summary>
    private int FirstSignChange(double orientation, out double step)
    {
        int first = -1;
        step = double.PositiveInfinity;
        for (int i = 0; i < Count; i++)
        {
            double rate = -orientation * _direction[i] * _signs[i];
            double at = Math.Max(0, _values[i] * _signs[i]) / rate;
            if (rate > 0 && at < step)
                (first, step) = (i, at);
        }
        return first;
    }

    /// <summary>The atom outside the support whose correlation exceeds λ most, or −1, with its correlation.</summary>
    private (int Atom, double Correlation) WorstViolation(AtomTable atoms)
    {
        int worst = -1;
        double largest = lambda * (1 + ViolationTolerance), correlation = 0;
        for (int k = 0; k < _active.Length; k++)
        {
            if (_active[k])
                continue;
            double c = TensorPrimitives.Dot(atoms.Row(k), _residual);
            if (Math.Abs(c) > largest)
                (worst, largest, correlation) = (k, Math.Abs(c), c);
        }
        return (worst, correlation);
    }
}

/// <summary>The atoms in double precision [m×n].</summary>
internal sealed class AtomTable
{
    private readonly double[] _values;
    private readonly int _size;

    public AtomTable(AtomDictionary dictionary)
    {
        _size = dictionary.SignalSize;
        _values = new double[dictionary.Atoms.Values.Length];
        TensorPrimitives.ConvertTruncating(dictionary.Atoms.Values, _values);
    }

    public ReadOnlySpan<double> Row(int k) => _values.AsSpan(k * _size, _size);
}
