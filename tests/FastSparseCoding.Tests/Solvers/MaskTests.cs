using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

/// <summary>Signals known in part, for every member of the family of penalties, against the twin on atoms whose unknown values are
/// zero.</summary>
public sealed class MaskTests
{
    private static CancellationToken None => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Problems.Members), MemberType = typeof(Problems))]
    public void Every_row_is_certified_by_what_is_known_of_it(string member)
    {
        foreach ((int atoms, int size, double known, double fraction) in (
            (int, int, double, double)[])[(30, 16, 0.5, 0.1), (24, 40, 0.3, 0.02), (90, 33, 0.8, 0.3), (12, 5, 0.4, 0.05)])
        {
            AtomDictionary dictionary = RandomData.Dictionary(atoms, size, seed: atoms);
            Matrix x = RandomData.Normal(70, size, seed: 2), mask = Mask(70, size, known, seed: 3), z = new(70, atoms);
            var solver = new ActiveSetSolver(dictionary, Problems.Penalty(member, x, dictionary, fraction));

            SolveReport report = solver.Solve(x, mask, z, cancellation: None);

            for (int i = 0; i < x.Rows; i++)
            {
                PenaltyTwin twin = Twin(solver, mask.Row(i));
                float[] row = Known(x.Row(i), mask.Row(i));
                double[] code = PenaltyTwin.Widen(z.Row(i)), best = twin.Solve(row);
                double gap = twin.RelativeGap(row, code), energy = twin.Energy(row, code), smallest = solver.Penalty.Threshold(0);
                for (int k = 1; k < atoms; k++)
                    smallest = Math.Min(smallest, solver.Penalty.Threshold(k));
                double within = Math.Max(solver.Options.Tolerance, Problems.GapOfRounding(code, smallest));
                Assert.Equal(gap <= solver.Options.Tolerance, report.Status[i] == SolveStatus.Converged);
                Assert.True(gap <= within + ReportAudit.Rounding, $"{member} [{atoms}×{size}] row {i}: gap {gap:G4}");
                Assert.True(gap <= report.RelativeGap[i] + twin.RoundingOfRelativeGap(row, code),
                    $"{member} [{atoms}×{size}] row {i}: gap {gap:G4} was told as {report.RelativeGap[i]:G4}");
                Assert.InRange(energy, 0, twin.Energy(row, best) * (1 + within) + twin.RoundingOfEnergy(row, best));
                Assert.True(!solver.Penalty.NonNegative || code.Min() >= 0);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Problems.Members), MemberType = typeof(Problems))]
    public void A_mask_without_zeros_changes_nothing_but_rounding(string member)
    {
        AtomDictionary dictionary = RandomData.Dictionary(40, 20, seed: 1);
        Matrix x = RandomData.Normal(300, 20, seed: 2), ones = new(300, 20), z = new(300, 40);
        ones.Values.Fill(1);
        var solver = new ActiveSetSolver(dictionary, Problems.Penalty(member, x, dictionary, 0.1));
        solver.Solve(x, ones, z, cancellation: None);

        ReportAudit.Of(solver, x).CheckReport();
        Problems.CheckCertified(solver, x, z);
    }

    /// <summary>A value that is not known is as good as a signal, and atoms, without it.</summary>
    [Fact]
    public void Unknown_values_are_never_read()
    {
        AtomDictionary dictionary = RandomData.Dictionary(30, 16, seed: 4);
        Matrix x = RandomData.Normal(40, 16, seed: 5), mask = Mask(40, 16, 0.6, seed: 6), other = x.Clone();
        for (int i = 0; i < x.Values.Length; i++)
            if (mask.Values[i] == 0)
                other.Values[i] = (i % 3) switch { 0 => float.NaN, 1 => float.PositiveInfinity, _ => 1e30f };
        var solver = new ActiveSetSolver(dictionary, 0.1f);

        Assert.Equal(solver.EncodeMasked(x, mask, cancellation: None).Values.ToArray(),
            solver.EncodeMasked(other, mask, cancellation: None).Values.ToArray());
    }

    [Fact]
    public void A_row_is_the_same_alone_and_on_any_number_of_threads_and_after_other_masks()
    {
        AtomDictionary dictionary = RandomData.Dictionary(50, 24, seed: 7);
        Matrix x = RandomData.Normal(600, 24, seed: 8), mask = Mask(600, 24, 0.5, seed: 9), z = new(600, 50), row = new(1, 50);
        var solver = new ActiveSetSolver(dictionary, 0.05f);
        solver.Solve(x, mask, z, threads: 1, None);

        Assert.Equal(z.Values.ToArray(), solver.EncodeMasked(x, mask, threads: 2, None).Values.ToArray());
        for (int i = 0; i < x.Rows; i += 37)
        {
            solver.Encode(x.RowRange(i, 1), row, None);
            solver.EncodeRows(x.RowRange(i, 1), mask.RowRange(i, 1), row, None);
            Assert.Equal(z.Row(i).ToArray(), row.Row(0).ToArray());
        }
    }

    /// <summary>Codes without a mask do not remember the masks before them.</summary>
    [Fact]
    public void Masks_leave_nothing_behind()
    {
        AtomDictionary dictionary = RandomData.Dictionary(50, 24, seed: 7);
        Matrix x = RandomData.Normal(300, 24, seed: 8), mask = Mask(300, 24, 0.5, seed: 9);
        var solver = new ActiveSetSolver(dictionary, 0.05f);
        float[] before = solver.Encode(x, threads: 1, None).Values.ToArray();
        solver.EncodeMasked(x, mask, threads: 1, None);

        Assert.Equal(before, solver.Encode(x, threads: 1, None).Values.ToArray());
    }

    [Fact]
    public void A_limit_of_changes_holds_and_no_row_is_worse_than_zero()
    {
        AtomDictionary dictionary = RandomData.Dictionary(50, 24, seed: 10);
        Matrix x = RandomData.Normal(60, 24, seed: 11), mask = Mask(60, 24, 0.5, seed: 12), z = new(60, 50);
        var solver = new ActiveSetSolver(dictionary, 0.02f, new SolverOptions { MaxIterations = 3 });
        SolveReport report = solver.Solve(x, mask, z, cancellation: None);

        Assert.InRange(report.Iterations.Max(), 1, 3);
        Assert.True(report.Unconverged > 0);
        for (int i = 0; i < x.Rows; i++)
        {
            PenaltyTwin twin = Twin(solver, mask.Row(i));
            float[] row = Known(x.Row(i), mask.Row(i));
            Assert.True(twin.Energy(row, PenaltyTwin.Widen(z.Row(i))) < twin.Energy(row, new double[50]));
        }
    }

    [Fact]
    public void Dependent_restricted_atoms_and_atoms_without_a_known_value_are_no_trouble()
    {
        AtomDictionary dictionary = AtomDictionary.Normalize(new Matrix(4, 4, [1, 0, 1, 0, 1, 0, -1, 0, 0, 1, 0, 1, 0, 0, 0, 1]));
        Matrix x = new(3, 4, [2, float.NaN, float.NaN, 1, 1, float.NaN, 1, float.NaN, float.NaN, float.NaN, float.NaN, 3]);
        Matrix mask = new(3, 4, [1, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 1]), z = new(3, 4);
        var solver = new ActiveSetSolver(dictionary, 0.25f);

        SolveReport report = solver.Solve(x, mask, z, cancellation: None);

        Assert.Equal(0, report.Unconverged);
        Assert.Equal(Math.Sqrt(2) - 0.25, z[1, 0], 1e-6);                           // alone, d₁ᵀx − λ
        Assert.Equal([0, 0, 0, 2.75f], z.Row(2).ToArray());                         // d₃ᵀx − λ; d₂ sees half of it
    }

    [Fact]
    public void Encoding_into_the_callers_buffer_allocates_nothing()
    {
        var solver = new ActiveSetSolver(RandomData.Dictionary(30, 16, seed: 1), 0.02f);
        Matrix x = RandomData.Normal(5, 16, seed: 2), mask = Mask(5, 16, 0.7, seed: 3), z = new(5, 30);
        Allocation.CheckNone(() => solver.EncodeRows(x, mask, z, CancellationToken.None));
        Assert.Contains(z.Values.ToArray(), value => value != 0);
    }

    [Fact]
    public void A_mask_that_is_none_is_refused()
    {
        var solver = new ActiveSetSolver(RandomData.Dictionary(5, 3, seed: 1), 0.1f);
        Matrix x = RandomData.Normal(2, 3, seed: 2), z = new(2, 5);
        string Message(Matrix signals, Matrix mask)
        {
            string first = Assert.Throws<ArgumentException>(() => solver.Solve(signals, mask, z, cancellation: None)).Message;
            Assert.Equal(first, Assert.Throws<ArgumentException>(() => solver.EncodeMasked(signals, mask, cancellation: None)).Message);
            Assert.Equal(first,
                Assert.Throws<ArgumentException>(() => solver.EncodeRows(signals, mask, z, CancellationToken.None)).Message);
            return first;
        }

        Assert.Equal("'mask' is [2×2]; it must be [2×3]. (Parameter 'mask')", Message(x, new Matrix(2, 2)));
        Assert.Equal("'mask' has no known value at row 1; every row must have at least one. (Parameter 'mask')",
            Message(x, new Matrix(2, 3, [1, 0, 0, 0, 0, 0])));
        Assert.Equal("'mask' holds 0.5 at row 1, column 2; it must hold 1 where a value is known and 0 where it is not. (Parameter 'mask')",
            Message(x, new Matrix(2, 3, [1, 1, 1, 1, 0, 0.5f])));
        x[0, 1] = float.NaN;
        Assert.Equal("'x' holds NaN at row 0, column 1; every known value must be finite. (Parameter 'x')",
            Message(x, new Matrix(2, 3, [1, 1, 1, 1, 0, 1])));
        Assert.Equal("'x' has 4 columns; it must have 3. (Parameter 'x')", Message(new Matrix(2, 4), new Matrix(2, 4)));
    }

    /// <summary>Each value is known with a probability; of every row at least one is.</summary>
    internal static Matrix Mask(int rows, int columns, double known, int seed)
    {
        var random = new Random(seed);
        var mask = new Matrix(rows, columns);
        for (int i = 0; i < rows; i++)
        {
            foreach (ref float value in mask.Row(i))
                value = random.NextDouble() < known ? 1 : 0;
            mask[i, random.Next(columns)] = 1;
        }
        return mask;
    }

    private static float[] Known(ReadOnlySpan<float> x, ReadOnlySpan<float> mask)
    {
        var known = new float[x.Length];
        for (int j = 0; j < known.Length; j++)
            known[j] = mask[j] == 1 ? x[j] : 0;
        return known;
    }

    /// <summary>The lasso on atoms whose unknown values are zero.</summary>
    private static PenaltyTwin Twin(LassoSolver solver, ReadOnlySpan<float> mask)
    {
        double[][] atoms = PenaltyTwin.Rows(solver.Dictionary);
        foreach (double[] atom in atoms)
            for (int j = 0; j < atom.Length; j++)
                atom[j] *= mask[j];
        Penalty penalty = solver.Penalty;
        return new PenaltyTwin(atoms, penalty.Lambda, penalty.Weights.IsEmpty ? null : PenaltyTwin.Widen(penalty.Weights), penalty.Ridge,
            penalty.NonNegative);
    }
}
