using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

/// <summary>What must be true of every code of orthogonal matching pursuit, told by the double twin.</summary>
internal static class OmpAudit
{
    /// <summary>
    /// What a float32 correlation may be wrong by, as a share of ‖x‖: it begins as a sum of n products, and every atom takes a multiple of
    /// a sum of as many from it, whose multiples' squares add up to ‖x‖² at most.
    /// </summary>
    public static double RoundingOfCorrelations(int n, int atoms) => (n + atoms * Math.Sqrt(n + atoms)) * Tolerance.UnitRoundoff;

    /// <summary>Encodes, and checks every row: choices, least squares, residual norm, status and the number of atoms.</summary>
    public static OmpReport Check(OmpEncoder encoder, Matrix x, float[]? errors = null, Matrix? mask = null)
    {
        var z = new Matrix(x.Rows, encoder.CodeSize);
        z.Values.Fill(float.NaN);
        OmpReport report = mask is null
            ? encoder.Solve(x, z, errors, threads: 1, TestContext.Current.CancellationToken)
            : encoder.Solve(x, mask, z, errors, threads: 1, TestContext.Current.CancellationToken);
        for (int i = 0; i < x.Rows; i++)
        {
            bool[]? known = mask is null ? null : [.. mask.Row(i).ToArray().Select(v => v == 1)];
            int knownValues = known?.Count(k => k) ?? encoder.SignalSize;
            double error = (errors?[i] ?? encoder.Options.Error ?? -1) * Math.Sqrt((double)knownValues / encoder.SignalSize);
            CheckRow(encoder, new OmpTwin(encoder.Dictionary, known), x.Row(i), z.Row(i), report, i, error,
                Math.Min(knownValues, encoder.CodeSize));
        }
        return report;
    }

    private static void CheckRow(
        OmpEncoder encoder, OmpTwin twin, ReadOnlySpan<float> signal, ReadOnlySpan<float> z, OmpReport report, int row, double error,
        int most)
    {
        double[] x = twin.Known(signal), code = LassoTwin.Widen(z);
        double size = OmpTwin.Norm(x);
        int[] support = [.. Enumerable.Range(0, code.Length).Where(k => code[k] != 0)];
        Assert.Equal(report.Atoms[row], support.Length);
        (List<int> order, double worst) = twin.Replay(x, support);
        Assert.InRange(worst, 0, RoundingOfCorrelations(x.Length, report.Atoms[row]));
        double[] exact = twin.LeastSquares(x, order);
        if (support.Length > 0)
            Tolerance.Check(exact, z, 2, exact.Max(Math.Abs));
        double norm = OmpTwin.Norm(twin.Residual(x, code));
        double operations = 2 * (x.Length + support.Length) * Tolerance.DoubleRoundoff * (size + code.Sum(Math.Abs));
        Assert.InRange(Math.Abs(norm - report.ResidualNorms[row]), 0, operations);
        double largest = twin.Correlations(twin.Residual(x, exact)).Max(Math.Abs);
        switch (report.Status[row])
        {
            case OmpStatus.ErrorReached:
                Assert.InRange(norm, 0, error * (1 + 1e-12));
                if (order.Count > 0)
                    Assert.True(OmpTwin.Norm(twin.Residual(x, twin.LeastSquares(x, order[..^1]))) > error * (1 - 1e-6),
                        $"row {row}: an atom less would do");
                break;
            case OmpStatus.AtomLimit:
                Assert.Equal(encoder.Options.MaxAtoms, order.Count);
                Assert.True(norm > error);
                break;
            case OmpStatus.Dependent:
                Assert.True(order.Count == most || largest <= 1e-4 * size);
                Assert.True(norm > error);
                break;
            default:
                Assert.InRange(largest, 0, 1e-6 * size);
                Assert.True(norm > error);
                break;
        }
    }
}
