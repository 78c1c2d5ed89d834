using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// Energies and duality gaps of a block of rows, of the float32 codes as they are: the same numbers as <see cref="LassoObjective"/>'s, for
/// every solver. The residual is formed in double. Its correlations with all atoms are formed in float32, which is fast, with a bound of
/// their rounding; where that leaves open whether one exceeds its threshold, and on the support, it is formed in double too.
/// </summary>
internal sealed class Certificate
{
    /// <summary>Half a unit in the last place of float32, and of double.</summary>
    private const double Single = 1.0 / (1 << 24), Double = 1.0 / (1L << 53);

    private readonly AtomDictionary _dictionary;
    private readonly Penalty _penalty;
    private readonly float[] _thresholds;       // λw
    private readonly double[] _preciseThresholds;
    private readonly double[] _inverses;        // 1/(λw)
    private readonly float _smallestThreshold;
    // −1, or 1 where codes must not be negative and only one side bounds: max(g, ∓g) is |g| or g
    private readonly double _otherSide;
    private readonly Matrix _residuals;         // r of every row, rounded to float32, for the product with all atoms at once
    private readonly Matrix _correlations;      // rDᵀ
    private readonly double[] _preciseResiduals;
    private readonly Sums[] _sums;
    private readonly RowResult[] _rows;
    private readonly double[] _x;
    private readonly double[] _values;          // the code on its support
    private readonly double[] _products;
    private readonly float[] _nonZeros;
    private readonly int[] _support;
    private readonly int[] _allAtoms;
    private readonly float[] _excess;
    private readonly int[] _near;

    public Certificate(AtomDictionary dictionary, Penalty penalty, int rows)
    {
        _dictionary = dictionary;
        _penalty = penalty;
        _thresholds = penalty.Thresholds(dictionary.AtomCount);
        _preciseThresholds = [.. Enumerable.Range(0, dictionary.AtomCount).Select(penalty.Threshold)];
        _inverses = Array.ConvertAll(_preciseThresholds, t => 1 / t);
        _otherSide = penalty.NonNegative ? 1 : -1;
        _smallestThreshold = TensorPrimitives.Min<float>(_thresholds);
        _residuals = new Matrix(rows, dictionary.SignalSize);
        _correlations = new Matrix(rows, dictionary.AtomCount);
        int n = PreciseRows.Padded(dictionary.SignalSize), m = dictionary.AtomCount + Violations.Slack;
        (_x, _preciseResiduals) = (new double[n], new double[n * rows]);
        (_sums, _rows) = (new Sums[rows], new RowResult[rows]);
        (_values, _products) = (new double[m], new double[m]);
        (_nonZeros, _support) = (new float[m], new int[m]);
        (_allAtoms, _excess, _near) = ([.. Enumerable.Range(0, dictionary.AtomCount)], new float[m], new int[m]);
    }

    /// <summary>Certifies rows and returns what was found, valid until the next call.</summary>
    /// <param name="x">Signals [N×n].</param>
    /// <param name="z">Codes [N×m].</param>
    /// <param name="mask">1 where a signal is known, 0 where it is not and must be 0 [N×n]; no column at all where everything is.</param>
    /// <param name="rows">What the homotopy that made the codes knows of the atoms near their thresholds, which saves looking at all; or
    /// null.</param>
    /// <param name="scales"> What each row, its signal and its code, is multiplied by first, in double: the certificate is then that of λ
    /// divided by it; empty for 1 each. </param>
    /// <returns>Energy and gap of every row; NaN where double overflows.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ReadOnlySpan<RowResult> Certify(
        ReadOnlyMatrixView x, ReadOnlyMatrixView z, ReadOnlyMatrixView mask = default, HomotopyRows? rows = null,
        ReadOnlySpan<double> scales = default)
    {
        int open = 0;
        for (int i = 0; i < x.Rows; i++)
        {
            Span<double> r = Residual(i);
            int count = FormResidual(x.Row(i), z.Row(i), scales.IsEmpty ? 1 : scales[i], r);
            if (mask.Columns > 0)
                PreciseRows.Mask(r, mask.Row(i));                               // what is not known is no error
            _sums[i] = SumUp(r, count) with { Excess = ExcessOnSupport(r, count) };
            if (rows is null || !rows.TryGetNear(i, out _))
                PreciseRows.Round(r, _residuals.Row(open++));
        }
        Gemm.Multiply(_residuals.RowRange(0, open), _dictionary.PackedTransposed, _correlations.RowRange(0, open));     // rDᵀ
        open = 0;
        for (int i = 0; i < x.Rows; i++)
        {
            if (rows is null || !rows.TryGetNear(i, out ReadOnlySpan<int> near))
                near = ListNear(_correlations.Row(open++), _sums[i].Norm);
            _rows[i] = Result(_sums[i], Math.Max(_sums[i].Excess, ExcessElsewhere(near, z.Row(i), Residual(i))));
        }
        return _rows.AsSpan(0, x.Rows);
    }

    /// <summary>
    /// Looks at starts: the energy of each and of zero, and how far it is from stationary on its support at any weight: half of the range,
    /// over S, of sign(z_k)·g_k/(λw_k), which are all 1 at the solution, and all λ'/λ at that of λ'.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Inspect(ReadOnlyMatrixView x, ReadOnlyMatrixView z, Span<double> energies, Span<double> energiesOfZero,
        Span<double> violations)
    {
        for (int i = 0; i < x.Rows; i++)
        {
            Span<double> r = Residual(i);
            int count = FormResidual(x.Row(i), z.Row(i), 1, r);
            RowResult result = Result(SumUp(r, count), 1);
            (energies[i], energiesOfZero[i]) = (result.Energy, result.EnergyOfZero);
            Span<double> products = _products.AsSpan(0, count);
            PreciseRows.Dots(_dictionary.Rows, _support.AsSpan(0, count), r, products);
            double low = double.PositiveInfinity, high = double.NegativeInfinity;
            for (int s = 0; s < count; s++)
            {
                double slope = (products[s] - _penalty.Ridge * _values[s]) * _inverses[_support[s]], along = _values[s] > 0 ? slope
                    : -slope;
                low = along < low ? along : low;
                high = along > high ? along : high;
            }
            violations[i] = count == 0 ? 0 : 0.5 * (high - low);
        }
    }

    private Span<double> Residual(int i) => _preciseResiduals.AsSpan(i * _x.Length, _x.Length);

    /// <summary>r = x − zD in double, of a row times a scale; returns the number of non-zeros of z, which are listed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int FormResidual(ReadOnlySpan<float> x, ReadOnlySpan<float> z, double scale, Span<double> r)
    {
        int count = NonZeros.List(z, _nonZeros, _support);
        for (int s = 0; s < count; s++)
            _values[s] = scale * _nonZeros[s];
        PreciseRows.Widen(x, _x);
        if (scale != 1)
            TensorPrimitives.Multiply(_x, scale, _x);
        PreciseRows.Residual(_x, _dictionary.Rows, _support.AsSpan(0, count), _values.AsSpan(0, count), r);
        return count;
    }

    /// <summary>The sums that energy and dual are made of.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Sums SumUp(ReadOnlySpan<double> r, int count)
    {
        double penalty = 0, zz = 0, magnitudes = 0;
        for (int s = 0; s < count; s++)
        {
            double value = _values[s];
            penalty += Math.Abs(value) * _preciseThresholds[_support[s]];
            zz += value * value;
            magnitudes += Math.Abs(value);
        }
        (double xx, double xr, double rr) = PreciseRows.Moments(_x, r);
        return new Sums(xx, xr, rr, penalty, _penalty.Ridge * zz, magnitudes, count + _x.Length / 8 + 20, 0);
    }

    /// <summary>max over S of |g_k|/(λw_k) for g_k = d_kᵀr − μz_k in double; at least 1 for what follows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double ExcessOnSupport(ReadOnlySpan<double> r, int count)
    {
        Span<double> products = _products.AsSpan(0, count);
        PreciseRows.Dots(_dictionary.Rows, _support.AsSpan(0, count), r, products);
        double largest = 1, ridge = _penalty.Ridge, otherSide = _otherSide;
        for (int s = 0; s < products.Length; s++)
        {
            double slope = products[s] - ridge * _values[s], excess = Math.Max(slope, otherSide * slope) * _inverses[_support[s]];
            largest = excess > largest ? excess : largest;
        }
        return largest;
    }

    /// <summary>
    /// Lists the atoms that may exceed their thresholds. float32's |c_k| is off by at most γ‖r‖‖d_k‖, γ of n products and the rounding of r
    /// (Higham 2002, 3.1): what stays below its threshold by as much does not.
    /// </summary>
    private ReadOnlySpan<int> ListNear(ReadOnlySpan<float> c, double norm)
    {
        double products = (_dictionary.SignalSize + 12) * Single,
            margin = products / (1 - products) * norm * (1 + AtomDictionary.NormTolerance);
        if (!(margin < 0.5 * _smallestThreshold))
            return _allAtoms;
        return _near.AsSpan(0, Violations.List(c, _thresholds, (float)margin, _penalty.Floor, _excess, _near));
    }

    /// <summary>The same as on the support for all other atoms, of which only some may exceed their thresholds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double ExcessElsewhere(ReadOnlySpan<int> near, ReadOnlySpan<float> z, ReadOnlySpan<double> r)
    {
        double largest = 1;
        foreach (int k in near)
        {
            if (z[k] != 0)
                continue;
            double slope = PreciseRows.Dot(_dictionary.Rows, k, r), excess = Math.Max(slope, _otherSide * slope) * _inverses[k];
            largest = excess > largest ? excess : largest;
        }
        return largest;
    }

    /// <summary>Energy and gap, with the dual feasible point u = r/excess. (r, −√μz) is the residual of (x, 0), of which r is a
    /// part.</summary>
    private static RowResult Result(Sums sums, double excess)
    {
        double s = 1 / excess, energy = 0.5 * sums.RR + sums.Penalty + 0.5 * sums.ZZ,
            dual = s * sums.XR - 0.5 * s * s * (sums.RR + sums.ZZ);
        // of the sums, and of r in xᵀr
        double x = Math.Sqrt(sums.XX), rounding = sums.Roundings * Double * (energy + Math.Abs(dual) + x * (x + sums.Magnitudes));
        return new RowResult(energy, Math.Max(0, energy - dual) + rounding, 0.5 * sums.XX);
    }

    /// <summary>‖x‖², xᵀr, ‖r‖², λΣw|z|, μ‖z‖² and ‖z‖₁ of a row, the roundings in each, and the excess on the support.</summary>
    private readonly record struct Sums(
        double XX, double XR, double RR, double Penalty, double ZZ, double Magnitudes, int Roundings, double Excess)
    {
        public double Norm => Math.Sqrt(RR);
    }
}

/// <summary>What a certificate found of a row: E(x, z), the duality gap, an upper bound of E(x, z) − E*, and E(x, 0).</summary>
internal readonly record struct RowResult(double Energy, double Gap, double EnergyOfZero)
{
    /// <summary>Gap/E, 0 where E is.</summary>
    public double RelativeGap => Energy == 0 ? 0 : Gap / Energy;
}
