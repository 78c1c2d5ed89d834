using System.Runtime.CompilerServices;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// The end of <see cref="ActiveSetSolver"/> in double precision, for the rows that float32 leaves uncertified. Most have the right support:
/// one Newton step on it is all they need. The others go on in the manner of feature-sign search (Lee, Battle, Raina and Ng 2006): the code
/// moves to the minimiser with the signs held, or to the first sign change on the way, where that atom leaves; when no sign changes, the
/// worst violator enters. Every such step lowers E. An atom that the support spans is exchanged for one of the support, as in the simplex
/// method.
/// </summary>
internal sealed class PreciseActiveSet(AtomDictionary dictionary, Penalty penalty)
{
    /// <summary>Squared distance of an atom from the span of the support below which it counts as spanned.</summary>
    private const double SmallestPivot = 1e-9;

    /// <summary>The same where products of atoms are known to float32 only.</summary>
    private const double SmallestRoundedPivot = 1e-3;

    /// <summary>A correlation above its threshold by less than this fraction is no violation; the rounding of the code to float32 leaves as
    /// much.</summary>
    private const double Tolerated = 1e-7;

    /// <summary>Newton steps with the same support at most; nearly dependent atoms take a few.</summary>
    private const int MostSteps = 5;

    private readonly PreciseSupport _support = new(dictionary, penalty);

    /// <summary>
    /// Takes one Newton step on the support of z with the signs held, z_S ← z_S + (G_SS + μI)⁻¹(c_S − μz_S − λws); false, and z left alone,
    /// where that changes a sign.
    /// </summary>
    /// <param name="x">Signal [n], 0 where it is not known.</param>
    /// <param name="mask">1 where the signal is known [n]; empty where all of it is.</param>
    /// <param name="s">I − G, or null to take products from the atoms.</param>
    /// <param name="z">Code [m].</param>
    /// <param name="cancellation">Stops between atoms.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryRefine(ReadOnlySpan<float> x, ReadOnlySpan<float> mask, AlignedRows? s, Span<float> z, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        int count = _support.Begin(x, mask, z);
        if (s is null || !_support.TryTakeAll(count, s, SmallestRoundedPivot))
        {
            _support.Begin(x, mask, z);
            _support.TakeIndependent(count, SmallestPivot, cancellation);
        }
        if (_support.Count < count)
            return false;
        _support.FormResidual();
        _support.Direction(out Span<double> direction);
        if (FirstSignChange(_support.Values, _support.Signs, direction, 1, out double step) >= 0 && step <= 1)
            return false;
        Move(direction, 1);
        _support.Write(z);
        return true;
    }

    /// <summary>Improves z until it is optimal to double precision, the changes of the support run out, or rounding ends the descent;
    /// returns how many changes it took.</summary>
    /// <param name="x">Signal [n], 0 where it is not known.</param>
    /// <param name="mask">1 where the signal is known [n]; empty where all of it is.</param>
    /// <param name="z">Code [m]; not worse afterwards, but for the rounding to float32.</param>
    /// <param name="limit">Most changes.</param>
    /// <param name="cancellation">Stops between changes.</param>
    public int Solve(ReadOnlySpan<float> x, ReadOnlySpan<float> mask, Span<float> z, int limit, CancellationToken cancellation)
    {
        if (limit == 0)
            return 0;                                                           // the start as it is, whatever of it is spanned by the rest
        int changes = 0;
        double best = double.PositiveInfinity;
        _support.TakeIndependent(_support.Begin(x, mask, z), SmallestPivot, cancellation);
        while (true)
        {
            changes += MinimizeWithSignsHeld(limit - changes, cancellation);
            double energy = _support.Energy();
            if (!(energy < best))
                return changes;                                                 // rounding is all that is left
            best = energy;
            _support.Write(z);
            (int worst, double correlation) = changes < limit ? WorstViolation() : (-1, 0);
            if (worst < 0 || !TryEnter(worst, correlation))
                return changes;
            changes++;
        }
    }

    /// <summary>Moves to the minimiser on the support with the signs held, atom by atom as signs change on the way; returns how many
    /// left.</summary>
    private int MinimizeWithSignsHeld(int limit, CancellationToken cancellation)
    {
        int changes = 0;
        double last = double.PositiveInfinity;
        _support.FormResidual();
        for (int step = 0; step < MostSteps;)
        {
            cancellation.ThrowIfCancellationRequested();
            double slope = _support.Direction(out Span<double> direction);
            if (slope == 0 || slope >= last)
                break;
            int leaving = FirstSignChange(_support.Values, _support.Signs, direction, 1, out double length);
            if (leaving >= 0 && length >= 1)
                leaving = -1;
            if (leaving >= 0 && changes == limit)
                break;
            Move(direction, leaving < 0 ? 1 : length);
            if (leaving >= 0)
            {
                _support.RemoveAt(leaving);
                changes++;
            }
            (last, step) = leaving < 0 ? (slope / 2, step + 1) : (double.PositiveInfinity, 0);
            _support.FormResidual();
        }
        return changes;
    }

    /// <summary>
    /// Lets an atom in. As long as the support spans it, moving along its coordinates Mg changes no reconstruction but lowers the penalty,
    /// until a coefficient is zero and leaves. False when rounding leaves none to give way.
    /// </summary>
    private bool TryEnter(int atom, double correlation)
    {
        double sign = Math.Sign(correlation), value = 0;
        while (true)
        {
            double pivot = _support.Project(atom);
            if (pivot >= SmallestPivot && _support.Count < _support.MostAtoms)
            {
                _support.Append(atom, sign, sign * value, pivot);
                return true;
            }
            ReadOnlySpan<double> coordinates = _support.Coordinates();
            int leaving = FirstSignChange(_support.Values, _support.Signs, coordinates, -sign, out double length);
            if (leaving < 0)
                return false;
            Move(coordinates, -sign * length);              // z_S ← z_S − length·sign·Mg while the atom's own value grows by length
            value += length;
            _support.RemoveAt(leaving);
        }
    }

    private void Move(ReadOnlySpan<double> direction, double step)
    {
        Span<double> values = _support.Values;
        for (int i = 0; i < values.Length; i++)
            values[i] += step * direction[i];
    }

    /// <summary>
    /// The coefficient that reaches zero first along ±direction, and how far along; −1 when none ever does. One that rounding has taken
    /// past zero, as where several reach it together, leaves at once: no step goes back.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int FirstSignChange(
        ReadOnlySpan<double> values, ReadOnlySpan<double> signs, ReadOnlySpan<double> direction, double orientation, out double step)
    {
        int first = -1;
        step = double.PositiveInfinity;
        for (int i = 0; i < values.Length; i++)
        {
            double rate = -orientation * direction[i] * signs[i], at = Math.Max(0, values[i] * signs[i]) / rate;
            if (rate > 0 && at < step)
                (first, step) = (i, at);
        }
        return first;
    }

    /// <summary>The atom whose correlation exceeds its threshold most, as a fraction of it, or −1; with its correlation. Those of the
    /// support do not.</summary>
    private (int Atom, double Correlation) WorstViolation()
    {
        int worst = -1;
        double largest = Tolerated, correlation = 0;
        for (int k = 0; k < dictionary.AtomCount; k++)
        {
            double c = PreciseRows.Dot(dictionary.Rows, k, _support.Residual),
                violation = penalty.Violation(k, c, 0) / penalty.Threshold(k);
            if (violation > largest && !_support.Atoms.Contains(k))
                (worst, largest, correlation) = (k, violation, c);
        }
        return (worst, correlation);
    }
}
