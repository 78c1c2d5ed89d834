using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Reference;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

/// <summary>
/// A report against the codes it speaks of, as rounded to float32, row by row in double precision. It counts what is wrong, so that a
/// failure tells how often and how far.
/// </summary>
internal sealed class ReportAudit
{
    /// <summary>Of E, what the twin's own arithmetic leaves of a gap: 2⁻⁵³ × some thousand operations.</summary>
    public const double Rounding = 1e-12;

    private readonly string _what;
    private readonly double _tolerance;
    private int _wronglyCertified, _reportedBelow, _refused, _worse;
    private double _largestCertified, _farthestBelow, _smallestRefused = double.PositiveInfinity, _worst;

    public ReportAudit(LassoSolver solver, Matrix x, Matrix z, SolveReport report, Matrix? start = null)
    {
        _what = $"{solver.Name} [{solver.CodeSize}×{solver.SignalSize}], {solver.Penalty}";
        _tolerance = solver.Options.Tolerance;
        var twin = new PenaltyTwin(solver.Dictionary, solver.Penalty);
        var zero = new double[solver.CodeSize];
        for (int i = 0; i < x.Rows; i++)
        {
            double[] code = LassoTwin.Widen(z.Row(i));
            Count(twin.RelativeGap(x.Row(i), code), report, i, twin.RoundingOfRelativeGap(x.Row(i), code));
            Compare(twin, x.Row(i), code, zero);
            if (start is not null)
                Compare(twin, x.Row(i), code, LassoTwin.Widen(start.Row(i)));
        }
    }

    /// <summary>Rows that the report certifies.</summary>
    public int Certified { get; private set; }

    /// <summary>Solves, from zero or from a start, and looks at every row.</summary>
    public static ReportAudit Of(LassoSolver solver, Matrix x, Matrix? start = null)
    {
        Matrix z = start?.Clone() ?? new Matrix(x.Rows, solver.CodeSize);
        SolveReport report = solver.Solve(x, z, warmStart: start is not null, cancellation: TestContext.Current.CancellationToken);
        return new ReportAudit(solver, x, z, report, start);
    }

    /// <summary>Every certified row's gap is within the tolerance.</summary>
    public void CheckCertificates() => Assert.True(_wronglyCertified == 0, ToString());

    /// <summary>The same; no gap is reported smaller than it is but for the rounding of double precision, and no row is refused whose gap
    /// is below half the tolerance.</summary>
    public void CheckReport() => Assert.True(_wronglyCertified + _reportedBelow + _refused == 0, ToString());

    /// <summary>Certificates hold, and no row's energy is above that of zero or that of its start.</summary>
    public void CheckEnergies() => Assert.True(_wronglyCertified + _worse == 0, ToString());

    public override string ToString()
        => $"{_what}: of {Certified} certified rows {_wronglyCertified} are not within {_tolerance:G2} (up to {_largestCertified:G4}); "
            + $"{_reportedBelow} gaps reported too small (by up to {_farthestBelow:G4}); "
            + $"{_refused} rows refused (down to {_smallestRefused:G4}); {_worse} worse than zero or than the start (up to {_worst:G4} "
                + "times)";

    private void Count(double gap, SolveReport report, int i, double rounding)
    {
        bool certified = report.Status[i] == SolveStatus.Converged;
        if (certified)
        {
            Certified++;
            _largestCertified = Math.Max(_largestCertified, gap);
        }
        else
        {
            _smallestRefused = Math.Min(_smallestRefused, gap);
        }
        if (certified && !(gap <= _tolerance + Rounding))
            _wronglyCertified++;
        if (!certified && gap < 0.5 * _tolerance)
            _refused++;
        _farthestBelow = Math.Max(_farthestBelow, gap - report.RelativeGap[i]);
        if (!(gap <= report.RelativeGap[i] + rounding))
            _reportedBelow++;
    }

    private void Compare(PenaltyTwin twin, ReadOnlySpan<float> x, double[] code, double[] other)
    {
        double energy = twin.Energy(x, code), bound = twin.Energy(x, other);
        if (energy <= bound + twin.RoundingOfEnergy(x, other) + twin.RoundingOfEnergy(x, code))
            return;
        _worse++;
        _worst = Math.Max(_worst, energy / bound);
    }
}
