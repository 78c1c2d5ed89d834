using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

/// <summary>Codes with their status, dense and compressed, and what is left when the uncertified ones are taken out.</summary>
public sealed class CertifiedCodesTests
{
    private static readonly AtomDictionary Atoms = SmoothDictionaries.Exponentials(60, 32);

    private static readonly FistaSolver Solver = new(Atoms, 0.1f, new SolverOptions { MaxIterations = 30 });

    private static readonly Matrix X = SmoothDictionaries.UnitSignals(700, 32, seed: 1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void They_are_the_certified_rows_in_their_order()
    {
        var z = new Matrix(700, 60);
        SolveReport report = Solver.Solve(X, z, cancellation: Cancellation);
        int[] rows = [.. Enumerable.Range(0, 700).Where(i => report.RelativeGap[i] <= Solver.Options.Tolerance)];
        Assert.InRange(rows.Length, 50, 600);

        CertifiedCodes certified = CertifiedCodes.Of(Solver, X, cancellation: Cancellation);

        Assert.Equal(rows, certified.Rows);
        Assert.Equal(rows, report.CertifiedRows);
        Assert.Equal((700 - rows.Length, 700), (certified.Uncertified, certified.BatchRows));
        for (int i = 0; i < rows.Length; i++)
        {
            Assert.Equal(X.Row(rows[i]).ToArray(), certified.Signals.Row(i).ToArray());
            Assert.Equal(z.Row(rows[i]).ToArray(), certified.Codes.Row(i).ToArray());
        }
        for (int first = 0; first <= 700; first += 70)
            Assert.Equal((rows.Count(r => r < first), rows.Count(r => r >= first && r < first + 70)), certified.Window(first, 70));
    }

    [Fact]
    public void When_all_are_certified_nothing_is_copied()
    {
        CertifiedCodes certified = CertifiedCodes.Of(new ActiveSetSolver(Atoms, 1), X, cancellation: Cancellation);

        Assert.Equal(0, certified.Uncertified);
        Assert.Same(X, certified.Signals);
    }

    [Fact]
    public void An_encoder_without_a_status_keeps_all()
        => Assert.Equal(700, CertifiedCodes.Of(EncoderFactory.Create("lista", Atoms, 0.1f, 2), X, cancellation: Cancellation).Rows.Count);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Solving_into_compressed_rows_gives_the_same_codes_and_report(int threads)
    {
        var z = new Matrix(700, 60);
        SolveReport dense = Solver.Solve(X, z, cancellation: Cancellation);

        (SparseCodes codes, SolveReport report) = Solver.SolveSparse(X, threads, Cancellation);

        Assert.Equal(z.Values.ToArray(), codes.ToDense().Values.ToArray());
        Assert.Equal(dense.Status, report.Status);
        Assert.Equal(dense.Iterations, report.Iterations);
        Assert.Equal(dense.RelativeGap, report.RelativeGap);
    }

    [Fact]
    public void Selected_rows_are_copies_in_the_order_asked_for()
    {
        Matrix x = RandomData.Normal(5, 3, seed: 1);
        foreach (ref float value in x.Values)
            value = Math.Max(0, value);
        int[] rows = [4, 0, 0, 2];

        Matrix selected = x.SelectRows(rows);

        for (int i = 0; i < rows.Length; i++)
            Assert.Equal(x.Row(rows[i]).ToArray(), selected.Row(i).ToArray());
        Assert.Equal(selected.Values.ToArray(), SparseCodes.FromDense(x).SelectRows(rows).ToDense().Values.ToArray());
        Assert.Equal((0, 3), (x.SelectRows([]).Rows, SparseCodes.FromDense(x).SelectRows([]).Columns));
        Assert.StartsWith("'rows' is 5; it must be from 0 to 4.",
            Assert.Throws<ArgumentOutOfRangeException>(() => SparseCodes.FromDense(x).SelectRows([5])).Message, StringComparison.Ordinal);
        Assert.StartsWith("'i' is 5; it must be from 0 to 4.", Assert.Throws<ArgumentOutOfRangeException>(() => x.SelectRows([5])).Message,
            StringComparison.Ordinal);
    }
}
