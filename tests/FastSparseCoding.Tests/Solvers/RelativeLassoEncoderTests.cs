using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

/// <summary>Codes at a fraction of each signal's λmax.</summary>
public sealed class RelativeLassoEncoderTests
{
    private const int Atoms = 37;
    private const int Size = 21;

    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(Atoms, Size, seed: 3);
    private static readonly Matrix X = Signals();

    [Theory]
    [MemberData(nameof(Problems.NamesAndMembers), MemberType = typeof(Problems))]
    public void Every_row_is_certified_at_its_fraction_of_λmax(string name, string member)
    {
        foreach (float fraction in (float[])[0.1f, 0.3f, 0.9f])
        {
            var encoder = new RelativeLassoEncoder(
                Problems.Solver(name, Dictionary, Problems.Penalty(member, fraction, Atoms),
                new SolverOptions { Tolerance = 2e-4, MaxIterations = 1_000_000 }));
            (Matrix z, SolveReport report, double[] lambdas) = Solve(encoder, X);

            Assert.Equal(0, report.Unconverged);
            for (int i = 0; i < X.Rows; i++)
            {
                double[] code = LassoTwin.Widen(z.Row(i));
                double largest = new PenaltyTwin(Dictionary, encoder.Solver.Penalty).LambdaMax(X.Row(i)),
                    length = Math.Sqrt(LassoTwin.Widen(X.Row(i)).Sum(v => v * v));
                // A float32 product is off by at most n + 1 roundings of ‖x‖‖d_k‖, over the least weight of ½, and the division by a power
                // of two by none.
                Assert.InRange(Math.Abs(lambdas[i] - fraction * largest), 0,
                    fraction * (Size + 1) * Tolerance.UnitRoundoff * 1.001 * length / 0.5);
                if (length == 0)
                {
                    Assert.Equal((0, 0), (lambdas[i], report.RelativeGap[i]));
                    continue;
                }
                var own = new PenaltyTwin(
                    PenaltyTwin.Rows(Dictionary), lambdas[i], WeightsOf(encoder.Solver.Penalty), encoder.Solver.Penalty.Ridge,
                    encoder.Solver.Penalty.NonNegative);
                Assert.InRange(own.RelativeGap(X.Row(i), code), -ReportAudit.Rounding, report.RelativeGap[i] + ReportAudit.Rounding);
                Assert.InRange(report.RelativeGap[i], 0, encoder.Tolerance);
                Assert.Contains(code, value => value != 0);
                double excess = own.Energy(X.Row(i), code) - own.Energy(X.Row(i), own.Solve(X.Row(i)));
                Assert.InRange(excess, -1e-8 * own.Energy(X.Row(i), code), encoder.Tolerance * own.Energy(X.Row(i), code));
            }
        }
    }

    [Fact]
    public void A_row_whose_λmax_is_beyond_float32_is_not_certified()
    {
        float[] weights = new float[Atoms];
        Array.Fill(weights, 1e-40f);        // a number of float32, its inverse is none
        var encoder = new RelativeLassoEncoder(new ActiveSetSolver(Dictionary, new Penalty(0.1f, weights)));

        (Matrix z, SolveReport report, double[] lambdas) = Solve(encoder, X);

        for (int i = 0; i < X.Rows; i++)
        {
            bool zero = !X.Row(i).ContainsAnyExcept(0f);
            Assert.Equal(zero ? SolveStatus.Converged : SolveStatus.IterationLimit, report.Status[i]);
            Assert.Equal(zero ? 0 : double.PositiveInfinity, lambdas[i]);
            Assert.Equal(zero ? 0 : double.NaN, report.RelativeGap[i]);
        }
        Assert.Equal(new float[X.Rows * Atoms], z.Values);
    }

    [Theory]
    [MemberData(nameof(Problems.Members), MemberType = typeof(Problems))]
    public void A_signal_times_c_has_c_times_the_code_and_the_weight(string member)
    {
        var encoder = new RelativeLassoEncoder(new ActiveSetSolver(Dictionary, Problems.Penalty(member, 0.1f, Atoms)));
        (Matrix z, SolveReport report, double[] lambdas) = Solve(encoder, X);
        // Powers of two scale without rounding; of the largest, not even a product with an atom would fit in float32.
        foreach (int power in (int[])[-60, 1, 100])
        {
            var x = new Matrix(X.Rows, Size, [.. X.Values.ToArray().Select(v => MathF.ScaleB(v, power))]);
            (Matrix scaled, SolveReport other, double[] weights) = Solve(encoder, x);

            Assert.Equal(z.Values.ToArray().Select(v => MathF.ScaleB(v, power)), scaled.Values.ToArray());
            Assert.Equal(lambdas.Select(l => Math.ScaleB(l, power)), weights);
            Assert.Equal(report.RelativeGap, other.RelativeGap);
            Assert.Equal(report.Iterations, other.Iterations);
        }
    }

    [Fact]
    public void A_signal_whose_largest_product_is_the_largest_float_is_coded_too()
    {
        AtomDictionary dictionary = new(new Matrix(2, 2, [0.6f, 0.8f, 0, 1]));
        Matrix x = new(1, 2, [float.MaxValue, float.MaxValue]);

        (Matrix z, SolveReport report, double[] lambdas) = Solve(new RelativeLassoEncoder(new ActiveSetSolver(dictionary, 0.5f)), x);

        Assert.Equal(0, report.Unconverged);
        Assert.Equal(0.7, lambdas[0] / float.MaxValue, 1e-6);
        Assert.Equal(0.7, z[0, 0] / float.MaxValue, 1e-6);
    }

    [Theory]
    [MemberData(nameof(Problems.NamesAndMembers), MemberType = typeof(Problems))]
    public void At_λmax_itself_codes_are_zero_and_certified(string name, string member)
    {
        (Matrix z, SolveReport report, _) =
            Solve(new RelativeLassoEncoder(Problems.Solver(name, Dictionary, Problems.Penalty(member, 1, Atoms))), X);

        Assert.Equal(0, report.Unconverged);
        Assert.Equal(new float[z.Values.Length], z.Values);
    }

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void A_signal_on_the_other_side_of_every_atom_has_no_weight_and_a_zero_code(string name)
    {
        AtomDictionary dictionary = new(new Matrix(3, 2, [1, 0, 0, 1, 0.6f, 0.8f]));
        Matrix x = new(3, 2, [-1, -2, 0.5f, 0.25f, 0, 0]);

        (Matrix z, SolveReport report, double[] lambdas) =
            Solve(new RelativeLassoEncoder(Problems.Solver(name, dictionary, new Penalty(0.1f, nonNegative: true))), x);

        Assert.Equal(0, report.Unconverged);
        Assert.Equal([0, 0, 0], z.Row(0));
        Assert.Equal([0, 0, 0], z.Row(2));
        Assert.Equal((0, 0), (lambdas[0], lambdas[2]));
        Assert.Contains(z.Row(1).ToArray(), value => value > 0);
    }

    [Fact]
    public void Threads_and_other_rows_change_no_bit_and_encoding_is_solving()
    {
        var encoder = new RelativeLassoEncoder(new ActiveSetSolver(Dictionary, 0.1f));
        (Matrix expected, SolveReport report, _) = Solve(encoder, X);
        var z = new Matrix(X.Rows, Atoms);
        Assert.Equal(report.RelativeGap, encoder.Solve(X, z, threads: 3, cancellation: TestContext.Current.CancellationToken).RelativeGap);
        Assert.Equal(expected.Values, z.Values);
        Assert.Equal(expected.Values, encoder.Encode(X, 2, TestContext.Current.CancellationToken).Values);
        var alone = new Matrix(3, Atoms);
        encoder.Encode(X.RowRange(131, 3), alone.View, TestContext.Current.CancellationToken);
        Assert.Equal(expected.RowRange(131, 3).Values, alone.Values);
        Allocation.CheckNone(() => encoder.Encode(X.RowRange(0, 40), z.RowRange(0, 40)));
    }

    [Fact]
    public void It_says_what_it_is()
    {
        Assert.Equal("λ = 0.1 λmax", new RelativeLassoEncoder(new ActiveSetSolver(Dictionary, 0.1f)).ToString());
        Assert.Equal("λ = 0.25 λmax, z ≥ 0",
            new RelativeLassoEncoder(new ActiveSetSolver(Dictionary, new Penalty(0.25f, nonNegative: true))).ToString());
    }

    [Fact]
    public void What_is_wrong_is_refused()
    {
        var encoder = new RelativeLassoEncoder(new ActiveSetSolver(Dictionary, 0.1f));
        CancellationToken cancellation = TestContext.Current.CancellationToken;

        Assert.StartsWith("'solver.Lambda' is 1.5; it must be 1 or less.",
            Assert.Throws<ArgumentOutOfRangeException>(() => new RelativeLassoEncoder(new ActiveSetSolver(Dictionary, 1.5f))).Message,
            StringComparison.Ordinal);
        Assert.StartsWith("'x' has 20 columns; it must have 21.",
            Assert.Throws<ArgumentException>(() => encoder.Solve(new Matrix(2, 20), new Matrix(2, Atoms), cancellation: cancellation))
            .Message, StringComparison.Ordinal);
        Assert.StartsWith("'z' is [1×37]; it must be [2×37].",
            Assert.Throws<ArgumentException>(() => encoder.Solve(new Matrix(2, Size), new Matrix(1, Atoms), cancellation: cancellation))
            .Message, StringComparison.Ordinal);
        Assert.StartsWith("'lambdas' has 3 values; it must have 2.",
            Assert.Throws<ArgumentException>(
            () => encoder.Solve(new Matrix(2, Size), new Matrix(2, Atoms), new double[3], cancellation: cancellation)).Message,
            StringComparison.Ordinal);
        Matrix x = new(2, Size);
        x[1, 4] = float.NaN;
        Assert.StartsWith("'x' holds NaN at row 1, column 4; every value must be finite.",
            Assert.Throws<ArgumentException>(() => encoder.Encode(x, new Matrix(2, Atoms), 1, cancellation)).Message,
            StringComparison.Ordinal);
        Assert.Throws<OperationCanceledException>(
            () => encoder.Solve(X, new Matrix(X.Rows, Atoms), cancellation: new CancellationToken(true)));
    }

    private static (Matrix Z, SolveReport Report, double[] Lambdas) Solve(RelativeLassoEncoder encoder, Matrix x)
    {
        var z = new Matrix(x.Rows, encoder.CodeSize);
        z.Values.Fill(7);
        var lambdas = new double[x.Rows];
        SolveReport report = encoder.Solve(x, z, lambdas, threads: 1, cancellation: TestContext.Current.CancellationToken);
        return (z, report, lambdas);
    }

    /// <summary>300 signals of very different size, one of them zero.</summary>
    private static Matrix Signals()
    {
        Matrix x = RandomData.Normal(300, Size, seed: 4);
        for (int i = 0; i < x.Rows; i++)
            foreach (ref float value in x.Row(i))
                value *= i == 17 ? 0 : MathF.Pow(10, i % 7 - 3);
        return x;
    }

    private static double[]? WeightsOf(Penalty penalty) => penalty.Weights.IsEmpty ? null : LassoTwin.Widen(penalty.Weights);
}
