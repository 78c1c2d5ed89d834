using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

/// <summary>Problems that are the same in other words have the same codes.</summary>
public sealed class PenaltyEquivalenceTests
{
    private const int Atoms = 37;
    private const int Size = 21;
    private const float Lambda = 0.4f;

    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(Atoms, Size, seed: 3);
    private static readonly Matrix X = RandomData.Normal(300, Size, seed: 4);

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void Weights_of_one_no_ridge_and_free_signs_are_the_lasso_bit_for_bit(string name)
    {
        (Matrix expected, SolveReport lasso) = Solve(Problems.Solver(name, Dictionary, Lambda));
        float[] ones = [.. Enumerable.Repeat(1f, Atoms)];
        foreach (Penalty penalty in (Penalty[])[new(Lambda), new(Lambda, ones), new(Lambda, ones, 0, false), Lambda])
        {
            (Matrix z, SolveReport report) = Solve(Problems.Solver(name, Dictionary, penalty));

            Assert.Equal(expected.Values, z.Values);
            Assert.Equal(lasso.Iterations, report.Iterations);
            Assert.Equal(lasso.Status, report.Status);
            // Σ w_k|z_k| is another order of the same sum of m terms, of which E is more.
            Assert.All(lasso.RelativeGap.Zip(report.RelativeGap),
                pair => Assert.Equal(pair.First, pair.Second, 2 * Atoms * Tolerance.DoubleRoundoff));
        }
    }

    [Theory]
    [MemberData(nameof(Problems.NamesAndMembers), MemberType = typeof(Problems))]
    public void Neither_threads_nor_other_rows_change_a_bit(string name, string member)
    {
        LassoSolver solver = Problems.Solver(
            name, Dictionary, Problems.Penalty(member, Lambda, Atoms), new SolverOptions { Tolerance = 1e-4 });
        (Matrix expected, SolveReport one) = Solve(solver);
        Matrix z = new(X.Rows, Atoms), alone = new(3, Atoms);
        SolveReport report = solver.Solve(X, z, threads: 3, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(expected.Values, z.Values);
        Assert.Equal(one.Iterations, report.Iterations);
        Assert.Equal(one.RelativeGap, report.RelativeGap);
        foreach (int row in (int[])[0, 131, 297])
        {
            solver.Encode(X.RowRange(row, 3), alone.View, TestContext.Current.CancellationToken);
            Assert.Equal(expected.RowRange(row, 3).Values, alone.Values);
        }
    }

    [Theory]
    [MemberData(nameof(Problems.NamesAndMembers), MemberType = typeof(Problems))]
    public void A_signal_and_a_weight_times_c_give_the_code_times_c(string name, string member)
    {
        // Powers of two scale without rounding. The ridge is a pure number and stays.
        Penalty penalty = Problems.Penalty(member, Lambda, Atoms);
        (Matrix expected, SolveReport one) = Solve(Problems.Solver(name, Dictionary, penalty));
        foreach (int power in (int[])[-20, 1, 20])
        {
            (Matrix z, SolveReport scaled) =
                Solve(Problems.Solver(name, Dictionary, penalty.WithLambda(MathF.ScaleB(Lambda, power))),
                Map(X, value => MathF.ScaleB(value, power)));

            Assert.Equal(Map(expected, value => MathF.ScaleB(value, power)).Values, z.Values);
            Assert.Equal(one.Iterations, scaled.Iterations);
            Assert.Equal(one.RelativeGap, scaled.RelativeGap);
        }
    }

    [Theory]
    [MemberData(nameof(Problems.NamesAndMembers), MemberType = typeof(Problems))]
    public void Negated_signals_negate_the_codes_where_signs_are_free(string name, string member)
    {
        Penalty penalty = Problems.Penalty(member, Lambda, Atoms);
        LassoSolver solver = Problems.Solver(name, Dictionary, penalty);

        Matrix z = Solve(solver).Z, negated = Map(Solve(solver, Map(X, value => -value)).Z, value => value == 0 ? 0 : -value);

        Assert.Equal(!penalty.NonNegative, z.Values.SequenceEqual(negated.Values));
    }

    [Theory]
    [MemberData(nameof(Problems.NamesAndMembers), MemberType = typeof(Problems))]
    public void Permuted_atoms_permute_the_code_and_negated_ones_negate_it_where_signs_are_free(string name, string member)
    {
        AtomDictionary plain = RandomData.Dictionary(11, 40, seed: 3);
        Penalty penalty = Problems.Penalty(member, Lambda, 11);
        int[] order = [.. Enumerable.Range(0, 11).Select(k => k * 7 % 11)];
        var moved = new Matrix(11, 40);
        for (int k = 0; k < 11; k++)
            for (int i = 0; i < 40; i++)
                moved[k, i] = Sign(k) * plain.Atoms.Row(order[k])[i];
        var movedPenalty = new Penalty(
            Lambda, penalty.Weights.IsEmpty ? [] : [.. order.Select(k => penalty.Weights[k])], penalty.Ridge, penalty.NonNegative);
        Matrix x = RandomData.Normal(7, 40, seed: 4), z = Solve(Problems.Solver(name, plain, penalty), x).Z,
            other = Solve(Problems.Solver(name, new AtomDictionary(moved), movedPenalty), x).Z;

        var twin = new PenaltyTwin(plain, penalty);
        for (int i = 0; i < 7; i++)
        {
            var code = new double[11];
            for (int k = 0; k < 11; k++)
                code[order[k]] = Sign(k) * other[i, k];
            // Either is within the tolerance of E*, so that they are twice as far apart as one may be; squared, 4.
            double energy = twin.Energy(x.Row(i), LassoTwin.Widen(z.Row(i)));
            Assert.InRange(twin.SquaredDistance(code, LassoTwin.Widen(z.Row(i))), 0, 4 * 2 * 1e-5 * energy);
        }

        int Sign(int k) => penalty.NonNegative || k % 3 != 0 ? 1 : -1;
    }

    /// <summary>λ Σ w_k|z_k| is λ‖z'‖₁ of z'_k = w_k z_k, whose atoms are d_k/w_k.</summary>
    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void Weights_are_scaled_atoms(string name)
    {
        Penalty penalty = Problems.Penalty("weights", Lambda, Atoms);
        double[] weights = LassoTwin.Widen(penalty.Weights);
        var scaled = new PenaltyTwin(
            [.. PenaltyTwin.Rows(Dictionary).Select((atom, k) => Array.ConvertAll(atom, value => value / weights[k]))], Lambda);
        CheckSame(name, penalty, x => [.. scaled.Solve(x).Select((value, k) => value / weights[k])]);
    }

    /// <summary>½μ‖z‖² is half of ‖0 − √μ z‖²: signals longer by m zeros, atoms by a row of √μ I (Zou and Hastie 2005, lemma 1).</summary>
    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void A_ridge_is_a_longer_dictionary(string name)
    {
        Penalty penalty = Problems.Penalty("ridge", Lambda, Atoms);
        var longer = new PenaltyTwin(
            [.. PenaltyTwin.Rows(Dictionary)
            .Select((atom, k) => (double[])[.. atom, .. Enumerable.Range(0, Atoms).Select(j => j == k ? Math.Sqrt(penalty.Ridge) : 0)])],
            Lambda);
        CheckSame(name, penalty, x => longer.Solve([.. x, .. new float[Atoms]]));
    }

    /// <summary>
    /// With λ → 0 non-negative codes are the non-negative least squares z₀. As E_λ(z) ≤ E_λ(z₀), ½‖(z − z₀)D‖² ≤ λ‖z₀‖₁ and what the
    /// tolerance leaves.
    /// </summary>
    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void Without_weight_non_negative_codes_are_non_negative_least_squares(string name)
    {
        AtomDictionary dictionary = RandomData.Dictionary(10, 25, seed: 3);
        Matrix x = RandomData.Normal(8, 25, seed: 4);
        var least = new PenaltyTwin(PenaltyTwin.Rows(dictionary), 0, nonNegative: true);
        foreach (float lambda in (float[])[0.1f, 1e-2f, 1e-4f])
        {
            LassoSolver solver = Problems.Solver(
                name, dictionary, new Penalty(lambda, nonNegative: true), new SolverOptions { Tolerance = 1e-4 });
            Matrix z = Solve(solver, x).Z;
            for (int i = 0; i < x.Rows; i++)
            {
                double[] code = LassoTwin.Widen(z.Row(i)), expected = least.Solve(x.Row(i));
                double energy = solver.Options.Tolerance * LassoObjective.Energy(x.Row(i), dictionary, z.Row(i), solver.Penalty);
                Assert.InRange(expected.Count(value => value > 0), 1, 9);
                Assert.InRange(least.SquaredDistance(code, expected), 0, 2 * (lambda * expected.Sum() + energy));
            }
        }
    }

    private static void CheckSame(string name, Penalty penalty, Func<float[], double[]> other)
    {
        LassoSolver solver = Problems.Solver(name, Dictionary, penalty);
        Matrix x = RandomData.Normal(5, Size, seed: 8), z = Solve(solver, x).Z;
        var twin = new PenaltyTwin(Dictionary, penalty);
        for (int i = 0; i < x.Rows; i++)
        {
            double[] code = LassoTwin.Widen(z.Row(i)), expected = other(x.Row(i).ToArray()), exact = twin.Solve(x.Row(i));
            double energy = twin.Energy(x.Row(i), exact);
            Assert.InRange(twin.SquaredDistance(expected, exact), 0, 1e-16 * energy);       // the twin's own sweeps end at 10⁻¹³
            Assert.InRange(twin.SquaredDistance(code, expected), 0, 2 * solver.Options.Tolerance * energy);
            Assert.InRange(twin.Energy(x.Row(i), code) / twin.Energy(x.Row(i), expected), 1 - 1e-12, 1 + solver.Options.Tolerance);
        }
    }

    private static (Matrix Z, SolveReport Report) Solve(LassoSolver solver, Matrix? x = null)
    {
        var z = new Matrix((x ?? X).Rows, solver.CodeSize);
        SolveReport report = solver.Solve(x ?? X, z, threads: 1, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(0, report.Unconverged);
        return (z, report);
    }

    private static Matrix Map(Matrix matrix, Func<float, float> map)
        => new(matrix.Rows, matrix.Columns, [.. matrix.Values.ToArray().Select(map)]);
}
