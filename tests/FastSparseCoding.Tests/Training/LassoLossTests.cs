using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Encoders;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Solvers;
using FastSparseCoding.Tests.Support;
using FastSparseCoding.Training;
using Xunit;

namespace FastSparseCoding.Tests.Training;

public sealed class LassoLossTests
{
    [Theory]
    [MemberData(nameof(Problems.Members), MemberType = typeof(Problems))]
    public void It_is_the_sum_of_the_energies_and_its_gradient_their_differences(string member)
    {
        TrainableEncoder encoder = EncoderCase.Create("lista", 2, member: member).Encoder;
        Matrix x = RandomData.Normal(6, 11, seed: 3), dz = new(6, 13), z = encoder.Encode(x, 1, TestContext.Current.CancellationToken);

        var energies = new double[6];
        new LassoLoss(encoder, 8).Evaluate(x, z, 2, dz, energies);

        double[] expected = LassoObjective.Energies(x, encoder.Dictionary!, z, encoder.Penalty);
        for (int i = 0; i < 6; i++)
            Assert.Equal(expected[i], energies[i], 1e-6 * expected[i]);
        var twin = new PenaltyTwin(encoder.Dictionary!, encoder.Penalty);
        for (int i = 0; i < 6; i++)
        {
            double[] code = LassoTwin.Widen(z.Row(i));
            for (int k = 0; k < 13; k++)
            {
                double at = code[k], h = at == 0 ? 1e-5 : 1e-5 * Math.Abs(at);      // on both sides of z = 0 the slopes of |z| cancel
                code[k] = at + h;
                double above = twin.Energy(x.Row(i), code);
                code[k] = at - h;
                double difference = (above - twin.Energy(x.Row(i), code)) / (2 * h);
                code[k] = at;
                Assert.Equal(difference, dz[i, k], 1e-4);
            }
        }
    }

    [Fact]
    public void An_encoder_without_a_dictionary_is_refused()
        => Assert.Equal(
            "'encoder' is a 'lista' without a dictionary; the lasso objective needs the one it codes for. (Parameter 'encoder')",
            Assert.Throws<ArgumentException>(() => new LassoLoss(ListaEncoder.Random(3, 5, 0.5f, 1, seed: 1), 4)).Message);
}
