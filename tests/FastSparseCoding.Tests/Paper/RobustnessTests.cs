using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Paper;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Paper;

public sealed class RobustnessTests
{
    private const float Lambda = 0.3f;

    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(20, 8, seed: 1);

    /// <summary>Two blocks of rows and a part of a third.</summary>
    private static readonly Matrix X = RandomData.Normal(600, 8, seed: 2);

    /// <summary>Made from the dictionary, shrinkage and LISTA are ISTA and LCoD is CoD: at equal work nobody is ahead, but for FISTA's
    /// momentum.</summary>
    [Theory]
    [InlineData("shrink", 0, 1)]
    [InlineData("lista", 0, 1)]
    [InlineData("lista", 1, 2)]
    [InlineData("lcod", 0, 0)]
    [InlineData("lcod", 7, 7)]
    public void An_untrained_predictor_is_the_solver_at_equal_work(string kind, int depth, int iterations)
    {
        EqualWorkPoint point = Compare(X).Measure(EncoderFactory.Create(kind, Dictionary, Lambda, depth));

        Assert.Equal(iterations, point.Iterations);
        // FISTA's first two steps are ISTA's. Sums of 8 to 20 float products in another order: some 2⁻²⁰ of the value.
        Assert.Equal(point.Solver.CodeError, point.Predictor.CodeError, 1e-5 * point.Solver.CodeError);
        Assert.Equal(point.Solver.RelativeObjectiveGap, point.Predictor.RelativeObjectiveGap, 1e-5 * point.Solver.RelativeObjectiveGap);
        if (iterations > 2)
            Assert.Equal(iterations, point.Worth, 1e-2);
    }

    [Fact]
    public void Scaled_thresholds_turn_an_untrained_predictor_to_the_other_sparsity_weight()
    {
        foreach (string kind in new[] { "shrink", "lista", "lcod" })
        {
            int depth = kind == "shrink" ? 0 : 2;
            TrainableEncoder scaled = Robustness.ScaleThresholds(EncoderFactory.Create(kind, Dictionary, Lambda, depth), 2),
                made = EncoderFactory.Create(kind, Dictionary, 2 * Lambda, depth);

            Assert.Equal(made.Lambda, scaled.Lambda);
            Assert.Equal(made.Parameters.Values, scaled.Parameters.Values);     // a factor of two is exact
            Assert.Equal(made.Encode(X, cancellation: TestContext.Current.CancellationToken).Values,
                scaled.Encode(X, cancellation: TestContext.Current.CancellationToken).Values);
        }
    }

    [Fact]
    public void Falling_behind_is_told_for_each_measure()
    {
        CodeQuality near = new(1, 0.1, 0.5, 1, 1, 1, 3), far = new(2, 0.2, 0.1, 1, 1, 1, 3);

        Assert.Equal((false, true),
            (new EqualWorkPoint(near, far, 1, 1).BehindInError, new EqualWorkPoint(near, far, 1, 1).BehindInObjective));
        Assert.Equal((true, false),
            (new EqualWorkPoint(far, near, 1, 1).BehindInError, new EqualWorkPoint(far, near, 1, 1).BehindInObjective));
        Assert.False(new EqualWorkPoint(near, near, 1, 1).BehindInError);
    }

    [Fact]
    public void A_ruined_predictor_falls_behind()
    {
        TrainableEncoder encoder = EncoderFactory.Create("lista", Dictionary, Lambda, 1);
        encoder.Parameters.View("W_e").Values.Fill(1);
        encoder.Refresh();

        EqualWorkPoint point = Compare(X).Measure(encoder);

        Assert.True(point.BehindInError && point.BehindInObjective);
        Assert.Equal(1, point.Worth);       // the first point of the curve
    }

    [Fact]
    public void Noise_has_the_deviation_asked_for_and_depends_on_the_seed_alone()
    {
        Matrix noise = Robustness.AddNoise(new Matrix(1000, 10), 0.5, seed: 1);

        // 10,000 values: the mean's deviation is 0.005, the deviation's 0.0035; five of each.
        double mean = 0, square = 0;
        foreach (float value in noise.Values)
            (mean, square) = (mean + value / 10_000.0, square + value * value / 10_000.0);
        Assert.Equal(0, mean, 0.025);
        Assert.Equal(0.5, Math.Sqrt(square), 0.0175);
        Assert.Equal(noise.Values, Robustness.AddNoise(new Matrix(1000, 10), 0.5, seed: 1).Values);
        Assert.NotEqual(noise.Values.ToArray(), Robustness.AddNoise(new Matrix(1000, 10), 0.5, seed: 2).Values.ToArray());
        Assert.Equal(X.Values, Robustness.AddNoise(X, 0, seed: 1).Values);
    }

    [Fact]
    public void Threads_do_not_change_the_comparison()
    {
        TrainableEncoder lista = EncoderFactory.Create("lista", Dictionary, Lambda, 3),
            lcod = EncoderFactory.Create("lcod", Dictionary, Lambda, 5);
        EqualWorkComparison one = Compare(X, threads: 1), three = Compare(X, threads: 3);

        Assert.Equal(one.Exact.Values, three.Exact.Values);
        Assert.Equal(one.Measure(lista), three.Measure(lista));
        Assert.Equal(one.Measure(lcod), three.Measure(lcod));
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        Refused("'x.Rows' is 0; it must be 1 or more.", () => Compare(new Matrix(0, 8)));
        Refused("'x' has 7 columns; it must have 8.", () => Compare(new Matrix(1, 7)));
        Refused("'lambda' is 0; it must be a finite number above 0.", () => _ = new EqualWorkComparison(Dictionary, 0, X));
        Refused("'encoder' predicts codes of 12 values; it must predict codes of 20.",
            () => Compare(X).Measure(EncoderFactory.Create("lista", RandomData.Dictionary(12, 8, seed: 1), Lambda, 1)));
        Refused("'deviation' is -1; it must be from 0 to ", () => Robustness.AddNoise(X, -1, 1));
        Refused("'factor' is 0; it must be a finite number above 0.",
            () => Robustness.ScaleThresholds(EncoderFactory.Create("lista", Dictionary, Lambda, 1), 0));
        Refused("'encoder' is a 'tanh', which has no thresholds to scale.",
            () => Robustness.ScaleThresholds(EncoderFactory.Create("tanh", Dictionary, Lambda, 0), 2));

        static void Refused(string message, Action action)
            => Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    private static EqualWorkComparison Compare(Matrix x, int threads = 0)
        => new(Dictionary, Lambda, x, threads, TestContext.Current.CancellationToken);
}
