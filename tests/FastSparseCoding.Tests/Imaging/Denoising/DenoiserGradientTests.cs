using FastSparseCoding.Encoders;
using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Imaging.Denoising;

public sealed class DenoiserGradientTests
{
    private const float Sigma = 40;

    [Theory]
    [InlineData(3, 16, 0, 6)]
    [InlineData(3, 16, 2, 6)]
    [InlineData(4, 25, 3, 9)]
    [InlineData(3, 36, 2, 6, 3)]
    public void The_twins_gradient_is_that_of_its_loss(int p, int atoms, int depth, int side, int channels = 1)
    {
        (Denoiser denoiser, double[] noisy, double[] clean) = Problem(p, atoms, depth, side, channels);
        var twin = new DenoiserTwin(p, atoms, depth, channels);
        double[] q = LassoTwin.Widen(denoiser.Parameters.Values), gradient = twin.Gradient(q, noisy, clean, side, Sigma);
        const double Step = 1e-6;
        for (int i = 0; i < q.Length; i += 1 + q.Length / 97)
        {
            double value = q[i];
            q[i] = value + Step;
            double above = twin.Loss(q, noisy, clean, side, Sigma);
            q[i] = value - Step;
            double below = twin.Loss(q, noisy, clean, side, Sigma);
            q[i] = value;
            Assert.Equal(gradient[i], (above - below) / (2 * Step), 1e-5 * Math.Max(1, Math.Abs(gradient[i])));
        }
        Assert.InRange(twin.NearestKink, 4 * Step, double.PositiveInfinity);      // no step carried a value over its threshold
    }

    [Theory]
    [InlineData(3, 16, 0, 6)]
    [InlineData(3, 16, 2, 6)]
    [InlineData(4, 25, 3, 9)]
    [InlineData(5, 49, 1, 17)]      // 169 patches: two blocks
    [InlineData(8, 64, 2, 12)]
    [InlineData(3, 36, 0, 6, 3)]
    [InlineData(3, 36, 2, 7, 3)]
    [InlineData(5, 49, 1, 17, 3)]
    public void Forward_and_backward_agree_with_the_twin(int p, int atoms, int depth, int side, int channels = 1)
    {
        (Denoiser denoiser, double[] noisy, double[] clean) = Problem(p, atoms, depth, side, channels);
        var twin = new DenoiserTwin(p, atoms, depth, channels);
        double[] q = LassoTwin.Widen(denoiser.Parameters.Values), expected = twin.Denoise(q, noisy, side, Sigma);
        double[] expectedGradient = twin.Gradient(q, noisy, clean, side, Sigma);
        Assert.InRange(twin.NearestKink, 1e-6, double.PositiveInfinity);

        var pass = new CropPass(denoiser, side);
        ParameterSlab gradient = denoiser.Parameters.EmptyCopy();
        float[] denoised = pass.Forward(Narrow(noisy), Sigma).ToArray();
        double loss = pass.Backward(Narrow(clean), Sigma, gradient);

        double operations = 4 * (2 * (depth + 1) * (channels * p * p + atoms + 4) + p * p);
        Tolerance.Check(expected, denoised, operations, 1);
        Assert.Equal(twin.Loss(q, noisy, clean, side, Sigma), loss, 1e-4 * loss);
        foreach (ParameterWindow window in gradient.Windows)
        {
            double[] part = expectedGradient.AsSpan(window.Offset, window.Length).ToArray();
            double largest = part.Max(Math.Abs);
            Tolerance.Check(part, gradient.View(window).Values, operations + side * side, 4 * Math.Max(largest, 1e-300));
            Assert.True((depth == 0 && window.Name == "D") || largest > 1e-3, $"{window.Name} has no gradient to speak of");
        }
    }

    [Fact]
    public void The_way_back_adds_and_can_be_gone_again()
    {
        (Denoiser denoiser, double[] noisy, double[] clean) = Problem(4, 25, 2, 9);
        var pass = new CropPass(denoiser, 9);
        ParameterSlab once = denoiser.Parameters.EmptyCopy(), twice = denoiser.Parameters.EmptyCopy();
        foreach (ParameterSlab gradient in new[] { once, twice, twice })
        {
            pass.Forward(Narrow(noisy), Sigma);
            pass.Backward(Narrow(clean), Sigma, gradient);
        }
        double[] doubled = [.. LassoTwin.Widen(once.Values).Select(value => 2 * value)];
        Tolerance.Check(doubled, twice.Values, 100, 4 * doubled.Max(Math.Abs));
    }

    [Fact]
    public void A_pass_allocates_nothing()
    {
        (Denoiser denoiser, double[] noisy, double[] clean) = Problem(4, 25, 2, 9);
        var pass = new CropPass(denoiser, 9);
        ParameterSlab gradient = denoiser.Parameters.EmptyCopy();
        float[] from = Narrow(noisy), to = Narrow(clean);
        Allocation.CheckNone(() =>
        {
            pass.Forward(from, Sigma);
            pass.Backward(to, Sigma, gradient);
        });
    }

    /// <summary>Parameters away from where they start, so that A, D, W and all layers differ.</summary>
    private static (Denoiser Denoiser, double[] Noisy, double[] Clean) Problem(int p, int atoms, int depth, int side, int channels = 1)
    {
        Denoiser denoiser = Denoiser.FromDct(p, atoms, depth, channels);
        int length = channels * side * side;
        ReadOnlySpan<float> change = RandomData.Normal(1, denoiser.Parameters.Values.Length, seed: 3).Values;
        for (int i = 0; i < change.Length; i++)
            denoiser.Parameters.Values[i] = Math.Abs(0.02f * change[i]) < 1 && IsThreshold(denoiser, i)
                ? MathF.Abs(denoiser.Parameters.Values[i] * (1 + 0.3f * change[i]))
                : denoiser.Parameters.Values[i] + 0.02f * change[i];
        denoiser.Refresh();
        double[] clean = [.. LassoTwin.Widen(RandomData.Normal(1, length, seed: 4).Values).Select(v => 0.5 + 0.2 * v)];
        double[] noisy = [.. clean.Zip(LassoTwin.Widen(RandomData.Normal(1, length, seed: 5).Values), (v, e) => v + Sigma / 255 * e)];
        return (denoiser, LassoTwin.Widen(Narrow(noisy)), LassoTwin.Widen(Narrow(clean)));
    }

    private static bool IsThreshold(Denoiser denoiser, int i)
        => denoiser.Parameters.Windows.First(w => i < w.Offset + w.Length).Name is "a" or "b";

    private static float[] Narrow(double[] values) => [.. values.Select(v => (float)v)];
}
