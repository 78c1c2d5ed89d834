using System.Runtime.CompilerServices;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// The support of one code in double precision: its atoms in the order they came, their signs and values, the residual, and the factor of
/// their Gram matrix, from the atoms themselves.
/// </summary>
internal sealed class PreciseSupport
{
    private readonly AtomDictionary _dictionary;
    private readonly Penalty _penalty;
    private readonly PreciseFactor _factor = new();
    private readonly float[] _nonZeros;
    private readonly int[] _list;
    private readonly double[] _atom;        // an atom, widened [n]
    private readonly double[] _x;           // the signal [n]
    private readonly double[] _r;           // r = x − zD [n]
    private readonly float[] _mask;         // 1 where the signal is known [n]
    private bool _masked;
    private int[] _atoms = [];
    private double[] _signs = [];
    private double[] _values = [];
    private double[] _slopes = [];          // d_kᵀr − μz_k − λw_k·sign on the support; then products, or a direction

    public PreciseSupport(AtomDictionary dictionary, Penalty penalty)
    {
        (_dictionary, _penalty) = (dictionary, penalty);
        int n = PreciseRows.Padded(dictionary.SignalSize), m = dictionary.AtomCount + NonZeros.Slack;
        (_atom, _x, _r, _mask) = (new double[n], new double[n], new double[n], new float[dictionary.SignalSize]);
        (_nonZeros, _list) = (new float[m], new int[m]);
        MostAtoms = penalty.Ridge > 0 ? dictionary.AtomCount : Math.Min(dictionary.AtomCount, dictionary.SignalSize);
    }

    /// <summary>As many atoms as can be linearly independent.</summary>
    public int MostAtoms { get; }

    public int Count => _factor.Count;

    public ReadOnlySpan<int> Atoms => _atoms.AsSpan(0, Count);

    public Span<double> Values => _values.AsSpan(0, Count);

    public Span<double> Signs => _signs.AsSpan(0, Count);

    /// <summary>The residual r = x − zD of the last <see cref="FormResidual"/>.</summary>
    public ReadOnlySpan<double> Residual => _r;

    /// <summary>Takes a signal with a mask, which is empty where all of it is known, and no atom yet; returns the non-zeros of a
    /// start.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Begin(ReadOnlySpan<float> x, ReadOnlySpan<float> mask, ReadOnlySpan<float> z)
    {
        _masked = !mask.IsEmpty;
        mask.CopyTo(_mask);
        PreciseRows.Widen(x, _x);
        int count = NonZeros.List(z, _nonZeros, _list);
        Reserve(Math.Min(count, MostAtoms));
        _factor.Clear(Math.Min(count, MostAtoms));
        return count;
    }

    /// <summary>Takes all atoms of the start, in one go from the float32 Gram matrix; false where atoms depend on each other too much for
    /// that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryTakeAll(int count, AlignedRows s, double smallestPivot)
    {
        if (count > MostAtoms)
            return false;
        for (int i = 0; i < count; i++)
        {
            (_atoms[i], _values[i], _signs[i]) = (_list[i], _nonZeros[i], Math.Sign(_nonZeros[i]));
            Span<double> row = _factor.Row(i, count);
            AtomProducts.Gather(s, _list[i], _list.AsSpan(i, count - i), row);
            row[0] = 1 + _penalty.Ridge;
        }
        return _factor.TryFactor(count, smallestPivot);
    }

    /// <summary>Takes the atoms of the start one by one. One that earlier ones span leaves its part of the reconstruction to
    /// them.</summary>
    public void TakeIndependent(int count, double smallestPivot, CancellationToken cancellation)
    {
        for (int i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            double pivot = Project(_list[i]);
            if (pivot >= smallestPivot && Count < MostAtoms)
            {
                Append(_list[i], Math.Sign(_nonZeros[i]), _nonZeros[i], pivot);
                continue;
            }
            ReadOnlySpan<double> coordinates = Coordinates();
            for (int s = 0; s < Count; s++)
                _values[s] += _nonZeros[i] * coordinates[s];
        }
        for (int s = Count - 1; s >= 0; s--)
        {
            _signs[s] = _values[s] < 0 ? -1 : 1;
            if (_penalty.NonNegative && _values[s] < 0)
                RemoveAt(s);
        }
    }

    /// <summary>r = x − zD.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void FormResidual()
    {
        PreciseRows.Residual(_x, _dictionary.Rows, Atoms, Values, _r);
        if (_masked)
            PreciseRows.Mask(_r, _mask);
    }

    /// <summary>E(x, z), of the last residual.</summary>
    public double Energy()
    {
        double sum = 0.5 * PreciseRows.Dot(_r, _r);
        for (int i = 0; i < Count; i++)
            sum += _penalty.Threshold(_atoms[i]) * Math.Abs(_values[i]) + 0.5 * _penalty.Ridge * _values[i] * _values[i];
        return sum;
    }

    /// <summary>How far the support is from its minimiser with the signs held, max over S of |d_kᵀr − μz_k − λw_k·s_k|; and the way there,
    /// M times that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double Direction(out Span<double> direction)
    {
        Span<double> slopes = _slopes.AsSpan(0, PreciseFactor.Padded(Count));
        slopes.Clear();
        PreciseRows.Dots(_dictionary.Rows, Atoms, _r, slopes[..Count]);
        double largest = 0;
        for (int i = 0; i < Count; i++)
        {
            slopes[i] -= _penalty.Ridge * _values[i] + _penalty.Threshold(_atoms[i]) * _signs[i];
            largest = Math.Max(largest, Math.Abs(slopes[i]));
        }
        _factor.Solve(slopes);                                      // (G_SS + μI)⁻¹(c_S − μz_S − λws)
        direction = slopes[..Count];
        return largest;
    }

    /// <summary>‖d‖² + μ − gᵀMg, the squared distance of an atom from the span of the support, with U⁻ᵀg left behind for
    /// <see cref="Append"/>.</summary>
    public double Project(int atom)
    {
        Reserve(Count + 1);
        Span<double> g = _slopes.AsSpan(0, PreciseFactor.Padded(Count));
        g.Clear();
        PreciseRows.Widen(_dictionary.Atoms.Row(atom), _atom);
        if (_masked)
            PreciseRows.Mask(_atom, _mask);
        PreciseRows.Dots(_dictionary.Rows, Atoms, _atom, g[..Count]);
        _factor.SolveTransposed(g);
        return PreciseRows.Dot(_atom, _atom) + _penalty.Ridge - PreciseRows.Dot(g, g);
    }

    /// <summary>Mg of the atom last projected: its coordinates in the support.</summary>
    public ReadOnlySpan<double> Coordinates()
    {
        Span<double> g = _slopes.AsSpan(0, PreciseFactor.Padded(Count));
        _factor.SolveUpper(g);
        return g[..Count];
    }

    /// <summary>Lets the atom last projected in.</summary>
    public void Append(int atom, double sign, double value, double pivot)
    {
        int at = Count;
        _factor.Append(_slopes.AsSpan(0, at), pivot);
        (_atoms[at], _signs[at], _values[at]) = (atom, sign, value);
    }

    /// <summary>Lets the atom in a slot leave; those behind move up.</summary>
    public void RemoveAt(int i)
    {
        _factor.RemoveAt(i);
        for (int j = i; j < Count; j++)
            (_atoms[j], _signs[j], _values[j]) = (_atoms[j + 1], _signs[j + 1], _values[j + 1]);
    }

    /// <summary>Writes the code, rounded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Write(Span<float> z)
    {
        z.Clear();
        for (int i = 0; i < Count; i++)
            z[_atoms[i]] = (float)_values[i];
    }

    /// <summary>Makes room for a number of atoms.</summary>
    private void Reserve(int count)
    {
        _factor.Reserve(count);
        int room = PreciseFactor.Padded(Math.Max(count, 2 * _atoms.Length));
        if (count <= _atoms.Length)
            return;
        Array.Resize(ref _atoms, room);
        Array.Resize(ref _signs, room);
        Array.Resize(ref _values, room);
        Array.Resize(ref _slopes, room);
    }
}
