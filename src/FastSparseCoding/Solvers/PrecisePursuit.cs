using System.Runtime.CompilerServices;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// Orthogonal matching pursuit of one signal in double precision (Pati, Rezaiifar and Krishnaprasad 1993): the atom of the largest
/// correlation with the residual enters, the code becomes that of least squares on its support. It serves every case, with masks and z ≥ 0
/// too, and the rows that float32 leaves in doubt. With a mask, atoms restricted to the known values compete as if they were of unit norm.
/// </summary>
internal sealed class PrecisePursuit
{
    /// <summary>Squared distance of an atom of unit norm from the span of the support, up to which it counts as dependent.</summary>
    private const double SmallestPivot = 1e-10;

    /// <summary>A correlation that is at most this fraction of ‖x‖ is beyond what float32 codes tell apart.</summary>
    private const double Noise = 4.0 / (1 << 24);

    private readonly bool _nonNegative;
    private readonly PursuitSupport _support;
    private readonly double[] _correlations;
    private readonly double[] _inverseNorms;
    private double _signalNorm;

    public PrecisePursuit(AtomDictionary dictionary, bool nonNegative)
    {
        _nonNegative = nonNegative;
        _support = new PursuitSupport(dictionary);
        _correlations = new double[dictionary.AtomCount];
        _inverseNorms = new double[dictionary.AtomCount];
    }

    /// <summary>Takes a signal known as a whole [n], and no atom yet.</summary>
    public void Begin(ReadOnlySpan<float> x)
    {
        _support.Begin(x);
        _inverseNorms.AsSpan().Fill(1);
        _signalNorm = _support.ResidualNorm();
    }

    /// <summary>Takes a signal known where its mask is 1 [n], and no atom yet.</summary>
    public void Begin(ReadOnlySpan<float> x, ReadOnlySpan<float> mask)
    {
        _support.Begin(x, mask);
        _support.InverseNorms(_inverseNorms);
        _signalNorm = _support.ResidualNorm();
    }

    /// <summary>Lets atoms in with the values they have, in their order, before any is searched for.</summary>
    public void Take(ReadOnlySpan<int> atoms, ReadOnlySpan<double> values)
    {
        for (int s = 0; s < atoms.Length; s++)
        {
            double pivot = _support.Project(atoms[s]);
            if (!(Distance(atoms[s], pivot) > SmallestPivot))
                break;
            _support.Append(atoms[s], values[s], pivot);
        }
        Refit();
    }

    /// <summary>Goes on until there are as many atoms as allowed, the error is reached or there is nothing to gain; writes the code
    /// [m].</summary>
    /// <param name="z">Receives the code.</param>
    /// <param name="maxAtoms">Most atoms.</param>
    /// <param name="error">The error that ends the search; below 0 for none.</param>
    /// <param name="cancellation">Stops between atoms.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public OmpRow Run(Span<float> z, int maxAtoms, double error, CancellationToken cancellation)
    {
        OmpStatus status;
        double last = double.PositiveInfinity;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            _support.FormResidual();                                                // r = x − zD
            double norm = _support.ResidualNorm();
            if (norm <= error && _support.RoundedResidualNorm() <= error)
                status = OmpStatus.ErrorReached;
            else if (_support.Count == maxAtoms)
                status = OmpStatus.AtomLimit;
            else if (_support.Count == _support.MostAtoms)
                status = OmpStatus.Dependent;
            else if (_nonNegative && !(norm < last))
                status = OmpStatus.NoCorrelation;                                   // atoms leave and return: rounding in circles
            else
                status = Enter();
            if (status != Entered)
                break;
            last = norm;
            Refit();
        }
        _support.Write(z);
        return new OmpRow(status, _support.Count, _support.RoundedResidualNorm());
    }

    private const OmpStatus Entered = (OmpStatus)byte.MaxValue;

    /// <summary>Lets the atom of the largest correlation in, k = argmax |d_kᵀr|/‖d_k‖ over known values; or says why not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private OmpStatus Enter()
    {
        _support.Correlate(_correlations);                                          // c = rDᵀ
        int best = -1;
        // max(c, ∓c) is |c|, or c where codes must not be negative
        double largest = Noise * _signalNorm, otherSide = _nonNegative ? 1 : -1;
        for (int k = 0; k < _correlations.Length; k++)
        {
            double correlation = _correlations[k] * _inverseNorms[k];
            double size = Math.Max(correlation, otherSide * correlation);
            if (size > largest && !_support.Atoms.Contains(k))
                (best, largest) = (k, size);
        }
        if (best < 0)
            return OmpStatus.NoCorrelation;
        double pivot = _support.Project(best);
        // The largest correlation is at most the atom's distance from the span times ‖r‖: none is left if that is nothing.
        if (!(Distance(best, pivot) > SmallestPivot))
            return OmpStatus.Dependent;
        _support.Append(best, 0, pivot);
        return Entered;
    }

    /// <summary>The squared distance from the span of an atom whose known values are scaled to norm 1.</summary>
    private double Distance(int k, double pivot) => pivot * _inverseNorms[k] * _inverseNorms[k];

    /// <summary>
    /// Least squares on the support; with z ≥ 0 as Lawson and Hanson (1974) have it: on the way from the old code to the new one, atoms
    /// whose coefficient reaches zero leave, until all are positive.
    /// </summary>
    private void Refit()
    {
        Span<double> solution = _support.LeastSquares();                            // y = (D_S D_Sᵀ)⁻¹ D_S x
        while (_nonNegative && PositivePart.FirstToLeave(_support.Values, solution, out double step) is >= 0 and var leaving)
        {
            PositivePart.Move(_support.Values, solution, step, leaving);            // z ← z + step·(y − z)
            for (int s = solution.Length - 1; s >= 0; s--)
                if (!(_support.Values[s] > 0))
                    _support.RemoveAt(s);
            solution = _support.LeastSquares();
        }
        solution.CopyTo(_support.Values);
    }
}
