using FastSparseCoding.Encoders;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Encoders;

public sealed class GradientTests
{
    [Theory]
    [MemberData(nameof(EncoderCase.Family), MemberType = typeof(EncoderCase))]
    public void The_twins_gradient_is_that_of_its_loss(string kind, int depth, string member)
    {
        EncoderCase test = EncoderCase.Create(kind, depth, member: member);
        double[] p = test.Parameters;
        double[][] x = EncoderTwin.Rows(test.X), target = EncoderTwin.Rows(test.Target);
        (double[] dp, double[][] dx) = test.Twin.Gradient(p, x, target);

        CheckDifferences(dp, p, () => test.Twin.Loss(p, x, target));
        for (int i = 0; i < x.Length; i++)
            CheckDifferences(dx[i], x[i], () => test.Twin.Loss(p, x, target));
        // The seeds keep 10⁻³ away; a step of 10⁻⁵ must not have carried a pre-activation over its threshold.
        Assert.InRange(test.Twin.NearestKink, 1e-4, double.PositiveInfinity);
    }

    [Theory]
    [MemberData(nameof(EncoderCase.Family), MemberType = typeof(EncoderCase))]
    public void Forward_and_backward_agree_with_the_twin(string kind, int depth, string member)
    {
        EncoderCase test = EncoderCase.Create(kind, depth, member: member);
        (ParameterSlab gradient, Matrix dx, Matrix z) = test.Gradient();
        double[][] x = EncoderTwin.Rows(test.X), target = EncoderTwin.Rows(test.Target);
        double[] p = test.Parameters, codes = [.. x.SelectMany(row => test.Twin.Forward(p, row))];
        (double[] dp, double[][] dxTwin) = test.Twin.Gradient(p, x, target);

        // A layer is a product of n or m terms and a threshold, forward and backward; the sum over the rows comes last. What cancels in a
        // sum is no more than four times what is left, since the weights are of the size of the atoms.
        double operations = 4 * (2 * (Math.Min(depth, 13) + 1) * (test.Encoder.SignalSize + test.Encoder.CodeSize + 4) + test.X.Rows);
        Tolerance.Check(codes, z.Values, operations, Largest(codes));
        Tolerance.Check([.. dxTwin.SelectMany(row => row)], dx.Values, operations, Largest(dxTwin.SelectMany(row => row)));
        foreach (ParameterWindow window in test.Encoder.Parameters.Windows)
        {
            double[] expected = dp.AsSpan(window.Offset, window.Length).ToArray();
            Tolerance.Check(expected, gradient.View(window).Values, operations, Math.Max(1e-300, Largest(expected)));
            Assert.True(depth == 0 && window.Name is "S_transposed" or "D" || Largest(expected) > 0.1,
                $"{window.Name} has no gradient to speak of");
        }
    }

    [Theory]
    [InlineData("lista", 3, "")]
    [InlineData("lista", 3, "z ≥ 0")]
    [InlineData("lista-layers", 2, "")]
    [InlineData("lista-layers", 2, "z ≥ 0")]
    [InlineData("lista-coupled", 2, "")]
    [InlineData("lista-coupled", 2, "ridge z ≥ 0")]
    [InlineData("slista", 2, "")]
    [InlineData("lcod", 7, "")]
    [InlineData("lcod", 7, "z ≥ 0")]
    [InlineData("shrink", 0, "")]
    [InlineData("shrink", 0, "z ≥ 0")]
    [InlineData("tanh2", 0, "")]
    public void It_holds_at_sizes_around_the_vector_width(string kind, int depth, string member)
    {
        foreach (int size in (int[])[1, 2, 7, 8, 15, 17, 33])
        {
            EncoderCase test = EncoderCase.Create(kind, depth, 1e-5, size, size + 1, member);
            (ParameterSlab gradient, Matrix dx, _) = test.Gradient();
            (double[] dp, double[][] dxTwin) = test.Twin.Gradient(test.Parameters, EncoderTwin.Rows(test.X), EncoderTwin.Rows(test.Target));

            double operations = 4 * (2 * (depth + 1) * (2 * size + 5) + test.X.Rows);
            // A step is one number for all coefficients and rows: what cancels in its sum is of the size of the codes, 1, not of what is
            // left.
            Tolerance.Check(dp, gradient.Values, operations, Math.Max(kind == "slista" ? 1 : 0, Largest(dp)));
            Tolerance.Check([.. dxTwin.SelectMany(row => row)], dx.Values, operations, Largest(dxTwin.SelectMany(row => row)));
        }
    }

    [Theory]
    [MemberData(nameof(EncoderCase.Kinds), MemberType = typeof(EncoderCase))]
    public void Backward_accumulates_and_may_be_called_again_and_without_dx(string kind, int depth)
    {
        EncoderCase test = EncoderCase.Create(kind, depth);
        EncoderPass pass = test.Encoder.CreatePass(5);
        ParameterSlab once = test.Encoder.Parameters.EmptyCopy(), twice = test.Encoder.Parameters.EmptyCopy();
        Matrix dz = RandomData.Normal(5, test.Encoder.CodeSize, seed: 9), given = dz.Clone();
        pass.Forward(test.X);
        pass.Backward(test.X, dz, once);
        pass.Backward(test.X, dz, twice);
        Assert.Equal(once.Values, twice.Values);
        Assert.Equal(given.Values, dz.Values);

        pass.Backward(test.X, dz, twice);

        double largest = Largest(LassoTwin.Widen(once.Values));
        Tolerance.Check([.. LassoTwin.Widen(once.Values).Select(value => 2 * value)], twice.Values, 2 * 5 * (depth + 1), 4 * largest);
    }

    /// <summary>
    /// The second coefficient pushes the first, once chosen, far below −θ, where it is chosen again: of codes without negative values a
    /// pre-activation there lies in the dead zone, and nothing goes back through it.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_coefficient_chosen_again_below_its_dead_zone_has_the_gradient_of_its_side(bool nonNegative)
    {
        TrainableEncoder encoder = EncoderFactory.CreateEmpty("lcod", 2, 2, depth: 4, new Penalty(0.1f, nonNegative: nonNegative), null);
        ((ReadOnlySpan<float>)[1, 0, 0, 1, 0, 0.5f, -2, 0, 0.1f, 0.2f]).CopyTo(encoder.Parameters.Values);      // W_e, Sᵀ, θ
        encoder.Refresh();
        var twin = EncoderTwin.Of(encoder);
        Matrix x = new(1, 2, [3, 2]), target = new(1, 2, [1, 1]), dx = new(1, 2);
        double[] p = LassoTwin.Widen(encoder.Parameters.Values);
        double[][] signals = EncoderTwin.Rows(x), targets = EncoderTwin.Rows(target);
        (double[] dp, double[][] dxTwin) = twin.Gradient(p, signals, targets);
        CheckDifferences(dp, p, () => twin.Loss(p, signals, targets));
        Assert.InRange(twin.NearestKink, 1e-2, double.PositiveInfinity);

        EncoderPass pass = encoder.CreatePass(1);
        ParameterSlab gradient = encoder.Parameters.EmptyCopy();
        ReadOnlyMatrixView z = pass.Forward(x);
        pass.Backward(x, new Matrix(1, 2, [z.Row(0)[0] - 1, z.Row(0)[1] - 1]), gradient, dx);

        // Four updates of two products each, forward and backward, of values up to ten.
        Tolerance.Check(dp, gradient.Values, 40, 10 * Largest(dp));
        Tolerance.Check(dxTwin[0], dx.Values, 40, 10 * Largest(dxTwin[0]));
    }

    [Fact]
    public void The_gradient_of_shared_weights_is_the_sum_over_the_layers()
    {
        // LISTA at depth 2 with S in its first layer, then in its second, as two parameters: differences of each alone add up to dS.
        EncoderCase test = EncoderCase.Create("lista", 2);
        (ParameterSlab gradient, _, _) = test.Gradient();
        ParameterWindow st = test.Encoder.Parameters.Windows[1];
        double[][] x = EncoderTwin.Rows(test.X), target = EncoderTwin.Rows(test.Target);
        double[] p = test.Parameters, expected = new double[st.Length];
        for (int layer = 1; layer <= 2; layer++)
            for (int j = 0; j < st.Length; j++)
                expected[j] += Difference(h => UntiedLoss(test, p, x, target, layer, st.Offset + j, h));

        Tolerance.Check(expected, gradient.View(st).Values, 1000, Largest(expected));
    }

    [Fact]
    public void Parameters_that_are_not_finite_give_a_gradient_that_is_not_and_no_failure()
    {
        foreach ((string kind, int depth) in (
            (string, int)[])[("lista", 2), ("lista-layers", 2), ("lista-coupled", 2), ("slista", 2), ("lcod", 3), ("shrink", 0),
            ("tanh", 0), ("tanh2", 0)])
            foreach (float bad in (float[])[float.NaN, float.PositiveInfinity])
            {
                EncoderCase test = EncoderCase.Create(kind, depth);
                test.Encoder.Parameters.Values[..Math.Min(13 * 11, test.Encoder.Parameters.Values.Length)].Fill(bad);
                test.Encoder.Refresh();

                (ParameterSlab gradient, _, _) = test.Gradient();

                Assert.Contains(gradient.Values.ToArray(), value => !float.IsFinite(value));
            }
    }

    private static double UntiedLoss(EncoderCase test, double[] p, double[][] x, double[][] target, int layer, int at, double h)
    {
        // The layers are run one by one, each as the twin of depth 1 whose B stays that of the signal.
        int m = test.Encoder.CodeSize, n = test.Encoder.SignalSize, theta = m * n + m * m;
        double loss = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double[] b = new double[m], z = new double[m];
            for (int k = 0; k < m; k++)
                for (int q = 0; q < n; q++)
                    b[k] += p[k * n + q] * x[i][q];
            for (int t = 0; t <= 2; t++)
            {
                double[] c = (double[])b.Clone();
                for (int j = 0; j < m && t > 0; j++)
                    for (int k = 0; k < m; k++)
                        c[k] += (p[m * n + j * m + k] + (t == layer && m * n + j * m + k == at ? h : 0)) * z[j];
                z = [.. c.Select((v, k) => KernelTwins.SoftThreshold(v, p[theta + k]))];
            }
            loss += 0.5 * z.Zip(target[i], (a, t) => (a - t) * (a - t)).Sum();
        }
        return loss;
    }

    /// <summary>Asserts that every derivative is the central difference of the loss, to 10⁻⁶ of the largest.</summary>
    private static void CheckDifferences(double[] gradient, double[] at, Func<double> loss)
    {
        Assert.Equal(at.Length, gradient.Length);
        double largest = Largest(gradient);
        for (int i = 0; i < at.Length; i++)
        {
            int index = i;
            double value = at[i], difference = Difference(h =>
            {
                at[index] = value + h;
                return loss();
            });
            at[i] = value;
            Assert.InRange(Math.Abs(difference - gradient[i]), 0, 1e-6 * largest);
        }
    }

    private static double Difference(Func<double, double> f) => (f(1e-5) - f(-1e-5)) / 2e-5;

    private static double Largest(IEnumerable<double> values) => values.Max(Math.Abs);
}
