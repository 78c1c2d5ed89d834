using System.Runtime.CompilerServices;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// The support of one code of orthogonal matching pursuit in double precision: its atoms in the order they came, their values, the
/// residual, and the factor of their Gram matrix over the known values of the signal, from the atoms themselves.
/// </summary>
internal sealed class PursuitSupport
{
    private readonly AtomDictionary _dictionary;
    private readonly PreciseFactor _factor = new();
    private readonly int[] _all;            // 0, 1, … m − 1
    private readonly double[] _atom;        // an atom, widened, where the signal is known [n]
    private readonly double[] _x;           // the signal, 0 where it is not known [n]
    private readonly double[] _known;       // 1 where it is known, 0 where not [n]
    private readonly double[] _r;           // r = x − zD where x is known [n]
    private readonly int[] _atoms;
    private readonly double[] _values;
    private readonly double[] _rounded;     // the values as float32 holds them
    private readonly double[] _products;    // products with the support's atoms; then least squares
    private int _knownValues;

    public PursuitSupport(AtomDictionary dictionary)
    {
        _dictionary = dictionary;
        int n = PreciseRows.Padded(dictionary.SignalSize),
            most = PreciseFactor.Padded(Math.Min(dictionary.SignalSize, dictionary.AtomCount));
        (_atom, _x, _known, _r) = (new double[n], new double[n], new double[n], new double[n]);
        (_atoms, _values, _rounded, _products) = (new int[most], new double[most], new double[most], new double[most]);
        _all = [.. Enumerable.Range(0, dictionary.AtomCount)];
    }

    /// <summary>As many atoms as can be linearly independent.</summary>
    public int MostAtoms => Math.Min(_knownValues, _dictionary.AtomCount);

    public int Count => _factor.Count;

    public ReadOnlySpan<int> Atoms => _atoms.AsSpan(0, Count);

    public Span<double> Values => _values.AsSpan(0, Count);

    /// <summary>Takes a signal [n], and no atom yet.</summary>
    public void Begin(ReadOnlySpan<float> x)
    {
        _known.AsSpan().Fill(1);
        _knownValues = x.Length;
        PreciseRows.Widen(x, _x);
        BeginEmpty();
    }

    /// <summary>Takes a signal that is known where its mask is 1 [n], and no atom yet.</summary>
    public void Begin(ReadOnlySpan<float> x, ReadOnlySpan<float> mask)
    {
        PreciseRows.Widen(mask, _known);
        _knownValues = mask.Length - mask.Count(0f);
        for (int i = 0; i < x.Length; i++)
            _x[i] = mask[i] != 0 ? x[i] : 0;
        BeginEmpty();
    }

    /// <summary>1/‖d_k‖ over the known values of every atom, or 0 where next to nothing of an atom is known.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void InverseNorms(Span<double> inverses)
    {
        for (int k = 0; k < inverses.Length; k++)
        {
            WidenKnown(k);
            double norm = Math.Sqrt(PreciseRows.Dot(_atom, _atom));
            inverses[k] = norm > KnownAtoms.SmallestNorm ? 1 / norm : 0;
        }
    }

    /// <summary>r = x − zD over known values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void FormResidual() => FormResidual(Values);

    /// <summary>‖r‖.</summary>
    public double ResidualNorm() => Math.Sqrt(PreciseRows.Dot(_r, _r));

    /// <summary>‖x − zD‖ over known values for z as float32 holds it; leaves that residual behind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double RoundedResidualNorm()
    {
        Span<double> rounded = _rounded.AsSpan(0, Count);
        for (int s = 0; s < rounded.Length; s++)
            rounded[s] = (float)_values[s];
        FormResidual(rounded);
        return ResidualNorm();
    }

    /// <summary>c = rDᵀ [m].</summary>
    public void Correlate(Span<double> c) => PreciseRows.Dots(_dictionary.Rows, _all, _r, c);

    /// <summary>‖d‖² − gᵀMg over known values, the squared distance of an atom from the span of the support, with U⁻ᵀg left behind for
    /// <see cref="Append"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double Project(int atom)
    {
        WidenKnown(atom);
        Span<double> g = _products.AsSpan(0, PreciseFactor.Padded(Count));
        g.Clear();
        PreciseRows.Dots(_dictionary.Rows, Atoms, _atom, g[..Count]);
        _factor.SolveTransposed(g);
        return PreciseRows.Dot(_atom, _atom) - PreciseRows.Dot(g, g);
    }

    /// <summary>Lets the atom last projected in.</summary>
    public void Append(int atom, double value, double pivot)
    {
        int at = Count;
        _factor.Reserve(at + 1);
        _factor.Append(_products.AsSpan(0, at), pivot);
        (_atoms[at], _values[at]) = (atom, value);
    }

    /// <summary>Lets the atom in a slot leave; those behind move up.</summary>
    public void RemoveAt(int i)
    {
        _factor.RemoveAt(i);
        for (int j = i; j < Count; j++)
            (_atoms[j], _values[j]) = (_atoms[j + 1], _values[j + 1]);
    }

    /// <summary>
    /// The values of least squares on the support: M D_S x, and once more for the residual that rounding left.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Span<double> LeastSquares()
    {
        Span<double> y = _rounded.AsSpan(0, Count), products = _products.AsSpan(0, PreciseFactor.Padded(Count));
        y.Clear();
        for (int step = 0; step < 2; step++)
        {
            products.Clear();
            FormResidual(y);
            PreciseRows.Dots(_dictionary.Rows, Atoms, _r, products[..Count]);
            _factor.Solve(products);
            for (int s = 0; s < y.Length; s++)
                y[s] += products[s];
        }
        return y;
    }

    /// <summary>Writes the code, rounded.</summary>
    public void Write(Span<float> z)
    {
        z.Clear();
        for (int s = 0; s < Count; s++)
            z[_atoms[s]] = (float)_values[s];
    }

    private void BeginEmpty()
    {
        _factor.Clear(0);                   // it grows with the atoms: few of many need little room
        _x.CopyTo(_r, 0);
    }

    private void FormResidual(ReadOnlySpan<double> values)
    {
        PreciseRows.Residual(_x, _dictionary.Rows, Atoms, values, _r);
        System.Numerics.Tensors.TensorPrimitives.Multiply(_r, _known, _r);
    }

    private void WidenKnown(int atom)
    {
        PreciseRows.Widen(_dictionary.Atoms.Row(atom), _atom);
        System.Numerics.Tensors.TensorPrimitives.Multiply(_atom, _known, _atom);
    }
}
