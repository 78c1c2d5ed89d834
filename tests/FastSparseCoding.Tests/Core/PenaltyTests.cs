using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Core;

public sealed class PenaltyTests
{
    private const int Atoms = 23;

    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(Atoms, 14, seed: 1);

    [Theory]
    [MemberData(nameof(Problems.Members), MemberType = typeof(Problems))]
    public void Its_value_is_that_of_the_twin(string member)
    {
        Penalty penalty = Problems.Penalty(member, 0.7f, Atoms);
        var twin = new PenaltyTwin(Dictionary, penalty);
        for (int seed = 0; seed < 10; seed++)
        {
            Matrix z = RandomData.Normal(1, Atoms, seed);
            double expected = twin.Price(LassoTwin.Widen(z.Row(0)));
            Tolerance.Check([expected], (double[])[penalty.Value(z.Row(0))], 8 * Atoms, expected);
        }
        Assert.Equal(0, penalty.Value(new float[Atoms]));
    }

    [Theory]
    [MemberData(nameof(Problems.Members), MemberType = typeof(Problems))]
    public void Its_proximal_step_is_the_minimiser_of_its_definition(string member)
    {
        Penalty penalty = Problems.Penalty(member, 0.7f, Atoms);
        var twin = new PenaltyTwin(Dictionary, penalty);
        int zeros = 0;
        foreach (float tau in (float[])[0.01f, 0.5f, 1, 30])
            for (int seed = 0; seed < 10; seed++)
            {
                float[] v = RandomData.Normal(1, Atoms, seed).Values.ToArray(), z = new float[Atoms];
                for (int k = 0; k < Atoms; k++)
                    v[k] *= 1 + tau;
                double[] expected = [.. v.Select((value, k) => twin.Prox(value, tau, k))];

                penalty.Prox(v, tau, z);
                // The threshold, the subtraction, 1 + τμ, which is two, and the division.
                Tolerance.Check(expected, z, 6, v.Max(Math.Abs));
                zeros += z.Count(value => value == 0);

                penalty.Prox(v, tau, v);
                Assert.Equal(z, v);
            }
        Assert.InRange(zeros, 4 * Atoms, 36 * Atoms);      // of 40: some inside the threshold, some outside
    }

    /// <summary>The twin itself: no point of a fine grid around it is better.</summary>
    [Theory]
    [MemberData(nameof(Problems.Members), MemberType = typeof(Problems))]
    public void The_twins_proximal_step_is_the_lowest_point_of_a_grid(string member)
    {
        Penalty penalty = Problems.Penalty(member, 0.7f, Atoms);
        var twin = new PenaltyTwin(Dictionary, penalty);
        for (int k = 0; k < Atoms; k++)
            foreach (double v in (double[])[-3, -0.4, -0.1, 0, 0.2, 0.9, 5])
            {
                double at = twin.Prox(v, 0.8, k), lowest = Objective(at);
                for (int i = -4000; i <= 4000; i++)
                    if (!penalty.NonNegative || i >= 0)
                        Assert.InRange(lowest, 0, Objective(0.002 * i) * (1 + 1e-14));

                double Objective(double z)
                    => 0.5 * (z - v) * (z - v) + 0.8 * (penalty.Threshold(k) * Math.Abs(z) + 0.5 * penalty.Ridge * z * z);
            }
    }

    [Fact]
    public void A_violation_is_the_distance_to_the_subdifferential()
    {
        var free = new Penalty(0.5f, [1, 4]);
        var oneSided = new Penalty(0.5f, [1, 4], nonNegative: true);
        foreach ((int k, double slope, double value, double expected, double expectedOneSided) in ((int, double, double, double, double)[])[
            (0, 0.25, 0, 0, 0), (0, -0.25, 0, 0, 0), (0, 0.75, 0, 0.25, 0.25), (0, -0.75, 0, 0.25, 0), (1, 1.75, 0, 0, 0), (1, -3, 0, 1, 0),
            (0, 0.5, 2, 0, 0), (0, 0.75, 2, 0.25, 0.25), (0, -0.5, 2, 1, 1), (1, 1, 0.125, 1, 1), (0, -0.5, -1, 0, 0), (0, 0.5, -1, 1, 1)])
        {
            Assert.Equal(expected, free.Violation(k, slope, value));
            Assert.Equal(expectedOneSided, oneSided.Violation(k, slope, value));
        }
        Assert.Equal((0.5, 2.0), (free.Threshold(0), free.Threshold(1)));
    }

    [Fact]
    public void The_dual_scale_is_the_largest_that_is_feasible()
    {
        var free = new Penalty(0.5f, [1, 4]);
        var oneSided = new Penalty(0.5f, [1, 4], nonNegative: true);
        foreach ((int k, double slope, double expected, double expectedOneSided) in ((int, double, double, double)[])[
            (0, 0.25, 1, 1), (0, 0.5, 1, 1), (0, 2, 0.25, 0.25), (0, -2, 0.25, 1), (1, 8, 0.25, 0.25), (1, -8, 0.25, 1), (0, 0, 1, 1)])
        {
            Assert.Equal(expected, free.DualScale(k, slope));
            Assert.Equal(expectedOneSided, oneSided.DualScale(k, slope));
        }
        Assert.Equal(double.NaN, free.DualScale(0, double.NaN));
        Assert.Equal(double.NaN, free.Violation(0, double.NaN, 0));
    }

    [Fact]
    public void The_largest_weight_is_of_the_correlation_that_costs_least()
    {
        double[] correlations = [1, -3, 2];
        Assert.Equal(3, new Penalty(0.5f).LambdaMax(correlations));
        Assert.Equal(2, new Penalty(0.5f, nonNegative: true).LambdaMax(correlations));
        Assert.Equal(4, new Penalty(0.5f, [1, 4, 0.5f]).LambdaMax(correlations));
        Assert.Equal(1, new Penalty(0.5f, [1, 0.25f, 4], 7, nonNegative: true).LambdaMax(correlations));
        Assert.Equal(0, new Penalty(0.5f, nonNegative: true).LambdaMax([-1, -2]));
        Assert.Equal(3, LassoObjective.LambdaMax([1, 3], new AtomDictionary(new Matrix(2, 2, [1, 0, 0, -1])), new Penalty(9)));
        Assert.Equal(1, LassoObjective.LambdaMax(
            [1, 3], new AtomDictionary(new Matrix(2, 2, [1, 0, 0, -1])), new Penalty(9, nonNegative: true)));
    }

    [Fact]
    public void It_is_immutable_compared_by_value_and_says_what_it_is()
    {
        float[] weights = [1, 2];
        var all = new Penalty(0.25f, weights, 0.5f, nonNegative: true);
        weights[0] = 9;
        Assert.Equal([1, 2], all.Weights.ToArray());
        Assert.Equal((0.25f, 0.5f, true), (all.Lambda, all.Ridge, all.NonNegative));
        Penalty other = all.WithLambda(2);
        Assert.Equal((2f, 0.5f, true), (other.Lambda, other.Ridge, other.NonNegative));
        Assert.Equal([1, 2], other.Weights.ToArray());
        Assert.Equal(all, other.WithLambda(0.25f));
        Assert.Equal(all.GetHashCode(), other.WithLambda(0.25f).GetHashCode());
        Penalty[] different = [all, other, new(0.25f), new(0.25f, [1, 2]), new(0.25f, [1, 3], 0.5f, true), new(0.25f, [1, 2], 0.5f),
            new(0.25f, [1, 2], 0.25f, true), new(0.25f, [], 0.5f, true)];
        Assert.Equal(different.Length, different.Distinct().Count());
        Assert.False(all.Equals(null));
        Penalty lasso = 0.5f;
        Assert.Equal(new Penalty(0.5f, [], 0, false), lasso);
        Assert.Equal("λ = 0.5", lasso.ToString());
        Assert.Equal("λ = 0.25, 2 weights, μ = 0.5, z ≥ 0", all.ToString());
    }

    [Fact]
    public void Wrong_numbers_are_named()
    {
        foreach ((float value, string text) in (
            (float, string)[])[(0, "0"), (-1.5f, "-1.5"), (float.NaN, "NaN"), (float.PositiveInfinity, "Infinity")])
        {
            Assert.Equal($"'lambda' is {text}; it must be a finite number above 0. (Parameter 'lambda')",
                OutOfRange(() => _ = new Penalty(value)));
            Assert.Equal($"'lambda' is {text}; it must be a finite number above 0. (Parameter 'lambda')",
                OutOfRange(() => _ = new Penalty(1).WithLambda(value)));
            Assert.Equal($"'lambda' is {text}; it must be a finite number above 0. (Parameter 'lambda')",
                OutOfRange(() => LassoObjective.Energy(new float[14], Dictionary, new float[Atoms], value)));
            Assert.Equal($"'weights[2]' is {text}; it must be a finite number above 0. (Parameter 'weights[2]')",
                OutOfRange(() => _ = new Penalty(1, [1, 2, value, 3])));
        }
        foreach ((float value, string text) in (
            (float, string)[])[(-0.5f, "-0.5"), (float.NaN, "NaN"), (float.PositiveInfinity, "Infinity")])
            Assert.Equal($"'ridge' is {text}; it must be from 0 to 3.4028235E+38. (Parameter 'ridge')",
                OutOfRange(() => _ = new Penalty(1, ridge: value)));

        static string OutOfRange(Action action) => Assert.Throws<ArgumentOutOfRangeException>(action).Message;
    }

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void Weights_of_another_number_than_atoms_are_refused_and_so_is_no_penalty(string name)
    {
        Assert.Equal("'penalty.Weights' has 2 values; it must have 23. (Parameter 'penalty.Weights')",
            Assert.Throws<ArgumentException>(() => Problems.Solver(name, Dictionary, new Penalty(1, [1, 2]))).Message);
        Assert.Equal("penalty", Assert.Throws<ArgumentNullException>(() => Problems.Solver(name, Dictionary, (Penalty)null!)).ParamName);
        Assert.Equal("dictionary", Assert.Throws<ArgumentNullException>(() => Problems.Solver(name, null!, new Penalty(1))).ParamName);
    }

    [Fact]
    public void The_objective_refuses_them_too()
    {
        float[] x = new float[14], z = new float[Atoms];
        Action<Penalty>[] uses =
        [
            p => LassoObjective.Energy(x, Dictionary, z, p),
            p => LassoObjective.Energies(new Matrix(3, 14), Dictionary, new Matrix(3, Atoms), p),
            p => LassoObjective.KktViolation(x, Dictionary, z, p),
            p => LassoObjective.DualityGap(x, Dictionary, z, p),
            p => LassoObjective.LambdaMax(x, Dictionary, p),
        ];
        foreach (Action<Penalty> use in uses)
        {
            Assert.Equal("'penalty.Weights' has 2 values; it must have 23. (Parameter 'penalty.Weights')",
                Assert.Throws<ArgumentException>(() => use(new Penalty(1, [1, 2]))).Message);
            Assert.Equal("penalty", Assert.Throws<ArgumentNullException>(() => use(null!)).ParamName);
        }
    }
}
