using FastSparseCoding.Encoders;
using FastSparseCoding.Kernels;
using FastSparseCoding.Tests.Support;
using FastSparseCoding.Training;
using Xunit;
using static FastSparseCoding.Tests.Training.TrainingProblem;

namespace FastSparseCoding.Tests.Training;

public sealed class OptimizerTests
{
    /// <summary>More than two vectors of any width, and a tail.</summary>
    private const int Length = 37;

    [Fact]
    public void Adam_takes_the_steps_of_the_paper()
    {
        Optimizer adam = Optimizer.Create(OptimizerKind.Adam, Length);
        float[] p = RandomData.Normal(1, Length, seed: 1).Values.ToArray();
        double[] twin = Array.ConvertAll(p, v => (double)v), m = new double[Length], v = new double[Length];

        for (int step = 1; step <= 5; step++)
        {
            float[] g = RandomData.Normal(1, Length, seed: 10 + step).Values.ToArray();
            float rate = 0.1f / step;
            // In two parts, as windows are: each has its own part of the moments.
            adam.Step(p.AsSpan(0, 20), g.AsSpan(0, 20), 0, adam.At(step, scale: 1), rate, penalty: 0, float.NegativeInfinity);
            adam.Step(p.AsSpan(20), g.AsSpan(20), 20, adam.At(step, scale: 1), rate, penalty: 0, float.NegativeInfinity);
            for (int i = 0; i < Length; i++)
            {
                m[i] = 0.9 * m[i] + 0.1 * g[i];
                v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
                double mean = m[i] / (1 - Math.Pow(0.9, step)), square = v[i] / (1 - Math.Pow(0.999, step));
                twin[i] -= rate * mean / (Math.Sqrt(square) + 1e-8);
            }
        }

        // The weights β are themselves rounded: 1 − 0.999f is off by 2⁻²⁴/0.001, a thousand roundings, of a step of at most 0.1.
        Tolerance.Check(twin, p, operations: 5 * 1000, magnitude: 0.1);
        Tolerance.Check(m, adam.Moments[0], operations: 5 * 4, magnitude: 4);
        Assert.Equal(2, adam.Moments.Length);
    }

    [Fact]
    public void Sgd_steps_against_the_gradient()
    {
        Optimizer sgd = Optimizer.Create(OptimizerKind.Sgd, Length);
        float[] p = RandomData.Normal(1, Length, seed: 1).Values.ToArray(), g = RandomData.Normal(1, Length, seed: 2).Values.ToArray();
        double[] twin = new double[Length];
        for (int i = 0; i < Length; i++)
            twin[i] = p[i] - 0.25 * g[i];

        sgd.Step(p, g, 0, sgd.At(step: 1, scale: 0.5f), 0.5f, penalty: 0, float.NegativeInfinity);

        Tolerance.Check(twin, p, operations: 2, magnitude: 5);
        Assert.Empty(sgd.Moments);
    }

    [Theory]
    [InlineData(OptimizerKind.Adam)]
    [InlineData(OptimizerKind.Sgd)]
    public void The_sum_is_scaled_the_penalty_added_and_the_floor_kept_in_the_same_pass(OptimizerKind kind)
    {
        Optimizer folded = Optimizer.Create(kind, Length), plain = Optimizer.Create(kind, Length);
        float[] p = RandomData.Normal(1, Length, seed: 1).Values.ToArray(), twin = [.. p],
            sum = RandomData.Normal(1, Length, seed: 2).Values.ToArray();
        // Powers of two, so that nothing rounds differently.
        float[] gradient = [.. sum.Select(g => g * 0.25f)];

        folded.Step(p, sum, 0, folded.At(1, scale: 0.25f), rate: 0.5f, penalty: 0, floor: 0.125f);
        plain.Step(twin, gradient, 0, plain.At(1, scale: 1), rate: 0.5f, penalty: 0, floor: float.NegativeInfinity);
        Assert.Equal([.. twin.Select(v => Math.Max(v, 0.125f))], p);
        Assert.Contains(0.125f, p);

        float[] held = RandomData.Normal(1, Length, seed: 3).Values.ToArray(), heldTwin = [.. held];
        Optimizer penalised = Optimizer.Create(kind, Length), other = Optimizer.Create(kind, Length);
        float[] withPenalty = [.. sum.Zip(held, (g, v) => MathF.FusedMultiplyAdd(0.5f, v, g))];
        penalised.Step(held, sum, 0, penalised.At(1, scale: 1), rate: 0.5f, penalty: 0.5f, float.NegativeInfinity);
        other.Step(heldTwin, withPenalty, 0, other.At(1, scale: 1), rate: 0.5f, penalty: 0, float.NegativeInfinity);
        Assert.Equal(heldTwin, held);
    }

    [Fact]
    public void A_gradient_is_finite_when_all_its_squares_are()
    {
        for (int length = 0; length < 40; length++)
        {
            float[] g = [.. RandomData.Normal(1, length, seed: 4).Values];
            Assert.True(Reduction.AllSquaresFinite(g, 1));
            for (int i = 0; i < length; i++)
                foreach (float bad in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity, 3e19f])
                {
                    float kept = g[i];
                    g[i] = bad;
                    Assert.False(Reduction.AllSquaresFinite(g, 1));
                    Assert.Equal(bad == 3e19f, Reduction.AllSquaresFinite(g, 0.5f));
                    g[i] = kept;
                }
        }
    }

    [Fact]
    public void The_rate_of_sgd_falls_as_one_over_t_plus_delay()
    {
        var options = new TrainingOptions { Optimizer = OptimizerKind.Sgd, LearningRate = 0.5f, DecayDelay = 100 };

        Assert.Equal([1, 0.5f, 0.25f, 0.1f], new[] { 0L, 100, 300, 900 }.Select(t => options.Decay(t, 1000)));
        Assert.Equal(1e-3f, (options with { LearningRate = null }).InitialRate(100));
    }

    [Fact]
    public void The_rate_of_Adam_falls_along_a_cosine_to_its_final_fraction()
    {
        var options = new TrainingOptions { LearningRate = 0.5f, FinalRateFraction = 0.2f };

        Assert.Equal(1f, options.Decay(0, 1000));
        Assert.Equal(0.2 + 0.8 * (1 + Math.Sqrt(0.5)) / 2, options.Decay(250, 1000), 1e-7);
        Assert.Equal(0.6, options.Decay(500, 1000), 1e-7);
        Assert.Equal(0.2, options.Decay(1000, 1000), 1e-7);
        Assert.Equal(2e-3f, (options with { LearningRate = null }).InitialRate(100), 1e-9f);
        Assert.Equal(1e-3f, (options with { LearningRate = null }).InitialRate(400), 1e-9f);
    }

    [Theory]
    [InlineData(OptimizerKind.Adam)]
    [InlineData(OptimizerKind.Sgd)]
    public void Only_Adam_moves_only_the_thresholds_at_their_own_rate(OptimizerKind optimizer)
    {
        // The first step of Adam is the rate itself, whatever the gradient; that of SGD the rate times the gradient.
        TrainingOptions equal = new() { Samples = 96, BatchSize = 96, Optimizer = optimizer, LearningRate = 1e-4f, ThresholdRate = 1 };
        TrainableEncoder start = Encoder(), one = Encoder(), other = Encoder();

        Train(one, equal);
        Train(other, equal with { ThresholdRate = optimizer == OptimizerKind.Adam ? 3 : 7 });

        foreach (ParameterWindow window in start.Parameters.Windows)
        {
            float[] before = start.Parameters.View(window).Values.ToArray(), after = one.Parameters.View(window).Values.ToArray(),
            faster = other.Parameters.View(window).Values.ToArray();
            Assert.NotEqual(before, after);
            if (optimizer == OptimizerKind.Sgd || window.Name != "theta")
                Assert.Equal(after, faster);
            else
                Tolerance.Check([.. after.Zip(before, (a, b) => b + 3 * ((double)a - b))], faster, operations: 20,
                    magnitude: Math.Abs(before[0]) + 3e-4);
        }
    }

    [Fact]
    public void One_step_of_training_follows_the_gradient_averaged_over_the_batch()
    {
        // Three steps of four signals by SGD on h_θ(xW_eᵀ), against the same in double.
        const int steps = 3, rows = 4;
        var options = new TrainingOptions
        {
            Samples = steps * rows,
            BatchSize = rows,
            Optimizer = OptimizerKind.Sgd,
            LearningRate = 0.1f,
            DecayDelay = 2,
            Evaluations = steps
        };
        TrainableEncoder encoder = Encoder("shrink");
        double[] twin = Array.ConvertAll(encoder.Parameters.Values.ToArray(), v => (double)v);
        TrainingCheckpoint? last = null;

        Train(encoder, options, onCheckpoint: c => last = c);

        for (int t = 0; t < steps; t++)
        {
            var x = new Matrix(rows, SignalSize);
            Source.Read(t * rows, x);
            ShrinkStep(encoder, twin, x, Target.Encode(x, 1, TestContext.Current.CancellationToken), 0.1 * 2 / (t + 2));
        }
        Tolerance.Check(twin, last!.Slabs[0].Parameters, operations: steps * (SignalSize + rows + 4), magnitude: 10);
    }

    /// <summary>p ← p − η·(1/N)Σ∇½‖h_θ(W_e x) − z*‖², θ ≥ 0.</summary>
    private static void ShrinkStep(TrainableEncoder encoder, double[] p, Matrix x, Matrix exact, double rate)
    {
        int theta = encoder.Parameters.Windows.Single(w => w.Name == "theta").Offset,
            we = encoder.Parameters.Windows.Single(w => w.Name == "W_e").Offset;
        double[] gradient = new double[p.Length];
        for (int i = 0; i < x.Rows; i++)
        {
            for (int k = 0; k < CodeSize; k++)
            {
                double b = 0;
                for (int j = 0; j < SignalSize; j++)
                    b += p[we + k * SignalSize + j] * x[i, j];
                if (Math.Abs(b) <= p[theta + k])
                    continue;
                double dz = b - Math.Sign(b) * p[theta + k] - exact[i, k];
                gradient[theta + k] -= Math.Sign(b) * dz;
                for (int j = 0; j < SignalSize; j++)
                    gradient[we + k * SignalSize + j] += dz * x[i, j];
            }
        }
        for (int i = 0; i < p.Length; i++)
            p[i] -= rate * gradient[i] / x.Rows;
        for (int k = 0; k < CodeSize; k++)
            p[theta + k] = Math.Max(p[theta + k], 0);
    }
}
