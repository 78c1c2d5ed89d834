using FastSparseCoding.Kernels;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

/// <summary>The end in double: one Newton step on the support, and starts that a support cannot hold.</summary>
public sealed class PreciseActiveSetTests
{
    /// <summary>From a code that is off by a hundredth, with the right support, one step leaves no more than the rounding to float32,
    /// whatever the ridge.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(5, true)]
    [InlineData(5, false)]
    public void One_step_on_the_right_support_reaches_the_minimiser(float ridge, bool fromGram)
    {
        AtomDictionary dictionary = RandomData.Dictionary(20, 40, seed: 1);
        var penalty = new Penalty(0.1f, ridge: ridge);
        Matrix x = RandomData.Normal(8, 40, seed: 2),
            optimal = new ActiveSetSolver(dictionary, penalty).Encode(x, cancellation: TestContext.Current.CancellationToken);
        var precise = new PreciseActiveSet(dictionary, penalty);
        for (int i = 0; i < x.Rows; i++)
        {
            float[] z = [.. optimal.Row(i).ToArray().Select((value, k) => value * (1 + 0.01f * (k % 3 - 1)))];
            double before = LassoObjective.KktViolation(x.Row(i), dictionary, z, penalty);

            Assert.True(precise.TryRefine(
                x.Row(i), [], fromGram ? dictionary.IdentityMinusGram : null, z, TestContext.Current.CancellationToken));

            Assert.InRange(before, 1e-3, 1);
            // A coefficient is rounded by half a unit in its last place, and a slope is a sum of all of them.
            double rounding = (1 + ridge) * z.Sum(value => Math.Abs((double)value)) * Tolerance.UnitRoundoff;
            Assert.InRange(LassoObjective.KktViolation(x.Row(i), dictionary, z, penalty), 0, 1e-6 * before + rounding);
        }
    }

    [Fact]
    public void A_step_that_changes_a_sign_is_not_taken()
    {
        AtomDictionary dictionary = new(new Matrix(2, 2, [1, 0, 0, 1]));
        float[] z = [0.5f, 0.01f];
        Assert.False(new PreciseActiveSet(dictionary, 0.1f)
            .TryRefine([1, -1], [], dictionary.IdentityMinusGram, z, TestContext.Current.CancellationToken));
        Assert.Equal([0.5f, 0.01f], z);
    }

    /// <summary>n = 1, atoms 1 and −1, x = −3: what the second one's part would leave to the first is negative, and not allowed.</summary>
    [Fact]
    public void A_dependent_atom_leaves_no_negative_part_behind()
    {
        AtomDictionary dictionary = new(new Matrix(2, 1, [1, -1]));
        var penalty = new Penalty(0.1f, nonNegative: true);
        foreach (int most in (int[])[1, 2, 1000])
        {
            Matrix x = new(1, 1, [-3]), z = new(1, 2, [1, 5]);

            SolveReport report = new ActiveSetSolver(dictionary, penalty, new SolverOptions { MaxIterations = most })
                .Solve(x, z, warmStart: true, cancellation: TestContext.Current.CancellationToken);

            Assert.All(z.Values.ToArray(), value => Assert.InRange(value, 0, float.MaxValue));
            if (report.Unconverged == 0)
                Assert.Equal(2.9f, z[0, 1], 1e-6f);
        }
    }

    [Fact]
    public void Dense_non_negative_starts_end_at_codes_that_are_not_negative()
    {
        AtomDictionary dictionary = RandomData.Dictionary(40, 12, seed: 3);
        var penalty = new Penalty(0.05f, nonNegative: true);
        Matrix x = RandomData.Normal(50, 12, seed: 4), z = RandomData.Normal(50, 40, seed: 5),
            cold = new ActiveSetSolver(dictionary, penalty).Encode(x, cancellation: TestContext.Current.CancellationToken);

        SolveReport report = new ActiveSetSolver(dictionary, penalty, new SolverOptions { MaxIterations = 5000 })
            .Solve(x, z, warmStart: true, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(0, report.Unconverged);
        Assert.All(z.Values.ToArray(), value => Assert.InRange(value, 0, float.MaxValue));
        double[] energies = LassoObjective.Energies(x, dictionary, z, penalty),
            expected = LassoObjective.Energies(x, dictionary, cold, penalty);
        for (int i = 0; i < x.Rows; i++)
            Assert.InRange(energies[i] / expected[i], 1 - 1e-5, 1 + 1e-5);
    }

    /// <summary>Weights over three orders of magnitude, as the adaptive lasso makes them, are solved in float32 like others, by few changes
    /// of the support; the smallest threshold sets what float32 codes can certify.</summary>
    [Fact]
    public void Weights_of_many_magnitudes_are_solved_by_few_changes()
    {
        AtomDictionary dictionary = RandomData.Dictionary(60, 40, seed: 6);
        float[] weights = [.. Enumerable.Range(0, 60).Select(k => MathF.Pow(10, k % 4 - 2))];
        Matrix x = RandomData.Normal(100, 40, seed: 7), z = new(100, 60);

        SolveReport report = new ActiveSetSolver(dictionary, new Penalty(0.1f, weights), new SolverOptions { Tolerance = 1e-3 })
            .Solve(x, z, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(0, report.Unconverged);
        Assert.InRange(report.Iterations.Average(), 1, 100);
    }

    /// <summary>A start that is zero is no start: codes and counts are those of a cold solve.</summary>
    [Fact]
    public void Starts_of_zero_change_nothing()
    {
        AtomDictionary dictionary = RandomData.Dictionary(150, 61, seed: 8);
        Matrix x = RandomData.Normal(200, 61, seed: 9), cold = new(200, 150), warm = new(200, 150);
        var solver = new ActiveSetSolver(dictionary, 0.02f);

        SolveReport fromNothing = solver.Solve(x, cold, cancellation: TestContext.Current.CancellationToken),
            fromZero = solver.Solve(x, warm, warmStart: true, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(cold.Values.ToArray(), warm.Values.ToArray());
        Assert.Equal(fromNothing.Iterations, fromZero.Iterations);
    }

    /// <summary>Where several coefficients reach zero together rounding takes some past it. Without a limit such a one asks for a step
    /// back, of any length.</summary>
    [Theory]
    [InlineData(-1e-17, 1, -1e-20, 1, 0, 0)]
    [InlineData(1e-17, -1, 1e-20, 1, 0, 0)]
    [InlineData(-1e-17, 1, 1e-20, 1, 1, 0.5)]
    [InlineData(-1e-17, 1, 1e-20, -1, 0, 0)]
    [InlineData(1, 1, 1, 1, 1, 0.5)]
    [InlineData(1, 1, -4, 1, 0, 0.25)]
    public void No_step_goes_back(double value, double sign, double direction, double orientation, int first, double step)
    {
        Assert.Equal(first, PreciseActiveSet.FirstSignChange(
            [value, 0.5], [sign, 1], [direction, -orientation], orientation, out double length));
        Assert.Equal(step, length);
    }
}
