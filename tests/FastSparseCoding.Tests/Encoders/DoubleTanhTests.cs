using FastSparseCoding.Encoders;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Encoders;

public sealed class DoubleTanhTests
{
    /// <summary>More coefficients than are worked on together, and no multiple of them.</summary>
    private const int Atoms = 600;

    [Fact]
    public void Long_codes_and_their_gradients_follow_the_formula_to_the_last_coefficient()
    {
        DoubleTanhEncoder encoder = DoubleTanhEncoder.FromDictionary(RandomData.Dictionary(Atoms, 7, seed: 1), 0.5f);
        Random random = new(2);
        foreach (ref float value in encoder.Parameters.Values)
            value += 0.5f * random.NextSingle();
        encoder.Refresh();
        Matrix x = RandomData.Normal(3, 7, seed: 3), dz = RandomData.Normal(3, Atoms, seed: 4);
        EncoderPass pass = encoder.CreatePass(3);
        ParameterSlab gradient = encoder.Parameters.EmptyCopy();

        Matrix z = new(3, Atoms, pass.Forward(x).Values.ToArray());
        pass.Backward(x, dz, gradient);

        ReadOnlySpan<float> u = encoder.Parameters.View("u").Values, gain = encoder.Parameters.View("gain").Values;
        for (int k = 0; k < Atoms; k++)
        {
            double du = 0, dGain = 0;
            for (int i = 0; i < 3; i++)
            {
                double b = 0;
                for (int j = 0; j < 7; j++)
                    b += (double)x.Row(i)[j] * encoder.Parameters.View("W").Row(k)[j];
                double p = Math.Tanh(b + u[k]), q = Math.Tanh(b - u[k]), d = dz.Row(i)[k];
                Assert.Equal(gain[k] * (p + q), z.Row(i)[k], 1e-5);
                dGain += d * (p + q);
                du += d * gain[k] * (q * q - p * p);
            }
            Assert.Equal(dGain, gradient.View("gain").Values[k], 1e-5);
            Assert.Equal(du, gradient.View("u").Values[k], 1e-5);
        }
    }
}
