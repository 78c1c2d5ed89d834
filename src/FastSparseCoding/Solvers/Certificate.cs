using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// Energies and duality gaps of a block of rows, of the float32 codes as they are: the same numbers as <see cref="LassoObjective"/>'s, for every solver.
/// The residual is formed in double. Its correlations with all atoms are formed in float32, which is fast, with a bound of their rounding; where that
/// leaves open whether one exceeds its threshold, and on the support, it is formed in double too.
/// </summary>
internal sealed class Certificate
{
    /// <summary>Half a unit in the last place of float32, and of double.</summary>
    private const double Single = 1.0 / (1 << 24), Double = 1.0 / (1L << 53);

    private readonly AtomDictionary _dictionary;
    private readonly Penalty _penalty;
    private readonly float[] _thresholds;
    private readonly float _smallestThreshold;
    private readonly Matrix _residuals;         // r of every row, rounded to float32, for the product with all atoms at once
    private readonly Matrix _correlations;      // rDᵀ
    private readonly RowResult[] _rows;
    private readonly double[] _x;
    private readonly double[] _r;               // r of every row
    private readonly double[] _values;
    private readonly double[] _products;
    private readonly float[] _nonZeros;
    private readonly int[] _support;
    private readonly float[] _bounds;
    private readonly float[] _excess;
    private readonly int[] _near;

    public Certificate(AtomDictionary dictionary, Penalty penalty, int rows)
    {
        _dictionary = dictionary;
        _penalty = penalty;
        _thresholds = penalty.Thresholds(dictionary.AtomCount);
        _smallestThreshold = TensorPrimitives.Min<float>(_thresholds);
        _residuals = new Matrix(rows, dictionary.SignalSize);
        _correlations = new Matrix(rows, dictionary.AtomCount);
        _rows = new RowResult[rows];
        int n = PreciseRows.Padded(dictionary.SignalSize), m = dictionary.AtomCount + Violations.Slack;
        (_x, _r) = (new double[n], new double[n * rows]);
        (_values, _products) = (new double[m], new double[m]);
        (_nonZeros, _support) = (new float[m], new int[m]);
        (_bounds, _excess, _near) = (new float[dictionary.AtomCount], new float[m], new int[m]);
    }

    /// <summary>Certifies rows and returns what was found, valid until the next call.</summary>
    /// <param name="x">Signals [N×n].</param>
    /// <param name="z">Codes [N×m].</param>
    /// <returns>Energy and gap of every row; NaN where double overflows.</returns>
    public ReadOnlySpan<RowResult> Certify(ReadOnlyMatrixView x, ReadOnlyMatrixView z)
    {
        MatrixView r = _residuals.RowRange(0, x.Rows), c = _correlations.RowRange(0, x.Rows);
        for (int i = 0; i < x.Rows; i++)
        {
            Span<double> precise = FormResidual(i, x.Row(i), z.Row(i));
            TensorPrimitives.ConvertTruncating<double, float>(precise[..r.Columns], r.Row(i));
        }
        Gemm.Multiply(r, _dictionary.PackedTransposed, c);                                  // rDᵀ
        for (int i = 0; i < x.Rows; i++)
            _rows[i] = CertifyRow(i, x.Row(i), z.Row(i), c.Row(i));
        return _rows.AsSpan(0, x.Rows);
    }

    /// <summary>Energy of every row, without its gap; valid until the next call.</summary>
    public ReadOnlySpan<RowResult> Energies(ReadOnlyMatrixView x, ReadOnlyMatrixView z)
    {
        for (int i = 0; i < x.Rows; i++)
        {
            Span<double> r = FormResidual(i, x.Row(i), z.Row(i));
            _rows[i] = new RowResult(0.5 * PreciseRows.Dot(r, r) + _penalty.Value(z.Row(i)), double.NaN, 0.5 * PreciseRows.Dot(_x, _x));
        }
        return _rows.AsSpan(0, x.Rows);
    }

    /// <summary>r = x − zD in double.</summary>
    private Span<double> FormResidual(int i, ReadOnlySpan<float> x, ReadOnlySpan<float> z)
    {
        int count = ListSupport(z);
        Span<double> r = _r.AsSpan(i * _x.Length, _x.Length);
        PreciseRows.Widen(x, _x);
        PreciseRows.Residual(_x, _dictionary.Rows, _support.AsSpan(0, count), _values.AsSpan(0, count), r);
        return r;
    }

    private int ListSupport(ReadOnlySpan<float> z)
    {
        int count = NonZeros.List(z, _nonZeros, _support);
        TensorPrimitives.ConvertTruncating<float, double>(_nonZeros.AsSpan(0, count), _values);
        return count;
    }

    private RowResult CertifyRow(int i, ReadOnlySpan<float> x, ReadOnlySpan<float> z, ReadOnlySpan<float> c)
    {
        int count = ListSupport(z);
        ReadOnlySpan<double> r = _r.AsSpan(i * _x.Length, _x.Length);
        PreciseRows.Widen(x, _x);
        double rr = PreciseRows.Dot(r, r), xr = PreciseRows.Dot(_x, r), xx = PreciseRows.Dot(_x, _x);
        double scale = Math.Min(ScaleOnSupport(count, r), ScaleElsewhere(c, z, count, r, Math.Sqrt(rr)));      // u = s·r is dual feasible
        double zz = _penalty.Ridge > 0 ? _penalty.Ridge * Reduction.Dot(z, z) : 0;              // (r, −√μ z) is the residual of (x, 0), of which r is a part
        double energy = 0.5 * rr + _penalty.Value(z), dual = scale * xr - 0.5 * scale * scale * (rr + zz);
        double rounding = (x.Length + count + 4) * Double * (energy + Math.Abs(dual) + Math.Sqrt(xx * rr));
        return new RowResult(energy, Math.Max(0, energy - dual) + rounding, 0.5 * xx);
    }

    /// <summary>The largest s ≤ 1 with |s·g_k| ≤ λw_k on the support, for g_k = d_kᵀr − μz_k in double.</summary>
    private double ScaleOnSupport(int count, ReadOnlySpan<double> r)
    {
        PreciseRows.Dots(_dictionary.Rows, _support.AsSpan(0, count), r, _products.AsSpan(0, count));
        double scale = 1, ridge = _penalty.Ridge;
        for (int s = 0; s < count; s++)
            scale = Math.Min(scale, _penalty.DualScale(_support[s], _products[s] - ridge * _values[s]));
        return scale;
    }

    /// <summary>
    /// The same for all other atoms. float32's |c_k| is off by at most γ‖r‖‖d_k‖, γ of n products and the rounding of r (Higham 2002, 3.1): what stays below
    /// its threshold by as much is feasible as it is.
    /// </summary>
    private double ScaleElsewhere(ReadOnlySpan<float> c, ReadOnlySpan<float> z, int count, ReadOnlySpan<double> r, double norm)
    {
        double products = (_dictionary.SignalSize + 3) * Single, margin = products / (1 - products) * norm * (1 + AtomDictionary.NormTolerance);
        if (!(margin < 0.9 * _smallestThreshold))
            return ScaleOfAll(z, r);
        Violations.SetBounds(_thresholds, 1 - 4 * (float)Single, -(float)(margin * (1 + 4 * Single)), _bounds);
        foreach (int k in _support.AsSpan(0, count))
            _bounds[k] = float.PositiveInfinity;
        int near = Violations.List(c, _bounds, _excess, _near, _penalty.Floor);
        double scale = 1;
        foreach (int k in _near.AsSpan(0, near))
            scale = Math.Min(scale, _penalty.DualScale(k, PreciseRows.Dot(_dictionary.Rows, k, r)));
        return scale;
    }

    /// <summary>The same where float32 says nothing: every atom in double.</summary>
    private double ScaleOfAll(ReadOnlySpan<float> z, ReadOnlySpan<double> r)
    {
        double scale = 1;
        for (int k = 0; k < z.Length; k++)
            if (z[k] == 0)
                scale = Math.Min(scale, _penalty.DualScale(k, PreciseRows.Dot(_dictionary.Rows, k, r)));
        return scale;
    }
}

/// <summary>What a certificate found of a row: E(x, z), the duality gap, an upper bound of E(x, z) − E*, and E(x, 0).</summary>
internal readonly record struct RowResult(double Energy, double Gap, double EnergyOfZero)
{
    /// <summary>Gap/E, 0 where E is.</summary>
    public double RelativeGap => Energy == 0 ? 0 : Gap / Energy;
}
