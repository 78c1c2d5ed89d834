using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

public sealed class EquivalenceTests
{
    private const int Atoms = 37;
    private const int Size = 21;
    private const float Lambda = 0.4f;

    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(Atoms, Size, seed: 3);

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void Any_number_of_threads_gives_the_bits_of_one(string name)
    {
        LassoSolver solver = Problems.Solver(name, Dictionary, Lambda, new SolverOptions { Tolerance = 1e-4 });
        Matrix x = RandomData.Normal(1100, Size, seed: 4), expected = new(x.Rows, Atoms), z = new(x.Rows, Atoms);
        SolveReport one = solver.Solve(x, expected, threads: 1, cancellation: TestContext.Current.CancellationToken);
        foreach (int threads in (int[])[2, 3, 8])
        {
            SolveReport report = solver.Solve(x, z, threads: threads, cancellation: TestContext.Current.CancellationToken);

            Assert.Equal(expected.Values, z.Values);
            Assert.Equal(one.Iterations, report.Iterations);
            Assert.Equal(one.RelativeGap, report.RelativeGap);
            Assert.Equal(expected.Values, solver.Encode(x, threads, TestContext.Current.CancellationToken).Values);
            Assert.Equal(TraceTests.Trace(solver, x, [2], threads: 1)[2].Values,
                TraceTests.Trace(solver, x, [2], threads: threads)[2].Values);
        }
    }

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void A_row_has_the_same_bits_whatever_rows_it_stands_with(string name)
    {
        LassoSolver solver = Problems.Solver(name, Dictionary, Lambda);
        Matrix x = RandomData.Normal(29, Size, seed: 4), together = new(29, Atoms), alone = new(29, Atoms);
        solver.Encode(x.View, together.View, TestContext.Current.CancellationToken);
        for (int i = 0; i < 29; i++)
            solver.Encode(x.RowRange(i, 1), alone.RowRange(i, 1), TestContext.Current.CancellationToken);

        Assert.Equal(alone.Values, together.Values);
    }

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void A_signal_and_a_weight_times_c_give_the_code_times_c(string name)
    {
        // Powers of two scale without rounding.
        Matrix x = RandomData.Normal(7, Size, seed: 4), expected = new(7, Atoms), z = new(7, Atoms);
        SolveReport report = Problems.Solver(name, Dictionary, Lambda)
            .Solve(x, expected, threads: 1, cancellation: TestContext.Current.CancellationToken);
        foreach (int power in (int[])[-20, 1, 20])
        {
            SolveReport scaled = Problems.Solver(name, Dictionary, MathF.ScaleB(Lambda, power))
                .Solve(Scaled(x, power), z, threads: 1, cancellation: TestContext.Current.CancellationToken);

            Assert.Equal(Scaled(expected, power).Values, z.Values);
            Assert.Equal(report.Iterations, scaled.Iterations);
            Assert.Equal(report.RelativeGap, scaled.RelativeGap);
        }
    }

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void A_negated_signal_negates_the_code(string name)
    {
        LassoSolver solver = Problems.Solver(name, Dictionary, Lambda);
        Matrix x = RandomData.Normal(7, Size, seed: 4), z = solver.Encode(x, 1, TestContext.Current.CancellationToken);
        Negate(x.Values);
        Matrix negated = solver.Encode(x, 1, TestContext.Current.CancellationToken);
        Negate(negated.Values);

        Assert.Equal(z.Values, negated.Values);
    }

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void Permuted_and_negated_atoms_permute_and_negate_the_code(string name)
    {
        // Fewer atoms than values: the code is unique, and E(z) − E* ≥ ½μ‖z − z*‖² with μ the smallest eigenvalue of the Gram matrix.
        AtomDictionary plain = RandomData.Dictionary(11, 40, seed: 3);
        int[] order = [.. Enumerable.Range(0, 11).Select(k => k * 7 % 11)];
        var moved = new Matrix(11, 40);
        for (int k = 0; k < 11; k++)
        {
            plain.Atoms.Row(order[k]).CopyTo(moved.Row(k));
            if (k % 3 == 0)
                Negate(moved.Row(k));
        }
        Matrix x = RandomData.Normal(7, 40, seed: 4);
        Matrix z = Problems.Solver(name, plain, Lambda).Encode(x, 1, TestContext.Current.CancellationToken);
        Matrix other = Problems.Solver(name, new AtomDictionary(moved), Lambda).Encode(x, 1, TestContext.Current.CancellationToken);

        double mu = SmallestEigenvalue(plain);
        for (int i = 0; i < 7; i++)
        {
            double distance = 0;
            for (int k = 0; k < 11; k++)
                distance += Math.Pow(other[i, k] * (k % 3 == 0 ? -1 : 1) - (double)z[i, order[k]], 2);
            // Either is within the tolerance of E*, so that they are twice as far apart at most; squared, 4.
            double excess = 1e-5 * LassoObjective.Energy(x.Row(i), plain, z.Row(i), Lambda);
            Assert.InRange(distance, 0, 4 * 2 * excess / mu);
        }
    }

    [Fact]
    public void The_first_two_iterations_of_FISTA_are_those_of_ISTA()
    {
        // t₁ = 1, so that the first momentum is 0.
        Matrix x = RandomData.Normal(300, Size, seed: 4);
        Dictionary<int, Matrix> ista = TraceTests.Trace(new IstaSolver(Dictionary, Lambda), x, [1, 2, 3]);
        Dictionary<int, Matrix> fista = TraceTests.Trace(new FistaSolver(Dictionary, Lambda), x, [1, 2, 3]);

        Assert.Equal(ista[1].Values, fista[1].Values);
        Assert.Equal(ista[2].Values, fista[2].Values);
        Assert.False(ista[3].Values.SequenceEqual(fista[3].Values));
    }

    [Fact]
    public void Momentum_saves_iterations_and_restarts_save_more()
    {
        AtomDictionary dictionary = Problems.Correlated(60, 40, seed: 2);
        Matrix x = RandomData.Normal(20, 40, seed: 4), z = new(20, 60);
        int plain = new FistaSolver(dictionary, Lambda).Solve(x, z, cancellation: TestContext.Current.CancellationToken).Iterations.Sum();
        int restarted = Problems.Solver(Problems.Restarted, dictionary, Lambda)
            .Solve(x, z, cancellation: TestContext.Current.CancellationToken).Iterations.Sum();
        int ista = new IstaSolver(dictionary, Lambda).Solve(x, z, cancellation: TestContext.Current.CancellationToken).Iterations.Sum();

        Assert.InRange(restarted, 1, plain - 1);
        Assert.InRange(plain, 1, ista / 2);
    }

    private static Matrix Scaled(Matrix matrix, int power)
    {
        Matrix scaled = matrix.Clone();
        foreach (ref float value in scaled.Values)
            value = MathF.ScaleB(value, power);
        return scaled;
    }

    private static void Negate(Span<float> values)
    {
        foreach (ref float value in values)
            value = value == 0 ? 0 : -value;
    }

    private static double SmallestEigenvalue(AtomDictionary dictionary)
        => MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(dictionary.AtomCount, dictionary.AtomCount,
            (i, j) => dictionary.Gram.Row(i)[j])
            .Evd(MathNet.Numerics.LinearAlgebra.Symmetricity.Symmetric).EigenValues.Select(value => value.Real).Min();
}
